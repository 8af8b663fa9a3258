import type { RuleName } from '../contract/explain/explain.ts'
import type { Finding } from '../contract/finding.ts'
import type { DetectContext, Observation } from '../contract/observation.ts'
import type { Detector, Step } from './detector.ts'
import { dayOf, dayStart, FIRST_WAKING_MS, type History, minuteOfDay, usualOf, withSign } from './habits.ts'
import { type Sign, signOf, watchingDevice } from './signs-of-life.ts'
import { countSteps, type Steps } from './steps.ts'

/**
 * Silence that is unusual for this resident (主动关怀). Two rules, both learnt from her last four weeks:
 *
 * - waking: nine of ten days she was seen by 07:10; today nothing until 07:10 and a margin, at the latest at `latest`;
 * - silence: by day nine of ten days she was silent for 3 h at most; now for that and a margin.
 *
 * Silence is told once, and again only after a sign of life. Somebody who went out is not silent at home: the last thing
 * that happened was the front door, and nothing in the home since. How long she may be out is for wandering to say.
 *
 * A silent home may also be a home whose devices do not reach us. A hub that says so and an outage of the platform are
 * waited for. A home from which simply nothing comes is told: contacts send nothing when nobody moves, so it looks the same
 * as somebody who lies on the floor, and a call finds out which it is. That devices are lost is told apart by supervision.
 */
export const routine: Detector<RoutineState> = {
  name: 'routine',
  due: (state, context) => nextSilence(state, context)?.at ?? null,
  step: (state, seen, context, now) => {
    if (context.residentId === null) return { state: undefined, findings: [] }
    if (seen !== null) return observe(state, seen, context)
    return state === undefined ? { state, findings: [] } : tell(state, context, now)
  },
}

/** Newest moments are in units of 30 s: the state is written only when one has moved on. */
export interface RoutineState extends Partial<History> {
  /** Usual, of the days before `d`, as in `Usual`; the hours a day are in tenths. */
  u?: readonly [days: number, by: number, early: number, onDays: number, hoursX10: number, silentHours: number]
  /** Newest sign of life of any kind; within the home; at the front door. */
  l?: number
  i?: number
  o?: number
  /** The hub went blind; saw again. */
  b?: number
  w?: number
  /** What came late is complete by then. */
  a?: number
  /** Silence has been told: waking or silence, since when, of which device, and when it was told. Ms. */
  x?: readonly [rule: 'w' | 's', since: number, deviceId: string, at: number]
  s?: Steps
}

const UNIT_MS = 30_000
const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000
/** Below this a home sees too little to call silence unusual: hours of a day with a sign of life, on average. */
export const FEWEST_HOURS_A_DAY = 5
/** So long before she is ever usually seen a sign is of the night, not of getting up. */
const WAKING_MS = 30 * MINUTE_MS
/** From 21:00 on silence may be sleep. */
const EVENING_MS = 18 * HOUR_MS
/** However early `latest` is, nobody is missed before she is usually seen. */
const LEAST_MARGIN_MS = 30 * MINUTE_MS

/** What comes so long after it happened has waited somewhere, and more of it may follow. */
const LATE_MS = 5 * MINUTE_MS
const REST_OF_BATCH_MS = 5 * MINUTE_MS

interface Silence {
  rule: 'w' | 's'
  /** Without a sign since; told at. Ms since the epoch. */
  since: number
  at: number
}

/** Why silence is not judged yet; null: it is. */
export function notYet(
  { u }: RoutineState,
  { enabled, minDays }: DetectContext['settings']['routine'],
): 'disabled' | 'too_few_days' | 'too_few_signs' | null {
  if (!enabled) return 'disabled'
  if (u === undefined || u[0] < minDays) return 'too_few_days'
  return u[4] < FEWEST_HOURS_A_DAY * 10 ? 'too_few_signs' : null
}

/** When silence will be told if no sign of life comes. */
function nextSilence(state: RoutineState, context: DetectContext): Silence | null {
  const { u, l, x, b = 0, w = 0 } = state
  const settings = context.settings.routine
  if (x !== undefined || u === undefined || l === undefined || notYet(state, settings) !== null) return null
  if (isOut(state) || b > w || context.devices.length === 0) return null
  const marginMs = settings.marginS * 1000
  const last = l * UNIT_MS
  const today = dayOf(last)
  const [, by, early, , , silentHours] = u
  const usualMs = by * MINUTE_MS
  const wakes = (day: number) => dayStart(day) + Math.max(FIRST_WAKING_MS, early * MINUTE_MS - WAKING_MS)
  const isUp = last >= wakes(today)
  const deferred = (since: number, at: number) => afterBlindness(since, at, marginMs, state, context)

  if (isUp) {
    const at = deferred(last, last + longestSilence(silentHours, settings))
    if (at <= dayStart(today) + EVENING_MS) return { rule: 's', since: last, at }
  }
  const day = isUp ? today + 1 : today
  const since = wakes(day)
  const latest = Math.max(minuteOfDay(settings.latest) * MINUTE_MS, usualMs + LEAST_MARGIN_MS)
  return { rule: 'w', since, at: deferred(since, dayStart(day) + Math.min(usualMs + marginMs, latest)) }
}

/** Ms. The setting holds, unless less is unusual for her, or as much is usual. */
function longestSilence(silentHours: number, settings: DetectContext['settings']['routine']): number {
  const usual = silentHours * HOUR_MS
  const withMargin = usual + settings.marginS * 1000
  return Math.max(Math.min(settings.longestSilenceS * 1000, withMargin), usual + LEAST_MARGIN_MS)
}

/** Whoever may have been active unseen gets the margin from when we see again; of a late batch all is looked at first. */
function afterBlindness(
  since: number,
  at: number,
  marginMs: number,
  { w = 0, a = 0 }: RoutineState,
  { outages = [] }: DetectContext,
): number {
  let deferred = Math.max(at, a * UNIT_MS, w * UNIT_MS > since ? w * UNIT_MS + marginMs : 0)
  for (const { from, to } of outages) {
    if (to > since && from < deferred) deferred = Math.max(deferred, to + marginMs)
  }
  return deferred
}

/**
 * The door was the last thing to move; what is seen in its half minute is her leaving. A home that can see nobody knows
 * only whether she took what she wears with her: then its silence counts wherever she is.
 */
const isOut = ({ i, o = 0, l = 0 }: RoutineState): boolean => o > 0 && o >= (i ?? l)

function tell(state: RoutineState, context: DetectContext, now: number): Step<RoutineState> {
  const silence = nextSilence(state, context)
  const deviceId = watchingDevice(context.devices)
  if (silence === null || deviceId === undefined || silence.at > now || state.u === undefined)
    return { state, findings: [] }
  const { rule, since } = silence
  const [days, byMinute, , onDays, , silentHours] = state.u
  const usual = dayStart(dayOf(since)) + byMinute * MINUTE_MS
  const why: { rule: RuleName; values: Record<string, number> } =
    rule === 'w'
      ? { rule: 'routine.no_waking_sign', values: { onDays, days, usual, from: since, until: now } }
      : { rule: 'routine.silence', values: { from: since, lasting: now - since, longest: silentHours * HOUR_MS } }
  const reason = { ...why, settingsVersion: context.settingsVersion }
  return {
    state: { ...state, x: [rule, since, deviceId, now] },
    findings: [{ effect: 'raise', kind: 'inactivity', certainty: 'likely', deviceId, at: now, reason }],
  }
}

function observe(before: RoutineState | undefined, seen: Observation, context: DetectContext): Step<RoutineState> {
  const state = withLateness(before ?? NOBODY, seen)
  if (seen.kind === 'signal' && (seen.type === 'hub_offline' || seen.type === 'hub_online')) {
    return { state: moved(state, seen.type === 'hub_offline' ? 'b' : 'w', seen.occurredAt), findings: [] }
  }
  const { steps, walked } = countSteps(state.s, seen)
  const sign = walked ? 'person' : signOf(seen)
  const counted = steps === state.s || steps === undefined ? state : { ...state, s: steps }
  if (sign === null) return { state: counted === NOBODY ? undefined : counted, findings: [] }
  const next = withLife(counted, sign, seen.occurredAt)
  return next.x === undefined ? { state: next, findings: [] } : seenAgain(next, next.x, seen, context)
}

const NOBODY: RoutineState = {}

function withLateness(state: RoutineState, { occurredAt, receivedAt }: Observation): RoutineState {
  return receivedAt - occurredAt < LATE_MS ? state : moved(state, 'a', receivedAt + REST_OF_BATCH_MS)
}

function withLife(state: RoutineState, sign: Sign, at: number): RoutineState {
  const known = state.d === undefined || state.r === undefined ? undefined : { d: state.d, r: state.r }
  const history = withSign(known, at)
  const lived = moved(state, 'l', at)
  const placed = sign === 'person' ? lived : moved(lived, sign === 'door' ? 'o' : 'i', at)
  if (history === known) return placed
  const { days, byMinute, earlyMinute, onDays, hoursADay, silentHours } = usualOf(history)
  return { ...placed, ...history, u: [days, byMinute, earlyMinute, onDays, Math.round(hoursADay * 10), silentHours] }
}

function moved(state: RoutineState, what: 'l' | 'i' | 'o' | 'b' | 'w' | 'a', at: number): RoutineState {
  const unit = Math.floor(at / UNIT_MS)
  return unit > (state[what] ?? 0) ? { ...state, [what]: unit } : state
}

/** Silence is over, unless what has come now happened before it or does not make it any shorter than is unusual. */
function seenAgain(
  state: RoutineState,
  [rule, since, deviceId, toldAt]: NonNullable<RoutineState['x']>,
  { occurredAt: at, receivedAt }: Observation,
  { settingsVersion }: DetectContext,
): Step<RoutineState> {
  const isStillSilent = rule === 's' && receivedAt - at >= toldAt - since
  if (at < since + UNIT_MS || isStillSilent) return { state, findings: [] }
  const { x: _told, ...rest } = state
  const reason = { rule: 'routine.seen', values: { at }, settingsVersion } as const
  const finding: Finding = { effect: 'restore', kinds: ['inactivity'], byResident: false, deviceId, at, reason }
  return { state: rest, findings: [finding] }
}
