import { Counter, type Registry } from 'prom-client'
import { v7 as uuidv7 } from 'uuid'
import type { DecodedItem, InboundMessage, IntakePort } from '../contract/ports.ts'
import type { TelemetryRow } from '../store/telemetry/telemetry.ts'
import type { AlarmLane } from './alarm-lane.ts'
import { occurredAt } from './device-time.ts'
import type { Presence } from './presence.ts'
import type { PendingRecord } from './records.ts'

export interface IntakeDeps {
  alarms: Pick<AlarmLane, 'commit'>
  telemetry: { append(rows: readonly TelemetryRow[]): Promise<void>; expedite(): void }
  presence: Presence
  registry: Registry
}

/**
 * The intake: sorts a decoded message into its two lanes. Alarms and what could not be read are committed at once,
 * telemetry in batches; the message is done when both are.
 */
export function createIntake({ alarms, telemetry, presence, registry }: IntakeDeps): IntakePort {
  const deadLetters = new Counter({
    name: 'anhu_dead_letters_total',
    help: 'Messages that could not be read, by reason',
    labelNames: ['reason'],
    registers: [registry],
  })

  return {
    accept: (message) => {
      const record = toRecord(message, deadLetters)
      const rows = toTelemetry(message)
      for (const item of message.items)
        if (item.kind === 'presence') presence.changed(message.deviceId, item.online, message.receivedAt)
      presence.seen(
        message.deviceId,
        message.receivedAt,
        rows.findLast((row) => row.fields.battery !== undefined)?.fields.battery,
      )
      if (!record) return rows.length === 0 ? Promise.resolve() : telemetry.append(rows)
      const stored = rows.length === 0 ? undefined : telemetry.append(rows)
      // Answers leave in order of arrival: telemetry that came before on this connection must not hold this one up.
      const committed = alarms.commit(record).then(() => telemetry.expedite())
      return Promise.all([committed, stored]).then(() => undefined)
    },
  }
}

function toRecord(message: InboundMessage, deadLetters: Counter): PendingRecord | null {
  let record: PendingRecord | null = null
  for (const item of message.items) {
    if (item.kind !== 'event' && item.kind !== 'unreadable') continue
    record ??= { signals: [], deadLetters: [] }
    if (item.kind === 'event') addEvent(record, message, item)
    else {
      addUnreadable(record, message, item)
      deadLetters.inc({ reason: item.reason })
    }
  }
  return record
}

function addEvent(
  record: PendingRecord,
  message: InboundMessage,
  { event }: Extract<DecodedItem, { kind: 'event' }>,
): void {
  const { deviceId, protocol, receivedAt } = message
  record.signals.push({
    signalId: uuidv7(),
    deviceId,
    messageId: event.messageId,
    type: event.type,
    deviceTs: event.deviceTs !== null && isStorable(event.deviceTs) ? event.deviceTs : null,
    receivedAt,
    occurredAt: occurredAt(event.deviceTs, receivedAt),
    protocol,
    detail: event.detail,
  })
}

function addUnreadable(
  record: PendingRecord,
  message: InboundMessage,
  item: Extract<DecodedItem, { kind: 'unreadable' }>,
): void {
  const { deviceId, protocol, topic, payload, receivedAt } = message
  const deadLetterId = uuidv7()
  const { reason, explanation } = item
  record.deadLetters.push({ deadLetterId, deviceId, protocol, topic, reason, explanation, payload, receivedAt })
  if (!item.alarm) return
  // Two presses may be unreadable in the same way: such a message is never a duplicate.
  record.signals.push({
    signalId: uuidv7(),
    deviceId,
    messageId: `unreadable:${deadLetterId}`,
    type: 'unreadable',
    deviceTs: null,
    receivedAt,
    occurredAt: receivedAt,
    protocol,
    detail: { deadLetterId, reason },
  })
}

function toTelemetry(message: InboundMessage): TelemetryRow[] {
  const rows: TelemetryRow[] = []
  const { deviceId, receivedAt, items } = message
  for (const [index, item] of items.entries()) {
    if (item.kind !== 'telemetry') continue
    // Samples without a time of their own keep their order, a millisecond apart, and don't fall on one another.
    const received = receivedAt - (items.length - 1 - index)
    rows.push({ deviceId, ts: occurredAt(item.sample.deviceTs, received), fields: item.sample.fields })
  }
  return rows
}

/** What both a JavaScript Date and a PostgreSQL timestamp can hold without trouble: the years 1970 to 9999. */
function isStorable(ms: number): boolean {
  return ms >= 0 && ms < 253_402_300_800_000
}
