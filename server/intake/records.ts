import type { DeadLetterReason } from '../contract/ports.ts'
import type { SignalType } from '../contract/signal.ts'

/** A signal about to be stored. Ids are made once per message, so that a retried transaction stores it once. */
export interface PendingSignal {
  signalId: string
  deviceId: string
  messageId: string
  type: SignalType
  deviceTs: number | null
  receivedAt: number
  occurredAt: number
  protocol: string
  detail: Record<string, unknown>
}

/** A signal that was new to the database, with whom it is about. */
export interface StoredSignal extends PendingSignal {
  residentId: string | null
}

export interface PendingDeadLetter {
  deadLetterId: string
  deviceId: string
  protocol: string
  topic: string
  reason: DeadLetterReason
  explanation: string
  payload: Uint8Array
  receivedAt: number
}

/** What one message needs committed before it may be acknowledged. */
export interface PendingRecord {
  signals: PendingSignal[]
  deadLetters: PendingDeadLetter[]
}
