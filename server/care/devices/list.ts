import { type Kysely, sql } from 'kysely'
import type { DeviceQuery, DeviceView } from '../../contract/device.ts'
import { OWN_DEVICES } from '../../contract/purpose.ts'
import { decodeCursor, page } from '../../store/cursor.ts'
import type { Database } from '../../store/schema.ts'
import { isOnline } from './liveness.ts'
import { deviceView, selectDevices } from './views.ts'

/** A text to look for; empty: nothing. `names`: in rooms and residents' names too, which must not come by an address. */
interface DeviceText {
  text: string
  names: boolean
}

/** A page of devices by id. Search and filters are carried out by the database. @param now ms since the epoch */
export async function listDevices(
  db: Kysely<Database>,
  query: Omit<DeviceQuery, 'search'> & { limit: number; search?: DeviceText },
  now: number,
): Promise<{ items: DeviceView[]; nextCursor: string | null }> {
  const { kind, protocol, lifecycle, residentId, hubId, online, limit } = query
  const search = query.search?.text.trim() ?? ''
  let wanted = selectDevices(db, now)
  if (query.cursor !== undefined) {
    wanted = wanted.where('device.device_id', '>', String(decodeCursor(query.cursor, 1)[0]))
  }
  if (search !== '') wanted = wanted.where(holds(search, query.search?.names === true))
  if (kind !== undefined) wanted = wanted.where('device.kind', '=', kind)
  if (protocol !== undefined) wanted = wanted.where('device.protocol', '=', protocol)
  if (lifecycle !== undefined) wanted = wanted.where('device.lifecycle', '=', lifecycle)
  if (residentId !== undefined) wanted = wanted.where('device.resident_id', '=', residentId)
  if (hubId !== undefined) wanted = wanted.where('device.hub_id', '=', hubId)
  if (online !== undefined) wanted = wanted.where(isOnline(now), '=', online)
  const rows = await wanted
    .where('device.device_id', 'not in', OWN_DEVICES)
    .orderBy('device.device_id')
    .limit(limit + 1)
    .execute()
  return page(rows, limit, (row) => [row.device_id], deviceView)
}

/**
 * The text is part of the device's id or address, with `names` of its room or the resident's name; case does not matter. Names are
 * looked through once, not once per device. Measured at 100,000 devices: 10 ms a page, 70–100 ms for a text that nobody has.
 */
function holds(text: string, names: boolean) {
  const part = sql`lower(${text})`
  const has = (column: string) => sql<boolean>`strpos(lower(${sql.ref(column)}), ${part}) > 0`
  const own = sql<boolean>`(${has('device.device_id')} or ${has('device.address')})`
  if (!names) return own
  return sql<boolean>`(${own} or ${has('device.room')}
    or device.resident_id in (select r.resident_id from resident r where ${has('r.name')}))`
}
