import { type Kysely, sql } from 'kysely'
import { isOnline } from '../../care/devices/liveness.ts'
import { monthOf } from '../../contract/month.ts'
import type { MonthlyReport } from '../../contract/report.ts'
import type { Database } from '../../store/schema.ts'

type Db = Kysely<Database>

const EVERY_MS = 600_000

/**
 * Counts the devices of each division for the month that runs. The last count of a month is what its report has: whether a
 * device was there at its end is written down nowhere else. Any node may do it.
 */
export async function recordDevices(db: Db, now: number): Promise<void> {
  await sql`
    insert into device_month (month, division_code, devices, online, low_battery, recorded_at)
    select ${`${monthOf(now)}-01`}::date, coalesce(home.division_code, ''), count(*),
      count(*) filter (where ${isOnline(now)}), count(*) filter (where watched.battery_low), ${new Date(now)}::timestamptz
    from device
    left join device_state as state on state.device_id = device.device_id
    left join device_state as hub_state on hub_state.device_id = device.hub_id
    left join device_supervision as watched on watched.device_id = device.device_id
    left join resident on resident.resident_id = device.resident_id
    left join home on home.home_id = resident.home_id
    where device.enabled and device.lifecycle not in ('in_stock', 'retired') and device.device_id not like 'anhu-%'
    group by 2
    on conflict (month, division_code) do update set devices = excluded.devices, online = excluded.online,
      low_battery = excluded.low_battery, recorded_at = excluded.recorded_at
    where device_month.recorded_at < excluded.recorded_at`.execute(db)
}

/** The devices of an area as counted last in a month; null: nobody counted. */
export async function devicesOf(
  db: Db,
  { code, level }: MonthlyReport['area'],
  month: string,
): Promise<MonthlyReport['devices']> {
  // A division that has lost its last device keeps an older row: it counts no more.
  const { rows } = await sql<{ recorded: Date | null; devices: number; online: number; low: number }>`
    select max(recorded_at) as recorded, coalesce(sum(devices), 0)::int as devices, coalesce(sum(online), 0)::int as online,
      coalesce(sum(low_battery), 0)::int as low
    from device_month
    where month = ${`${month}-01`}::date
      and recorded_at = (select max(recorded_at) from device_month where month = ${`${month}-01`}::date)
      and ${level === 'city' ? sql`true` : sql`division_code like ${`${code}%`}`}`.execute(db)
  const [row] = rows
  if (!row?.recorded) return null
  return { recordedAt: row.recorded.toISOString(), devices: row.devices, online: row.online, lowBattery: row.low }
}

/** For the month that runs: not older than the recurring count would be. */
export async function freshDevices(db: Db, now: number): Promise<void> {
  const { rows } = await sql<{ at: Date | null }>`
    select max(recorded_at) as at from device_month where month = ${`${monthOf(now)}-01`}::date`.execute(db)
  const at = rows[0]?.at?.getTime() ?? 0
  if (now - at > EVERY_MS) await recordDevices(db, now)
}
