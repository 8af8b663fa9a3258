import { type RawBuilder, sql } from 'kysely'
import { TCP_PROTOCOLS } from '../../contract/device.ts'
import { DEFAULT_HEARTBEAT, DEVICE_MODELS, KIND_HEARTBEATS } from '../../contract/device-models.ts'

/**
 * Whether a device can be relied on now, as SQL, so that lists can be filtered by it. The expressions want the tables
 * `device`, its `device_state` as `state`, and its hub's as `hub_state`.
 */

/** A device is late when it has not been heard of for its interval and a fifth of it. */
const GRACE = 1.2

const json = (values: object) => sql`${sql.lit(JSON.stringify(values))}::jsonb`
const byModel = json(Object.fromEntries(DEVICE_MODELS.map((one) => [one.model, one.heartbeatSeconds])))
const byKind = json(KIND_HEARTBEATS)

/** `heartbeatSeconds` of the catalogue; null: the device speaks only when it is used. */
const heartbeat = sql<number | null>`case when ${byModel} ? device.model then (${byModel} ->> device.model)::int
  else coalesce((${byKind} ->> device.kind)::int, ${sql.lit(DEFAULT_HEARTBEAT)}) end`

/** Devices that hold a connection themselves: then the connection says whether they are there. */
const connects = sql<boolean>`(device.hub_id is null and (device.secret_hash is not null
  or device.protocol in (${sql.join(TCP_PROTOCOLS.map((name) => sql.lit(name)))})))`

/** Heard of within its interval, and neither its hub nor the device's own absence has been reported. */
const heard = (now: Date) => sql<boolean>`(
  case when ${heartbeat} is null then state.last_seen_at is not null
    else state.last_seen_at + ${heartbeat} * ${sql.lit(GRACE)} * interval '1 second' >= ${now} end
  and (state.online or state.online_changed_at is null)
  and (device.hub_id is null or hub_state.online))`

/** @param now ms since the epoch */
export function isOnline(now: number): RawBuilder<boolean> {
  return sql<boolean>`coalesce(case when ${connects} then state.online else ${heard(new Date(now))} end, false)`
}

/** When the next message is to be expected at the latest; null: nothing can be expected. */
export const nextExpectedAt: RawBuilder<Date | null> = sql<Date | null>`state.last_seen_at
  + ${heartbeat} * interval '1 second'`
