import { type Kysely, sql, type Transaction } from 'kysely'
import { DomainError } from '../contract/errors.ts'
import type { CheckState, OutageCheck, OutageResident, OutageView } from '../contract/watch.ts'
import { decodeCursor, page } from '../store/cursor.ts'
import type { Database } from '../store/schema.ts'
import { ageAt, iso } from '../store/views.ts'
import { openCaseOf } from './queries.ts'

type Db = Kysely<Database>

interface OutageRow {
  outage_id: number
  from_at: Date
  to_at: Date
  listed_at: Date | null
  residents: number
  open: number
  reached: number
  unreachable: number
  not_needed: number
  last_at: Date | null
}

/** The platform's outages, newest first, with how far their lists have come. */
export async function listOutages(
  db: Db,
  query: { cursor?: string; limit: number },
): Promise<{ items: OutageView[]; nextCursor: string | null }> {
  const after = query.cursor === undefined ? null : decodeCursor(query.cursor, 1)
  const { rows } = await sql<OutageRow>`
    select o.*, c.* from outage o
    cross join lateral (
      select count(*)::int as residents, (count(*) filter (where state = 'open'))::int as open,
        (count(*) filter (where state = 'reached'))::int as reached,
        (count(*) filter (where state = 'unreachable'))::int as unreachable,
        (count(*) filter (where state = 'not_needed'))::int as not_needed, max(at) as last_at
      from outage_check where outage_id = o.outage_id
    ) c
    where ${after === null ? sql`true` : sql`o.outage_id < ${after[0]}::bigint`}
    order by o.outage_id desc limit ${query.limit + 1}`.execute(db)
  return page(
    rows,
    query.limit,
    (row) => [row.outage_id],
    (row) => ({
      outageId: row.outage_id,
      from: row.from_at.toISOString(),
      to: row.to_at.toISOString(),
      listed: row.listed_at !== null,
      residents: row.residents,
      open: row.open,
      reached: row.reached,
      unreachable: row.unreachable,
      notNeeded: row.not_needed,
      completedAt:
        row.listed_at !== null && row.open + row.unreachable === 0 ? iso(row.last_at ?? row.listed_at) : null,
    }),
  )
}

interface CheckRow {
  resident_id: string
  name: string
  birth_date: string | null
  lives_alone: boolean
  place: string | null
  rank: number
  state: CheckState
  by: string | null
  at: Date | null
  note: string | null
  last_call: Date | null
  case_id: string | null
}

const checks = sql`
  select c.resident_id, r.name, r.birth_date, r.lives_alone, division_place.place, c.rank, c.state, c.at, c.note,
    app_user.display_name as by, ${openCaseOf('c.resident_id')} as case_id, (
      select max(alert.last_signal_at) from alert join alarm_case ac using (case_id)
      where ac.resident_id = c.resident_id and ac.category in ('emergency', 'help') and alert.last_signal_at >= o.from_at
    ) as last_call
  from outage_check c
  join outage o on o.outage_id = c.outage_id
  join resident r on r.resident_id = c.resident_id
  left join home on home.home_id = r.home_id
  left join division_place on division_place.code = home.division_code
  left join app_user on app_user.user_id = c.user_id`

const checkView = (row: CheckRow, now: number): OutageResident => ({
  residentId: row.resident_id,
  name: row.name,
  age: ageAt(row.birth_date, now),
  livesAlone: row.lives_alone,
  place: row.place,
  state: row.state,
  by: row.by,
  at: iso(row.at),
  note: row.note,
  lastCallAt: iso(row.last_call),
  caseId: row.case_id,
})

/** A page of the residents who may have called in vain. @throws DomainError not_found */
export async function listChecks(
  db: Db,
  outageId: number,
  query: { cursor?: string; limit: number; state?: CheckState },
  now: number,
): Promise<{ items: OutageResident[]; nextCursor: string | null }> {
  const known = await db.selectFrom('outage').select('outage_id').where('outage_id', '=', outageId).executeTakeFirst()
  if (known === undefined) throw new DomainError('not_found', 'There is no such outage.')
  const after = query.cursor === undefined ? null : decodeCursor(query.cursor, 2)
  const { rows } = await sql<CheckRow>`${checks}
    where c.outage_id = ${outageId}::bigint
      and ${query.state === undefined ? sql`true` : sql`c.state = ${query.state}`}
      and ${after === null ? sql`true` : sql`(c.rank, c.resident_id) > (${after[0]}::smallint, ${after[1]}::text)`}
    order by c.rank, c.resident_id limit ${query.limit + 1}`.execute(db)
  return page(
    rows,
    query.limit,
    (row) => [row.rank, row.resident_id],
    (row) => checkView(row, now),
  )
}

/** Notes how it stands with one of them; every change is kept. @throws DomainError not_found */
export async function writeCheck(
  tx: Transaction<Database>,
  { outageId, residentId }: { outageId: number; residentId: string },
  { state, ...said }: OutageCheck,
  by: { userId: string; now: number },
): Promise<OutageResident> {
  const at = new Date(by.now)
  const note = said.note?.trim() ?? null
  const { numUpdatedRows } = await tx
    .updateTable('outage_check')
    .set({ state, user_id: by.userId, at, note })
    .where('outage_id', '=', outageId)
    .where('resident_id', '=', residentId)
    .executeTakeFirst()
  if (numUpdatedRows === 0n) throw new DomainError('not_found', 'This resident is not on the list of this outage.')
  await tx
    .insertInto('outage_check_log')
    .values({ outage_id: outageId, resident_id: residentId, state, user_id: by.userId, at, note })
    .execute()
  const { rows } = await sql<CheckRow>`${checks}
    where c.outage_id = ${outageId}::bigint and c.resident_id = ${residentId}`.execute(tx)
  const [row] = rows
  if (row === undefined) throw new Error('a check that was just written is not there')
  return checkView(row, by.now)
}
