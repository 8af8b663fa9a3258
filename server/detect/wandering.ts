import type { DetectContext, Observation } from '../contract/observation.ts'
import type { Detector } from './detector.ts'
import { type Fix, follow, readFix } from './wandering/fixes.ts'
import { meetNight, nightDue, seeHome, seeTrackerHome } from './wandering/night-exit.ts'
import { judgePosition, rowDue, settle } from './wandering/outside.ts'
import { followWalk } from './wandering/route.ts'
import { endSilence, meetSilence, silenceDue } from './wandering/silence.ts'
import {
  carried,
  FRESH_MS,
  type Known,
  placeOf,
  type Track,
  type Turn,
  type WanderState,
  withoutRow,
  withTrack,
} from './wandering/state.ts'

/**
 * Where a resident is, and whether she has gone astray: outside her fences, out at night and not back, silent while out,
 * off her usual ways. Positions are judged by the time at which they were taken; which of them are believed stands in
 * fixes.ts, the rules in the file of each. Without `enabled` she is only located.
 */
export const wandering: Detector<WanderState> = {
  name: 'wandering',
  due,
  step: (before, seen, context, now) => {
    const turn: Turn = { state: before ?? NOTHING, findings: [], context, now }
    if (seen === null) meetDeadlines(turn)
    else if (seen.kind === 'sample') locate(turn, seen)
    else if (context.settings.wandering.enabled) see(turn, seen)
    return { state: turn.state === NOTHING ? before : turn.state, findings: turn.findings }
  },
}

const NOTHING: WanderState = { t: [] }
/** Watch, pendant and phone; of more, the one that was silent longest is forgotten. */
const MOST_TRACKERS = 3
/** A position of a mobile cell says more than a good one that is older than that, ms. */
const COARSE_AFTER_MS = 10 * 60_000

function due(state: WanderState, context: DetectContext): number | null {
  const { enabled } = context.settings.wandering
  if (!enabled) return null
  let next = earlier(silenceDue(state, context), nightDue(state, context.settings.wandering))
  for (const track of state.t) {
    if (track.n === undefined) continue
    next = earlier(next, rowDue(track, state.w !== undefined, context.settingsOf(track.d).wandering))
  }
  return next
}

const earlier = (a: number | null, b: number | null): number | null => (a === null || (b !== null && b < a) ? b : a)

function meetDeadlines(turn: Turn): void {
  for (const index of turn.state.t.keys()) settle(turn, index)
  meetSilence(turn)
  meetNight(turn)
}

/** Signals of the door and of the home; and the end that a tracker with a fence of its own tells of. */
function see(turn: Turn, seen: Observation & { kind: 'signal' }): void {
  const { w, t } = turn.state
  const endsItself = seen.type === 'wander_end' || seen.type === 'restore'
  if (endsItself && w !== undefined && t[w.i]?.d === seen.device.deviceId && seen.occurredAt > w.a) {
    // `reported` takes the alert back; from here on the tracker is judged anew.
    const { w: _w, ...rest } = turn.state
    turn.state = { ...rest, t: t.map(withoutRow), i: Math.ceil(seen.occurredAt / 1_000) }
  }
  seeHome(turn, seen)
}

function locate(turn: Turn, seen: Observation): void {
  const fix = readFix(seen)
  if (fix === null) return
  const { state, context } = turn
  const settings = context.settingsOf(fix.d).wandering
  const index = state.t.findIndex(({ d }) => d === fix.d)
  const before = index < 0 ? undefined : state.t[index]
  if (before && (fix.a <= before.a || fix.a <= (before.j?.[1] ?? 0))) return
  const isFresh = fix.receivedAt - fix.a <= FRESH_MS
  if (!isFresh || fix.r > settings.maxAccuracyM) {
    turn.state = withKnown(state, fix, isFresh ? COARSE_AFTER_MS : 0)
    return
  }
  const { track, believed } = follow(before, fix, settings)
  const place = index < 0 ? freePlace(state) : index
  turn.state = withTrack(withoutOlder(state, fix), place, track)
  if (!believed) return
  judge(turn, place, fix.receivedAt, before)
}

/** What a believed position is looked at for. */
function judge(turn: Turn, index: number, receivedAt: number, before: Track | undefined): void {
  if (!turn.context.settings.wandering.enabled) {
    const track = turn.state.t[index]
    if (track?.n !== undefined) turn.state = withTrack(turn.state, index, withoutRow(track))
    return
  }
  endSilence(turn, index, before)
  judgePosition(turn, index, receivedAt, before)
  seeTrackerHome(turn, index)
  followWalk(turn, index)
}

/** Room for another tracker: a free one, or that of the one silent longest which nothing rests on. */
function freePlace({ t, w, p }: WanderState): number {
  if (t.length < MOST_TRACKERS) return t.length
  let place = 0
  let oldest = Number.POSITIVE_INFINITY
  for (const [index, { a }] of t.entries()) {
    if (index === w?.i || index === p?.i || a >= oldest) continue
    place = index
    oldest = a
  }
  return place
}

/** Keeps where she may have been, if nothing that is known is newer (by `unless`, ms). */
function withKnown(state: WanderState, { receivedAt: _receivedAt, ...fix }: Fix, unless: number): WanderState {
  const isOlder = state.k !== undefined && fix.a <= state.k.a
  if (isOlder || state.t.some(({ a }) => fix.a <= a + unless)) return state
  return { ...state, k: fix }
}

function withoutOlder(state: WanderState, fix: Fix): WanderState {
  if (state.k === undefined || state.k.a > fix.a) return state
  const { k: _k, ...rest } = state
  return rest
}

/** Where a resident was last known to be. */
export interface LastKnown {
  deviceId: string
  /** WGS-84 degrees. */
  lat: number
  lon: number
  /** When the position was taken, ms since the epoch. */
  at: number
  /** m */
  acc: number
  /** % */
  battery: number | null
  /** By satellites, or by mobile cells and wireless networks. */
  source: 'gps' | 'network'
}

/** A tracker that was silent for so much longer than another is not carried any more, ms. */
const LAID_ASIDE_MS = 12 * 3_600_000

/**
 * Where a resident was last known to be, by the tracker that she carries; undefined: never. It is as old as it says:
 * whoever shows it shows its age.
 */
export function lastKnown(state: WanderState | undefined): LastKnown | undefined {
  if (state === undefined) return undefined
  const { t, k } = state
  const newest = t.reduce((at, { a }) => Math.max(at, a), 0)
  const known = carried(t.filter(({ a }) => newest - a < LAID_ASIDE_MS))?.track
  const best: Known | undefined = k !== undefined && k.a > (known?.a ?? 0) ? k : known
  if (best === undefined) return undefined
  const { d: deviceId, a: at, r: acc, b: battery = null, s } = best
  return { deviceId, ...placeOf(best), at, acc, battery, source: s === 1 ? 'network' : 'gps' }
}
