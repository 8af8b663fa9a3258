import { LineChart } from 'echarts/charts'
import { GridComponent, MarkLineComponent, TooltipComponent } from 'echarts/components'
import { use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { useMemo } from 'react'
import type { TelemetryValue } from '../api/types.ts'
import { clockTime } from '../ui/formats.ts'
import { serverNow } from '../ui/server-clock.ts'
import { themeColour, useChart } from '../ui/use-chart.ts'

use([LineChart, GridComponent, MarkLineComponent, TooltipComponent, SVGRenderer])

const DAY_MS = 86_400_000
/** Windows of 15 minutes; two missing ones are a gap, and a gap is not drawn as a line. */
const GAP_MS = 2.5 * 15 * 60_000

interface Props {
  items: readonly TelemetryValue[]
  unit: string
  /** Beyond which an alert is raised; drawn as lines. */
  limits: { low: number | null; high: number | null }
  /** A share: 100 is the most there is. */
  percent: boolean
}

/** The last 24 hours as one line, in the colours of the theme it was mounted in; its own chunk, because ECharts is larger than the console. */
export default function VitalsChart({ items, unit, limits, percent }: Props) {
  const option = useMemo(() => {
    const now = serverNow()
    const lines = [limits.low, limits.high].filter((limit) => limit !== null)
    return {
      animation: false,
      grid: { left: 30, right: 8, top: 8, bottom: 20 },
      tooltip: {
        trigger: 'axis',
        backgroundColor: themeColour('--raised'),
        borderColor: themeColour('--line'),
        textStyle: { color: themeColour('--text'), fontSize: 12 },
        valueFormatter: (value: unknown) => `${Math.round(Number(value) * 10) / 10} ${unit}`,
      },
      xAxis: {
        type: 'time',
        min: now - DAY_MS,
        max: now,
        splitNumber: 4,
        axisLine: { lineStyle: { color: themeColour('--line') } },
        axisTick: { show: false },
        axisLabel: {
          color: themeColour('--muted'),
          fontSize: 11,
          hideOverlap: true,
          formatter: (ms: number) => clockTime(ms).slice(0, 5),
        },
        splitLine: { show: false },
      },
      yAxis: {
        type: 'value',
        min: ({ min }: { min: number }) => tensBelow(Math.min(min, ...lines)),
        max: ({ max }: { max: number }) => (percent ? 100 : tensAbove(Math.max(max, ...lines))),
        minInterval: 10,
        splitNumber: 2,
        axisLabel: { color: themeColour('--muted'), fontSize: 11 },
        splitLine: { lineStyle: { color: themeColour('--line-soft') } },
      },
      series: [
        {
          type: 'line',
          showSymbol: items.length < 3,
          lineStyle: { width: 2, color: themeColour('--blue-line') },
          itemStyle: { color: themeColour('--blue-line') },
          data: withGaps(items),
          markLine: {
            silent: true,
            symbol: 'none',
            label: { show: false },
            lineStyle: { color: themeColour('--red'), type: 'dashed', width: 1 },
            data: lines.map((yAxis) => ({ yAxis })),
          },
        },
      ],
    }
  }, [items, unit, limits, percent])
  const element = useChart(option)
  return <div ref={element} className="vitals-chart" />
}

/** Round ends with room around the values: half a beat must not look like a cliff. */
const tensBelow = (least: number) => Math.max(0, Math.floor((least - 3) / 10) * 10)
const tensAbove = (most: number) => Math.ceil((most + 3) / 10) * 10

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
