import { type Kysely, sql } from 'kysely'
import { TESTED_KINDS } from '../detect/supervision.ts'
import type { Database } from '../store/schema.ts'
import { eligible } from './supervised.ts'

/** Devices taken in by one statement. */
const BATCH = 20_000
/** … and by one round. */
const MOST = 100_000

/**
 * Takes devices in that are in use and not supervised yet; the next look gives them their time.
 * @returns how many
 */
export async function enrol(db: Kysely<Database>, now: number): Promise<number> {
  const at = new Date(now)
  let enrolled = 0
  for (let count = BATCH; count === BATCH && enrolled < MOST; enrolled += count) {
    const { rows } = await sql`
      insert into device_supervision as old (device_id, state, since, due_at, enrolled_at, test_due_at)
      select device.device_id, 'ok', ${at}, ${at}, ${at},
        case when device.kind = any(${TESTED_KINDS}::text[]) then ${at}::timestamptz end
      from device left join device_supervision s on s.device_id = device.device_id
      where ${eligible} and (s.device_id is null or s.state = 'off')
      limit ${BATCH}
      on conflict (device_id) do update set state = 'ok', since = excluded.since, due_at = excluded.due_at,
        enrolled_at = excluded.enrolled_at, test_due_at = excluded.test_due_at
        where old.state = 'off'
      returning 1`.execute(db)
    count = rows.length
  }
  return enrolled
}

/** With other settings a device's time may lie elsewhere: those concerned are looked at again, now. */
export async function followSettings(db: Kysely<Database>, now: number): Promise<void> {
  const at = new Date(now)
  const { rows: news } = await sql`
    select 1 from supervision_mark where settings_version < (select max(version) from detect_setting)`.execute(db)
  if (news.length === 0) return
  await db.transaction().execute(async (tx) => {
    const { rows } = await sql<{ settings_version: number }>`
      select settings_version from supervision_mark for update skip locked`.execute(tx)
    const seen = rows[0]?.settings_version
    if (seen === undefined) return
    await sql`
      with changed as (
        select distinct scope, scope_id from detect_setting new
        where version > ${seen}::bigint and settings->'supervision' is distinct from (
          select settings->'supervision' from detect_setting old
          where old.scope = new.scope and old.scope_id = new.scope_id and old.version < new.version
          order by version desc limit 1)
      ), concerned as (
        select device_id from device, changed where scope = 'city'
        union select device_id from device join changed on scope = 'device' and scope_id = device_id
        union select device_id from device join changed on scope = 'resident' and scope_id = resident_id
        union select device_id from device join resident using (resident_id)
          join changed on scope = 'home' and scope_id = home_id
      )
      update device_supervision s set due_at = ${at}, test_due_at = case
        when device.kind = any(${TESTED_KINDS}::text[]) then ${at}::timestamptz end
      from concerned join device using (device_id)
      where s.device_id = concerned.device_id and s.state in ('ok', 'quiet', 'behind', 'lost')`.execute(tx)
    await sql`update supervision_mark set settings_version = (select max(version) from detect_setting)`.execute(tx)
  })
}
