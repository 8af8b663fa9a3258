import { BarChart } from 'echarts/charts'
import { AriaComponent, GridComponent, LegendComponent, MarkLineComponent } from 'echarts/components'
import { type EChartsType, init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { useEffect, useRef } from 'react'

use([BarChart, GridComponent, LegendComponent, MarkLineComponent, AriaComponent, SVGRenderer])

/** As wide as A4 paper between its margins, px at 96 dpi: what is seen is what is printed. */
const WIDTH = 688

/** A chart as drawing, so that it prints sharply; patterns tell its parts apart without colour. */
export default function Chart({
  option,
  height,
  label,
  name,
}: {
  option: object
  height: number
  label: string
  name: string
}) {
  const element = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (element.current === null) return
    const chart: EChartsType = init(element.current, null, { renderer: 'svg', width: WIDTH, height })
    chart.setOption({ animation: false, aria: { enabled: true, decal: { show: true } }, ...option })
    return () => chart.dispose()
  }, [option, height])
  return (
    <div
      ref={element}
      className="report-chart"
      style={{ height }}
      role="img"
      aria-label={label}
      data-testid={`chart-${name}`}
    />
  )
}
