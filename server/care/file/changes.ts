import { type Kysely, sql, type Transaction } from 'kysely'
import type { FileChange, FilePart } from '../../contract/case-file.ts'
import { DomainError } from '../../contract/errors.ts'
import { decodeCursor, page } from '../../store/cursor.ts'
import type { Database } from '../../store/schema.ts'

export type Tx = Transaction<Database>

/** Who changes something, and when (ms since the epoch). */
export interface By {
  userId: string
  now: number
}

/**
 * Locks a resident's file for a change.
 * @returns her home, if any
 * @throws DomainError not_found
 */
export async function lockFile(tx: Tx, residentId: string): Promise<{ homeId: string | null; version: number }> {
  const row = await tx
    .selectFrom('resident')
    .select(['home_id', 'file_version'])
    .where('resident_id', '=', residentId)
    .forUpdate()
    .executeTakeFirst()
  if (!row) throw noSuchResident()
  return { homeId: row.home_id, version: row.file_version }
}

/**
 * The same for a change that was decided on a version of the file; the file has the next version then.
 * @throws DomainError not_found, stale_version
 */
export async function lockVersion(tx: Tx, residentId: string, version: number): Promise<{ homeId: string | null }> {
  const { homeId, version: current } = await lockFile(tx, residentId)
  if (current !== version) {
    throw new DomainError(
      'stale_version',
      'Somebody has changed this file since you looked. Look again, then decide.',
      {
        version: current,
      },
    )
  }
  await tx
    .updateTable('resident')
    .set({ file_version: version + 1 })
    .where('resident_id', '=', residentId)
    .execute()
  return { homeId }
}

/** Whoever lives in the same home sees a change of the home in their file as well: their editors are stale. */
export async function bumpHousemates(tx: Tx, homeId: string, but: string): Promise<void> {
  await tx
    .updateTable('resident')
    .set((eb) => ({ file_version: eb('file_version', '+', 1) }))
    .where('home_id', '=', homeId)
    .where('resident_id', '<>', but)
    .execute()
}

/** A line of the file's history. */
export async function noteChange(
  tx: Tx,
  residentId: string,
  by: By,
  change: { part: FilePart; before?: Record<string, unknown>; after?: Record<string, unknown> },
): Promise<void> {
  await tx
    .insertInto('file_change')
    .values({
      resident_id: residentId,
      at: new Date(by.now),
      user_id: by.userId,
      part: change.part,
      before: JSON.stringify(change.before ?? {}),
      after: JSON.stringify(change.after ?? {}),
    })
    .execute()
}

/** Who changed what in a file, newest first. */
export async function fileHistory(
  db: Kysely<Database>,
  residentId: string,
  query: { cursor?: string; limit: number },
): Promise<{ items: FileChange[]; nextCursor: string | null }> {
  const before = query.cursor === undefined ? null : decodeCursor(query.cursor, 1)
  const rows = await db
    .selectFrom('file_change as c')
    .innerJoin('app_user as u', 'u.user_id', 'c.user_id')
    .selectAll('c')
    .select('u.display_name')
    .where('c.resident_id', '=', residentId)
    .$if(before !== null, (q) => q.where(sql<boolean>`c.change_id < ${before?.[0]}::bigint`))
    .orderBy('c.change_id', 'desc')
    .limit(query.limit + 1)
    .execute()
  return page(
    rows,
    query.limit,
    (row) => [row.change_id],
    (row) => ({
      changeId: Number(row.change_id),
      at: row.at.toISOString(),
      by: row.display_name,
      part: row.part,
      before: row.before,
      after: row.after,
    }),
  )
}

export const noSuchResident = (): DomainError => new DomainError('not_found', 'There is no such resident.')

/** A request that can't be carried out, with the field and the reason. */
export const wrongField = (field: string, message: string): DomainError =>
  new DomainError('invalid_request', 'Some fields are not right; see errors.', { errors: [{ field, message }] })
