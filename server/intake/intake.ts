import { Counter, type Registry } from 'prom-client'
import type { Clock } from '../contract/clock.ts'
import type { InboundMessage, IntakePort } from '../contract/ports.ts'
import type { TelemetryRow } from '../store/telemetry/telemetry.ts'
import type { AlarmLane } from './alarm-lane.ts'
import type { Owners } from './detection/owners.ts'
import type { SampleLanes } from './detection/sample-lanes.ts'
import type { Presence } from './presence.ts'
import { toRecord, toSamples, toTelemetry } from './sort.ts'

export interface IntakeDeps {
  alarms: Pick<AlarmLane, 'commit'>
  /** Readings that detectors look at, on a way of their own. */
  samples: Pick<SampleLanes, 'judge'>
  owners: Pick<Owners, 'mayConcern'>
  telemetry: { append(rows: readonly TelemetryRow[]): Promise<void>; expedite(): void }
  presence: Presence
  registry: Registry
  clock: Clock
}

/**
 * The intake: sorts a decoded message into its lanes. Alarms and what could not be read are committed at once, telemetry in
 * batches, and what detectors look at is judged; the message is done when all of it is.
 */
export function createIntake(deps: IntakeDeps): IntakePort {
  const { alarms, samples, owners, telemetry, presence, registry, clock } = deps
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
      const parts: Promise<void>[] = []
      if (rows.length > 0) {
        parts.push(telemetry.append(rows))
        const judged = toSamples(message, rows).filter(({ deviceId }) => owners.mayConcern(deviceId, clock.now()))
        if (judged.length > 0) parts.push(samples.judge(judged))
      }
      // Answers leave in order of arrival: telemetry that came before on this connection must not hold this one up.
      if (record) parts.push(alarms.commit(record).then(() => telemetry.expedite()))
      return Promise.all(parts).then(() => undefined)
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
