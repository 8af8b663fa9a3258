import type { RuleName } from '../contract/explain/explain.ts'
import type { Evidence } from '../contract/finding.ts'
import type { DetectContext, Observation } from '../contract/observation.ts'
import { doorMove, isInnerDoor, isWorn, metresBetween } from './places.ts'

/** Signs of movement since a fall. About the resident, whichever device told of the fall. JSON, keys are short. */
export interface Signs {
  /** The last sign that something moved, ms since the epoch. */
  m?: number
  /** The room in which something moved last. */
  r?: string
  /** The front door was opened when nothing had moved inside: somebody came in, and may be the one who moves. */
  o?: 1
  /** What a worn device counted first since the fall: device, steps. */
  b?: readonly [deviceId: string, steps: number]
  /** Where a worn device was first since the fall: device, degrees, accuracy in m. */
  p?: readonly [deviceId: string, lat: number, lon: number, acc: number]
}

/** That whoever fell is on her feet again. */
export interface GotUp {
  rule: RuleName
  values: Readonly<Record<string, string | number>>
  evidence: Evidence
}

/** The fall itself is movement: what comes so soon after it says nothing. */
const SETTLE_MS = 3_000
/** Steps that are walked, not an arm that twitches. */
const MIN_STEPS = 6
/** A position is another one beyond this, and beyond what both may be wrong by. */
const MIN_METRES = 100
const MAX_ACCURACY_M = 200
const DEFAULT_ACCURACY_M = 50
/** Who opens a door from inside was seen so shortly before. */
const BEFORE_DOOR_MS = 60_000
/** Faster than a receiver that lies still seems to be, km/h. */
const MIN_SPEED = 4

/**
 * What an observation says about movement since a fall. Not every movement means that she got up: a hand that moves, and
 * movement in the room of the fall, only mean that she is not lifeless. Where others live, movement in the rooms may be
 * theirs. That a radar sees nobody any more means nothing: radars lose people who lie still.
 * @param fallAt when she fell
 * @param fallRooms rooms of the devices that told of it, none if they are worn
 * @returns the very same signs when it says nothing
 */
export function weigh(
  signs: Signs,
  seen: Observation,
  fallAt: number,
  fallRooms: readonly string[],
  context: DetectContext,
): { signs: Signs; up: GotUp | null } {
  const { occurredAt: at, device } = seen
  if (at < fallAt) return { signs, up: null }
  // Getting into bed is nothing that a fall on the floor looks like.
  const isIntoBed = seen.kind === 'signal' && seen.type === 'bed_enter'
  const isLater = isIntoBed || at > fallAt + SETTLE_MS
  if (seen.kind === 'sample') return isWorn(device) ? sampled(signs, seen, isLater) : { signs, up: null }
  const sign = isLater ? moved(signs, seen, fallRooms, context) : null
  if (sign === null) return { signs, up: null }
  const next: Signs = { ...signs, ...sign.more, m: Math.max(signs.m ?? 0, at) }
  // Somebody who came in, or lives there too, may be the one who was seen.
  const isHers = signs.o === undefined && context.livesAlone
  if (sign.by === undefined || !isHers) return { signs: next, up: null }
  const values = { at, ...(device.room === null ? {} : { room: device.room }) }
  return { signs: next, up: { rule: sign.by, values, evidence: { signalIds: [seen.signalId] } } }
}

interface Moved {
  /** Set when it also means that she got up. */
  by?: RuleName
  more?: Signs
}

type SignalSeen = Extract<Observation, { kind: 'signal' }>

function moved(signs: Signs, seen: SignalSeen, fallRooms: readonly string[], context: DetectContext): Moved | null {
  const { type, device } = seen
  const door = doorMove(seen)
  if (door !== null) return atDoor(signs, seen, door, context)
  switch (type) {
    case 'motion':
      return isWorn(device) ? {} : inRoom(signs, device.room, fallRooms)
    case 'bed_enter':
      return { by: 'falls.moved_bed' }
    case 'button':
      // A key that stands for a call is a call, not a sign that all is well.
      return isWorn(device) || (device.role !== null && device.role !== 'ordinary') ? {} : { by: 'falls.moved_used' }
    case 'sos':
    case 'help':
    case 'leave_bed':
    case 'removed':
    case 'worn':
      return {}
    default:
      return null
  }
}

/**
 * A door inside is used by whoever is inside. The front door is opened by helpers too: it tells of her only when something
 * moved beside it just before.
 */
function atDoor(
  signs: Signs,
  { occurredAt, device }: SignalSeen,
  door: 'open' | 'close',
  context: DetectContext,
): Moved {
  if (isInnerDoor(device, context)) return { by: 'falls.moved_door' }
  const isRecent = signs.m !== undefined && occurredAt - signs.m <= BEFORE_DOOR_MS
  const isBeside = signs.r !== undefined && (device.room === null || device.room === signs.r)
  if (isRecent && isBeside) return { by: 'falls.moved_door' }
  return door === 'open' ? { more: { o: 1 } } : {}
}

/** Another room than that of the fall; if a worn device told of the fall, another one than where something moved before. */
function inRoom(signs: Signs, room: string | null, fallRooms: readonly string[]): Moved {
  if (room === null) return {}
  const known = fallRooms.length > 0 ? fallRooms : signs.r === undefined ? [room] : [signs.r]
  return known.includes(room) ? { more: { r: room } } : { by: 'falls.moved_room', more: { r: room } }
}

type SampleSeen = Extract<Observation, { kind: 'sample' }>

/** Steps and positions are compared with the first ones since the fall. They are her own, whoever else is there. */
function sampled(signs: Signs, seen: SampleSeen, isLater: boolean): { signs: Signs; up: GotUp | null } {
  const { occurredAt: at, device, fields } = seen
  const { deviceId } = device
  const samples = [{ deviceId, at, fields: { ...fields } }]
  let next = signs
  const { steps, lat, lon, speed } = fields
  if (steps !== undefined && steps >= 0) {
    const walked = signs.b?.[0] === deviceId ? steps - signs.b[1] : -1
    // Counters begin at 0 again at midnight.
    if (walked < 0) next = { ...next, b: [deviceId, steps] }
    else if (isLater && walked >= MIN_STEPS) {
      return {
        signs: { ...next, m: at },
        up: { rule: 'falls.moved_steps', values: { at, steps: walked }, evidence: { samples } },
      }
    } else if (isLater && walked > 0) next = { ...next, m: at }
  }
  const acc = fields.acc ?? DEFAULT_ACCURACY_M
  if (lat !== undefined && lon !== undefined && (lat !== 0 || lon !== 0) && acc <= MAX_ACCURACY_M) {
    if (next.p?.[0] !== deviceId) next = { ...next, p: [deviceId, rounded(lat), rounded(lon), Math.round(acc)] }
    else {
      const distance = metresBetween(next.p[1], next.p[2], lat, lon)
      if (isLater && distance > Math.max(MIN_METRES, acc + next.p[3])) {
        return {
          signs: { ...next, m: at },
          up: { rule: 'falls.moved_place', values: { at, distance }, evidence: { samples } },
        }
      }
    }
  }
  if (isLater && speed !== undefined && speed >= MIN_SPEED) next = { ...next, m: at }
  return { signs: next, up: null }
}

/** About 1 m. */
const rounded = (degrees: number): number => Math.round(degrees * 1e5) / 1e5
