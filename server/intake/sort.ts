import { v7 as uuidv7 } from 'uuid'
import { DETECTED_FIELDS } from '../contract/observation.ts'
import type { AttributedItem, InboundMessage } from '../contract/ports.ts'
import type { EventSignal } from '../contract/signal.ts'
import type { TelemetryRow } from '../store/telemetry/telemetry.ts'
import { occurredAt } from './device-time.ts'
import { emptyRecord, type PendingRecord, type PendingSample, type PendingSignal } from './records.ts'

type Item<K extends AttributedItem['kind']> = Extract<AttributedItem, { kind: K }>

/** What of a message has to be committed; null: nothing of it. */
export function toRecord(message: InboundMessage): PendingRecord | null {
  let record: PendingRecord | null = null
  for (const item of message.items) {
    const add = COMMITTED[item.kind]
    if (add === undefined) continue
    record ??= emptyRecord()
    add(record, message, item as never)
  }
  return record
}

/** How each kind of item goes into the record; the others are no part of it. */
const COMMITTED: {
  [K in AttributedItem['kind']]?: (record: PendingRecord, message: InboundMessage, item: Item<K>) => void
} = {
  event: (record, message, { deviceId, event }) => {
    record.signals.push(toSignal(message, deviceId, event))
  },
  level: (record, message, { deviceId, report: { level, value, calm, event } }) => {
    const signal = event && toSignal(message, deviceId, event)
    const at = signal?.occurredAt ?? message.receivedAt
    record.levels.push({ deviceId, level, value, calm, at, signal })
  },
  reply: (record, message, { deviceId, reply }) => {
    const { commandId, type, detail, messageId, deviceTs = null } = reply
    const event: EventSignal = { messageId, type: 'command_reply', deviceTs, detail }
    record.signals.push(toSignal(message, deviceId, event))
    record.replies.push({ deviceId, commandId, type, detail, at: message.receivedAt })
  },
  unreadable: addUnreadable,
}

function toSignal({ protocol, receivedAt }: InboundMessage, deviceId: string, event: EventSignal): PendingSignal {
  const { messageId, type, deviceTs, detail } = event
  return {
    signalId: uuidv7(),
    deviceId,
    messageId,
    type,
    deviceTs: deviceTs !== null && isStorable(deviceTs) ? deviceTs : null,
    receivedAt,
    occurredAt: occurredAt(deviceTs, receivedAt),
    protocol,
    detail,
  }
}

function addUnreadable(record: PendingRecord, message: InboundMessage, item: Item<'unreadable'>): void {
  const { protocol, topic, payload, receivedAt } = message
  const { deviceId, reason, explanation } = item
  const deadLetterId = uuidv7()
  record.deadLetters.push({ deadLetterId, deviceId, protocol, topic, reason, explanation, payload, receivedAt })
  if (!item.alarm) return
  // Two presses may be unreadable in the same way: such a message is never a duplicate.
  const messageId = `unreadable:${deadLetterId}`
  const event: EventSignal = { messageId, type: 'unreadable', deviceTs: null, detail: { deadLetterId, reason } }
  record.signals.push(toSignal(message, deviceId, event))
}

/** A message's samples. */
export function toTelemetry({ receivedAt, items }: InboundMessage): TelemetryRow[] {
  const rows: TelemetryRow[] = []
  for (const [index, item] of items.entries()) {
    if (item.kind !== 'telemetry') continue
    // Samples without a time of their own keep their order, a millisecond apart, and don't fall on one another.
    const received = receivedAt - (items.length - 1 - index)
    const ts = occurredAt(item.sample.deviceTs, received)
    rows.push({ deviceId: item.deviceId, ts, fields: item.sample.fields })
  }
  return rows
}

/** Those of the samples that detectors look at, in the order in which they were measured. */
export function toSamples({ receivedAt }: InboundMessage, rows: readonly TelemetryRow[]): PendingSample[] {
  return rows
    .filter(({ fields }) => DETECTED_FIELDS.some((field) => field in fields))
    .map(({ deviceId, ts, fields }) => ({ deviceId, occurredAt: ts, receivedAt, fields }))
    .sort((a, b) => a.occurredAt - b.occurredAt)
}

/** What both a JavaScript Date and a PostgreSQL timestamp can hold without trouble: the years 1970 to 9999. */
function isStorable(ms: number): boolean {
  return ms >= 0 && ms < 253_402_300_800_000
}
