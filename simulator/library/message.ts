import type { SignalType } from '../../server/contract/signal.ts'

/** What a device sends, as the gateway decodes it. */
export type Message = EventMessage | SampleMessage
interface Sent {
  deviceId: string
  messageId: string
  /** The device's own clock; null: it has none. Ms since the epoch, as is `receivedAt`. */
  deviceTs: number | null
  receivedAt: number
}
export interface EventMessage extends Sent {
  type: SignalType
  detail: Readonly<Record<string, unknown>>
}
export interface SampleMessage extends Sent {
  fields: Readonly<Record<string, number>>
}
