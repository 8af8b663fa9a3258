import { type Kysely, sql } from 'kysely'
import type { Database } from '../../store/schema.ts'

/**
 * One node holds a bridge at a time: two with the same client id would push each other out of the outside broker. All times
 * are the database's.
 */

/** Until another node takes over from one that has died. */
export const BRIDGE_LEASE_MS = 30_000

export interface HeldBridgeRow {
  device_id: string
  protocol: string
  settings: Record<string, unknown>
  sealed_settings: Buffer | null
}

/** Takes or keeps, in one statement, every enabled bridge that no other node holds, and returns those. */
export async function holdBridges(db: Kysely<Database>, node: string, leaseMs: number): Promise<HeldBridgeRow[]> {
  const { rows } = await sql<HeldBridgeRow>`
    with held as (
      insert into bridge_lease as lease (device_id, node, until)
      select device_id, ${node}, clock_timestamp() + ${leaseMs} * interval '1 millisecond' from device
      where kind = 'bridge' and enabled and lifecycle <> 'retired' and settings->'bridge' is not null
      order by device_id
      on conflict (device_id) do update set node = excluded.node, until = excluded.until
      where lease.node = excluded.node or lease.until <= clock_timestamp()
      returning device_id
    )
    select device_id, protocol, settings, sealed_settings from held join device using (device_id)
    order by device_id`.execute(db)
  return rows
}

/** Lets all that the node holds end now. */
export async function releaseBridges(db: Kysely<Database>, node: string): Promise<void> {
  await sql`update bridge_lease set until = clock_timestamp() where node = ${node} and until > clock_timestamp()`.execute(
    db,
  )
}

/** Which node holds each bridge that is held, and whether it has said that the bridge is connected. */
export async function bridgeHolders(db: Kysely<Database>): Promise<Map<string, { node: string; connected: boolean }>> {
  const { rows } = await sql<{ device_id: string; node: string; connected: boolean }>`
    select lease.device_id, lease.node, coalesce(state.online and state.node = lease.node, false) as connected
    from bridge_lease lease left join device_state state using (device_id)
    where lease.until > clock_timestamp()`.execute(db)
  return new Map(rows.map(({ device_id, node, connected }) => [device_id, { node, connected }]))
}
