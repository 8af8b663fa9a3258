import { LineChart } from 'echarts/charts'
import { GridComponent, LegendComponent, MarkLineComponent, TooltipComponent } from 'echarts/components'
import { type EChartsType, init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { useEffect, useRef } from 'react'
import { LEVELS, type LevelPoint } from '../../../server/contract/levels.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { clockTime, dayText, percentText } from '../../ui/formats.ts'

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
    const text = { color: colour('--muted'), fontSize: 11 }
    chart.current?.setOption({
      animation: false,
      grid: { left: 48, right: 16, top: 34, bottom: 24 },
      legend: { top: 0, left: 0, textStyle: { color: colour('--text'), fontSize: 12 } },
      tooltip: {
        trigger: 'axis',
        backgroundColor: colour('--raised'),
        borderColor: colour('--line'),
        textStyle: { color: colour('--text'), fontSize: 12 },
        valueFormatter: (value: unknown) => percentText(typeof value === 'number' ? value : null),
      },
      xAxis: {
        type: 'category',
        data: points.map(({ at }) => (every === 'hour' ? clockTime(at).slice(0, 5) : dayText(at, language))),
        axisLine: { lineStyle: { color: colour('--line') } },
        axisTick: { show: false },
        axisLabel: { ...text, hideOverlap: true },
      },
      yAxis: {
        type: 'value',
        max: 1,
        min: ({ min }: { min: number }) => Math.max(0, Math.floor(Math.min(min, 0.9) * 10) / 10),
        axisLabel: { ...text, formatter: (value: number) => `${Math.round(value * 100)}%` },
        splitLine: { lineStyle: { color: colour('--line-soft') } },
      },
      series: LEVELS.map(({ key, target }) => ({
        type: 'line',
        name: t(`levels.tile.${key}`),
        symbol: SYMBOLS[key],
        symbolSize: 7,
        showSymbol: points.length <= 60,
        lineStyle: { width: key === 'within60' ? 2.5 : 1.5, color: colour(COLOURS[key]) },
        itemStyle: { color: colour(COLOURS[key]) },
        data: points.map((point) => point[key]),
        ...(target === null
          ? {}
          : {
              markLine: {
                silent: true,
                symbol: 'none',
                label: { show: false },
                lineStyle: { color: colour(COLOURS[key]), type: 'dashed', width: 1 },
                data: [{ yAxis: target }],
              },
            }),
      })),
    })
  }, [points, every, t, language])
  return (
    <div ref={element} className="levels-trend" role="img" aria-label={t('levels.trend')} data-testid="levels-trend" />
  )
}
