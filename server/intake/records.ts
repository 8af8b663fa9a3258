import type { CommandType } from '../contract/command.ts'
import type { DeviceTraits } from '../contract/observation.ts'
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

/** A signal that was new to the database, with whom it is about and what its device is. */
export interface StoredSignal extends PendingSignal {
  residentId: string | null
  device: DeviceTraits
}

/** A reading that detectors look at. It is stored as telemetry besides. */
export interface PendingSample {
  deviceId: string
  occurredAt: number
  receivedAt: number
  fields: Record<string, number>
}

/** A condition that a device keeps repeating; `signal` is stored when the value is not the one stored last. */
export interface PendingLevel {
  deviceId: string
  level: string
  value: string
  /** Nothing to tell when it is the first value ever seen. */
  calm: boolean
  /** Ms since the epoch. */
  at: number
  signal: PendingSignal | null
}

/** A device's answer to a command. */
export interface PendingReply {
  deviceId: string
  /** Null: the one of this type that was sent last. */
  commandId: string | null
  type: CommandType | null
  detail: Record<string, unknown>
  at: number
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
  levels: PendingLevel[]
  replies: PendingReply[]
  deadLetters: PendingDeadLetter[]
  samples: PendingSample[]
}

/** A record of nothing, to add to. */
export function emptyRecord(): PendingRecord {
  return { signals: [], levels: [], replies: [], deadLetters: [], samples: [] }
}
