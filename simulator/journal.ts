import type { Protocol } from '../server/contract/device.ts'
import type { SignalType } from '../server/contract/signal.ts'

/**
 * Whether the platform must have recorded it. `due`: yes, once. `doubtful`: it was sent without an acknowledgement just
 * before the connection was lost, nobody can know. `possible`: the platform tells it or not, depending on what it knew
 * before (a level's first value). `waiting`: it has not been taken over by the end.
 */
export type Fate = 'due' | 'doubtful' | 'possible' | 'waiting'

/** One thing that a device has told, and that the platform should record. */
export interface Entry {
  readonly deviceId: string
  readonly protocol: Protocol
  /** As the platform records it: a key without a meaning of its own is a `button`, whatever its role. */
  readonly type: SignalType
  /** The id under which the platform must record it; null where the protocol has none (found by type and time). */
  readonly messageId: string | null
  /** Ms since the epoch: when it went out, first and last. Later ones are repetitions. */
  from: number
  until: number
  fate: Fate
  acknowledged: boolean
}

export type NewEntry = Pick<Entry, 'deviceId' | 'protocol' | 'type'> & { messageId?: string; at: number; fate?: Fate }

/** Something that should not have been: a wrong reply, a message for somebody else. */
export interface Problem {
  deviceId: string
  text: string
}

const MOST_PROBLEMS = 1_000
/** Devices whose telemetry is looked at in the end: each one is a question to the platform. */
const MOST_SAMPLED = 25

/** Acknowledged samples of a device: how many, and the device times of the first and last. */
export interface Sampled {
  count: number
  from: number
  to: number
}

/** What all devices of a run have told, and what they were told: the one side of the comparison at the end. */
export class Journal {
  readonly entries: Entry[] = []
  readonly problems: Problem[] = []
  readonly #sampled = new Map<string, Sampled>()
  readonly #heard = new Map<string, number>()
  readonly #untold = new Map<string, number>()
  readonly #keeps: boolean

  /** @param keeps false: a simulation without an end, of which nothing is compared */
  constructor(keeps: boolean) {
    this.#keeps = keeps
  }

  /** A device tells something. The entry is changed as more becomes known of it. */
  tell({ deviceId, protocol, type, messageId, at, fate = 'due' }: NewEntry): Entry {
    const entry: Entry = {
      deviceId,
      protocol,
      type,
      messageId: messageId ?? null,
      from: at,
      until: at,
      fate,
      acknowledged: false,
    }
    if (this.#keeps) this.entries.push(entry)
    return entry
  }

  /** Samples were acknowledged, with these device times. */
  sampled(deviceId: string, times: readonly number[]): void {
    if (!this.#keeps || (this.#sampled.size >= MOST_SAMPLED && !this.#sampled.has(deviceId))) return
    const known = this.#sampled.get(deviceId)
    const { count, from, to } = known ?? { count: 0, from: Number.POSITIVE_INFINITY, to: 0 }
    const all = { count: count + times.length, from: Math.min(from, ...times), to: Math.max(to, ...times) }
    this.#sampled.set(deviceId, all)
  }

  /** Acknowledged samples of some of the devices. */
  samples(): ReadonlyMap<string, Sampled> {
    return this.#sampled
  }

  /** Something happened that a device without a memory could not tell, since it had no connection. */
  untold(protocol: Protocol): void {
    this.#untold.set(protocol, (this.#untold.get(protocol) ?? 0) + 1)
  }

  /** A device was told something (`received`, `locate`, …). */
  heard(what: string): void {
    this.#heard.set(what, (this.#heard.get(what) ?? 0) + 1)
  }

  problem(deviceId: string, text: string): void {
    if (this.problems.length < MOST_PROBLEMS) this.problems.push({ deviceId, text })
  }

  /** How often devices were told what, most frequent first. */
  feedback(): readonly (readonly [what: string, times: number])[] {
    return [...this.#heard].sort(([, a], [, b]) => b - a)
  }

  /** Happenings that were never told, by protocol. */
  untoldCounts(): ReadonlyMap<string, number> {
    return this.#untold
  }
}
