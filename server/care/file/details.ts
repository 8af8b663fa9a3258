import type { AvailabilityUpdate, FileUpdate } from '../../contract/case-file.ts'
import { DomainError } from '../../contract/errors.ts'
import type { Sealer } from '../../store/sealed.ts'
import { iso } from '../../store/views.ts'
import { type By, bumpHousemates, lockVersion, noteChange, type Tx, wrongField } from './changes.ts'

/** What the change is called in the contract, and its column. */
const COLUMNS = {
  abilityLevel: 'ability_level',
  livesAlone: 'lives_alone',
  dialect: 'dialect',
  conditions: 'conditions',
  medicines: 'medicines',
  allergies: 'allergies',
  hazards: 'hazards',
} as const
type Detail = keyof typeof COLUMNS

/**
 * Changes ability, language, medical lists, and the way in. What is left out stays.
 * @throws DomainError not_found, stale_version, invalid_request
 */
export async function updateFile(tx: Tx, residentId: string, update: FileUpdate, by: By): Promise<void> {
  const { version, access, ...said } = update
  const { homeId } = await lockVersion(tx, residentId, version)
  await updateDetails(tx, residentId, said, by)
  if (access === undefined) return
  if (homeId === null) throw wrongField('access', 'no home is on file for this resident')
  const home = await tx
    .selectFrom('home')
    .select('access')
    .where('home_id', '=', homeId)
    .forUpdate()
    .executeTakeFirstOrThrow()
  const next = access?.trim() ?? null
  if (next === home.access) return
  await tx.updateTable('home').set({ access: next }).where('home_id', '=', homeId).execute()
  await bumpHousemates(tx, homeId, residentId)
  await noteChange(tx, residentId, by, { part: 'access', before: { access: home.access }, after: { access: next } })
}

async function updateDetails(
  tx: Tx,
  residentId: string,
  said: Omit<FileUpdate, 'version' | 'access'>,
  by: By,
): Promise<void> {
  const row = await tx
    .selectFrom('resident')
    .select(Object.values(COLUMNS))
    .where('resident_id', '=', residentId)
    .executeTakeFirstOrThrow()
  const given = Object.entries(trimmed(said)) as [Detail, unknown][]
  const changed = given.filter(([name, value]) => JSON.stringify(row[COLUMNS[name]]) !== JSON.stringify(value))
  if (changed.length === 0) return
  await tx
    .updateTable('resident')
    .set(Object.fromEntries(changed.map(([name, value]) => [COLUMNS[name], value])))
    .where('resident_id', '=', residentId)
    .execute()
  await noteChange(tx, residentId, by, {
    part: 'details',
    before: Object.fromEntries(changed.map(([name]) => [name, row[COLUMNS[name]]])),
    after: Object.fromEntries(changed),
  })
}

function trimmed(said: Omit<FileUpdate, 'version' | 'access'>): Omit<FileUpdate, 'version' | 'access'> {
  return Object.fromEntries(
    Object.entries(said).map(([name, value]) => {
      if (Array.isArray(value)) return [name, [...new Set(value.map((one) => one.trim()))]]
      return [name, typeof value === 'string' ? value.trim() : value]
    }),
  )
}

/** Sets when a contact can be reached. @throws DomainError not_found, stale_version, invalid_request */
export async function setAvailability(
  tx: Tx,
  residentId: string,
  position: number,
  { version, windows, awayUntil }: AvailabilityUpdate,
  by: By,
): Promise<void> {
  await lockVersion(tx, residentId, version)
  const row = await tx
    .selectFrom('contact')
    .select(['windows', 'away_until'])
    .where('resident_id', '=', residentId)
    .where('position', '=', position)
    .executeTakeFirst()
  if (!row) throw new DomainError('not_found', 'There is no such contact.')
  if (awayUntil !== null && Date.parse(awayUntil) <= by.now) throw wrongField('awayUntil', 'must be later than now')
  const tidy = windows.map((one) => ({ ...one, days: [...new Set(one.days)].sort() }))
  await tx
    .updateTable('contact')
    .set({ windows: JSON.stringify(tidy), away_until: awayUntil === null ? null : new Date(awayUntil) })
    .where('resident_id', '=', residentId)
    .where('position', '=', position)
    .execute()
  await noteChange(tx, residentId, by, {
    part: 'availability',
    before: { position, windows: row.windows, awayUntil: iso(row.away_until) },
    after: { position, windows: tidy, awayUntil },
  })
}

/**
 * Sets the code of the home's key safe or lock, sealed; null: there is none any more. The history says that it changed,
 * not what it is. @throws DomainError not_found, stale_version, invalid_request
 */
export async function setCode(
  tx: Tx,
  sealer: Sealer,
  residentId: string,
  { version, code }: { version: number; code: string | null },
  by: By,
): Promise<void> {
  const { homeId } = await lockVersion(tx, residentId, version)
  if (homeId === null) throw wrongField('code', 'no home is on file for this resident')
  const before = await tx.selectFrom('home_code').select('sealed').where('home_id', '=', homeId).executeTakeFirst()
  const sealed = code === null ? null : sealer.seal({ code: code.trim() }, codeSubject(homeId))
  const row = { sealed, changed_at: new Date(by.now), changed_by: by.userId }
  await tx
    .insertInto('home_code')
    .values({ home_id: homeId, ...row })
    .onConflict((conflict) => conflict.column('home_id').doUpdateSet(row))
    .execute()
  await bumpHousemates(tx, homeId, residentId)
  const had = before !== undefined && before.sealed !== null
  await noteChange(tx, residentId, by, { part: 'code', before: { onFile: had }, after: { onFile: code !== null } })
}

/** What a home's code is sealed for. */
export const codeSubject = (homeId: string): string => `home:${homeId}`
