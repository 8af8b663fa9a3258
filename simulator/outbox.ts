import type { EventType } from '../server/contract/signal.ts'
import { Queue } from './queue.ts'

/** An event as the device numbered it; a retry repeats id and time. */
export interface OutgoingEvent {
  id: string
  /** Ms since the epoch, device clock. */
  ts: number
  type: EventType
  detail: Record<string, number | string | boolean>
}

export interface OutgoingSample {
  /** Ms since the epoch, device clock. */
  ts: number
  fields: Record<string, number>
}

/** What goes into one MQTT message. */
export type Delivery = { lane: 'event'; event: OutgoingEvent } | { lane: 'telemetry'; samples: OutgoingSample[] }

/** Events under way at once. Acknowledgements come in order; a short window keeps a slow link from filling up. */
const EVENT_WINDOW = 8
/** Samples in one telemetry message when a backlog is sent. */
const BATCH = 30

/**
 * A device's own memory of what has not been acknowledged yet (store and forward). Events are never dropped and go first,
 * in order; telemetry is bounded, the oldest samples give way. Nothing leaves before its acknowledgement, so after a lost
 * connection `rewind` makes all of it go out again, with the same ids. No I/O.
 */
export class Outbox {
  readonly #maxSamples: number
  readonly #events = new Queue<OutgoingEvent>(EVENT_WINDOW)
  readonly #samples: OutgoingSample[] = []
  /** So many at the head are under way. */
  #samplesSent = 0

  constructor(maxSamples: number) {
    this.#maxSamples = maxSamples
  }

  get waiting(): { events: number; samples: number } {
    return { events: this.#events.size, samples: this.#samples.length }
  }

  addEvent(event: OutgoingEvent): void {
    this.#events.add(event)
  }

  /** @returns how many older samples had to give way */
  addSample(sample: OutgoingSample): number {
    this.#samples.push(sample)
    // What is under way stays: its acknowledgement may already be on the wire.
    const excess = Math.min(this.#samples.length - this.#maxSamples, this.#samples.length - this.#samplesSent - 1)
    if (excess <= 0) return 0
    this.#samples.splice(this.#samplesSent, excess)
    return excess
  }

  /** The next message to publish, or null when all that may be under way is. */
  next(): Delivery | null {
    const event = this.#events.next()
    if (event) return { lane: 'event', event }
    if (this.#samplesSent > 0 || this.#samples.length === 0) return null
    const samples = this.#samples.slice(0, BATCH)
    this.#samplesSent = samples.length
    return { lane: 'telemetry', samples }
  }

  /** The server has taken responsibility for a delivery of the present connection. */
  acknowledge(delivery: Delivery): void {
    if (delivery.lane === 'telemetry') {
      this.#samples.splice(0, delivery.samples.length)
      this.#samplesSent = 0
      return
    }
    if (!this.#events.done(delivery.event)) throw new RangeError('acknowledged an event that is not under way')
  }

  /** The connection is gone: nothing is under way any more, all of it will be sent again. */
  rewind(): void {
    this.#events.rewind()
    this.#samplesSent = 0
  }
}
