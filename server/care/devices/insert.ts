import { type Kysely, sql, type Transaction } from 'kysely'
import { LORAWAN_PROTOCOLS } from '../../contract/device.ts'
import type { Database } from '../../store/schema.ts'
import type { HubFacts, Known, PlannedDevice } from './plan.ts'

/** Who does it, and when (ms since the epoch). */
export interface By {
  userId: string
  now: number
}

export interface NewRow {
  planned: PlannedDevice
  secretHash: string | null
}

/** Rows a statement: alarms must not wait until thousands are written out as JSON. */
const ROWS_AT_ONCE = 500

/**
 * Writes devices and the first entry of each one's life.
 * @returns the ids that were written; the others' ids or addresses are taken
 */
export async function insertDevices(
  tx: Transaction<Database>,
  rows: readonly NewRow[],
  { userId, now }: By,
): Promise<Set<string>> {
  const made = new Set<string>()
  const at = new Date(now)
  for (let start = 0; start < rows.length; start += ROWS_AT_ONCE) {
    const batch = rows.slice(start, start + ROWS_AT_ONCE).map(({ planned, secretHash }) => ({ ...planned, secretHash }))
    // One parameter, so that the statement is the same for any number of rows, and prepared once.
    const written = await sql<{ device_id: string }>`
      with made as (
        insert into device (device_id, kind, protocol, hub_id, address, resident_id, room, model, role, note, sources,
          lifecycle, secret_hash, created_at)
        select r."deviceId", r.kind, r.protocol, r."hubId", r.address, r."residentId", r.room, r.model, r.role, r.note,
          r.sources, r.lifecycle, r."secretHash", ${at}::timestamptz
        from jsonb_to_recordset(${JSON.stringify(batch)}::jsonb) as r("deviceId" text, kind text, protocol text,
          "hubId" text, address text, "residentId" text, room text, model text, role text, note text, sources text[],
          lifecycle text, "secretHash" text)
        on conflict do nothing
        returning device_id, lifecycle, resident_id, room
      ), born as (
        insert into device_life (device_id, at, to_state, user_id, resident_id, room)
        select device_id, ${at}::timestamptz, lifecycle, ${userId}::uuid, resident_id, room from made
      )
      select device_id from made`.execute(tx)
    for (const { device_id } of written.rows) made.add(device_id)
  }
  await noteRegistered(tx, [...made])
  return made
}

/** Whoever is registered is no stranger any more. */
export async function noteRegistered(tx: Transaction<Database>, deviceIds: readonly string[]): Promise<void> {
  await sql`update unknown_device u set adopted_as = d.device_id from device d
    where d.device_id = ${anyOf(deviceIds)} and u.adopted_as is null and u.address = d.address
      and (u.hub_id = d.hub_id
        or d.hub_id is null and u.hub_id = '' and u.protocol = d.protocol
        or d.hub_id is null and d.protocol = ${anyOf(LORAWAN_PROTOCOLS)} and u.protocol = ${anyOf(LORAWAN_PROTOCOLS)})
  `.execute(tx)
}

/** Looks up what the rules of registration have to know. */
export async function lookUp(
  db: Kysely<Database>,
  hubIds: readonly string[],
  residentIds: readonly string[],
): Promise<Known> {
  const hubs = await db
    .selectFrom('device')
    .select(['device_id', 'kind', 'protocol', 'lifecycle'])
    .where('device_id', '=', anyOf(hubIds))
    .execute()
  const residents = await db
    .selectFrom('resident')
    .select('resident_id')
    .where('resident_id', '=', anyOf(residentIds))
    .execute()
  const hubOf = new Map<string, HubFacts>(hubs.map((hub) => [hub.device_id, hub]))
  const isResident = new Set(residents.map((resident) => resident.resident_id))
  return { hub: (id) => hubOf.get(id), hasResident: (id) => isResident.has(id) }
}

/**
 * Retired devices have left their address to others. Written out, not as a parameter: the indexes on addresses hold only
 * these devices, and PostgreSQL uses them only if it can see that (measured: 0.8 instead of 0.2 ms at 20,000 devices).
 */
export const holdsAddress = sql<boolean>`device.lifecycle <> 'retired'`

/** Where an address has to be unique. LoRaWAN devices are found through any network server. */
export function addressKey({ hubId, protocol, address }: Pick<PlannedDevice, 'hubId' | 'protocol' | 'address'>) {
  if (address === null) return null
  const scope = LORAWAN_PROTOCOLS.includes(protocol) ? LORAWAN_PROTOCOLS[0] : protocol
  return hubId === null ? `\n${scope}\n${address}` : `${hubId}\n\n${address}`
}

/** Of these addresses, the ones that a device in use has: `addressKey` → device id. */
export async function takenAddresses(
  db: Kysely<Database>,
  planned: readonly Pick<PlannedDevice, 'hubId' | 'protocol' | 'address'>[],
): Promise<Map<string, string>> {
  const addresses = [...new Set(planned.flatMap(({ address }) => address ?? []))]
  if (addresses.length === 0) return new Map()
  const hubIds = [...new Set(planned.flatMap(({ hubId }) => hubId ?? []))]
  const protocols = [...new Set([...planned.map(({ protocol }) => protocol), ...LORAWAN_PROTOCOLS])]
  const rows = await db
    .selectFrom('device')
    .select(['device_id', 'hub_id', 'protocol', 'address'])
    .where('address', '=', anyOf(addresses))
    .where(holdsAddress)
    .where((eb) =>
      eb.or([
        eb('hub_id', '=', anyOf(hubIds)),
        eb.and([eb('hub_id', 'is', null), eb('protocol', '=', anyOf(protocols))]),
      ]),
    )
    .execute()
  const taken = new Map<string, string>()
  for (const { device_id, hub_id, protocol, address } of rows) {
    const key = addressKey({ hubId: hub_id, protocol, address })
    if (key !== null) taken.set(key, device_id)
  }
  return taken
}

/** Of these ids, the ones that are registered. */
export async function takenIds(db: Kysely<Database>, deviceIds: readonly string[]): Promise<Set<string>> {
  const rows = await db.selectFrom('device').select('device_id').where('device_id', '=', anyOf(deviceIds)).execute()
  return new Set(rows.map((row) => row.device_id))
}

/** One parameter, however long the list. */
export const anyOf = (values: readonly string[]) => sql<string>`any(${[...values]}::text[])`
