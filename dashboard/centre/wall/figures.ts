import type { CaseCategory } from '../../../server/contract/case.ts'
import type { GapView } from '../../../server/contract/roster.ts'
import type { WallCase } from '../../../server/contract/wall.ts'

/** What the wall shows of the cases. Pure. */
export interface KindFigures {
  category: CaseCategory
  waiting: number
  inHand: number
  /** When the longest waiting one was opened. */
  oldest: string | null
}

const ORDER: readonly CaseCategory[] = ['emergency', 'help', 'care', 'fault']

export const isWaiting = ({ state }: Pick<WallCase, 'state'>): boolean => state === 'new'

/** Per kind, emergencies first. */
export function kindFigures(cases: readonly WallCase[]): KindFigures[] {
  return ORDER.map((category) => {
    const own = cases.filter((one) => one.category === category)
    const waiting = own.filter(isWaiting)
    return { category, waiting: waiting.length, inHand: own.length - waiting.length, oldest: oldestOf(waiting) }
  })
}

/** When the one was opened that has waited longest. */
export function oldestOf(waiting: readonly Pick<WallCase, 'openedAt'>[]): string | null {
  return waiting.reduce<string | null>(
    (oldest, { openedAt }) => (oldest === null || openedAt < oldest ? openedAt : oldest),
    null,
  )
}

const PRESSING: Record<GapView['horizon'], number> = { now: 0, soon: 1, day: 2 }

/** The most pressing gaps first. */
export const byPressing = (gaps: readonly GapView[]): GapView[] =>
  gaps.toSorted((a, b) => PRESSING[a.horizon] - PRESSING[b.horizon] || a.from.localeCompare(b.from))

/** Open cases by county. */
export function byCounty(cases: readonly Pick<WallCase, 'county'>[]): Map<string, number> {
  const counties = new Map<string, number>()
  for (const { county } of cases) if (county !== null) counties.set(county, (counties.get(county) ?? 0) + 1)
  return counties
}
