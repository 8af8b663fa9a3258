import { type EChartsCoreOption, type EChartsType, init } from 'echarts/core'
import { type RefObject, useEffect, useRef } from 'react'
import { lessMotion } from './motion.ts'

/** A colour of the theme by its custom property, as charts need it. */
export const themeColour = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim()

/**
 * A chart of ECharts, drawn as SVG, that keeps the size of its element and ends with it. Whoever uses it registers the parts.
 * @returns the element that it is drawn in
 */
export function useChart(option: EChartsCoreOption): RefObject<HTMLDivElement | null> {
  const element = useRef<HTMLDivElement>(null)
  const chart = useRef<EChartsType>(null)
  useEffect(() => {
    if (!element.current) return
    const created = init(element.current, null, { renderer: 'svg' })
    chart.current = created
    const observer = new ResizeObserver(() => created.resize())
    observer.observe(element.current)
    return () => {
      observer.disconnect()
      created.dispose()
    }
  }, [])
  useEffect(() => chart.current?.setOption({ animation: !lessMotion.get(), ...option }), [option])
  return element
}
