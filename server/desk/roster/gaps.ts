import { type Kysely, sql } from 'kysely'
import { DomainError } from '../../contract/errors.ts'
import type { GapBoard } from '../../contract/push.ts'
import type { GapView } from '../../contract/roster.ts'
import { decodeCursor, page } from '../../store/cursor.ts'
import type { Database } from '../../store/schema.ts'
import { iso } from '../../store/views.ts'
import { horizonOf } from './judge-gaps.ts'

type Db = Kysely<Database>

interface GapRow {
  gap_id: string
  kind: GapView['kind']
  pattern: string | null
  user_id: string | null
  display_name: string | null
  skill: GapView['skill']
  area: string | null
  area_name: string | null
  need: number
  have: number
  from_at: Date
  until_at: Date
  opened_at: Date
  closed_at: Date | null
  closed_why: GapView['closedWhy']
  seen: GapView['seenBy'] | null
}

const gaps = sql`
  select g.*, p.name as pattern, u.display_name, coalesce(division_place.place, division.name) as area_name, (
    select jsonb_agg(jsonb_build_object('displayName', s.display_name,
      'at', to_char(seen.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) order by seen.at)
    from duty_gap_seen seen join app_user s on s.user_id = seen.user_id where seen.gap_id = g.gap_id) as seen
  from duty_gap g left join shift_pattern p on p.pattern_id = g.pattern_id left join app_user u on u.user_id = g.user_id
  left join division on division.code = g.area left join division_place on division_place.code = g.area`

const view =
  (now: number) =>
  (row: GapRow): GapView => ({
    gapId: row.gap_id,
    kind: row.kind,
    horizon: horizonOf(row.from_at.getTime(), now),
    pattern: row.pattern,
    person: row.user_id === null ? null : { userId: row.user_id, displayName: row.display_name ?? '' },
    skill: row.skill,
    area: row.area === null ? null : { code: row.area, name: row.area_name ?? row.area },
    need: row.need,
    have: row.have,
    from: row.from_at.toISOString(),
    until: row.until_at.toISOString(),
    openedAt: row.opened_at.toISOString(),
    closedAt: iso(row.closed_at),
    closedWhy: row.closed_why,
    seenBy: row.seen ?? [],
  })

/** Gaps that are open, the most pressing first: for the wall, the badge, and whoever escalates them. */
export async function listOpenGaps(db: Db, now: number): Promise<GapView[]> {
  const { rows } = await sql<GapRow>`${gaps} where g.closed_at is null order by g.from_at, g.gap_id`.execute(db)
  return rows.map(view(now))
}

/** All gaps there were, newest first. */
export async function listGaps(
  db: Db,
  query: { cursor?: string; limit: number },
  now: number,
): Promise<{ items: GapView[]; nextCursor: string | null }> {
  const after = query.cursor === undefined ? null : decodeCursor(query.cursor, 2)
  const before =
    after === null ? sql`true` : sql`(g.opened_at, g.gap_id) < (${after[0]}::timestamptz, ${after[1]}::uuid)`
  const { rows } = await sql<GapRow>`${gaps} where ${before}
    order by g.opened_at desc, g.gap_id desc limit ${query.limit + 1}`.execute(db)
  return page(rows, query.limit, (row) => [row.opened_at.toISOString(), row.gap_id], view(now))
}

/** Notes that a supervisor has seen a gap; once is enough. @throws DomainError not_found */
export async function markGapSeen(db: Db, gapId: string, by: { userId: string; now: number }): Promise<void> {
  const found = await db.selectFrom('duty_gap').select('gap_id').where('gap_id', '=', gapId).executeTakeFirst()
  if (!found) throw new DomainError('not_found', 'There is no such gap.')
  await db
    .insertInto('duty_gap_seen')
    .values({ gap_id: gapId, user_id: by.userId, at: new Date(by.now) })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/** How many gaps are open, by how pressing they are. */
export async function gapBoard(db: Db, now: number): Promise<GapBoard> {
  const board: GapBoard = { now: 0, soon: 0, day: 0, newest: null }
  const rows = await db.selectFrom('duty_gap').select(['gap_id', 'from_at']).where('closed_at', 'is', null).execute()
  for (const row of rows) {
    board[horizonOf(row.from_at.getTime(), now)] += 1
    if (board.newest === null || row.gap_id > board.newest) board.newest = row.gap_id
  }
  return board
}
