import { LineChart } from 'echarts/charts'
import { GridComponent, LegendComponent, MarkLineComponent, TooltipComponent } from 'echarts/components'
import { use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { useMemo } from 'react'
import { LEVELS, type LevelPoint } from '../../../server/contract/levels.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { clockTime, dayText, percentText } from '../../ui/formats.ts'
import { themeColour, useChart } from '../../ui/use-chart.ts'

use([LineChart, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent, SVGRenderer])

const COLOURS = {
  within60: '--blue-line',
  within180: '--green',
  within15: '--muted',
  dispatch60: '--violet-solid',
} as const
const SYMBOLS = { within60: 'circle', within180: 'rect', within15: 'triangle', dispatch60: 'diamond' } as const

/** Shares over time with the targets as dashed lines; each line has a shape of its own besides its colour. */
export default function Trend({ points, every }: { points: readonly LevelPoint[]; every: 'hour' | 'day' }) {
  const { t, language } = useTexts()
  const option = useMemo(() => {
    const text = { color: themeColour('--muted'), fontSize: 11 }
    return {
      animation: false,
      grid: { left: 48, right: 16, top: 34, bottom: 24 },
      legend: { top: 0, left: 0, textStyle: { color: themeColour('--text'), fontSize: 12 } },
      tooltip: {
        trigger: 'axis',
        backgroundColor: themeColour('--raised'),
        borderColor: themeColour('--line'),
        textStyle: { color: themeColour('--text'), fontSize: 12 },
        valueFormatter: (value: unknown) => percentText(typeof value === 'number' ? value : null),
      },
      xAxis: {
        type: 'category',
        data: points.map(({ at }) => (every === 'hour' ? clockTime(at).slice(0, 5) : dayText(at, language))),
        axisLine: { lineStyle: { color: themeColour('--line') } },
        axisTick: { show: false },
        axisLabel: { ...text, hideOverlap: true },
      },
      yAxis: {
        type: 'value',
        max: 1,
        min: ({ min }: { min: number }) => Math.max(0, Math.floor(Math.min(min, 0.9) * 10) / 10),
        axisLabel: { ...text, formatter: (value: number) => `${Math.round(value * 100)}%` },
        splitLine: { lineStyle: { color: themeColour('--line-soft') } },
      },
      series: LEVELS.map(({ key, target }) => ({
        type: 'line',
        name: t(`levels.tile.${key}`),
        symbol: SYMBOLS[key],
        symbolSize: 7,
        showSymbol: points.length <= 60,
        lineStyle: { width: key === 'within60' ? 2.5 : 1.5, color: themeColour(COLOURS[key]) },
        itemStyle: { color: themeColour(COLOURS[key]) },
        data: points.map((point) => point[key]),
        ...(target === null
          ? {}
          : {
              markLine: {
                silent: true,
                symbol: 'none',
                label: { show: false },
                lineStyle: { color: themeColour(COLOURS[key]), type: 'dashed', width: 1 },
                data: [{ yAxis: target }],
              },
            }),
      })),
    }
  }, [points, every, t, language])
  const element = useChart(option)
  return (
    <div ref={element} className="levels-trend" role="img" aria-label={t('levels.trend')} data-testid="levels-trend" />
  )
}
