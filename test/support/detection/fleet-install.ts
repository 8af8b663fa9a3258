import { type Kysely, sql } from 'kysely'
import type { Database } from '../../../server/store/schema.ts'
import type { FleetScenario, Happening } from '../../../simulator/library/fleet.ts'
import { commit, event } from '../records.ts'

type Db = Kysely<Database>

/** Registers the scenario's devices, residents, homes and towns; all devices are heard of at its begin. */
export async function installFleet(db: Db, { devices, settings, from }: FleetScenario): Promise<void> {
  const at = new Date(from)
  for (const code of new Set(devices.map(({ divisionCode }) => divisionCode))) {
    const county = code.slice(0, 6)
    await sql`insert into division values (${county}, ${county}, 'county', null) on conflict do nothing`.execute(db)
    await sql`insert into division values (${code}, ${code}, 'town', ${county}) on conflict do nothing`.execute(db)
  }
  for (const { deviceId, kind, role, model, residentId, divisionCode } of devices) {
    if (residentId !== null) {
      await sql`
        insert into home (home_id, division_code, address) values (${residentId}, ${divisionCode}, '')
        on conflict do nothing`.execute(db)
      await sql`
        insert into resident (resident_id, home_id, name, gender, created_at)
        values (${residentId}, ${residentId}, '周桂兰', 'female', ${at}) on conflict do nothing`.execute(db)
    }
    await sql`
      insert into device (device_id, kind, role, model, protocol, resident_id, address, created_at)
      values (${deviceId}, ${kind}, ${role}, ${model}, 'native', ${residentId}, ${deviceId}, ${at})`.execute(db)
  }
  for (const { deviceId, hubId } of devices) {
    if (hubId !== null) await sql`update device set hub_id = ${hubId} where device_id = ${deviceId}`.execute(db)
  }
  if (settings !== undefined) {
    await sql`
      insert into detect_setting (scope, scope_id, settings, at)
      values ('city', '', ${JSON.stringify(settings)}::jsonb, ${at})`.execute(db)
  }
  await heard(
    db,
    devices.map(({ deviceId }) => deviceId),
    from,
  )
}

/** Writes down what a device does, as gateway and intake would. Outages are the caller's. @param now ms since the epoch */
export async function happen(db: Db, happening: Happening, now: number, from: number): Promise<void> {
  const at = new Date(now)
  switch (happening.what) {
    case 'heard':
      return heard(db, happening.deviceIds, now)
    case 'tells': {
      const { deviceId, type, measured } = happening
      await heard(db, [deviceId], now)
      const then = measured === undefined ? now : from + measured
      await commit(db, [event(deviceId, type, now, { deviceTs: then, occurredAt: then })], now)
      return
    }
    case 'connection':
      await sql`
        update device_state set online = ${happening.online}, online_changed_at = ${at}
        where device_id = ${happening.deviceId}`.execute(db)
      return
    case 'battery':
      await heard(db, [happening.deviceId], now)
      await sql`
        update device_state set battery = ${happening.percent} where device_id = ${happening.deviceId}`.execute(db)
      return
    case 'outage':
      throw new Error('an outage is no message')
  }
}

async function heard(db: Db, deviceIds: readonly string[], now: number): Promise<void> {
  await sql`
    insert into device_state (device_id, online, node, last_seen_at)
    select id, false, 'n1', ${new Date(now)} from unnest(${deviceIds}::text[]) id
    on conflict (device_id) do update set last_seen_at = excluded.last_seen_at`.execute(db)
}
