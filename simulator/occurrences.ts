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
  /** The first that the device can tell of. */
  types: readonly EventType[]
  probability: number
  afterMs: readonly [min: number, max: number]
}

/** Worn devices with a key for emergencies. */
const WITH_KEY = ['watch', 'tracker', 'pendant']

// Most presses of an emergency button are not emergencies, and most of what sensors say is daily life.
const OCCURRENCES: readonly Occurrence[] = [
  { type: 'sos', kinds: ['sos_button', ...WITH_KEY], weight: 22, followUp: after(['sos_cancel'], 0.3, 15, 90) },
  { type: 'help', kinds: ['sos_button'], weight: 20 },
  {
    type: 'fall',
    kinds: ['fall_sensor', 'watch', 'pendant'],
    weight: 10,
    followUp: after(['fall_cancel', 'fall_clear'], 0.4, 10, 60),
  },
  { type: 'battery_low', kinds: ['sos_button', ...WITH_KEY, 'door_sensor', 'smoke_sensor'], weight: 5 },
  { type: 'wander', kinds: ['tracker', 'phone'], weight: 2, followUp: after(['wander_end'], 0, 60, 900) },
  { type: 'smoke', kinds: ['smoke_sensor'], weight: 1, followUp: after(['restore', 'smoke_clear'], 0.9, 60, 240) },
  { type: 'gas', kinds: ['gas_sensor'], weight: 0.5, followUp: after(['gas_clear'], 0.9, 60, 240) },
  { type: 'co', kinds: ['co_sensor'], weight: 0.5, followUp: after(['co_clear'], 0.9, 60, 240) },
  { type: 'water_leak', kinds: ['water_sensor'], weight: 1, followUp: after(['water_clear'], 0.9, 60, 600) },
  { type: 'test', kinds: ['sos_button', 'fall_sensor', 'smoke_sensor'], weight: 8 },
  { type: 'door_open', kinds: ['door_sensor'], weight: 16, followUp: after(['door_close'], 0.97, 5, 60) },
  { type: 'motion', kinds: ['fall_sensor', 'motion_sensor'], weight: 16, followUp: after(['vacant'], 0, 60, 300) },
  { type: 'button', kinds: ['button'], weight: 6 },
]

function after(types: readonly EventType[], probability: number, fromSeconds: number, toSeconds: number): FollowUp {
  return { types, probability, afterMs: [fromSeconds * 1000, toSeconds * 1000] }
}

/** A device that something may happen at. */
export interface Candidate {
  kind: string
  /** What it can tell of; left out: anything. */
  can?: readonly EventType[]
}

export interface ChanceHappening<D> {
  device: D
  type: EventType
  followUp: { type: EventType; afterMs: number } | null
}

const canTell = ({ kind, can }: Candidate, { type, kinds }: Occurrence): boolean =>
  kinds.includes(kind) && (can === undefined || can.includes(type))

/** Occurrences with the devices that can tell of them: drawn from again and again, so sorted once. */
export class Chances<D extends Candidate> {
  readonly #possible: readonly (Occurrence & { devices: readonly D[] })[]

  constructor(devices: readonly D[]) {
    this.#possible = OCCURRENCES.flatMap((occurrence) => {
      const able = devices.filter((device) => canTell(device, occurrence))
      return able.length === 0 ? [] : [{ ...occurrence, devices: able }]
    })
  }

  /** Draws what happens next, and where; null without devices that could tell of anything. */
  draw(random: Random): ChanceHappening<D> | null {
    if (this.#possible.length === 0) return null
    const { type, devices, followUp } = random.weighted(this.#possible)
    const device = random.pick(devices)
    const { can } = device
    const next = followUp?.types.find((one) => can === undefined || can.includes(one))
    const follows = followUp !== undefined && next !== undefined && random.chance(followUp.probability)
    return {
      device,
      type,
      followUp: follows ? { type: next, afterMs: random.between(...followUp.afterMs) } : null,
    }
  }
}

/** Ms until the next of events that come independently of each other, so many an hour on average (Poisson process). */
export function drawWait(random: Random, perHour: number): number {
  return (-Math.log(1 - random.next()) * 3_600_000) / perHour
}
