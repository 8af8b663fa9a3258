import { sql } from 'kysely'
import type { TestApp } from './app.ts'

export interface ManyCases {
  /** One letter or so: ids of residents and devices begin with it. */
  prefix: string
  deviceKind: string
  model: string | null
  kind: string
  category: string
  priority?: number
  state?: string
  outcome?: string | null
  count: number
  /** The first; the next ones follow a minute apart. */
  openedAt: string
  devices?: number
}

/** Writes cases with one alert each, as the intake would leave them, on devices and residents made for it. */
export async function insertCases(app: TestApp, of: ManyCases): Promise<void> {
  const { db } = app.database.store
  const {
    prefix,
    deviceKind,
    model,
    kind,
    category,
    priority = 3,
    state = 'closed',
    outcome = null,
    count,
    openedAt,
  } = of
  const devices = of.devices ?? count
  const admin = await db.selectFrom('app_user').select('user_id').limit(1).executeTakeFirstOrThrow()
  await sql`
    insert into resident (resident_id, name, gender, created_at)
    select ${prefix} || n, 'X', 'unknown', ${openedAt}::timestamptz from generate_series(1, ${devices}::int) n`.execute(
    db,
  )
  await sql`
    insert into device (device_id, kind, protocol, resident_id, model, lifecycle, created_at)
    select ${prefix} || n, ${deviceKind}, 'native', ${prefix} || n, ${model}, 'in_service', ${openedAt}::timestamptz
    from generate_series(1, ${devices}::int) n`.execute(db)
  await sql`
    insert into alarm_case (case_id, resident_id, device_id, kind, category, priority, state, version, opened_at,
      last_signal_at, signal_count, cancelled, owner_id, outcome)
    select md5(${prefix} || n)::uuid, ${prefix} || (1 + n % ${devices}::int), ${prefix} || (1 + n % ${devices}::int),
      ${kind}, ${category}, ${priority}::int, ${state}, 1, ${openedAt}::timestamptz + n * interval '1 min',
      ${openedAt}::timestamptz, 1, false, ${state === 'new' ? null : admin.user_id}::uuid, ${outcome}
    from generate_series(0, ${count}::int - 1) n`.execute(db)
  await sql`
    insert into alert (alert_id, case_id, device_id, kind, device_state, first_signal_at, last_signal_at, signal_count)
    select md5('a' || case_id)::uuid, case_id, device_id, kind, 'active', opened_at, opened_at, 1
    from alarm_case where device_id like ${`${prefix}%`}`.execute(db)
}
