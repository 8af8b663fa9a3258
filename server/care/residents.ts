import type { Kysely, Transaction } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import type { NewResident, ResidentView } from '../contract/api.ts'
import { availabilityAt } from '../contract/availability.ts'
import type { ResidentFile } from '../contract/case.ts'
import { DomainError } from '../contract/errors.ts'
import { decodeCursor, page } from '../store/cursor.ts'
import type { Database } from '../store/schema.ts'
import { ageAt, maskPhone } from '../store/views.ts'
import { currentNotes } from './file/notes.ts'
import { photoRef } from './file/photo.ts'
import { foundResidents } from './resident-search.ts'

type Db = Kysely<Database>

/** A page of residents by id; with `q` only those whom the text finds. */
export async function listResidents(
  db: Db,
  query: { q?: string; cursor?: string; limit: number },
  now: number,
): Promise<{ items: ResidentView[]; nextCursor: string | null }> {
  const after = query.cursor === undefined ? '' : String(decodeCursor(query.cursor, 1)[0])
  const text = query.q?.trim() ?? ''
  const rows = await db
    .selectFrom('resident')
    .leftJoin('home', 'home.home_id', 'resident.home_id')
    .leftJoin('division_place', 'division_place.code', 'home.division_code')
    .select((eb) => [
      'resident.resident_id',
      'resident.name',
      'resident.birth_date',
      'division_place.place',
      eb
        .selectFrom('device')
        .select(eb.fn.countAll().as('n'))
        .whereRef('device.resident_id', '=', 'resident.resident_id')
        .as('devices'),
    ])
    .where('resident.resident_id', '>', after)
    .$if(text !== '', (all) =>
      all.where('resident.resident_id', '=', (eb) => eb.fn.any(foundResidents(text, after, query.limit + 1))),
    )
    .orderBy('resident.resident_id')
    .limit(query.limit + 1)
    .execute()
  return page(
    rows,
    query.limit,
    (row) => [row.resident_id],
    (row) => ({
      residentId: row.resident_id,
      name: row.name,
      age: ageAt(row.birth_date, now),
      place: row.place,
      deviceCount: Number(row.devices),
    }),
  )
}

/** Opens a resident's file. @throws DomainError invalid_request for an unknown division */
export async function createResident(
  tx: Transaction<Database>,
  resident: NewResident,
  now: number,
): Promise<ResidentView> {
  const residentId = uuidv7()
  const homeId = resident.address || resident.divisionCode ? uuidv7() : null
  if (homeId) {
    await requireDivision(tx, resident.divisionCode)
    const { divisionCode = null, address = '' } = resident
    await tx
      .insertInto('home')
      .values({ home_id: homeId, division_code: divisionCode, address, access: null, lat: null, lon: null })
      .execute()
  }
  await tx
    .insertInto('resident')
    .values({
      resident_id: residentId,
      home_id: homeId,
      name: resident.name,
      gender: resident.gender ?? 'unknown',
      birth_date: resident.birthDate ?? null,
      ability_level: null,
      dialect: null,
      created_at: new Date(now),
    })
    .execute()
  return {
    residentId,
    name: resident.name,
    age: ageAt(resident.birthDate ?? null, now),
    place: await placeOf(tx, resident.divisionCode),
    deviceCount: 0,
  }
}

async function requireDivision(db: Db, code: string | undefined): Promise<void> {
  if (code === undefined || (await placeOf(db, code)) !== null) return
  throw new DomainError('invalid_request', 'There is no such division.', {
    errors: [{ field: 'divisionCode', message: 'unknown division' }],
  })
}

async function placeOf(db: Db, code: string | undefined): Promise<string | null> {
  if (code === undefined) return null
  const row = await db.selectFrom('division_place').select('place').where('code', '=', code).executeTakeFirst()
  return row?.place ?? null
}

/** What an operator must know about a resident, or null when there is no such file. */
export async function residentFile(db: Db, residentId: string, now: number): Promise<ResidentFile | null> {
  const [row, contacts, photo, notes] = await Promise.all([
    fileRow(db, residentId),
    contactsOf(db, residentId, now),
    photoRef(db, residentId),
    currentNotes(db, residentId, now),
  ])
  if (!row) return null
  return {
    residentId,
    version: row.file_version,
    photo,
    name: row.name,
    gender: row.gender,
    age: ageAt(row.birth_date, now),
    abilityLevel: row.ability_level,
    livesAlone: row.lives_alone,
    dialect: row.dialect,
    conditions: row.conditions,
    medicines: row.medicines,
    allergies: row.allergies,
    hazards: row.hazards,
    home:
      row.home_id === null
        ? null
        : {
            homeId: row.home_id,
            address: row.address ?? '',
            divisionCode: row.division_code ?? '',
            place: row.place ?? '',
            access: row.access,
            hasCode: row.code_home !== null,
            lat: row.lat,
            lon: row.lon,
          },
    contacts,
    notes,
    unprotected:
      row.unprotected_since === null
        ? null
        : { since: row.unprotected_since.toISOString(), reasons: row.reasons ?? [] },
  }
}

function fileRow(db: Db, residentId: string) {
  return db
    .selectFrom('resident')
    .leftJoin('home', 'home.home_id', 'resident.home_id')
    .leftJoin('division_place', 'division_place.code', 'home.division_code')
    .leftJoin('home_code', (on) =>
      on.onRef('home_code.home_id', '=', 'resident.home_id').on('home_code.sealed', 'is not', null),
    )
    .selectAll('resident')
    .leftJoin('resident_protection as protection', 'protection.resident_id', 'resident.resident_id')
    .select(['protection.unprotected_since', 'protection.reasons', 'home_code.home_id as code_home'])
    .select(['home.address', 'home.access', 'home.lat', 'home.lon', 'home.division_code', 'division_place.place'])
    .where('resident.resident_id', '=', residentId)
    .executeTakeFirst()
}

async function contactsOf(db: Db, residentId: string, now: number): Promise<ResidentFile['contacts']> {
  const rows = await db
    .selectFrom('contact')
    .selectAll()
    .where('resident_id', '=', residentId)
    .orderBy('position')
    .execute()
  return rows.map(({ position, name, relation, phone, note, windows, away_until }) => ({
    position,
    name,
    relation,
    phone: maskPhone(phone),
    note,
    windows,
    awayUntil: away_until !== null && away_until.getTime() > now ? away_until.toISOString() : null,
    availability: availabilityAt(windows, away_until?.getTime() ?? null, now),
  }))
}
