import type { Kysely } from 'kysely'
import type { DeviceView, NewDevice } from '../contract/api.ts'
import type { DeviceHealth } from '../contract/case.ts'
import { DomainError } from '../contract/errors.ts'
import type { DeviceDirectoryPort } from '../contract/ports.ts'
import { decodeCursor, page } from '../store/cursor.ts'
import type { Database } from '../store/schema.ts'
import { hashDeviceSecret, newSecret } from '../store/secrets.ts'
import { iso } from '../store/views.ts'

type Db = Kysely<Database>

/** What the gateway may know of devices. */
export function createDeviceDirectory(db: Db): DeviceDirectoryPort {
  return {
    credential: async (deviceId) => {
      const row = await db
        .selectFrom('device')
        .select(['device_id', 'protocol', 'secret_hash'])
        .where('device_id', '=', deviceId)
        .where('enabled', '=', true)
        .executeTakeFirst()
      return row ? { deviceId: row.device_id, protocol: row.protocol, secretHash: row.secret_hash } : null
    },
  }
}

/**
 * Registers a device and makes its secret, which is returned once and kept as a hash alone.
 * @throws DomainError already_exists, invalid_request (unknown resident)
 */
export async function createDevice(
  db: Db,
  device: NewDevice,
  now: number,
): Promise<{ deviceId: string; secret: string }> {
  const residentId = device.residentId ?? null
  if (residentId !== null) await requireResident(db, residentId)
  const secret = newSecret()
  const made = await db
    .insertInto('device')
    .values({
      device_id: device.deviceId,
      kind: device.kind,
      protocol: device.protocol,
      resident_id: residentId,
      room: device.room ?? null,
      secret_hash: await hashDeviceSecret(secret),
      created_at: new Date(now),
    })
    .onConflict((conflict) => conflict.column('device_id').doNothing())
    .returning('device_id')
    .executeTakeFirst()
  if (!made) {
    throw new DomainError('already_exists', 'There is a device with this id already. Choose another id.', {
      errors: [{ field: 'deviceId', message: 'already registered' }],
    })
  }
  return { deviceId: made.device_id, secret }
}

async function requireResident(db: Db, residentId: string): Promise<void> {
  const known = await db
    .selectFrom('resident')
    .select('resident_id')
    .where('resident_id', '=', residentId)
    .executeTakeFirst()
  if (!known) {
    throw new DomainError('invalid_request', 'There is no such resident.', {
      errors: [{ field: 'residentId', message: 'unknown resident; GET /residents lists them' }],
    })
  }
}

function devices(db: Db) {
  return db
    .selectFrom('device')
    .leftJoin('device_state as state', 'state.device_id', 'device.device_id')
    .leftJoin('resident', 'resident.resident_id', 'device.resident_id')
    .leftJoin('home', 'home.home_id', 'resident.home_id')
    .leftJoin('division_place', 'division_place.code', 'home.division_code')
    .select([
      'device.device_id',
      'device.kind',
      'device.protocol',
      'device.resident_id',
      'resident.name as resident_name',
      'device.room',
      'device.created_at',
      'state.online',
      'state.online_changed_at',
      'state.last_seen_at',
      'state.battery',
      'division_place.place',
    ])
}

type DeviceRow = Awaited<ReturnType<ReturnType<typeof devices>['execute']>>[number]

function view(row: DeviceRow): DeviceView {
  return {
    deviceId: row.device_id,
    kind: row.kind,
    protocol: row.protocol,
    residentId: row.resident_id,
    residentName: row.resident_name,
    room: row.room,
    online: row.online ?? false,
    onlineChangedAt: iso(row.online_changed_at),
    lastSeenAt: iso(row.last_seen_at),
    battery: row.battery,
    createdAt: row.created_at.toISOString(),
  }
}

/** A page of devices by id. */
export async function listDevices(
  db: Db,
  query: { cursor?: string; limit: number },
): Promise<{ items: DeviceView[]; nextCursor: string | null }> {
  const after = query.cursor === undefined ? null : decodeCursor(query.cursor, 1)
  const rows = await devices(db)
    .$if(after !== null, (q) => q.where('device.device_id', '>', String(after?.[0])))
    .orderBy('device.device_id')
    .limit(query.limit + 1)
    .execute()
  return page(rows, query.limit, (row) => [row.device_id], view)
}

/** Devices by id with their place, for the simulator's page; unknown ids are left out. */
export async function devicesById(
  db: Db,
  ids: readonly string[],
): Promise<Map<string, DeviceView & { place: string | null }>> {
  if (ids.length === 0) return new Map()
  const rows = await devices(db).where('device.device_id', 'in', ids).execute()
  return new Map(rows.map((row) => [row.device_id, { ...view(row), place: row.place }]))
}

/** A resident's devices, or the one device of a case without a resident. */
export async function deviceHealth(
  db: Db,
  of: { residentId: string | null; deviceId: string },
): Promise<DeviceHealth[]> {
  const rows = await devices(db)
    .where((eb) =>
      of.residentId === null ? eb('device.device_id', '=', of.deviceId) : eb('device.resident_id', '=', of.residentId),
    )
    .orderBy('device.device_id')
    .limit(50)
    .execute()
  return rows.map((row) => ({
    deviceId: row.device_id,
    kind: row.kind,
    room: row.room,
    online: row.online ?? false,
    lastSeenAt: iso(row.last_seen_at),
    battery: row.battery,
  }))
}

/** Whether a device is registered. */
export async function deviceExists(db: Db, deviceId: string): Promise<boolean> {
  return (
    (await db.selectFrom('device').select('device_id').where('device_id', '=', deviceId).executeTakeFirst()) !==
    undefined
  )
}
