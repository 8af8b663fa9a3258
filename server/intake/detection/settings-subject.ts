import type { Kysely } from 'kysely'
import type { SettingScope } from '../../contract/detect-settings.ts'
import type { SettingsSubject } from '../../contract/detection.ts'
import type { Database } from '../../store/schema.ts'

const NOBODY: SettingsSubject = { name: null, place: null, residentId: null, home: null }

/** Whom settings are for, in words: a page must not be headed by an id. */
export async function subjectOfScope(
  db: Kysely<Database>,
  { scope, scopeId }: { scope: SettingScope; scopeId: string },
): Promise<SettingsSubject> {
  if (scope === 'city') return NOBODY
  if (scope === 'home') {
    const home = await homes(db).where('home.home_id', '=', scopeId).executeTakeFirst()
    return home ? { ...NOBODY, ...placed(home) } : NOBODY
  }
  const residentId = scope === 'resident' ? scopeId : await ownerOf(db, scopeId)
  if (residentId === null) return NOBODY
  const resident = await db
    .selectFrom('resident')
    .select(['resident_id', 'name', 'home_id'])
    .where('resident_id', '=', residentId)
    .executeTakeFirst()
  if (!resident) return NOBODY
  const who = { ...NOBODY, name: resident.name, residentId: resident.resident_id }
  if (resident.home_id === null) return who
  const home = await homes(db).where('home.home_id', '=', resident.home_id).executeTakeFirst()
  return home ? { ...who, ...placed(home) } : who
}

const homes = (db: Kysely<Database>) =>
  db
    .selectFrom('home')
    .leftJoin('division_place', 'division_place.code', 'home.division_code')
    .select(['home.home_id', 'home.lat', 'home.lon', 'division_place.place'])

type HomeRow = Awaited<ReturnType<ReturnType<typeof homes>['executeTakeFirstOrThrow']>>

const placed = ({ home_id, lat, lon, place }: HomeRow): Pick<SettingsSubject, 'place' | 'home'> => ({
  place,
  home: { homeId: home_id, lat, lon },
})

async function ownerOf(db: Kysely<Database>, deviceId: string): Promise<string | null> {
  const device = await db
    .selectFrom('device')
    .select('resident_id')
    .where('device_id', '=', deviceId)
    .executeTakeFirst()
  return device?.resident_id ?? null
}
