import { type Kysely, sql, type Transaction } from 'kysely'
import { DomainError } from '../contract/errors.ts'
import { checkSheet, type NewSheet, type SheetView } from '../contract/quality-sheet.ts'
import type { Database } from '../store/schema.ts'

const sheets = (db: Kysely<Database>) =>
  db
    .selectFrom('quality_sheet as s')
    .leftJoin('app_user as u', 'u.user_id', 's.user_id')
    .selectAll('s')
    .select('u.display_name')

type Row = Awaited<ReturnType<ReturnType<typeof sheets>['execute']>>[number]

const view = ({ version, at, display_name, note, content }: Row): SheetView => ({
  version,
  at: at.toISOString(),
  by: display_name,
  note,
  content,
})

/** All versions, newest first; the first is in force. */
export async function listSheets(db: Kysely<Database>): Promise<SheetView[]> {
  return (await sheets(db).orderBy('version', 'desc').limit(100).execute()).map(view)
}

/** One version; without a number the one in force. @throws DomainError not_found */
export async function getSheet(db: Kysely<Database>, version: number | null): Promise<SheetView> {
  const row = await sheets(db)
    .$if(version !== null, (query) => query.where('version', '=', version ?? 0))
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (row === undefined) throw new DomainError('not_found', 'There is no such scoring sheet.')
  return view(row)
}

/**
 * Publishes a changed sheet. What is begun or completed keeps the version that it has.
 * @throws DomainError stale_version, invalid_request naming what is wrong
 */
export async function publishSheet(
  tx: Transaction<Database>,
  { base, note, content }: NewSheet,
  userId: string,
  now: number,
): Promise<SheetView> {
  // Append-only: two who publish at once are told apart by a lock, not by a row.
  await sql`select pg_advisory_xact_lock(hashtext('quality_sheet'))`.execute(tx)
  const { version } = await getSheet(tx, null)
  if (version !== base) {
    throw new DomainError('stale_version', 'Somebody else has published a sheet meanwhile.', { version })
  }
  const errors = checkSheet(content)
  if (errors.length > 0) throw new DomainError('invalid_request', 'The sheet is not complete; see errors.', { errors })
  const made = await tx
    .insertInto('quality_sheet')
    .values({ content: JSON.stringify(content), at: new Date(now), user_id: userId, note: note.trim() })
    .returning('version')
    .executeTakeFirstOrThrow()
  return getSheet(tx, made.version)
}
