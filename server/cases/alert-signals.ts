import type { Kysely } from 'kysely'
import type { AlertSignalView } from '../contract/detection.ts'
import type { Database } from '../store/schema.ts'

/** A runaway device has many; the newest are shown. */
const SHOWN = 200

/** The signals of an alert, oldest first: what raised it, and what speaks for or against it. */
export async function alertSignals(db: Kysely<Database>, alertId: string): Promise<AlertSignalView[]> {
  const rows = await db
    .selectFrom('alert_signal as link')
    .innerJoin('signal', 'signal.signal_id', 'link.signal_id')
    .innerJoin('device', 'device.device_id', 'signal.device_id')
    .select(['link.part', 'signal.signal_id', 'signal.device_id', 'signal.type'])
    .select(['signal.occurred_at', 'signal.received_at', 'device.kind', 'device.room'])
    .where('link.alert_id', '=', alertId)
    .orderBy('signal.received_at', 'desc')
    .limit(SHOWN)
    .execute()
  return rows.reverse().map((row) => ({
    signalId: row.signal_id,
    part: row.part,
    deviceId: row.device_id,
    deviceKind: row.kind,
    room: row.room,
    type: row.type,
    occurredAt: row.occurred_at.toISOString(),
    receivedAt: row.received_at.toISOString(),
  }))
}
