import { ALERT_KINDS, CASE_CATEGORIES, CASE_STATES, OUTCOMES } from '../../../server/contract/case.ts'
import { CASE_SORTS, type CaseFilter, type CaseSort } from '../../../server/contract/case-search.ts'
import { RISK_LEVELS } from '../../../server/contract/protocol.ts'
import { CASE_PURPOSES } from '../../../server/contract/purpose.ts'

/** What the form holds. Days are those of Shanghai. Pure, but for what is kept of names while the page is open. */
export type Draft = Omit<CaseFilter, 'from' | 'to'> & {
  /** yyyy-mm-dd, both included. */
  first?: string
  last?: string
  sort: CaseSort
}

/** What is about persons, or may be: it stands in no address. */
const PERSONAL = ['resident', 'words'] as const
export type Personal = Pick<CaseFilter, (typeof PERSONAL)[number]>

const LISTS = {
  states: CASE_STATES,
  categories: CASE_CATEGORIES,
  kinds: ALERT_KINDS,
  outcomes: OUTCOMES,
  purposes: CASE_PURPOSES,
  risks: RISK_LEVELS,
} as const satisfies Partial<Record<keyof Draft, readonly string[]>>
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const TEXTS = {
  first: /^\d{4}-\d{2}-\d{2}$/,
  last: /^\d{4}-\d{2}-\d{2}$/,
  ownerId: UUID,
  closedBy: UUID,
  area: /^\d{2,12}$/,
  deviceId: /^\S.{0,63}$/,
  number: /^[0-9a-zA-Z#-]{1,40}$/,
} as const satisfies Partial<Record<keyof Draft, RegExp>>

const DAY_MS = 86_400_000

/** The draft that an address says; what it says wrongly is left out. */
export function readDraft(search: string): Draft {
  const params = new URLSearchParams(search)
  const draft: Record<string, unknown> = { sort: CASE_SORTS.find((one) => one === params.get('sort')) ?? 'newest' }
  for (const [name, known] of Object.entries(LISTS)) {
    const values = (params.get(name) ?? '').split(',').filter((one) => (known as readonly string[]).includes(one))
    if (values.length > 0) draft[name] = [...new Set(values)]
  }
  for (const [name, shape] of Object.entries(TEXTS)) {
    const value = params.get(name)
    if (value !== null && shape.test(value)) draft[name] = value
  }
  const priorities = (params.get('priorities') ?? '')
    .split(',')
    .map(Number)
    .filter((n) => n >= 1 && n <= 5)
  if (priorities.length > 0) draft.priorities = [...new Set(priorities)]
  const slower = Number(params.get('slowerThan') ?? Number.NaN)
  if (Number.isInteger(slower) && slower >= 0 && slower <= 86_400) draft.slowerThan = slower
  const severe = params.get('severe')
  if (severe === 'true' || severe === 'false') draft.severe = severe === 'true'
  return draft as unknown as Draft
}

/** `?states=new&…`, without anything about persons; empty when nothing is set. */
export function draftSearch(draft: Draft): string {
  const { resident: _, words: __, sort, ...rest } = draft
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(rest)) {
    if (value !== undefined) params.set(name, Array.isArray(value) ? value.join(',') : String(value))
  }
  if (sort !== 'newest') params.set('sort', sort)
  const text = params.toString().replaceAll('%2C', ',')
  return text === '' ? '' : `?${text}`
}

/** What is asked of the server. */
export function filterOf({ first, last, sort: _, ...rest }: Draft): CaseFilter {
  return {
    ...rest,
    ...(first === undefined ? {} : { from: new Date(Date.parse(`${first}T00:00:00+08:00`)).toISOString() }),
    ...(last === undefined ? {} : { to: new Date(Date.parse(`${last}T00:00:00+08:00`) + DAY_MS).toISOString() }),
  }
}

/** Without what was emptied. */
export function tidy(draft: Draft): Draft {
  const kept = Object.entries(draft).flatMap(([name, value]) => {
    const clean = typeof value === 'string' ? value.trim() : value
    return clean === undefined || clean === null || clean === '' || (Array.isArray(clean) && clean.length === 0)
      ? []
      : [[name, clean]]
  })
  return Object.fromEntries(kept) as Draft
}

export const personalOf = ({ resident, words }: Draft): Personal => ({
  ...(resident === undefined ? {} : { resident }),
  ...(words === undefined ? {} : { words }),
})
