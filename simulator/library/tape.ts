import type { SignalType } from '../../server/contract/signal.ts'
import type { Random } from '../random.ts'
import type { Message } from './message.ts'

/** How a message differs from one that is sent at once by a device whose clock is right. */
export interface Otherwise {
  /** When it reaches the platform, ms since the epoch. */
  arrives?: number | undefined
  /** What the device takes for the time; null: it has no clock. */
  deviceTs?: number | null
  /** Message id; the same id is the same message, or a device that counts anew. */
  id?: string
  detail?: Readonly<Record<string, unknown>>
}

/** What devices send, written down. Times are ms since the epoch. */
export interface Tape {
  tell(deviceId: string, type: SignalType, at: number, otherwise?: Otherwise): void
  measure(deviceId: string, fields: Readonly<Record<string, number>>, at: number, otherwise?: Otherwise): void
  /** The moment that expectations count from: when it really happened, or was to be known. */
  truth(at: number): void
  truthAt(): number | null
  /** In the order of arrival; of those that arrive together, in the order of writing. */
  messages(): readonly Message[]
}

/** Usual delays between device and platform, ms. */
const EVENT_DELAY = [40, 400] as const
const SAMPLE_DELAY = [200, 2_000] as const

export function startTape(random: Random): Tape {
  const written: Message[] = []
  let truthAt: number | null = null
  const sent = (deviceId: string, at: number, delay: readonly [number, number], otherwise: Otherwise) => {
    const { arrives, deviceTs = at, id } = otherwise
    const receivedAt = Math.round(arrives ?? at + random.between(...delay))
    const clock = deviceTs === null ? null : Math.round(deviceTs)
    return { deviceId, messageId: id ?? `m${written.length}`, deviceTs: clock, receivedAt }
  }
  return {
    tell: (deviceId, type, at, otherwise = {}) => {
      const { detail = {} } = otherwise
      written.push({ ...sent(deviceId, at, EVENT_DELAY, otherwise), type, detail })
    },
    measure: (deviceId, fields, at, otherwise = {}) => {
      written.push({ ...sent(deviceId, at, SAMPLE_DELAY, otherwise), fields })
    },
    truth: (at) => {
      truthAt = at
    },
    truthAt: () => truthAt,
    messages: () => [...written].sort((a, b) => a.receivedAt - b.receivedAt),
  }
}
