import type { Kysely } from 'kysely'
import type { DeviceHealth } from '../../contract/case.ts'
import type { DeviceView } from '../../contract/device.ts'
import { DomainError } from '../../contract/errors.ts'
import type { Database } from '../../store/schema.ts'
import { iso } from '../../store/views.ts'
import { isOnline, nextExpectedAt } from './liveness.ts'

type Db = Kysely<Database>

/** Devices as people are shown them, to be narrowed down. @param now ms since the epoch */
export function selectDevices(db: Db, now: number) {
  return db
    .selectFrom('device')
    .leftJoin('device_state as state', 'state.device_id', 'device.device_id')
    .leftJoin('device_state as hub_state', 'hub_state.device_id', 'device.hub_id')
    .leftJoin('resident', 'resident.resident_id', 'device.resident_id')
    .leftJoin('home', 'home.home_id', 'resident.home_id')
    .leftJoin('division_place', 'division_place.code', 'home.division_code')
    .select([
      'device.device_id',
      'device.kind',
      'device.protocol',
      'device.model',
      'device.role',
      'device.hub_id',
      'device.address',
      'device.resident_id',
      'resident.name as resident_name',
      'division_place.place',
      'device.room',
      'device.lifecycle',
      'device.note',
      'device.sources',
      'device.version',
      'device.created_at',
      'state.online_changed_at',
      'state.last_seen_at',
      'state.battery',
      'state.rssi',
      'state.firmware',
      isOnline(now).as('online'),
      nextExpectedAt.as('next_expected_at'),
    ])
}

type DeviceRow = Awaited<ReturnType<ReturnType<typeof selectDevices>['execute']>>[number]

export function deviceView(row: DeviceRow): DeviceView {
  return {
    deviceId: row.device_id,
    kind: row.kind,
    protocol: row.protocol,
    model: row.model,
    role: row.role,
    hubId: row.hub_id,
    address: row.address,
    residentId: row.resident_id,
    residentName: row.resident_name,
    place: row.place,
    room: row.room,
    lifecycle: row.lifecycle,
    note: row.note,
    sources: row.sources,
    version: row.version,
    online: row.online,
    onlineChangedAt: iso(row.online_changed_at),
    lastSeenAt: iso(row.last_seen_at),
    nextExpectedAt: iso(row.next_expected_at),
    battery: row.battery,
    rssi: row.rssi,
    firmware: row.firmware,
    createdAt: row.created_at.toISOString(),
  }
}

/** One device. @throws DomainError not_found */
export async function getDevice(db: Db, deviceId: string, now: number): Promise<DeviceView> {
  const row = await selectDevices(db, now).where('device.device_id', '=', deviceId).executeTakeFirst()
  if (!row) throw noSuchDevice()
  return deviceView(row)
}

/** Devices by id; unknown ids are left out. */
export async function devicesById(db: Db, ids: readonly string[], now: number): Promise<Map<string, DeviceView>> {
  if (ids.length === 0) return new Map()
  const rows = await selectDevices(db, now).where('device.device_id', 'in', ids).execute()
  return new Map(rows.map((row) => [row.device_id, deviceView(row)]))
}

/** A resident's devices, or the one device of a case without a resident; retired ones are left out. */
export async function deviceHealth(
  db: Db,
  of: { residentId: string | null; deviceId: string },
  now: number,
): Promise<DeviceHealth[]> {
  const rows = await selectDevices(db, now)
    .where((eb) =>
      of.residentId === null ? eb('device.device_id', '=', of.deviceId) : eb('device.resident_id', '=', of.residentId),
    )
    .where('device.lifecycle', '<>', 'retired')
    .orderBy('device.device_id')
    .limit(50)
    .execute()
  return rows.map(deviceView).map(({ deviceId, kind, room, online, lastSeenAt, battery }) => ({
    deviceId,
    kind,
    room,
    online,
    lastSeenAt,
    battery,
  }))
}

/** Whether a device is registered. */
export async function deviceExists(db: Db, deviceId: string): Promise<boolean> {
  return (
    (await db.selectFrom('device').select('device_id').where('device_id', '=', deviceId).executeTakeFirst()) !==
    undefined
  )
}

export const noSuchDevice = (): DomainError => new DomainError('not_found', 'There is no such device.')
