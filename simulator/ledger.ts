/** Counts of one kind of message; telemetry is counted in samples. */
export interface Counts {
  sent: number
  acknowledged: number
}

export interface SimulatorReport {
  /** Given to the devices' outboxes; a retry is not counted again. */
  sent: number
  acknowledged: number
  /** Not acknowledged yet: `sent` = `acknowledged` + `waiting` + `dropped`. */
  waiting: number
  /** Telemetry samples that gave way to newer ones while a device was offline for long. Never events. */
  dropped: number
  /** Per event type, and `telemetry`. */
  byType: Record<string, Counts>
}

/** What all devices of a simulator have sent, and what of it the platform has taken over. */
export class Ledger {
  readonly #byType = new Map<string, Counts>()
  #dropped = 0

  sent(type: string, count = 1): void {
    this.#of(type).sent += count
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
    return { sent, acknowledged, waiting: sent - acknowledged - this.#dropped, dropped: this.#dropped, byType }
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
