import { type Kysely, sql } from 'kysely'
import type { Logger } from 'pino'
import type { Clock } from '../contract/clock.ts'
import type { DeviceFacts, DeviceRoute, PresencePort } from '../contract/ports.ts'
import type { Database } from '../store/schema.ts'

interface Seen {
  online: boolean | null
  changedAt: number | null
  lastSeenAt: number | null
  battery: number | null
  rssi: number | null
  firmware: string | null
  hardware: string | null
  heardVia: string | null
  route: DeviceRoute | null
}

/** What a message says of its device besides. */
export interface Condition {
  /** % */
  battery?: number | undefined
  /** dBm, or link quality where the protocol has no dBm. */
  rssi?: number | undefined
}

export interface Presence extends Omit<PresencePort, 'reachable'> {
  /** A message came in. */
  seen(deviceId: string, at: number, condition: Condition): void
  /** @param via the hub or bridge that told of them */
  facts(deviceId: string, facts: DeviceFacts, via: string): void
  /** After a crash nobody was there to write that connections were gone. */
  start(): Promise<void>
  /** Writes what has changed since; called every second. On failure it is kept for the next time. */
  flush(): Promise<void>
}

/**
 * Presence, last seen and battery of devices, gathered in memory and written once a second: a convenience for people.
 * The alarm record doesn't depend on it.
 */
export function createPresence(db: Kysely<Database>, node: string, clock: Clock, log: Logger): Presence {
  let pending = new Map<string, Seen>()

  function entry(deviceId: string): Seen {
    let seen = pending.get(deviceId)
    if (!seen) {
      seen = { ...NOTHING }
      pending.set(deviceId, seen)
    }
    return seen
  }

  async function write(batch: ReadonlyMap<string, Seen>): Promise<void> {
    const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString())
    const rows = [...batch].map(([deviceId, seen]) => ({
      deviceId,
      online: seen.online,
      battery: seen.battery,
      changedAt: iso(seen.changedAt),
      lastSeenAt: iso(seen.lastSeenAt),
      rssi: seen.rssi,
      firmware: seen.firmware,
      hardware: seen.hardware,
      heardVia: seen.heardVia,
      route: seen.route,
    }))
    await sql`
      insert into device_state as old (device_id, online, node, online_changed_at, last_seen_at, battery, rssi, firmware,
        hardware, heard_via, route)
      select s."deviceId", coalesce(s.online, false), ${node}, s."changedAt", s."lastSeenAt", s.battery, s.rssi,
        s.firmware, s.hardware, s."heardVia", s.route
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as s("deviceId" text, online boolean,
        "changedAt" timestamptz, "lastSeenAt" timestamptz, battery double precision, rssi double precision,
        firmware text, hardware text, "heardVia" text, route jsonb)
      join device on device.device_id = s."deviceId"
      order by 1
      on conflict (device_id) do update set
        online = case when ${changes} then excluded.online else old.online end,
        node = case when ${changes} then excluded.node else old.node end,
        online_changed_at = case when ${changes} then excluded.online_changed_at else old.online_changed_at end,
        last_seen_at = greatest(excluded.last_seen_at, old.last_seen_at),
        battery = coalesce(excluded.battery, old.battery), rssi = coalesce(excluded.rssi, old.rssi),
        firmware = coalesce(excluded.firmware, old.firmware), hardware = coalesce(excluded.hardware, old.hardware),
        heard_via = coalesce(excluded.heard_via, old.heard_via), route = coalesce(
          coalesce(old.route, '{}') || jsonb_strip_nulls(excluded.route), old.route)`.execute(db)
  }

  return {
    changed: (deviceId, online, at) => {
      Object.assign(entry(deviceId), { online, changedAt: at })
      if (online) entry(deviceId).lastSeenAt = at
    },
    seen: (deviceId, at, { battery, rssi }) => {
      const seen = entry(deviceId)
      seen.lastSeenAt = at
      if (battery !== undefined) seen.battery = battery
      if (rssi !== undefined) seen.rssi = rssi
    },
    facts: (deviceId, { firmware, hardware, route }, via) => {
      const seen = entry(deviceId)
      if (route !== undefined) Object.assign(seen, { heardVia: via, route })
      if (firmware !== undefined) seen.firmware = firmware
      if (hardware !== undefined) seen.hardware = hardware
    },
    start: async () => {
      await db
        .updateTable('device_state')
        .set({ online: false, online_changed_at: new Date(clock.now()) })
        .where('node', '=', node)
        .where('online', '=', true)
        .execute()
    },
    flush: async () => {
      if (pending.size === 0) return
      const batch = pending
      pending = new Map()
      try {
        await write(batch)
      } catch (error) {
        log.warn({ err: error, devices: batch.size }, 'presence not written, trying again')
        for (const [deviceId, older] of batch) pending.set(deviceId, merge(older, pending.get(deviceId)))
      }
    },
  }
}

/** That a connection has ended is for the node to say that had it: the device may have come to another one meanwhile. */
const changes = sql`excluded.online_changed_at is not null and (excluded.online or old.node = excluded.node)`

/** What is known now, completed by what was known before. */
function merge(older: Seen, newer: Seen | undefined): Seen {
  return {
    online: newer?.online ?? older.online,
    changedAt: newer?.changedAt ?? older.changedAt,
    lastSeenAt: newer?.lastSeenAt ?? older.lastSeenAt,
    battery: newer?.battery ?? older.battery,
    rssi: newer?.rssi ?? older.rssi,
    firmware: newer?.firmware ?? older.firmware,
    hardware: newer?.hardware ?? older.hardware,
    heardVia: newer?.heardVia ?? older.heardVia,
    route: newer?.route ?? older.route,
  }
}

const NOTHING: Seen = {
  online: null,
  changedAt: null,
  lastSeenAt: null,
  battery: null,
  rssi: null,
  firmware: null,
  hardware: null,
  heardVia: null,
  route: null,
}
