import { type Kysely, sql, type Transaction } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import { DomainError } from '../../contract/errors.ts'
import type { PatternChange, PatternView, ShiftPattern } from '../../contract/roster.ts'
import { clockOf, minuteOf, shiftSpan } from '../../contract/roster-conflicts.ts'
import type { Database } from '../../store/schema.ts'

type Db = Kysely<Database>
type Tx = Transaction<Database>
interface By {
  userId: string
  now: number
}

/** Shift patterns, those in use first, then by their start. */
export async function listPatterns(db: Db): Promise<PatternView[]> {
  const rows = await db
    .selectFrom('shift_pattern as p')
    .leftJoin('app_user as author', 'author.user_id', 'p.updated_by')
    .selectAll('p')
    .select('author.display_name')
    .orderBy('p.active', 'desc')
    .orderBy('p.start_minute')
    .orderBy('p.pattern_id')
    .execute()
  return rows.map((row) => ({
    patternId: row.pattern_id,
    name: row.name,
    start: clockOf(row.start_minute),
    end: clockOf(row.end_minute),
    required: row.required,
    active: row.active,
    version: row.version,
    updatedAt: row.updated_at.toISOString(),
    updatedBy: row.display_name,
  }))
}

/** Adds a pattern. @returns its id @throws DomainError invalid_request for unknown areas */
export async function addPattern(tx: Tx, pattern: ShiftPattern, by: By): Promise<string> {
  await refuseUnknownAreas(tx, pattern)
  const pattern_id = uuidv7()
  await tx
    .insertInto('shift_pattern')
    .values({ pattern_id, ...columnsOf(pattern), version: 1, updated_at: new Date(by.now), updated_by: by.userId })
    .execute()
  await log(tx, pattern_id, 1, pattern, by)
  return pattern_id
}

/**
 * Changes a pattern. Shifts that have begun stay as they were; those to come take the new times.
 * @throws DomainError not_found, stale_version; invalid_request for unknown areas
 */
export async function changePattern(
  tx: Tx,
  patternId: string,
  { version, pattern }: PatternChange,
  by: By,
): Promise<void> {
  const current = await tx
    .selectFrom('shift_pattern')
    .select('version')
    .where('pattern_id', '=', patternId)
    .forUpdate()
    .executeTakeFirst()
  if (!current) throw new DomainError('not_found', 'There is no such shift pattern.')
  if (current.version !== version) {
    throw new DomainError('stale_version', 'Somebody has changed this pattern meanwhile. Look again, then decide.', {
      version: current.version,
    })
  }
  await refuseUnknownAreas(tx, pattern)
  await tx
    .updateTable('shift_pattern')
    .set({ ...columnsOf(pattern), version: version + 1, updated_at: new Date(by.now), updated_by: by.userId })
    .where('pattern_id', '=', patternId)
    .execute()
  await log(tx, patternId, version + 1, pattern, by)
  const toCome = await tx
    .selectFrom('roster_entry')
    .select(['entry_id', 'day'])
    .where('pattern_id', '=', patternId)
    .where('removed_at', 'is', null)
    .where('start_at', '>', new Date(by.now))
    .execute()
  for (const { entry_id, day } of toCome) {
    const { start, end } = shiftSpan(day, minuteOf(pattern.start), minuteOf(pattern.end))
    await tx
      .updateTable('roster_entry')
      .set({ start_at: new Date(start), end_at: new Date(end) })
      .where('entry_id', '=', entry_id)
      .execute()
  }
}

const columnsOf = ({ name, start, end, required, active }: ShiftPattern) => ({
  name: name.trim(),
  start_minute: minuteOf(start),
  end_minute: minuteOf(end),
  required: JSON.stringify(required),
  active,
})

async function log(tx: Tx, pattern_id: string, version: number, pattern: ShiftPattern, by: By): Promise<void> {
  await tx
    .insertInto('shift_pattern_log')
    .values({ pattern_id, version, at: new Date(by.now), actor_id: by.userId, pattern: JSON.stringify(pattern) })
    .execute()
}

async function refuseUnknownAreas(tx: Tx, { required }: ShiftPattern): Promise<void> {
  const codes = required.flatMap(({ area }) => area ?? [])
  if (codes.length === 0) return
  const { rows } = await sql<{ code: string }>`
    select code from division where code = any(${codes}::text[])`.execute(tx)
  const known = new Set(rows.map(({ code }) => code))
  const errors = required.flatMap(({ area }, n) =>
    area === null || known.has(area) ? [] : [{ field: `required.${n}.area`, message: 'no such division' }],
  )
  if (errors.length > 0) throw new DomainError('invalid_request', 'Some areas do not exist.', { errors })
}
