import { sql, type Transaction } from 'kysely'
import type { Database } from '../store/schema.ts'
import type { PendingLevel, PendingSignal } from './records.ts'

export interface StoredLevel {
  value: string
  /** Ms since the epoch. */
  changedAt: number
}

/**
 * Which of the reported values are news. A value is told when it differs from the stored one, and the first one of a
 * device unless it is a calm one. What happened before the stored change (a late message) is told, but changes nothing.
 * @param stored by `levelKey`
 * @param reported in the order in which they came
 * @returns the signals to store, and the values that are new by `levelKey`
 */
export function foldLevels(
  stored: ReadonlyMap<string, StoredLevel>,
  reported: readonly PendingLevel[],
): { told: PendingSignal[]; changed: Map<string, PendingLevel> } {
  const told: PendingSignal[] = []
  const changed = new Map<string, PendingLevel>()
  for (const one of reported) {
    const key = levelKey(one)
    const newest = changed.get(key)
    const before: StoredLevel | undefined = newest ? { value: newest.value, changedAt: newest.at } : stored.get(key)
    if (before?.value === one.value) continue
    if (one.signal !== null && (before !== undefined || !one.calm)) told.push(one.signal)
    if (before === undefined || one.at >= before.changedAt) changed.set(key, one)
  }
  return { told, changed }
}

export const levelKey = ({ deviceId, level }: { deviceId: string; level: string }): string => `${deviceId}\n${level}`

/** Remembers what devices keep repeating, and returns the signals of what is new. */
export async function storeLevels(
  tx: Transaction<Database>,
  reported: readonly PendingLevel[],
): Promise<PendingSignal[]> {
  if (reported.length === 0) return []
  const wanted = JSON.stringify(reported.map(({ deviceId, level }) => ({ deviceId, level })))
  const { rows } = await sql<{ device_id: string; level: string; value: string; changed_at: Date }>`
    select device_level.* from device_level
    join (select distinct "deviceId", level from jsonb_to_recordset(${wanted}::jsonb) as x("deviceId" text, level text)) w
      on device_level.device_id = w."deviceId" and device_level.level = w.level
    order by device_level.device_id, device_level.level
    for update of device_level`.execute(tx)
  const stored = new Map(
    rows.map((row) => [
      levelKey({ deviceId: row.device_id, level: row.level }),
      { value: row.value, changedAt: row.changed_at.getTime() },
    ]),
  )
  const { told, changed } = foldLevels(stored, reported)
  if (changed.size > 0) {
    const news = [...changed.values()].map(({ deviceId, level, value, at }) => ({
      deviceId,
      level,
      value,
      at: new Date(at).toISOString(),
    }))
    await sql`
      insert into device_level (device_id, level, value, changed_at)
      select n."deviceId", n.level, n.value, n.at
      from jsonb_to_recordset(${JSON.stringify(news)}::jsonb) as n("deviceId" text, level text, value text, at timestamptz)
      join device on device.device_id = n."deviceId"
      order by 1, 2
      on conflict (device_id, level) do update set value = excluded.value, changed_at = excluded.changed_at`.execute(tx)
  }
  return told
}
