import { Counter, type Registry } from 'prom-client'
import type { InboundMessage, IntakePort } from '../contract/ports.ts'
import type { TelemetryRow } from '../store/telemetry/telemetry.ts'
import type { AlarmLane } from './alarm-lane.ts'
import type { Presence } from './presence.ts'
import { toRecord, toTelemetry } from './sort.ts'

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
      const record = toRecord(message)
      for (const { reason } of record?.deadLetters ?? []) deadLetters.inc({ reason })
      const rows = toTelemetry(message)
      notePresence(presence, message, rows)
      if (!record) return rows.length === 0 ? Promise.resolve() : telemetry.append(rows)
      const stored = rows.length === 0 ? undefined : telemetry.append(rows)
      // Answers leave in order of arrival: telemetry that came before on this connection must not hold this one up.
      const committed = alarms.commit(record).then(() => telemetry.expedite())
      return Promise.all([committed, stored]).then(() => undefined)
    },
  }
}

/** Whoever has sent something, or has been told of, is there. */
function notePresence(
  presence: Presence,
  { deviceId, receivedAt, items }: InboundMessage,
  rows: readonly TelemetryRow[],
): void {
  presence.seen(deviceId, receivedAt, {})
  for (const item of items) {
    if (item.kind === 'presence') presence.changed(item.deviceId, item.online, receivedAt)
    // What a hub tells of a device that is not there is no sign of its life.
    else if (item.kind === 'facts') presence.facts(item.deviceId, item.facts, deviceId)
    else if (item.deviceId !== deviceId) presence.seen(item.deviceId, receivedAt, {})
  }
  for (const { deviceId: of, fields } of rows) {
    const { battery, rssi = fields.link_quality } = fields
    if (battery !== undefined || rssi !== undefined) presence.seen(of, receivedAt, { battery, rssi })
  }
}
