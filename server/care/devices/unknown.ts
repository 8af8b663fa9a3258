import { createHash, randomBytes } from 'node:crypto'
import { type Kysely, sql, type Transaction } from 'kysely'
import {
  type Adoption,
  type DeviceRole,
  LORAWAN_PROTOCOLS,
  type NewDevice,
  type NewDeviceAnswer,
  PROTOCOLS,
  type UnknownDeviceView,
} from '../../contract/device.ts'
import { modelOf } from '../../contract/device-models.ts'
import { DomainError } from '../../contract/errors.ts'
import { decodeCursor, page } from '../../store/cursor.ts'
import type { Database } from '../../store/schema.ts'
import { type By, takenIds } from './insert.ts'
import { createDevice } from './registry.ts'

type Db = Kysely<Database>

const unknownDevices = (db: Db) =>
  db
    .selectFrom('unknown_device as knock')
    .leftJoin('device as hub', 'hub.device_id', 'knock.hub_id')
    .leftJoin('resident', 'resident.resident_id', 'hub.resident_id')
    .where('knock.adopted_as', 'is', null)
    .selectAll('knock')
    .select(['hub.resident_id', 'resident.name as resident_name'])

type KnockRow = Awaited<ReturnType<ReturnType<typeof unknownDevices>['execute']>>[number]

function view(row: KnockRow): UnknownDeviceView {
  return {
    knockId: row.knock_id,
    hubId: row.hub_id || null,
    hubResidentId: row.resident_id,
    hubResidentName: row.resident_name,
    protocol: row.protocol,
    address: row.address,
    model: row.model,
    vendor: row.vendor,
    description: row.description,
    suggestedKind: row.suggested_kind,
    suggestedRole: row.suggested_role,
    firstSeenAt: row.first_seen_at.toISOString(),
    lastSeenAt: row.last_seen_at.toISOString(),
    messages: row.messages,
    lastMessage: row.last_payload.toString('utf8').replaceAll('\0', '\uFFFD'),
    dismissed: row.dismissed_at !== null,
  }
}

/** A page of devices that nobody has registered, last heard of first. */
export async function listUnknownDevices(
  db: Db,
  { dismissed, limit, cursor }: { dismissed: boolean; limit: number; cursor?: string },
): Promise<{ items: UnknownDeviceView[]; nextCursor: string | null }> {
  let wanted = unknownDevices(db).where('knock.dismissed_at', dismissed ? 'is not' : 'is', null)
  if (cursor !== undefined) {
    const [lastSeen = '', knockId = ''] = decodeCursor(cursor, 2)
    wanted = wanted.where(
      sql<boolean>`(knock.last_seen_at, knock.knock_id) < (${lastSeen}::timestamptz, ${knockId}::uuid)`,
    )
  }
  const rows = await wanted
    .orderBy('knock.last_seen_at', 'desc')
    .orderBy('knock.knock_id', 'desc')
    .limit(limit + 1)
    .execute()
  return page(rows, limit, (row) => [row.last_seen_at.toISOString(), row.knock_id], view)
}

/** One of them. @throws DomainError not_found, also when it is registered by now */
export async function getUnknownDevice(db: Db, knockId: string): Promise<UnknownDeviceView> {
  const row = await unknownDevices(db).where('knock.knock_id', '=', knockId).executeTakeFirst()
  if (!row) throw nobody()
  return view(row)
}

const nobody = () => new DomainError('not_found', 'There is no such unknown device, or it is registered by now.')

/** Takes one off the list (or puts it back); it is counted all the same. @throws DomainError not_found */
export async function setDismissed(
  tx: Transaction<Database>,
  knockId: string,
  dismissed: boolean,
  { userId, now }: By,
): Promise<void> {
  const changed = await tx
    .updateTable('unknown_device')
    .set(dismissed ? { dismissed_at: new Date(now), dismissed_by: userId } : { dismissed_at: null, dismissed_by: null })
    .where('knock_id', '=', knockId)
    .where('adopted_as', 'is', null)
    .returning('knock_id')
    .executeTakeFirst()
  if (!changed) throw nobody()
}

/**
 * Registers an unknown device. What is left out is taken from what its hub has told of it and from the hub's home.
 * @throws DomainError not_found, and as `createDevice`
 */
export async function adopt(
  tx: Transaction<Database>,
  knockId: string,
  adoption: Adoption,
  by: By,
): Promise<NewDeviceAnswer> {
  // Two who adopt it at the same moment: the second waits, and then finds nobody.
  await tx.selectFrom('unknown_device').select('knock_id').where('knock_id', '=', knockId).forUpdate().execute()
  const knock = await getUnknownDevice(tx, knockId)
  const made = await createDevice(tx, await deviceOf(tx, knock, adoption), by)
  await tx.updateTable('unknown_device').set({ adopted_as: made.deviceId }).where('knock_id', '=', knockId).execute()
  return made
}

async function deviceOf(db: Db, knock: UnknownDeviceView, adoption: Adoption): Promise<NewDevice> {
  const protocol = PROTOCOLS.find((name) => name === knock.protocol)
  if (protocol === undefined) throw new DomainError('wrong_state', 'Devices of this protocol can not be registered.')
  const known = modelOf(knock.model)
  const { deviceId, kind, residentId, room, role, model } = adoption
  return {
    deviceId: deviceId ?? (await freeId(db, knock)),
    kind: kind ?? knock.suggestedKind,
    protocol,
    // Devices of a LoRaWAN network belong to no hub: another network server may deliver tomorrow.
    hubId: LORAWAN_PROTOCOLS.includes(protocol) ? null : knock.hubId,
    address: knock.address,
    residentId: residentId === undefined ? knock.hubResidentId : residentId,
    // A form may send back the maker's name that it was shown.
    model: model === undefined || model === knock.model ? (known?.model ?? null) : model,
    // What the catalogue does not know would be lost otherwise.
    note: known ? null : [knock.vendor, knock.model, knock.description].filter(Boolean).join(' '),
    ...(room === undefined ? {} : { room }),
    ...roleOf(role, knock.suggestedRole),
  }
}

/** As given, also none; else as suggested; else registration decides. */
function roleOf(given: Adoption['role'], suggested: DeviceRole | null): Pick<NewDevice, 'role'> {
  if (given !== undefined) return { role: given }
  return suggested === null ? {} : { role: suggested }
}

/** Longest part of an id that is taken from the hub's id or the address; both and a number fit into 64 characters. */
const MAX_PART = 28
const TRIES = 50

/** An id made from hub and address, that nobody has: `hub-12-sos-button`, `hub-12-sos-button-2`. */
async function freeId(db: Db, { hubId, address }: UnknownDeviceView): Promise<string> {
  const base = [hubId?.slice(0, MAX_PART), idPart(address)].filter(Boolean).join('-')
  const ids = Array.from({ length: TRIES }, (_, n) => (n === 0 ? base : `${base}-${n + 1}`))
  const taken = await takenIds(db, ids)
  return ids.find((id) => !taken.has(id)) ?? `${base}-${randomBytes(3).toString('hex')}`
}

/** What may stand in an id, of an address in whatever script; a digest where nothing is left of it. */
function idPart(address: string): string {
  const part = address
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^A-Za-z0-9_.:-]+/g, '-')
    .slice(0, MAX_PART)
    .replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, '')
  return part === '' ? digest(address) : part
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 8)
