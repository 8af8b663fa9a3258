import type { Kysely, Selectable, Transaction } from 'kysely'
import type { DeviceChange, NewDevice, NewDeviceAnswer } from '../../contract/device.ts'
import { modelOf } from '../../contract/device-models.ts'
import { DomainError } from '../../contract/errors.ts'
import type { Database } from '../../store/schema.ts'
import { hashDeviceSecret, newSecret } from '../../store/secrets.ts'
import { addressKey, type By, insertDevices, lookUp, noteRegistered, takenAddresses, takenIds } from './insert.ts'
import { writeLife } from './lifecycle.ts'
import { changedAddress, isHubKind, modelProblems, planDevice, sourceProblems, text, UNKNOWN_RESIDENT } from './plan.ts'
import { noSuchDevice } from './views.ts'

type Tx = Transaction<Database>

/**
 * Registers a device. If it logs in itself its secret is made and returned this once, and kept as a hash alone.
 * @throws DomainError already_exists (id or address), invalid_request naming every wrong field
 */
export async function createDevice(tx: Tx, device: NewDevice, by: By): Promise<NewDeviceAnswer> {
  const known = await lookUp(tx, listOf(text(device.hubId)), listOf(text(device.residentId)))
  const { planned, problems } = planDevice(device, known)
  refuse(problems)
  const key = addressKey(planned)
  if (key !== null && (await takenAddresses(tx, [planned])).has(key)) throw await taken(tx, planned.deviceId)
  const secret = planned.hasSecret ? newSecret() : null
  const secretHash = secret === null ? null : await hashDeviceSecret(secret)
  const made = await insertDevices(tx, [{ planned, secretHash }], by)
  if (made.size === 0) throw await taken(tx, planned.deviceId)
  return { deviceId: planned.deviceId, secret }
}

async function taken(db: Kysely<Database>, deviceId: string): Promise<DomainError> {
  const isId = (await takenIds(db, [deviceId])).has(deviceId)
  return isId
    ? new DomainError('already_exists', 'There is a device with this id already. Choose another id.', {
        errors: [{ field: 'deviceId', message: 'already registered' }],
      })
    : addressTaken()
}

const addressTaken = () =>
  new DomainError('already_exists', 'There is a device with this address already.', {
    errors: [{ field: 'address', message: 'another device in use has it' }],
  })

function refuse(problems: readonly { field: string; message: string }[]): void {
  if (problems.length === 0) return
  throw new DomainError('invalid_request', 'Some fields are not right; see errors.', { errors: [...problems] })
}

/**
 * A device's row, locked until the transaction ends.
 * @param version the one that was looked at; null: any
 * @throws DomainError not_found, stale_version, wrong_state (retired)
 */
export async function lockDevice(
  tx: Tx,
  deviceId: string,
  version: number | null,
): Promise<Selectable<Database['device']>> {
  const row = await tx
    .selectFrom('device')
    .selectAll()
    .where('device_id', '=', deviceId)
    .forNoKeyUpdate()
    .executeTakeFirst()
  if (!row) throw noSuchDevice()
  if (version !== null && row.version !== version) {
    throw new DomainError('stale_version', 'Somebody has changed this device. Look at it again.', {
      version: row.version,
    })
  }
  if (row.lifecycle === 'retired')
    throw new DomainError('wrong_state', 'This device is retired; nothing changes any more.')
  return row
}

/**
 * Changes what is given. A device that moves gets an entry in its life; one that is taken from its resident goes back
 * into stock, unless it is faulty, or a hub that serves nobody in particular.
 * @throws DomainError not_found, stale_version, wrong_state, invalid_request, already_exists (address)
 */
export async function changeDevice(tx: Tx, deviceId: string, change: DeviceChange, by: By): Promise<void> {
  const row = await lockDevice(tx, deviceId, change.version)
  const next = await changed(tx, row, change)
  await tx
    .updateTable('device')
    .set({ ...next, version: row.version + 1 })
    .where('device_id', '=', deviceId)
    .execute()
  if (next.address !== row.address) await noteRegistered(tx, [deviceId])
  if (next.resident_id === row.resident_id && next.room === row.room) return
  await writeLife(tx, { ...row, ...next }, { from: row.lifecycle, note: null }, by)
}

type Row = Selectable<Database['device']>
type Changeable = Pick<
  Row,
  'kind' | 'address' | 'resident_id' | 'room' | 'role' | 'model' | 'note' | 'sources' | 'lifecycle'
>

async function changed(tx: Tx, row: Row, change: DeviceChange): Promise<Changeable> {
  const kind = change.kind ?? row.kind
  const residentId = change.residentId === undefined ? row.resident_id : text(change.residentId)
  const { address, problems: addressProblems } =
    change.address === undefined ? { address: row.address, problems: [] } : changedAddress(row, text(change.address))
  const sources = change.sources ?? row.sources
  refuse([
    ...(isHubKind(kind) === isHubKind(row.kind)
      ? []
      : [{ field: 'kind', message: 'a hub stays a hub, others never become one' }]),
    ...addressProblems,
    ...modelProblems(change.model),
    ...sourceProblems(sources),
    ...(await residentProblems(tx, residentId)),
  ])
  if (address !== row.address) await requireFreeAddress(tx, { ...row, address })
  const goesBack =
    residentId === null && row.resident_id !== null && IN_A_HOME.includes(row.lifecycle) && !isHubKind(kind)
  return {
    kind,
    address,
    resident_id: residentId,
    room: change.room === undefined ? (goesBack ? null : row.room) : text(change.room),
    role: change.role === undefined ? row.role : change.role,
    model: change.model === undefined ? row.model : (modelOf(text(change.model))?.model ?? null),
    note: change.note === undefined ? row.note : text(change.note),
    sources: [...sources],
    lifecycle: goesBack ? 'in_stock' : row.lifecycle,
  }
}

const IN_A_HOME: readonly string[] = ['installed', 'tested', 'in_service']

async function residentProblems(tx: Tx, residentId: string | null) {
  if (residentId === null) return []
  const known = await lookUp(tx, [], [residentId])
  return known.hasResident(residentId) ? [] : [{ field: 'residentId', message: UNKNOWN_RESIDENT }]
}

async function requireFreeAddress(tx: Tx, { device_id, hub_id, protocol, address }: Row): Promise<void> {
  const place = { hubId: hub_id, protocol, address }
  const holder = (await takenAddresses(tx, [place])).get(addressKey(place) ?? '')
  if (holder !== undefined && holder !== device_id) throw addressTaken()
}

/**
 * Gives a device a new secret, returned this once; the old one is worth nothing any more.
 * @throws DomainError not_found, wrong_state (retired, or it never logs in itself)
 */
export async function rotateSecret(tx: Tx, deviceId: string): Promise<NewDeviceAnswer> {
  const row = await lockDevice(tx, deviceId, null)
  if (row.secret_hash === null) {
    throw new DomainError('wrong_state', 'This device never logs in itself, so it has no secret.')
  }
  const secret = newSecret()
  await tx
    .updateTable('device')
    .set({ secret_hash: await hashDeviceSecret(secret) })
    .where('device_id', '=', deviceId)
    .execute()
  return { deviceId, secret }
}

const listOf = (value: string | null): string[] => (value === null ? [] : [value])
