import { LineChart } from 'echarts/charts'
import { GridComponent, TooltipComponent } from 'echarts/components'
import { type EChartsType, init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { useEffect, useRef } from 'react'
import type { TelemetryValue } from '../api/types.ts'
import { useTexts } from '../i18n/i18n.ts'
import { clockTime } from '../ui/formats.ts'
import { serverNow } from '../ui/server-clock.ts'

use([LineChart, GridComponent, TooltipComponent, SVGRenderer])

const DAY_MS = 86_400_000
/** Windows of 15 minutes; two missing ones are a gap, and a gap is not drawn as a line. */
const GAP_MS = 2.5 * 15 * 60_000

interface Props {
  items: readonly TelemetryValue[]
  field: 'hr' | 'battery'
}

/** The last 24 hours as one line, in the colours of the theme it was mounted in; its own chunk, because ECharts is larger than the console. */
export default function VitalsChart({ items, field }: Props) {
  const { t } = useTexts()
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
  useEffect(() => {
    const style = getComputedStyle(document.documentElement)
    const colour = (name: string) => style.getPropertyValue(name).trim()
    const now = serverNow()
    const unit = field === 'hr' ? ` ${t('vitals.hrUnit')}` : '%'
    chart.current?.setOption({
      animation: false,
      grid: { left: 30, right: 8, top: 8, bottom: 20 },
      tooltip: {
        trigger: 'axis',
        backgroundColor: colour('--raised'),
        borderColor: colour('--line'),
        textStyle: { color: colour('--text'), fontSize: 12 },
        valueFormatter: (value: unknown) => `${Math.round(Number(value))}${unit}`,
      },
      xAxis: {
        type: 'time',
        min: now - DAY_MS,
        max: now,
        splitNumber: 4,
        axisLine: { lineStyle: { color: colour('--line') } },
        axisTick: { show: false },
        axisLabel: {
          color: colour('--muted'),
          fontSize: 11,
          hideOverlap: true,
          formatter: (ms: number) => clockTime(ms).slice(0, 5),
        },
        splitLine: { show: false },
      },
      yAxis: {
        type: 'value',
        ...(field === 'battery'
          ? { min: 0, max: 100, interval: 50 }
          : { min: tensBelow, max: tensAbove, minInterval: 10, splitNumber: 2 }),
        axisLabel: { color: colour('--muted'), fontSize: 11 },
        splitLine: { lineStyle: { color: colour('--line-soft') } },
      },
      series: [
        {
          type: 'line',
          showSymbol: items.length < 3,
          lineStyle: { width: 2, color: colour('--blue-line') },
          itemStyle: { color: colour('--blue-line') },
          data: withGaps(items),
        },
      ],
    })
  }, [items, field, t])
  return <div ref={element} className="vitals-chart" />
}

/** Round limits with room around the values: half a beat must not look like a cliff. */
const tensBelow = ({ min }: { min: number }) => Math.floor((min - 5) / 10) * 10
const tensAbove = ({ max }: { max: number }) => Math.ceil((max + 5) / 10) * 10

function withGaps(items: readonly TelemetryValue[]): [number, number | null][] {
  const points: [number, number | null][] = []
  let before: number | null = null
  for (const item of items) {
    const at = Date.parse(item.ts)
    if (before !== null && at - before > GAP_MS) points.push([before + 1, null])
    points.push([at, item.value])
    before = at
  }
  return points
}
