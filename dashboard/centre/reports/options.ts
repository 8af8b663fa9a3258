import type { TFunction } from 'i18next'
import { CASE_CATEGORIES } from '../../../server/contract/case.ts'
import { LEVELS } from '../../../server/contract/levels.ts'
import type { MonthlyReport } from '../../../server/contract/report.ts'
import { percentText } from '../../ui/formats.ts'

/** What the charts of the report show. Paper is white, whatever the desk's theme. Pure. */

const INK = '#17202b'
const PALE = '#56637a'
const LINE = '#d6dde6'
const COLOURS = { emergency: '#cf1322', help: '#d48806', care: '#1677ff', fault: '#8c98a9' } as const
const FONT = { color: INK, fontSize: 11 }
const grid = { left: 8, right: 28, top: 10, bottom: 4, containLabel: true }
const category = (data: string[]) => ({
  type: 'category',
  data,
  axisLine: { lineStyle: { color: LINE } },
  axisTick: { show: false },
  axisLabel: { ...FONT, interval: 0 },
})
const value = {
  type: 'value',
  minInterval: 1,
  axisLabel: { color: PALE, fontSize: 11 },
  splitLine: { lineStyle: { color: LINE } },
}

/** Columns by day, in layers of categories. */
export function daysOption({ byDay }: MonthlyReport, t: TFunction) {
  return {
    grid: { ...grid, top: 36, right: 8 },
    legend: { top: 0, left: 0, textStyle: FONT, itemWidth: 18 },
    xAxis: category(byDay.map(({ day }) => String(Number(day.slice(8))))),
    yAxis: value,
    series: CASE_CATEGORIES.map((name) => ({
      type: 'bar',
      stack: 'day',
      name: t(`category.${name}`),
      barCategoryGap: '25%',
      itemStyle: { color: COLOURS[name] },
      data: byDay.map((day) => day[name]),
    })),
  }
}

export function hoursOption({ byHour }: MonthlyReport, t: TFunction) {
  const series = (name: string, color: string, data: number[]) => ({
    type: 'bar',
    stack: 'hour',
    name,
    barCategoryGap: '20%',
    itemStyle: { color },
    data,
  })
  return {
    grid: { ...grid, top: 36, right: 8 },
    legend: { top: 0, left: 0, textStyle: FONT, itemWidth: 18 },
    xAxis: category(byHour.map(({ hour }) => String(hour))),
    yAxis: value,
    series: [
      series(
        t('reports.callsOnly'),
        COLOURS.care,
        byHour.map(({ calls }) => calls),
      ),
      series(
        t('category.fault'),
        COLOURS.fault,
        byHour.map(({ cases, calls }) => cases - calls),
      ),
    ],
  }
}

/** Bars from the top, the longest first, with this month and the one before. */
export function barsOption(rows: readonly { name: string; cases: number; before: number }[], t: TFunction) {
  const series = (name: string, color: string, data: number[]) => ({
    type: 'bar',
    name,
    barMaxWidth: 14,
    itemStyle: { color },
    label: { show: true, position: 'right', color: INK, fontSize: 10 },
    data,
  })
  return {
    grid: { ...grid, top: 30, right: 48 },
    legend: { top: 0, left: 0, textStyle: FONT, itemWidth: 18 },
    xAxis: value,
    yAxis: {
      ...category(rows.map(({ name }) => name)),
      inverse: true,
      axisLabel: { ...FONT, interval: 0, width: 150, overflow: 'truncate' },
    },
    series: [
      series(
        t('reports.now'),
        COLOURS.care,
        rows.map(({ cases }) => cases),
      ),
      series(
        t('reports.before'),
        COLOURS.fault,
        rows.map(({ before }) => before),
      ),
    ],
  }
}

/** Chart height for so many pairs of bars, px. */
export const barsHeight = (rows: number): number => 50 + rows * 34

const SHARES = ['within15', 'within60', 'within180'] as const

/** Shares from 80 % on, where all of it happens; below that the axis begins where the bars do. */
export function answersOption({ answers, answersBefore }: MonthlyReport, t: TFunction) {
  const shares = SHARES.flatMap((key) => [answers[key], answersBefore[key]]).filter((one) => one !== null)
  const least = Math.min(0.8, ...shares.map((one) => Math.floor(one * 10) / 10))
  const targets = LEVELS.flatMap(({ key, target }) => {
    const at = (SHARES as readonly string[]).indexOf(key)
    return at < 0 || target === null ? [] : [{ at, target }]
  })
  const series = (name: string, color: string, of: MonthlyReport['answers'], lines: object) => ({
    type: 'bar',
    name,
    barMaxWidth: 16,
    itemStyle: { color },
    label: {
      show: true,
      position: 'right',
      color: INK,
      fontSize: 10,
      formatter: ({ value }: { value: unknown }) => percentText(typeof value === 'number' ? value : null),
    },
    data: SHARES.map((key) => of[key]),
    ...lines,
  })
  return {
    grid: { ...grid, top: 30, right: 60 },
    legend: { top: 0, left: 0, textStyle: FONT, itemWidth: 18 },
    xAxis: {
      type: 'value',
      min: least,
      max: 1,
      axisLabel: { color: PALE, fontSize: 11, formatter: (one: number) => `${Math.round(one * 100)}%` },
      splitLine: { lineStyle: { color: LINE } },
    },
    yAxis: { ...category(SHARES.map((key) => t(`reports.answer.${key}`))), inverse: true },
    series: [
      series(t('reports.now'), COLOURS.care, answers, {
        markLine: {
          silent: true,
          symbol: 'none',
          label: { show: false },
          lineStyle: { color: COLOURS.emergency, type: 'solid', width: 2 },
          data: targets.map(({ at, target }) => [
            { coord: [target, at], symbol: 'none' },
            { coord: [target, at], symbol: 'triangle', symbolSize: 9 },
          ]),
        },
      }),
      series(t('reports.before'), COLOURS.fault, answersBefore, {}),
    ],
  }
}
