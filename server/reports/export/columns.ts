import type { Language } from '../../contract/explain/template.ts'
import { TERMS, type Terms } from '../../contract/terms.ts'
import { ageAt, maskPhone } from '../../store/views.ts'
import type { HitRow } from '../search/hits.ts'

export type Cell = string | number | null

interface Column {
  'zh-CN': string
  en: string
  /** Of a spreadsheet's column, characters. */
  width: number
  value(row: HitRow, of: { terms: Terms; yes: string; phones: boolean; now: number }): Cell
}

// 2026-10-03 10:41:53 in Shanghai: a spreadsheet takes it for a time.
const time = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai', dateStyle: 'short', timeStyle: 'medium' })
const timeOf = (at: Date | null): string | null => (at === null ? null : time.format(at))
const phoneOf = (phone: string | null, whole: boolean) => (phone === null || whole ? phone : maskPhone(phone))
const secondsBetween = (from: Date | null, to: Date | null): number | null =>
  from === null || to === null ? null : Math.round((to.getTime() - from.getTime()) / 1000)

const COLUMNS: readonly Column[] = [
  { 'zh-CN': '编号', en: 'Number', width: 10, value: (row) => row.case_id.slice(-6).toUpperCase() },
  { 'zh-CN': '时间', en: 'Opened', width: 20, value: (row) => timeOf(row.opened_at) },
  { 'zh-CN': '类别', en: 'Category', width: 10, value: (row, { terms }) => terms.category[row.category] },
  { 'zh-CN': '警情', en: 'Kind', width: 16, value: (row, { terms }) => terms.kind[row.kind] },
  { 'zh-CN': '级别', en: 'Priority', width: 8, value: (row) => row.priority },
  { 'zh-CN': '严重', en: 'Severe', width: 8, value: (row, { yes }) => (row.severe === true ? yes : null) },
  {
    'zh-CN': '风险',
    en: 'Risk',
    width: 12,
    value: (row, { terms }) => (row.risk === null ? null : terms.risk[row.risk]),
  },
  { 'zh-CN': '性质', en: 'Purpose', width: 10, value: (row, { terms }) => terms.purpose[row.purpose] },
  { 'zh-CN': '状态', en: 'State', width: 12, value: (row, { terms }) => terms.state[row.state] },
  {
    'zh-CN': '结果',
    en: 'Outcome',
    width: 16,
    value: (row, { terms }) => (row.outcome === null ? null : terms.outcome[row.outcome]),
  },
  { 'zh-CN': '住户', en: 'Resident', width: 16, value: (row) => row.name },
  { 'zh-CN': '年龄', en: 'Age', width: 8, value: (row, { now }) => ageAt(row.birth_date, now) },
  { 'zh-CN': '电话', en: 'Phone', width: 16, value: (row, { phones }) => phoneOf(row.phone, phones) },
  {
    'zh-CN': '首位联系人电话',
    en: 'First contact’s phone',
    width: 16,
    value: (row, { phones }) => phoneOf(row.contact_phone, phones),
  },
  { 'zh-CN': '区域', en: 'Area', width: 24, value: (row) => row.place },
  { 'zh-CN': '设备', en: 'Device', width: 20, value: (row) => row.device_id },
  { 'zh-CN': '坐席', en: 'Operator', width: 14, value: (row) => row.owner },
  { 'zh-CN': '归档人', en: 'Closed by', width: 14, value: (row) => row.closer },
  {
    'zh-CN': '接听用时（秒）',
    en: 'Answer (s)',
    width: 14,
    value: (row) => (row.answer_seconds === null ? null : Math.round(row.answer_seconds)),
  },
  {
    'zh-CN': '接听至派遣（秒）',
    en: 'Answer to dispatch (s)',
    width: 16,
    value: (row) => secondsBetween(row.answered_at, row.dispatched_at),
  },
  { 'zh-CN': '结案时间', en: 'Resolved', width: 20, value: (row) => timeOf(row.resolved_at) },
  { 'zh-CN': '归档时间', en: 'Closed', width: 20, value: (row) => timeOf(row.closed_at) },
]

export const widths: readonly number[] = COLUMNS.map(({ width }) => width)
const WORDS = { 'zh-CN': { sheet: '警情', yes: '是' }, en: { sheet: 'Cases', yes: 'Yes' } } as const
export const sheetOf = (language: Language): string => WORDS[language].sheet
export const headingOf = (language: Language): string[] => COLUMNS.map((column) => column[language])

/** @param phones whole telephone numbers, or only their ends */
export function cellsOf(row: HitRow, language: Language, phones: boolean, now: number): Cell[] {
  const of = { terms: TERMS[language], yes: WORDS[language].yes, phones, now }
  return COLUMNS.map((column) => column.value(row, of))
}
