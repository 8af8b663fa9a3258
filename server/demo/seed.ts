import type { Insertable, Kysely, Transaction } from 'kysely'
import type { VirtualHome } from '../contract/ports.ts'
import type { Database } from '../store/schema.ts'
import { newSecret } from '../store/secrets.ts'
import { DEMO_PREFIX, type Household, inventHouseholds } from './households.ts'

export interface SeedOptions {
  homes: number
  seed: number
  /** Ms since the epoch. */
  now: number
  hashSecret: (secret: string) => Promise<string>
}

/** PostgreSQL takes at most 65,535 parameters a statement; the widest table here has 13 columns. */
const ROWS_AT_ONCE = 2_000

/**
 * Puts an invented city into the database: homes, residents, their contacts and devices, all or nothing. The divisions
 * must be there. Does nothing when there are demonstration homes already.
 * @returns the homes with their devices' secrets, which are kept nowhere else; empty when nothing was done
 */
export async function seedDemo(db: Kysely<Database>, options: SeedOptions): Promise<VirtualHome[]> {
  if (await hasDemo(db)) return []
  const households = inventHouseholds(options.homes, options.seed, options.now)
  const homes = households.map(withSecrets)
  const hashes = await hashAll(homes, options.hashSecret)
  const createdAt = new Date(options.now)
  const done = await db.transaction().execute(async (trx) => {
    // A second node that starts at the same moment waits here, and then finds the work done.
    await trx.selectFrom('division').select('code').where('level', '=', 'city').forUpdate().execute()
    if (await hasDemo(trx)) return false
    await insertAll(trx, 'home', households.map(homeRow))
    await insertAll(
      trx,
      'resident',
      households.map((household) => residentRow(household, createdAt)),
    )
    await insertAll(trx, 'contact', households.flatMap(contactRows))
    await insertAll(
      trx,
      'device',
      households.flatMap((household) => deviceRows(household, hashes, createdAt)),
    )
    return true
  })
  return done ? homes : []
}

/** Whether there are demonstration homes. */
export async function hasDemo(db: Kysely<Database>): Promise<boolean> {
  const home = await db
    .selectFrom('home')
    .select('home_id')
    .where('home_id', 'like', `${DEMO_PREFIX}%`)
    .limit(1)
    .executeTakeFirst()
  return home !== undefined
}

/** Hashes all secrets, by device id. */
export async function hashAll(
  homes: readonly VirtualHome[],
  hashSecret: SeedOptions['hashSecret'],
): Promise<Map<string, string>> {
  const devices = homes.flatMap((home) => home.devices)
  return new Map(
    await Promise.all(devices.map(async ({ deviceId, secret }) => [deviceId, await hashSecret(secret)] as const)),
  )
}

function withSecrets({ homeId, lat, lon, devices }: Household): VirtualHome {
  return { homeId, lat, lon, devices: devices.map((device) => ({ ...device, secret: newSecret() })) }
}

async function insertAll<T extends 'home' | 'resident' | 'contact' | 'device'>(
  trx: Transaction<Database>,
  table: T,
  rows: readonly Insertable<Database[T]>[],
): Promise<void> {
  for (let i = 0; i < rows.length; i += ROWS_AT_ONCE) {
    await trx
      .insertInto<'home' | 'resident' | 'contact' | 'device'>(table)
      .values(rows.slice(i, i + ROWS_AT_ONCE))
      .execute()
  }
}

function homeRow({ homeId, town, address, access, lat, lon }: Household): Insertable<Database['home']> {
  return { home_id: homeId, division_code: town.code, address, access, lat, lon }
}

function residentRow(household: Household, createdAt: Date): Insertable<Database['resident']> {
  const { residentId, homeId, resident, abilityLevel, livesAlone, dialect } = household
  const { conditions, medicines, allergies, hazards } = household
  return {
    resident_id: residentId,
    home_id: homeId,
    name: resident.name,
    gender: resident.gender,
    birth_date: resident.birthDate,
    ability_level: abilityLevel,
    lives_alone: livesAlone,
    dialect,
    conditions,
    medicines,
    allergies,
    hazards,
    created_at: createdAt,
  }
}

function contactRows({ residentId, contacts }: Household): Insertable<Database['contact']>[] {
  return contacts.map((contact, index) => ({ resident_id: residentId, position: index + 1, ...contact }))
}

function deviceRows(
  { residentId, devices }: Household,
  hashes: ReadonlyMap<string, string>,
  createdAt: Date,
): Insertable<Database['device']>[] {
  return devices.map(({ deviceId, kind, room }) => {
    const hash = hashes.get(deviceId)
    if (hash === undefined) throw new Error(`no secret for ${deviceId}`)
    return {
      device_id: deviceId,
      kind,
      protocol: 'native',
      resident_id: residentId,
      room,
      secret_hash: hash,
      created_at: createdAt,
    }
  })
}
