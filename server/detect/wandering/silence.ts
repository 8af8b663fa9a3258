import type { DetectContext } from '../../contract/observation.ts'
import { distanceM } from '../geo.ts'
import { isFenced } from './fences.ts'
import { about, assess, evidenceOf, raise, silentNow } from './findings.ts'
import { carried, heardAt, placeOf, type Track, type Turn, type WanderState } from './state.ts'

/**
 * No usable position for `silenceOutsideS`:
 *
 * | last known to be                       | then                                                               |
 * |----------------------------------------|--------------------------------------------------------------------|
 * | outside, alarm raised                  | told again, and severe                                             |
 * | away from home, within a fence         | raised as possible, unless she lives alone and somebody moved at home since |
 * | at home                                | nothing here: a fault, and supervision's                           |
 */

/** Surely farther from home than this is away, m. A courtyard and the shop at its gate are not. */
const AWAY_M = 200

/** The next moment at which silence is an alarm; null: it is none. */
export function silenceDue(state: WanderState, context: DetectContext): number | null {
  const track = silentTrack(state, context)
  if (track === null) return null
  const { enabled, fences, silenceOutsideS } = context.settingsOf(track.d).wandering
  return enabled && fences.length > 0 ? heardAt(track) + silenceOutsideS * 1_000 : null
}

/** The tracker whose silence counts: of those outside the one heard last, or the one she carries if that is away. */
function silentTrack(state: WanderState, context: DetectContext): Track | null {
  const { t, w } = state
  if (w === undefined) return awayTrack(state, context)
  if (w.s === 1) return null
  let last: Track | null = null
  for (const [index, track] of t.entries()) {
    if ((track.n ?? 0) <= 0 && index !== w.i) continue
    if (last === null || heardAt(track) > heardAt(last)) last = track
  }
  return last
}

/** The tracker that she carries, if it is away from home where a fence is in force. */
function awayTrack({ t, i = 0 }: WanderState, context: DetectContext): Track | null {
  const { home } = context
  const track = carried(t)?.track
  if (track === undefined || home === null || i * 1_000 > track.a || !isAway(track, context)) return null
  return isFenced(context.settingsOf(track.d).wandering.fences, home, track.a) ? track : null
}

export function isAway(track: Track, { home }: DetectContext): boolean {
  return home !== null && distanceM(home, placeOf(track)) - track.r > AWAY_M
}

/** Tells of the silence if its time has come. */
export function meetSilence(turn: Turn): void {
  const { state, context, now } = turn
  const due = silenceDue(state, context)
  const track = due !== null && due <= now ? silentTrack(state, context) : null
  if (track === null) return
  const why = silentNow(turn, track)
  const { w } = state
  if (w === undefined) {
    raise(turn, { ...why, kind: 'wander', certainty: 'possible', evidence: evidenceOf(track) })
    turn.state = { ...state, w: { i: state.t.indexOf(track), a: track.a, c: 1, s: 1 } }
    return
  }
  const deviceId = state.t[w.i]?.d ?? track.d
  // Raised anew in case the first alarm was closed meanwhile; and severe in case it was not.
  const certainty = w.c === 1 ? 'likely' : 'confirmed'
  raise(turn, { ...why, deviceId, kind: 'wander', certainty, severe: true, evidence: evidenceOf(track) })
  assess(turn, { ...why, deviceId, severe: true })
  turn.state = { ...state, w: { ...w, s: 1 } }
}

/** A position has come in again. */
export function endSilence(turn: Turn, index: number, before: Track | undefined): void {
  const { w, t } = turn.state
  const track = t[index]
  if (w?.s !== 1 || track === undefined || (index !== w.i && (track.n ?? 0) <= 0)) return
  const deviceId = t[w.i]?.d ?? track.d
  const silence = track.a - (before?.a ?? track.a)
  assess(turn, { ...about(turn, deviceId, track.a, 'wandering.heard_again', { at: track.a, silence }), severe: false })
  const { s: _s, ...heard } = w
  turn.state = { ...turn.state, w: heard }
}
