import type { DeviceTraits, Observation } from '../../contract/observation.ts'
import { distanceM } from '../geo.ts'
import { isBetween } from './fences.ts'
import { about, raise, restoreWander, takeBack } from './findings.ts'
import { isAway } from './silence.ts'
import {
  carried,
  FRESH_MS,
  heardAt,
  type NightExit,
  placeOf,
  type Turn,
  type WanderSettings,
  type WanderState,
} from './state.ts'

/**
 * Out by the front door at night, and signs of somebody at home.
 *
 * | seen                                                     | at night, waiting       | raised             |
 * |----------------------------------------------------------|-------------------------|--------------------|
 * | front door opened                                        | waits from the first opening | a sign may follow |
 * | front door closed                                        | from outside or inside? says nothing | same     |
 * | motion, getting into or out of bed, more than 10 s after it closed (a minute after it opened) | at home: nothing | taken back |
 * | a tracker that moved since, at home                      | at home: nothing        | taken back         |
 * | none of these for `returnS`                              | raised                  |                    |
 *
 * Likely if something in the home would have seen her come in, or if the door still stands open; else only possible.
 * In the first seconds the sensor in the hall still sees her go out. Others in the home give signs too: this rule is for
 * those who live alone, or for homes where nobody else is up at night.
 *
 * After an alarm by position, the front door and then a sign of somebody at home take it back too, if she was not seen
 * outside since.
 */
const AFTER_CLOSING_MS = 10_000
const AFTER_OPENING_MS = 60_000
/** Coming in at the door and being seen inside belong together within this time. */
const COMING_IN_MS = 10 * 60_000
/** As near as this a tracker is at home, m. */
const AT_HOME_M = 100

const SIGNS: ReadonlySet<string> = new Set(['motion', 'bed_enter', 'leave_bed'])
const WORN: ReadonlySet<string> = new Set(['watch', 'pendant', 'phone'])
const WATCHFUL: ReadonlySet<string> = new Set(['motion_sensor', 'fall_sensor', 'bed_sensor'])

/** When waiting for a sign ends; null: nobody is waited for. */
export function nightDue({ x }: WanderState, { nightExit }: WanderSettings): number | null {
  return x === undefined || x.g !== undefined || !nightExit.enabled ? null : x.a + nightExit.returnS * 1_000
}

/** Raises the alarm if the time for a sign is over. */
export function meetNight(turn: Turn): void {
  const { state, context, now } = turn
  const { nightExit } = context.settings.wandering
  const due = nightDue(state, context.settings.wandering)
  const { x } = state
  if (due === null || due > now || x === undefined) return
  const within = nightExit.returnS * 1_000
  const wouldBeSeen = x.z === undefined || context.devices.some(({ kind }) => WATCHFUL.has(kind))
  const why = about(turn, x.d, x.a, 'wandering.night_exit', { at: x.a, within })
  raise(turn, { ...why, kind: 'wander', certainty: wouldBeSeen ? 'likely' : 'possible' })
  turn.state = { ...state, x: { ...x, g: 1 } }
}

/** A signal of the door, or of somebody at home. */
export function seeHome(turn: Turn, seen: Observation): void {
  if (seen.kind !== 'signal' || seen.receivedAt - seen.occurredAt > FRESH_MS) return
  const door = doorMove(seen.device, seen.type)
  if (door !== null) seeDoor(turn, door === 'open', seen.device.deviceId, seen.occurredAt)
  else if (SIGNS.has(seen.type) && !WORN.has(seen.device.kind)) seeSign(turn, seen.occurredAt)
}

function doorMove({ role, kind }: DeviceTraits, type: string): 'open' | 'close' | null {
  const isEntrance = role === 'entrance' || (role === null && kind === 'door_sensor')
  if (!isEntrance) return null
  if (type === 'door_open' || type === 'triggered') return 'open'
  return type === 'door_close' || type === 'released' ? 'close' : null
}

function seeDoor(turn: Turn, isOpen: boolean, d: string, at: number): void {
  const { x, w } = turn.state
  if (isOpen && w && Math.floor(at / 1_000) > (w.h ?? 0)) {
    turn.state = { ...turn.state, w: { ...w, h: Math.floor(at / 1_000) } }
  }
  // What the door says again, or late, is known.
  if (x && at <= x.e) return
  const { nightExit } = turn.context.settings.wandering
  if (x && x.g !== 2) turn.state = { ...turn.state, x: { ...moved(x, isOpen), e: at } }
  else if (isOpen && nightExit.enabled && isBetween(nightExit.from, nightExit.to, at)) {
    turn.state = { ...turn.state, x: { d, a: at, e: at } }
  }
}

function moved({ z: _z, ...x }: NightExit, isOpen: boolean): NightExit {
  return isOpen ? x : { ...x, z: 1 }
}

function seeSign(turn: Turn, at: number): void {
  rememberSign(turn, at)
  const { x, w, t } = turn.state
  if (w?.h !== undefined) {
    const door = w.h * 1_000
    const cameIn = at >= door + AFTER_CLOSING_MS && at <= door + COMING_IN_MS
    if (cameIn && t.every((track) => (track.n ?? 0) <= 0 || track.a <= door)) {
      takeBack(turn, at)
      // Nor is her tracker's silence an alarm from here on.
      turn.state = { ...turn.state, i: Math.ceil(at / 1_000) }
      return
    }
  }
  if (x && x.g !== 2 && at >= x.e + (x.z ? AFTER_CLOSING_MS : AFTER_OPENING_MS)) beHome(turn, x, at)
}

/** Of one who lives alone and was last seen away: she may be back already. */
function rememberSign(turn: Turn, at: number): void {
  const { state, context } = turn
  const track = carried(state.t)?.track
  if (!context.livesAlone || track === undefined || state.w || !isAway(track, context)) return
  // She may have been out of the door just now: what is seen in the minute after a position is not after it.
  const isNews = (state.i ?? 0) * 1_000 <= track.a && at > heardAt(track) + AFTER_OPENING_MS
  if (isNews) turn.state = { ...state, i: Math.floor(at / 1_000) }
}

/** She is out by another's word: the door's alarm is taken back with that one. */
function beHome(turn: Turn, x: NightExit, at: number): void {
  const { w } = turn.state
  if (x.g === 1 && w !== undefined) return
  if (x.g === 1) restoreWander(turn, x.d, at)
  turn.state = { ...turn.state, x: { ...x, g: 2 } }
}

/** A tracker that has moved since the door was opened, and is at home. */
export function seeTrackerHome(turn: Turn, index: number): void {
  const { x, t } = turn.state
  const { home } = turn.context
  const track = t[index]
  if (!x || x.g === 2 || home === null || track === undefined || (track.m ?? 0) * 1_000 <= x.e) return
  if (distanceM(home, placeOf(track)) + track.r <= AT_HOME_M) beHome(turn, x, track.a)
}
