import { type Standing, standing } from './fences.ts'
import { confirm, evidenceOf, outsideNow, raise, takeBack } from './findings.ts'
import { placeOf, type Track, type Turn, type WanderSettings, withoutRow, withTrack } from './state.ts'

/**
 * Outside the fences, and back. A believed position of a tracker is, with its accuracy:
 *
 * | position                                    | nobody is out                    | somebody is out                 |
 * |---------------------------------------------|----------------------------------|---------------------------------|
 * | farther beyond the border than its accuracy | one more outside                 | one more outside                |
 * | beyond it, not surely                       | says nothing                     | says nothing                    |
 * | within it, not surely                       | takes one from the row           | says nothing                    |
 * | farther within than its accuracy            | ends the row                     | says nothing                    |
 * | … and than the hysteresis                   | ends the row                     | one more back inside            |
 *
 * (Neither accuracy nor hysteresis asks for more than half the depth of the fence: a small one could never be entered.)
 * `confirmFixes` outside in a row, or one that nothing contradicts for `dwellS`, raise the alarm (one alone must be twice
 * as far beyond the border as its accuracy: indoors, outliers come with gaps after them); as many back inside, or
 * one for as long, take it back. A row counts as soon as it is long enough when its position is live; else its batch may
 * go on: it is given ten seconds.
 *
 * Several trackers: each has its own row. Any may raise. One takes the alarm back only if no tracker that is outside has
 * moved since it has moved itself: a phone on the charger says nothing about her who walks with her watch.
 */
/** Positions at most this old are live. */
const LIVE_S = 60
const ALONE = 2
const SETTLE_MS = 10_000
/** So many times as long a position has to stand that others contradict. */
const CONTRADICTED = 3
/** Rows are not counted any further: a state that stays the same is not written again. */
const LONGEST_ROW = 12

/** Judges a tracker's newest position. */
export function judgePosition(turn: Turn, index: number, receivedAt: number, before: Track | undefined): void {
  const track = turn.state.t[index]
  if (track === undefined) return
  const settings = turn.context.settingsOf(track.d).wandering
  const where = settings.enabled ? standingOf(turn, track, settings) : null
  const next = where === null ? withoutRow(track) : count(turn, track, where, receivedAt, settings)
  if (next !== track) turn.state = withTrack(turn.state, index, next)
  bearOut(turn, next, where, settings)
  settle(turn, index, before)
}

function standingOf({ state, context }: Turn, track: Track, { fences }: WanderSettings): Standing | null {
  return standing(fences, context.home, placeOf(track), track.a, state.w !== undefined)
}

function count(turn: Turn, track: Track, where: Standing, receivedAt: number, settings: WanderSettings): Track {
  const { n = 0, a, r } = track
  const most = where.depth / 2
  if (where.beyond > r) {
    const clock = where.beyond > ALONE * r ? receivedAt : undefined
    return longer(track, n > 0 ? n + 1 : 1, a, receivedAt, clock, settings)
  }
  if (turn.state.w === undefined) return contradict(track, where.beyond, Math.min(r, most))
  const isBack = where.beyond < -Math.min(Math.max(r, settings.hysteresisM), most)
  return isBack ? longer(track, n < 0 ? n - 1 : -1, a, receivedAt, receivedAt, settings) : track
}

/**
 * Within the border, not surely: in a small fence that is all that a receiver indoors ever says, and one outlier among
 * them must not wait until its time is over.
 */
function contradict(track: Track, beyond: number, sure: number): Track {
  const { n = 0 } = track
  if (n === 0 || beyond >= 0) return track
  return n === 1 || beyond < -sure ? withoutRow(track) : { ...track, n: n - 1 }
}

/** @param clock when a row that begins here, or has no clock yet, starts to wait; undefined: it does not */
function longer(
  track: Track,
  n: number,
  at: number,
  receivedAt: number,
  clock: number | undefined,
  { confirmFixes }: WanderSettings,
): Track {
  const length = Math.abs(n)
  const begins = length === 1
  const isLate = length === confirmFixes && (track.l ?? 0) > LIVE_S
  return {
    ...track,
    n: Math.sign(n) * Math.min(length, LONGEST_ROW),
    o: begins ? at : (track.o ?? at),
    u: isLate ? receivedAt : begins ? clock : (track.u ?? clock),
  }
}

/** When a tracker's row is to be judged; null: there is nothing to judge. */
export function rowDue(track: Track, isOut: boolean, { confirmFixes, dwellS, enabled }: WanderSettings): number | null {
  const { n = 0, u, l = 0, j } = track
  if (!enabled || n === 0 || n < 0 !== isOut) return null
  // Positions elsewhere that are not believed yet do contradict: they get time to be many enough.
  const dwellMs = dwellS * 1_000 * (j === undefined ? 1 : CONTRADICTED)
  if (Math.abs(n) < confirmFixes) return u === undefined ? null : u + dwellMs
  return l > LIVE_S && u !== undefined ? u + SETTLE_MS : (u ?? 0)
}

/** Meets a tracker's row if its time has come. @param before the position before the newest one, as evidence */
export function settle(turn: Turn, index: number, before?: Track): void {
  const track = turn.state.t[index]
  if (track === undefined) return
  const settings = turn.context.settingsOf(track.d).wandering
  const due = rowDue(track, turn.state.w !== undefined, settings)
  if (due === null || due > turn.now) return
  if ((track.n ?? 0) > 0) raiseOutside(turn, index, track, before, settings)
  else if (maySayBack(turn.state.t, track)) takeBack(turn, track.a)
  else turn.state = withTrack(turn.state, index, withoutRow(track))
}

function raiseOutside(
  turn: Turn,
  index: number,
  track: Track,
  before: Track | undefined,
  settings: WanderSettings,
): void {
  const where = standingOf(turn, track, settings)
  if (where === null) {
    turn.state = withTrack(turn.state, index, withoutRow(track))
    return
  }
  const { n = 0, o = track.a } = track
  const isSure = n >= settings.confirmFixes
  const why = outsideNow(turn, track, where)
  const evidence = evidenceOf(n > 1 ? before : undefined, track)
  raise(turn, { ...why, kind: 'wander', certainty: isSure ? 'confirmed' : 'likely', evidence })
  const { x } = turn.state
  if (x?.g === 1) confirm(turn, x.d, why, track)
  turn.state = { ...turn.state, w: isSure ? { i: index, a: o } : { i: index, a: o, c: 1 } }
}

/** What was raised on less is confirmed by positions enough. */
function bearOut(turn: Turn, track: Track, where: Standing | null, { confirmFixes }: WanderSettings): void {
  const { w, t } = turn.state
  const raisedBy = w?.c === 1 ? t[w.i] : undefined
  if (w === undefined || raisedBy === undefined || where === null || (track.n ?? 0) < confirmFixes) return
  confirm(turn, raisedBy.d, outsideNow(turn, track, where), track)
  const { c: _c, ...sure } = w
  turn.state = { ...turn.state, w: sure }
}

function maySayBack(tracks: readonly Track[], track: Track): boolean {
  return tracks.every((other) => other === track || (other.n ?? 0) <= 0 || (other.m ?? 0) < (track.m ?? 0))
}
