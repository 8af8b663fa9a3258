/** Counts of one kind of message; telemetry is counted in samples. */
export interface Counts {
  sent: number
  acknowledged: number
}

export interface SimulatorReport {
  /** Given to the devices to send; a retry is not counted again. */
  sent: number
  acknowledged: number
  /** Not acknowledged yet: `sent` = `acknowledged` + `waiting` + `dropped` + `unanswered`. */
  waiting: number
  /** Telemetry samples that gave way to newer ones while a device was offline for long. Never events. */
  dropped: number
  /** Sent in a way that has no acknowledgement (MQTT QoS 0, some TCP frames). */
  unanswered: number
  /** Per event type, and `telemetry`. */
  byType: Record<string, Counts>
}

/** What all devices of a simulator have sent, and what of it the platform has taken over. */
export class Ledger {
  readonly #byType = new Map<string, Counts>()
  #dropped = 0
  #unanswered = 0

  sent(type: string, count = 1): void {
    this.#of(type).sent += count
  }

  /** Sent, and no acknowledgement will come. */
  told(type: string, count = 1): void {
    this.#of(type).sent += count
    this.#unanswered += count
  }

  /** Sent, and no acknowledgement will come any more. */
  givenUp(count: number): void {
    this.#unanswered += count
  }

  acknowledged(type: string, count = 1): void {
    this.#of(type).acknowledged += count
  }

  dropped(count: number): void {
    this.#dropped += count
  }

  report(): SimulatorReport {
    const byType = Object.fromEntries([...this.#byType].map(([type, counts]) => [type, { ...counts }]))
    const sum = (key: keyof Counts) => Object.values(byType).reduce((total, counts) => total + counts[key], 0)
    const sent = sum('sent')
    const acknowledged = sum('acknowledged')
    const waiting = sent - acknowledged - this.#dropped - this.#unanswered
    return { sent, acknowledged, waiting, dropped: this.#dropped, unanswered: this.#unanswered, byType }
  }

  #of(type: string): Counts {
    let counts = this.#byType.get(type)
    if (!counts) {
      counts = { sent: 0, acknowledged: 0 }
      this.#byType.set(type, counts)
    }
    return counts
  }
}
