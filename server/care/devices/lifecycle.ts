import type { Kysely, Selectable, Transaction } from 'kysely'
import type { LifecycleEntry, LifecycleState, LifecycleStep } from '../../contract/device.ts'
import { DomainError } from '../../contract/errors.ts'
import type { Database } from '../../store/schema.ts'
import type { By } from './insert.ts'
import { isHubKind } from './plan.ts'
import { noSuchDevice } from './views.ts'

type Device = Selectable<Database['device']>

/**
 * Where a device may go from where; also the home adaptation's course: brought, tested, in use. Retired is the end.
 * Back in stock it belongs to nobody, so that it raises no alarm in the name of whoever had it.
 */
const STEPS: Readonly<Record<LifecycleState, readonly LifecycleState[]>> = {
  in_stock: ['installed', 'retired'],
  installed: ['tested', 'faulty', 'in_stock', 'retired'],
  tested: ['in_service', 'faulty', 'in_stock', 'retired'],
  in_service: ['faulty', 'in_stock', 'retired'],
  faulty: ['installed', 'tested', 'in_service', 'in_stock', 'retired'],
  retired: [],
}

export const mayStep = (from: LifecycleState, to: LifecycleState): boolean => STEPS[from].includes(to)

/**
 * Takes a device one step on, with an entry in its life.
 * @throws DomainError wrong_state
 */
export async function stepLifecycle(
  tx: Transaction<Database>,
  device: Device,
  { to, note }: Omit<LifecycleStep, 'version'>,
  by: By,
): Promise<void> {
  const from = device.lifecycle
  if (!mayStep(from, to)) {
    throw new DomainError(
      'wrong_state',
      `A device does not go from ${from} to ${to}, but to: ${STEPS[from].join(', ')}.`,
    )
  }
  if (to === 'in_service' && device.resident_id === null && !isHubKind(device.kind)) {
    throw new DomainError(
      'wrong_state',
      'Say first whose device it is: nobody would know where its alarm comes from.',
      {
        errors: [{ field: 'residentId', message: 'is needed before the device is in service' }],
      },
    )
  }
  if (to === 'retired') await requireNobodyBehind(tx, device.device_id)
  const place = to === 'in_stock' ? { resident_id: null, room: null } : {}
  await tx
    .updateTable('device')
    .set({ lifecycle: to, version: device.version + 1, ...place })
    .where('device_id', '=', device.device_id)
    .execute()
  await writeLife(tx, { ...device, ...place, lifecycle: to }, { from, note: note?.trim() || null }, by)
}

/** Without its hub a device is mute for ever, and retiring can't be taken back. */
async function requireNobodyBehind(tx: Transaction<Database>, hubId: string): Promise<void> {
  const { behind } = await tx
    .selectFrom('device')
    .select((eb) => eb.fn.countAll<number>().as('behind'))
    .where('hub_id', '=', hubId)
    .where('lifecycle', '<>', 'retired')
    .executeTakeFirstOrThrow()
  if (behind === 0) return
  throw new DomainError('wrong_state', `${behind} devices are behind this hub and would be mute. Retire them first.`)
}

/** Notes what has become of a device. @param device as it is now */
export async function writeLife(
  tx: Transaction<Database>,
  device: Pick<Device, 'device_id' | 'lifecycle' | 'resident_id' | 'room'>,
  { from, note }: { from: LifecycleState; note: string | null },
  { userId, now }: By,
): Promise<void> {
  await tx
    .insertInto('device_life')
    .values({
      device_id: device.device_id,
      at: new Date(now),
      from_state: from,
      to_state: device.lifecycle,
      user_id: userId,
      note,
      resident_id: device.resident_id,
      room: device.room,
    })
    .execute()
}

/** A device's life, oldest first. @throws DomainError not_found */
export async function listLife(db: Kysely<Database>, deviceId: string): Promise<LifecycleEntry[]> {
  const rows = await db
    .selectFrom('device')
    .leftJoin('device_life as life', 'life.device_id', 'device.device_id')
    .leftJoin('app_user', 'app_user.user_id', 'life.user_id')
    .select(['life.at', 'life.from_state', 'life.to_state', 'life.note', 'life.resident_id', 'life.room'])
    .select('app_user.display_name')
    .where('device.device_id', '=', deviceId)
    .orderBy('life.life_id')
    .execute()
  if (rows.length === 0) throw noSuchDevice()
  return rows.flatMap(({ at, from_state, to_state, display_name, note, resident_id, room }) =>
    at === null || to_state === null
      ? []
      : [
          {
            at: at.toISOString(),
            from: from_state,
            to: to_state,
            by: display_name,
            note,
            residentId: resident_id,
            room,
          },
        ],
  )
}
