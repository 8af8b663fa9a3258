import { type Kysely, sql } from 'kysely'
import type { RosterHistoryLine, RosterSlot, RosterWeekView } from '../../contract/roster.ts'
import { dayAfter } from '../../contract/roster-conflicts.ts'
import { decodeCursor, page } from '../../store/cursor.ts'
import type { Database } from '../../store/schema.ts'

type Db = Kysely<Database>

/** Who changed what in a week, newest first. */
export async function rosterHistory(
  db: Db,
  monday: string,
  query: { cursor?: string; limit: number },
): Promise<{ items: RosterHistoryLine[]; nextCursor: string | null }> {
  const before = query.cursor === undefined ? null : decodeCursor(query.cursor, 1)
  const rows = await db
    .selectFrom('roster_log as l')
    .leftJoin('app_user as actor', 'actor.user_id', 'l.actor_id')
    .selectAll('l')
    .select('actor.display_name')
    .where('l.monday', '=', monday)
    .$if(before !== null, (q) => q.where(sql<boolean>`l.line_id < ${before?.[0]}::bigint`))
    .orderBy('l.line_id', 'desc')
    .limit(query.limit + 1)
    .execute()
  const named = await namer(db)
  return page(
    rows,
    query.limit,
    (row) => [row.line_id],
    (row) => ({
      version: row.version,
      at: row.at.toISOString(),
      by: row.display_name,
      note: row.note,
      added: row.change.added.map(named),
      removed: row.change.removed.map(named),
      accepted: row.change.accepted.length,
    }),
  )
}

async function namer(db: Db) {
  const [people, patterns] = await Promise.all([
    db.selectFrom('app_user').select(['user_id', 'display_name']).execute(),
    db.selectFrom('shift_pattern').select(['pattern_id', 'name']).execute(),
  ])
  const person = new Map(people.map((row) => [row.user_id, row.display_name]))
  const pattern = new Map(patterns.map((row) => [row.pattern_id, row.name]))
  return (slot: RosterSlot) => ({
    ...slot,
    displayName: person.get(slot.userId) ?? '',
    pattern: pattern.get(slot.patternId) ?? '',
  })
}

/** RFC 4180, with the mark by which Excel knows UTF-8: a line per person, a column per day. */
export function rosterCsv({ monday, people, patterns, entries }: RosterWeekView): string {
  const days = Array.from({ length: 7 }, (_, n) => dayAfter(monday, n))
  const names = new Map(patterns.map((one) => [one.patternId, `${one.name} ${one.start}-${one.end}`]))
  const lines = people.map(({ userId, displayName }) => [
    displayName,
    ...days.map((day) =>
      entries
        .filter((one) => one.userId === userId && one.day === day)
        .map((one) => names.get(one.patternId) ?? '')
        .join(' + '),
    ),
  ])
  return `\uFEFF${[['', ...days], ...lines].map((line) => line.map(cell).join(',')).join('\r\n')}\r\n`
}

/** A name that a spreadsheet would take for a formula is kept a text. */
function cell(value: string): string {
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
