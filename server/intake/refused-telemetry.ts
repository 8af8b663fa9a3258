import type { Logger } from 'pino'
import { v7 as uuidv7 } from 'uuid'
import type { Clock } from '../contract/clock.ts'
import type { TelemetryRow } from '../store/telemetry/telemetry.ts'
import type { AlarmLane } from './alarm-lane.ts'
import { emptyRecord } from './records.ts'

/** Telemetry rows that the engine can never take are kept as dead letters, so that somebody can see why. */
export function keepRefused(
  rows: readonly TelemetryRow[],
  reason: string,
  { alarms, log, clock }: { alarms: Pick<AlarmLane, 'commit'>; log: Logger; clock: Clock },
): void {
  const deadLetters = rows.map((row) => ({
    deadLetterId: uuidv7(),
    deviceId: row.deviceId,
    protocol: 'native',
    topic: 'telemetry',
    reason: 'refused_by_database' as const,
    explanation: reason.slice(0, 500),
    payload: Buffer.from(JSON.stringify({ ts: row.ts, ...row.fields })),
    receivedAt: clock.now(),
  }))
  alarms
    .commit({ ...emptyRecord(), deadLetters })
    .catch((error: unknown) => log.error({ err: error, rows: rows.length }, 'refused telemetry not kept'))
}
