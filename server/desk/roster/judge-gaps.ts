import type { CaseCategory } from '../../contract/case.ts'
import type { GapHorizon, GapKind, ShiftRequirement } from '../../contract/roster.ts'
import { dayAfter, dayAt, shiftSpan } from '../../contract/roster-conflicts.ts'

/**
 * What is missing, from the roster and from who is really there. Pure.
 *
 *   kind       when                                                       until
 *   planned    fewer on the roster than required, within 24 h             the roster is filled, or the shift is over
 *   late       not signed on 5 min after the start                        signed on, or the shift is over
 *   fell_away  signed on, then away or off, more than 10 min before the   back, or the shift is over
 *              end
 *   uncovered  a running shift requires a skill or an area, and nobody    somebody ready or busy has it
 *              who is ready or busy has it
 */
const LATE_AFTER_MS = 5 * 60_000
const LEAVE_EARLY_MS = 10 * 60_000
const AHEAD_MS = 24 * 3_600_000
export const SOON_MS = 30 * 60_000
/** Signing on counts for a shift from so long before it. */
export const EARLY_MS = 2 * 3_600_000

export interface GapPerson {
  userId: string
  skills: readonly CaseCategory[]
  /** Division codes; empty: everywhere. */
  areas: readonly string[]
  /** Signed on, and not away. */
  here: boolean
  /** Ready or busy, and not away. */
  working: boolean
}
export interface GapShift {
  entryId: string
  userId: string
  patternId: string
  start: number
  end: number
  /** Was on duty at some time since `EARLY_MS` before the start. */
  signedOn: boolean
}
export interface GapPattern {
  patternId: string
  startMinute: number
  endMinute: number
  required: readonly ShiftRequirement[]
}
export interface GapInput {
  patterns: readonly GapPattern[]
  /** Not over, beginning within 24 h. */
  shifts: readonly GapShift[]
  people: readonly GapPerson[]
}

export interface Gap {
  key: string
  kind: GapKind
  patternId: string | null
  userId: string | null
  skill: CaseCategory | null
  area: string | null
  need: number
  have: number
  from: number
  until: number
}

/** Whether a person can do what a requirement asks for. A town's operator does not cover the county. */
export function fits(
  { skills, areas }: Pick<GapPerson, 'skills' | 'areas'>,
  { skill, area }: Omit<ShiftRequirement, 'heads'>,
): boolean {
  if (skill !== null && !skills.includes(skill)) return false
  return area === null || areas.length === 0 || areas.some((own) => area.startsWith(own))
}

/** How pressing a gap is. */
export function horizonOf(from: number, now: number): GapHorizon {
  if (from <= now) return 'now'
  return from - now <= SOON_MS ? 'soon' : 'day'
}

/** All gaps now, each with a key by which it is known again. */
export function judgeGaps(input: GapInput, now: number): Gap[] {
  return [...planned(input, now), ...missing(input, now), ...uncovered(input, now)]
}

interface Instance extends GapPattern {
  start: number
  end: number
}

/** The shifts of the patterns that run now or begin within 24 h, whether anybody is assigned or not. */
function instances(patterns: readonly GapPattern[], now: number): Instance[] {
  const today = dayAt(now)
  return patterns.flatMap((pattern) =>
    [-1, 0, 1].flatMap((days) => {
      const span = shiftSpan(dayAfter(today, days), pattern.startMinute, pattern.endMinute)
      return span.end > now && span.start < now + AHEAD_MS ? [{ ...pattern, ...span }] : []
    }),
  )
}

function planned({ patterns, shifts, people }: GapInput, now: number): Gap[] {
  const byId = new Map(people.map((one) => [one.userId, one]))
  return instances(patterns, now).flatMap(({ patternId, required, start, end }) => {
    const assigned = shifts
      .filter((shift) => shift.patternId === patternId && shift.start === start)
      .flatMap(({ userId }) => byId.get(userId) ?? [])
    return required.flatMap((line): Gap[] => {
      const have = assigned.filter((person) => fits(person, line)).length
      if (have >= line.heads) return []
      const { skill, area, heads: need } = line
      const key = `planned ${patternId} ${start} ${skill ?? '*'} ${area ?? '*'}`
      return [{ key, kind: 'planned', patternId, userId: null, skill, area, need, have, from: start, until: end }]
    })
  })
}

function missing({ shifts, people }: GapInput, now: number): Gap[] {
  const here = new Set(people.filter((one) => one.here).map(({ userId }) => userId))
  return shifts.flatMap(({ entryId, userId, patternId, start, end, signedOn }): Gap[] => {
    if (start > now || end <= now || here.has(userId)) return []
    const of = { patternId, userId, skill: null, area: null, need: 1, have: 0, from: start, until: end }
    if (!signedOn) return now - start < LATE_AFTER_MS ? [] : [{ key: `late ${entryId}`, kind: 'late', ...of }]
    return end - now <= LEAVE_EARLY_MS ? [] : [{ key: `fell_away ${entryId}`, kind: 'fell_away', ...of }]
  })
}

function uncovered({ patterns, people }: GapInput, now: number): Gap[] {
  const working = people.filter((one) => one.working)
  const found = new Map<string, Gap>()
  for (const { required, start, end } of instances(patterns, now)) {
    if (start > now) continue
    for (const { skill, area, heads } of required) {
      if (working.some((person) => fits(person, { skill, area }))) continue
      const key = `uncovered ${skill ?? '*'} ${area ?? '*'}`
      const known = found.get(key)
      found.set(key, {
        key,
        kind: 'uncovered',
        patternId: null,
        userId: null,
        skill,
        area,
        need: Math.max(heads, known?.need ?? 0),
        have: 0,
        from: Math.min(start, known?.from ?? start),
        until: Math.max(end, known?.until ?? end),
      })
    }
  }
  return [...found.values()]
}
