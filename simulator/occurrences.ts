import type { EventType } from '../server/contract/signal.ts'
import type { Random } from './random.ts'

/** What may happen in a home by chance: which device tells of it, how often, and what may follow. */
interface Occurrence {
  type: EventType
  /** Kinds of device that can tell of it. */
  kinds: readonly string[]
  /** Share of all occurrences, any unit. */
  weight: number
  followUp?: FollowUp
}

interface FollowUp {
  type: EventType
  probability: number
  afterMs: readonly [min: number, max: number]
}

// Most presses of an emergency button are not emergencies, and most of what sensors say is daily life.
const OCCURRENCES: readonly Occurrence[] = [
  { type: 'sos', kinds: ['sos_button', 'watch', 'tracker'], weight: 22, followUp: after('sos_cancel', 0.3, 15, 90) },
  { type: 'help', kinds: ['sos_button'], weight: 20 },
  { type: 'fall', kinds: ['fall_sensor', 'watch'], weight: 10, followUp: after('fall_cancel', 0.4, 10, 60) },
  { type: 'battery_low', kinds: ['sos_button', 'watch', 'tracker', 'door_sensor', 'smoke_sensor'], weight: 5 },
  { type: 'wander', kinds: ['tracker'], weight: 2 },
  { type: 'smoke', kinds: ['smoke_sensor'], weight: 1, followUp: after('restore', 0.9, 60, 240) },
  { type: 'test', kinds: ['sos_button', 'fall_sensor', 'smoke_sensor'], weight: 8 },
  { type: 'door_open', kinds: ['door_sensor'], weight: 16, followUp: after('door_close', 0.97, 5, 60) },
  { type: 'motion', kinds: ['fall_sensor'], weight: 16 },
]

function after(type: EventType, probability: number, fromSeconds: number, toSeconds: number): FollowUp {
  return { type, probability, afterMs: [fromSeconds * 1000, toSeconds * 1000] }
}

export interface Happening<D> {
  device: D
  type: EventType
  followUp: { type: EventType; afterMs: number } | null
}

/** Draws what happens next, and where; null without devices that could tell of anything. */
export function drawHappening<D extends { kind: string }>(random: Random, devices: readonly D[]): Happening<D> | null {
  const present = new Set(devices.map((device) => device.kind))
  const possible = OCCURRENCES.filter(({ kinds }) => kinds.some((kind) => present.has(kind)))
  if (possible.length === 0) return null
  const { type, kinds, followUp } = random.weighted(possible)
  const device = random.pick(devices.filter(({ kind }) => kinds.includes(kind)))
  const follows = followUp !== undefined && random.chance(followUp.probability)
  return {
    device,
    type,
    followUp: follows ? { type: followUp.type, afterMs: random.between(...followUp.afterMs) } : null,
  }
}

/** Ms until the next of events that come independently of each other, so many an hour on average (Poisson process). */
export function drawWait(random: Random, perHour: number): number {
  return (-Math.log(1 - random.next()) * 3_600_000) / perHour
}
