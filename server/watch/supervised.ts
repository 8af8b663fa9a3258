import { type RawBuilder, sql, type Transaction } from 'kysely'
import { TCP_PROTOCOLS } from '../contract/device.ts'
import type { SupervisionState } from '../contract/watch.ts'
import { isHub, type Supervised } from '../detect/supervision.ts'
import type { Database } from '../store/schema.ts'

/** A node that has not written for so long is gone, and so are the connections that it held; ms. */
export const NODE_GONE_MS = 30_000

/** A supervised device with whom it belongs to. */
export interface SupervisedDevice extends Supervised {
  deviceId: string
  residentId: string | null
  homeId: string | null
  divisionCode: string | null
  hubId: string | null
  alerted: boolean
  /** The sign of life that was known at the last look. */
  heardBefore: number | null
  /** % */
  battery: number | null
  batteryLow: boolean
  testOverdue: boolean
  /** Still to be supervised: in use, somebody's or a hub. */
  isEligible: boolean
}

/** In use, and somebody's or a hub: `device` is to be in reach. */
export const eligible = sql<boolean>`(device.enabled and device.lifecycle in ('tested', 'in_service')
  and (device.resident_id is not null or device.kind in ('hub', 'bridge')))`

const connects = (device: string) => sql<boolean>`(${sql.ref(`${device}.hub_id`)} is null
  and (${sql.ref(`${device}.secret_hash`)} is not null or ${sql.ref(`${device}.kind`)} in ('hub', 'bridge')
    or ${sql.ref(`${device}.protocol`)} in (${sql.join(TCP_PROTOCOLS.map((name) => sql.lit(name)))})))`

/** A connection that stands is a sign of life now; one that broke was one until then; one that a dead node held, too. */
function heardAt(now: Date, prefix: '' | 'hub_' = ''): RawBuilder<Date | null> {
  const [state, beat] = [sql.ref(`${prefix}state`), sql.ref(`${prefix}beat`)]
  const itConnects = connects(`${prefix}device`)
  return sql<Date | null>`case
    when ${itConnects} and ${state}.online and ${beat}.beat_at > ${new Date(now.getTime() - NODE_GONE_MS)} then ${now}
    when ${itConnects} and ${state}.online then greatest(${state}.last_seen_at, ${beat}.beat_at)
    when ${itConnects} then greatest(${state}.last_seen_at, ${state}.online_changed_at)
    else ${state}.last_seen_at end`
}

interface Row {
  device_id: string
  state: SupervisionState
  since: Date
  heard_at: Date | null
  alerted: boolean
  battery: number | null
  battery_low: boolean
  test_overdue: boolean
  enrolled_at: Date
  kind: string
  model: string | null
  resident_id: string | null
  hub_id: string | null
  home_id: string | null
  division_code: string | null
  eligible: boolean
  heard: Date | null
  hub_state: SupervisionState | null
  hub_back_at: Date | null
  hub_heard: Date | null
}

/** Which devices to claim. */
export interface Picking {
  /** A condition on `s` (device_supervision) with order and limit; with `seen` also on `device`, `state` and `heard`. */
  where: RawBuilder<unknown> | ((heard: RawBuilder<Date | null>) => RawBuilder<unknown>)
}

/**
 * Devices with all that a look at them needs, locked; those that another node is at work on are left to it. They are
 * picked first and looked up afterwards: else the database may join the whole city to find a few.
 */
export async function claimSupervised(
  tx: Transaction<Database>,
  { where }: Picking,
  now: number,
): Promise<SupervisedDevice[]> {
  const heard = heardAt(new Date(now))
  const state = sql`left join device_state state on state.device_id = s.device_id
    left join node_beat beat on beat.node = state.node`
  const [joins, condition] =
    typeof where === 'function'
      ? [sql`join device on device.device_id = s.device_id ${state}`, where(heard)]
      : [sql``, where]
  const { rows } = await sql<Row>`
    with picked as materialized (
      select s.* from device_supervision s ${joins} where ${condition} for no key update of s skip locked
    )
    select s.device_id, s.state, s.since, s.heard_at, s.alerted, s.enrolled_at, s.battery_low, s.test_overdue,
      device.kind, device.model, device.resident_id, device.hub_id, state.battery, resident.home_id, home.division_code,
      ${eligible} as eligible, ${heard} as heard, hub.state as hub_state, hub.back_at as hub_back_at,
      ${heardAt(new Date(now), 'hub_')} as hub_heard
    from picked s
    join device on device.device_id = s.device_id
    ${state}
    left join resident on resident.resident_id = device.resident_id
    left join home on home.home_id = resident.home_id
    left join device_supervision hub on hub.device_id = device.hub_id
    left join device hub_device on hub_device.device_id = device.hub_id
    left join device_state hub_state on hub_state.device_id = device.hub_id
    left join node_beat hub_beat on hub_beat.node = hub_state.node`.execute(tx)
  return rows.map(supervised)
}

function supervised(row: Row): SupervisedDevice {
  // A hub that nobody supervises would never be told: then its devices are judged by themselves.
  const isWatched = row.hub_state !== null && row.hub_state !== 'off' && row.hub_state !== 'quiet'
  return {
    deviceId: row.device_id,
    kind: row.kind,
    model: row.model,
    state: row.state,
    since: row.since.getTime(),
    heardAt: row.heard?.getTime() ?? null,
    enrolledAt: row.enrolled_at.getTime(),
    hub: isWatched
      ? {
          heardAt: row.hub_heard?.getTime() ?? null,
          state: row.hub_state ?? 'ok',
          backAt: row.hub_back_at?.getTime() ?? null,
        }
      : null,
    residentId: row.resident_id,
    homeId: row.home_id,
    divisionCode: row.division_code,
    hubId: row.hub_id,
    alerted: row.alerted,
    battery: row.battery,
    batteryLow: row.battery_low,
    testOverdue: row.test_overdue,
    heardBefore: row.heard_at?.getTime() ?? null,
    isEligible: row.eligible,
  }
}

/** What is told of it when it is silent. */
export const silentKind = ({ kind }: { kind: string }) => (isHub(kind) ? 'hub_offline' : 'offline')

export interface NewSupervision {
  deviceId: string
  state: SupervisionState
  since: number
  dueAt: number | null
  heardAt: number | null
  backAt: number | null
  alerted: boolean
}

/** Remembers what was found. The rows must have been claimed. */
export async function writeSupervision(tx: Transaction<Database>, news: readonly NewSupervision[]): Promise<void> {
  if (news.length === 0) return
  const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString())
  const rows = news.map((one) => ({
    ...one,
    since: iso(one.since),
    dueAt: iso(one.dueAt),
    heardAt: iso(one.heardAt),
    backAt: iso(one.backAt),
  }))
  await sql`
    update device_supervision s set state = n.state, since = n.since, due_at = n."dueAt", heard_at = n."heardAt",
      back_at = coalesce(n."backAt", s.back_at), alerted = n.alerted
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as n("deviceId" text, state text, since timestamptz,
      "dueAt" timestamptz, "heardAt" timestamptz, "backAt" timestamptz, alerted boolean)
    where s.device_id = n."deviceId"`.execute(tx)
}
