import type { TFunction } from 'i18next'
import { useMemo } from 'react'
import { LEVELS } from '../../../server/contract/levels.ts'
import type { AnswerReport, MonthlyReport } from '../../../server/contract/report.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { countText, durationText, type Language, percentText } from '../../ui/formats.ts'
import { verdictOf } from '../levels/judge.ts'
import { wholeTime } from '../search/times.ts'

/** The figures as tables: what stands beside the charts, and what the files hold. */

export type ValueKind = 'count' | 'share' | 'seconds' | 'change' | 'text'
export interface Value {
  kind: ValueKind
  value: number | string | null
}
export interface FigureTable {
  heading: string[]
  /** The first value of each row names it. */
  rows: Value[][]
}
export const TABLES = [
  'summary',
  'days',
  'hours',
  'kinds',
  'areas',
  'outcomes',
  'answers',
  'help',
  'devices',
  'tests',
] as const
export type TableName = (typeof TABLES)[number]
export type FigureTables = Readonly<Record<TableName, FigureTable>>

export const valueText = ({ kind, value }: Value, language: Language): string => {
  if (value === null) return '—'
  if (typeof value === 'string') return value
  switch (kind) {
    case 'count':
      return countText(value)
    case 'share':
      return percentText(value)
    case 'seconds':
      return durationText(value, language)
    case 'change':
      return `${value > 0 ? '+' : value < 0 ? '−' : '±'}${(Math.abs(value) * 100).toFixed(1)}%`
    case 'text':
      return String(value)
  }
}

const text = (value: string | null): Value => ({ kind: 'text', value })
const count = (value: number | null): Value => ({ kind: 'count', value })
const share = (value: number | null): Value => ({ kind: 'share', value })
const seconds = (value: number | null): Value => ({ kind: 'seconds', value })
/** Against the month before; without one there is nothing to say. */
const change = (now: number | null, before: number | null): Value => ({
  kind: 'change',
  value: now === null || before === null || before === 0 ? null : now / before - 1,
})
const ratio = (part: number, of: number): number | null => (of === 0 ? null : part / of)
const both = (
  make: (value: number | null) => Value,
  name: string,
  now: number | null,
  before: number | null,
): Value[] => [
  text(name),
  make(now),
  make(before),
  // A difference of shares is no share of a difference.
  make === share ? text(null) : change(now, before),
]

export function useTables(report: MonthlyReport | undefined): FigureTables | null {
  const { t } = useTexts()
  return useMemo(() => (report === undefined ? null : tablesOf(report, t)), [report, t])
}

function tablesOf(report: MonthlyReport, t: TFunction): FigureTables {
  const compared = [t('reports.figure'), t('reports.now'), t('reports.before'), t('reports.change')]
  const parts = [
    t('reports.cases'),
    t('reports.share'),
    t('reports.before'),
    t('reports.change'),
    t('reports.falseAlarms'),
  ]
  const all = report.totals.cases
  const part = (
    name: string,
    { cases, before, falseAlarms }: { cases: number; before: number; falseAlarms: number },
  ) => [text(name), count(cases), share(ratio(cases, all)), count(before), change(cases, before), count(falseAlarms)]
  const { totals, totalsBefore } = report
  const falseShare = (of: typeof totals) => ratio(of.falseAlarms, of.decided)
  return {
    summary: {
      heading: compared,
      rows: [
        both(count, t('reports.total_.cases'), totals.cases, totalsBefore.cases),
        both(count, t('reports.total_.emergencies'), totals.emergencies, totalsBefore.emergencies),
        both(count, t('reports.total_.residents'), totals.residents, totalsBefore.residents),
        both(share, t('reports.answer.within60'), report.answers.within60, report.answersBefore.within60),
        both(share, t('reports.answer.within180'), report.answers.within180, report.answersBefore.within180),
        both(seconds, t('reports.answer.mean'), report.answers.meanSeconds, report.answersBefore.meanSeconds),
        both(count, t('reports.help.dispatched'), report.help.dispatched, report.helpBefore.dispatched),
        both(share, t('reports.total_.falseShare'), falseShare(totals), falseShare(totalsBefore)),
        both(count, t('reports.total_.cancelled'), totals.cancelled, totalsBefore.cancelled),
        both(count, t('reports.total_.suppressed'), totals.suppressed, totalsBefore.suppressed),
        both(count, t('reports.total_.open'), totals.open, totalsBefore.open),
      ],
    },
    days: {
      heading: [
        t('reports.day'),
        ...(['emergency', 'help', 'care', 'fault'] as const).map((one) => t(`category.${one}`)),
        t('reports.total'),
      ],
      rows: report.byDay.map(({ day, emergency, help, care, fault }) => [
        text(day),
        ...[emergency, help, care, fault, emergency + help + care + fault].map(count),
      ]),
    },
    hours: {
      heading: [t('reports.hour'), t('reports.cases'), t('reports.callsOnly')],
      rows: report.byHour.map(({ hour, cases, calls }) => [
        text(`${String(hour).padStart(2, '0')}:00`),
        count(cases),
        count(calls),
      ]),
    },
    kinds: {
      heading: [t('reports.figure'), ...parts],
      rows: [
        ...report.byCategory.map((row) => part(t(`category.${row.key}`), row)),
        ...report.byKind.map((row) => part(t(`kind.${row.key}`), row)),
      ],
    },
    areas: {
      heading: [t('reports.area'), ...parts],
      rows: report.byArea.map((row) => part(row.code === '' ? t('reports.noPlace') : (row.name ?? row.code), row)),
    },
    outcomes: {
      heading: [t('search.outcome'), ...parts.slice(0, 4)],
      rows: report.byOutcome.map((row) =>
        part(row.key === null ? t('reports.open') : t(`outcome.${row.key}`), row).slice(0, 5),
      ),
    },
    answers: {
      heading: [
        t('reports.figure'),
        t('reports.now'),
        t('reports.target'),
        t('reports.verdict'),
        t('reports.before'),
        ...report.answersByCategory.map(({ key }) => t(`category.${key}`)),
      ],
      rows: answerRows(report, t),
    },
    help: { heading: compared, rows: helpRows(report, t) },
    devices: { heading: compared, rows: deviceRows(report, t) },
    tests: {
      heading: [t('reports.figure'), t('reports.now')],
      rows: (['drills', 'drillCases', 'selfTests', 'selfTestsFailed'] as const).map((name) => [
        text(t(`reports.test.${name}`)),
        count(report.tests[name]),
      ]),
    },
  }

  function deviceRows({ devices, devicesBefore, residents }: MonthlyReport, t: TFunction): Value[][] {
    const row = (name: string, of: (one: NonNullable<typeof devices>) => number) =>
      both(count, name, devices && of(devices), devicesBefore && of(devicesBefore))
    return [
      row(t('reports.device.devices'), (one) => one.devices),
      row(t('reports.device.online'), (one) => one.online),
      row(t('reports.device.offline'), (one) => one.devices - one.online),
      row(t('reports.device.low'), (one) => one.lowBattery),
      [
        text(t('reports.device.withCases')),
        count(residents.withCases),
        count(report.totalsBefore.residents),
        change(residents.withCases, report.totalsBefore.residents),
      ],
      [text(t('reports.device.registered')), count(residents.registered), text(null), text(null)],
    ]
  }
}

function answerRows({ answers, answersBefore, answersByCategory }: MonthlyReport, t: TFunction): Value[][] {
  const row = (
    name: string,
    make: (value: number | null) => Value,
    of: (one: AnswerReport) => number | null,
    level?: (typeof LEVELS)[number],
  ) => {
    const verdict = level === undefined ? 'none' : verdictOf(level.key, of(answers))
    return [
      text(name),
      make(of(answers)),
      level?.target == null ? text(null) : text(`≥ ${level.target * 100}%`),
      text(verdict === 'none' ? null : t(verdict === 'met' ? 'reports.met' : 'reports.missed')),
      make(of(answersBefore)),
      ...answersByCategory.map((one) => make(of(one.answers))),
    ]
  }
  const level = (key: 'within15' | 'within60' | 'within180') =>
    row(
      t(`reports.answer.${key}`),
      share,
      (one) => one[key],
      LEVELS.find((one) => one.key === key),
    )
  return [
    row(t('reports.answer.calls'), count, (one) => one.calls),
    row(t('reports.answer.answered'), count, (one) => one.answered),
    level('within15'),
    level('within60'),
    level('within180'),
    row(t('reports.answer.mean'), seconds, (one) => one.meanSeconds),
    row(t('reports.answer.median'), seconds, (one) => one.medianSeconds),
    row(t('reports.answer.p95'), seconds, (one) => one.p95Seconds),
  ]
}

function helpRows({ help, helpBefore, escalation }: MonthlyReport, t: TFunction): Value[][] {
  const row = (name: keyof typeof help, make: (value: number | null) => Value) =>
    both(make, t(`reports.help.${name}`), help[name], helpBefore[name])
  return [
    row('dispatched', count),
    row('dispatch60', share),
    row('dispatchSeconds', seconds),
    row('arrived', count),
    row('arrivalSeconds', seconds),
    row('arrival15', share),
    row('arrival30', share),
    ...(['escalated', 'exhausted', 'reviews', 'openReviews'] as const).map((name) => [
      text(t(`reports.help.${name}`)),
      count(escalation[name]),
      text(null),
      text(null),
    ]),
  ]
}

/** When the devices were counted, in words. */
export function recordedText({ devices }: MonthlyReport, t: TFunction): string {
  return devices === null
    ? t('reports.device.notRecorded')
    : t('reports.device.recorded', { at: wholeTime(devices.recordedAt) })
}
