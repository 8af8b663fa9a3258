import { type Kysely, sql, type Transaction } from 'kysely'
import {
  DESK_DEFAULTS,
  type DeskSettings,
  type DeskSettingsChange,
  type DeskSettingsLine,
  type DeskSettingsView,
  deskContradictions,
} from '../contract/desk-settings.ts'
import { DomainError } from '../contract/errors.ts'
import { decodeCursor, page } from '../store/cursor.ts'
import type { Database } from '../store/schema.ts'

type Db = Kysely<Database>

/** What is in force. */
export async function deskSettings(db: Db): Promise<DeskSettings> {
  const row = await db
    .selectFrom('desk_setting')
    .select('settings')
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst()
  return completed(row?.settings)
}

/** Settings that were stored before one of them existed have its default. */
function completed(stored: DeskSettings | undefined): DeskSettings {
  if (stored === undefined) return DESK_DEFAULTS
  const { distribution, away, ageing } = DESK_DEFAULTS
  return {
    distribution: {
      ...distribution,
      ...stored.distribution,
      againSeconds: { ...distribution.againSeconds, ...stored.distribution.againSeconds },
    },
    away: { ...away, ...stored.away },
    ageing: { ...ageing, ...stored.ageing },
  }
}

/** What is in force, since when and by whom. */
export async function deskSettingsView(db: Db): Promise<DeskSettingsView> {
  const row = await lines(db).orderBy('version', 'desc').limit(1).executeTakeFirst()
  const said = row === undefined ? { version: 0, at: null, by: null, note: null } : line(row)
  return { ...said, settings: completed(row?.settings), defaults: DESK_DEFAULTS }
}

/**
 * Sets all of it anew.
 * @returns the new version
 * @throws DomainError stale_version; invalid_request for values that contradict one another
 */
export async function changeDeskSettings(
  tx: Transaction<Database>,
  { version, settings, note }: DeskSettingsChange,
  by: { userId: string; now: number },
): Promise<number> {
  // Two supervisors at once: the second one is to see what the first one did.
  await sql`select pg_advisory_xact_lock(hashtext('desk_setting'), 0)`.execute(tx)
  const current = await tx
    .selectFrom('desk_setting')
    .select('version')
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst()
  const inForce = current?.version ?? 0
  if (version !== inForce) {
    throw new DomainError('stale_version', 'Somebody has changed the settings meanwhile. Look again, then decide.', {
      version: inForce,
    })
  }
  const errors = deskContradictions(settings)
  if (errors.length > 0) throw new DomainError('invalid_request', 'These settings contradict one another.', { errors })
  const { version: made } = await tx
    .insertInto('desk_setting')
    .values({
      settings: JSON.stringify(settings),
      at: new Date(by.now),
      user_id: by.userId,
      note: note?.trim() || null,
    })
    .returning('version')
    .executeTakeFirstOrThrow()
  return made
}

/** What was in force over time, newest first. */
export async function deskSettingsHistory(
  db: Db,
  query: { cursor?: string; limit: number },
): Promise<{ items: DeskSettingsLine[]; nextCursor: string | null }> {
  const before = query.cursor === undefined ? null : decodeCursor(query.cursor, 1)
  const rows = await lines(db)
    .$if(before !== null, (q) => q.where(sql<boolean>`version < ${before?.[0]}::bigint`))
    .orderBy('version', 'desc')
    .limit(query.limit + 1)
    .execute()
  return page(rows, query.limit, (row) => [row.version], line)
}

const lines = (db: Db) =>
  db
    .selectFrom('desk_setting')
    .leftJoin('app_user', 'app_user.user_id', 'desk_setting.user_id')
    .select(['version', 'settings', 'at', 'note', 'app_user.display_name'])

type LineRow = Awaited<ReturnType<ReturnType<typeof lines>['executeTakeFirstOrThrow']>>

const line = (row: LineRow): DeskSettingsLine => ({
  version: row.version,
  settings: completed(row.settings),
  at: row.at.toISOString(),
  by: row.display_name,
  note: row.note,
})
