import type { Finding, Raise } from '../contract/finding.ts'
import type { DetectContext, Observation } from '../contract/observation.ts'
import type { Detector, Step } from './detector.ts'

/**
 * A stuck key or a sensor that flaps: from so many raises of one kind by one device on, more of them are only counted on
 * their alert. Each is still a raise, linked and counted, so no call is lost, and the first ones are told as always.
 */
export type Runaways = Readonly<Record<string, Burst>>

/** Raises of one kind by one device, keyed `kind|device`. */
interface Burst {
  /** Arrival of the last one. */
  l: number
  /** The end of the last one's signal id: the same signal twice counts once. */
  i: string
  /** It has run away; nothing more has to be counted. */
  f?: 1
  /** Raises in each part of the window, newest last, and the number of the newest part. */
  n?: readonly number[]
  s?: number
}

/** The window is counted in so many parts, so that what is kept does not grow with the number of presses. */
const PARTS = 6
/** Bursts remembered of one subject; the one that was heard of longest ago goes first. */
const MOST_BURSTS = 4

/** Asked by the engine for its deadlines alone: a window without a press ends a burst. */
export const runaway: Detector<Runaways> = {
  name: 'runaway',
  step: (state = {}, seen, context, now) => {
    if (seen !== null) return { state, findings: [] }
    return {
      state: kept(Object.entries(state).filter(([key, burst]) => endOf(key, burst, context) > now)),
      findings: [],
    }
  },
  due: (state, context) => Math.min(...Object.entries(state).map(([key, burst]) => endOf(key, burst, context))),
}

/**
 * Marks the raises of a runaway device among what was found in one observation, and says once that the device has run away.
 * @param now its arrival; presses are counted as they arrive, because that is what floods the operators
 */
export function collapse(
  state: Runaways | undefined,
  seen: Observation,
  findings: readonly Finding[],
  context: DetectContext,
  now: number,
): Step<Runaways> {
  // What a detector finds in telemetry it says once by itself.
  if (seen.kind !== 'signal' || !findings.some(({ effect }) => effect === 'raise')) return { state, findings }
  const bursts = { ...state }
  const marked = findings.flatMap((finding): Finding[] => {
    if (finding.effect !== 'raise') return [finding]
    const key = `${finding.kind}|${finding.deviceId}`
    const { runawayPresses, runawayWindowS } = context.settingsOf(finding.deviceId).buttons
    const before = bursts[key]
    const burst = next(before, seen.signalId, now, runawayPresses, runawayWindowS * 1_000)
    bursts[key] = burst
    if (burst.f === undefined) return [finding]
    const counted: Finding = { ...finding, counted: true }
    return before?.f === 1 ? [counted] : [counted, fault(finding, runawayPresses, runawayWindowS, context)]
  })
  if (state && Object.keys(bursts).every((key) => bursts[key] === state[key])) return { state, findings: marked }
  const newest = Object.entries(bursts).sort(([, a], [, b]) => a.l - b.l)
  return { state: kept(newest.slice(-MOST_BURSTS)), findings: marked }
}

function next(before: Burst | undefined, signalId: string, now: number, most: number, windowMs: number): Burst {
  const i = signalId.slice(-8)
  if (before?.f === 1) return { l: now, i, f: 1 }
  if (before?.i === i) return before
  const s = Math.floor((now * PARTS) / windowMs)
  const n = counts(before, s)
  return n.reduce((sum, count) => sum + count) >= most ? { l: now, i, f: 1 } : { l: now, i, n, s }
}

/** One more now. The part in which the window began counts in full, so that no burst is missed on a boundary. */
function counts({ n = [], s = 0 }: Partial<Burst> = {}, now: number): number[] {
  const passed = now - s
  if (passed < 0 || passed > PARTS) return [1]
  const all = [...n, ...new Array<number>(passed).fill(0)]
  const last = all.pop() ?? 0
  return [...all, last + 1].slice(-PARTS - 1)
}

function fault({ deviceId, at }: Raise, presses: number, withinS: number, { settingsVersion }: DetectContext): Raise {
  const values = { presses, within: withinS * 1_000 }
  const reason = { rule: 'buttons.runaway', values, settingsVersion } as const
  return { effect: 'raise', kind: 'device_fault', certainty: 'likely', deviceId, at, reason }
}

function endOf(key: string, { l }: Burst, context: DetectContext): number {
  return l + context.settingsOf(key.slice(key.indexOf('|') + 1)).buttons.runawayWindowS * 1_000
}

const kept = (bursts: readonly [string, Burst][]): Runaways | undefined =>
  bursts.length === 0 ? undefined : Object.fromEntries(bursts)
