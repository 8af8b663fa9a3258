import Type, { type Static } from 'typebox'

/** When somebody can be reached by telephone: hours of the week in the city's time, and an absence. Pure. */

const TIME = '^([01][0-9]|2[0-3]):[0-5][0-9]$'

export const AvailabilityWindow = Type.Object({
  days: Type.Array(Type.Integer({ minimum: 1, maximum: 7 }), {
    minItems: 1,
    maxItems: 7,
    description: '1 Monday … 7 Sunday; a time after midnight belongs to the day on which it began',
  }),
  from: Type.String({ pattern: TIME, description: 'City time, HH:MM' }),
  to: Type.String({
    pattern: TIME,
    description: 'Earlier than `from`: over midnight; the same: the whole day',
  }),
})
export type AvailabilityWindow = Static<typeof AvailabilityWindow>

/**
 * `now`: can be called; `later`: outside the hours; `away`: absent for a time; `unknown`: no hours are on file.
 */
export const AVAILABILITY_STATES = ['now', 'later', 'away', 'unknown'] as const
export const Availability = Type.Object({
  state: Type.Enum([...AVAILABILITY_STATES]),
  until: Type.Union([Type.String({ format: 'date-time' }), Type.Null()], {
    description: 'now: end of these hours, null: open; away: end of the absence',
  }),
  from: Type.Union([Type.String({ format: 'date-time' }), Type.Null()], {
    description: 'later, away: when they can be called again',
  }),
})
export type Availability = Static<typeof Availability>

const MINUTE_MS = 60_000
const DAY = 1440
const WEEK = 7 * DAY
/** Asia/Shanghai has been UTC+8 without summer time since 1991 (IANA tz). */
const ZONE_MS = 8 * 3_600_000
/** 1970-01-01 was a Thursday: the Monday before lay three days earlier. */
const MONDAY_MS = 3 * DAY * MINUTE_MS

/** Minutes of the city's week, from Monday 00:00. */
function minuteOfWeek(now: number): number {
  const minutes = (now + ZONE_MS + MONDAY_MS) / MINUTE_MS
  return ((minutes % WEEK) + WEEK) % WEEK
}

const minutesOf = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3))

/** Reachable spans over three weeks around this one, minutes, in order and joined where they touch. */
function spans(windows: readonly AvailabilityWindow[]): [number, number][] {
  const each = windows.flatMap(({ days, from, to }) =>
    days.flatMap((day) => {
      const begin = (day - 1) * DAY + minutesOf(from)
      const length = (minutesOf(to) - minutesOf(from) + DAY) % DAY || DAY
      return [-WEEK, 0, WEEK].map((week): [number, number] => [begin + week, begin + week + length])
    }),
  )
  const joined: [number, number][] = []
  for (const [begin, end] of each.sort((a, b) => a[0] - b[0])) {
    const last = joined.at(-1)
    if (last && begin <= last[1]) last[1] = Math.max(last[1], end)
    else joined.push([begin, end])
  }
  return joined
}

/**
 * Whether somebody can be called at a moment, and until or from when.
 * @param windows hours of the week; none: nothing is known, which hinders nobody from calling
 * @param awayUntil ms since the epoch, or null
 * @param now ms since the epoch
 */
export function availabilityAt(
  windows: readonly AvailabilityWindow[],
  awayUntil: number | null,
  now: number,
): Availability {
  const iso = (ms: number) => new Date(ms).toISOString()
  if (awayUntil !== null && awayUntil > now) {
    const after = availabilityAt(windows, null, awayUntil)
    return { state: 'away', until: iso(awayUntil), from: after.from ?? iso(awayUntil) }
  }
  if (windows.length === 0) return { state: 'unknown', until: null, from: null }
  const minute = minuteOfWeek(now)
  const at = (other: number) => iso(now + Math.round((other - minute) * MINUTE_MS))
  const open = spans(windows)
  const current = open.find(([begin, end]) => begin <= minute && minute < end)
  if (current) return { state: 'now', until: current[1] - minute >= WEEK ? null : at(current[1]), from: null }
  const next = open.find(([begin]) => begin > minute)
  return { state: 'later', until: null, from: next ? at(next[0]) : null }
}

const RANK: Record<Availability['state'], number> = { now: 0, unknown: 0, later: 1, away: 2 }

/** In the order in which to call: those who can be reached now in the file's order, then whoever can be reached first. */
export function callOrder<C extends { position: number; availability: Availability }>(contacts: readonly C[]): C[] {
  const rank = ({ availability }: C) => RANK[availability.state]
  const from = ({ availability }: C) => (rank({ availability } as C) === 0 ? '' : (availability.from ?? '~'))
  return contacts.toSorted((a, b) => rank(a) - rank(b) || from(a).localeCompare(from(b)) || a.position - b.position)
}
