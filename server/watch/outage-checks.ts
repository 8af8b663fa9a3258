import { type Kysely, type Selectable, sql, type Transaction } from 'kysely'
import { DomainError } from '../contract/errors.ts'
import type { CheckState, OutageCheck, OutagePhones, OutageResident, OutageView } from '../contract/watch.ts'
import { decodeCursor, page } from '../store/cursor.ts'
import type { Database } from '../store/schema.ts'
import { ageAt, iso, maskPhone } from '../store/views.ts'
import { openCaseOf } from './queries.ts'

type Db = Kysely<Database>

/** The platform's outages, newest first, with how far their lists have come. */
export async function listOutages(
  db: Db,
  query: { cursor?: string; limit: number },
): Promise<{ items: OutageView[]; nextCursor: string | null }> {
  const after = query.cursor === undefined ? null : decodeCursor(query.cursor, 1)
  const rows = await db
    .selectFrom('outage')
    .selectAll()
    .$if(after !== null, (q) => q.where('outage_id', '<', Number(after?.[0])))
    .orderBy('outage_id', 'desc')
    .limit(query.limit + 1)
    .execute()
  return page(rows, query.limit, (row) => [row.outage_id], outageView)
}

/** One of them. @throws DomainError not_found */
export async function getOutage(db: Db, outageId: number): Promise<OutageView> {
  const row = await db.selectFrom('outage').selectAll().where('outage_id', '=', outageId).executeTakeFirst()
  if (row === undefined) throw new DomainError('not_found', 'There is no such outage.')
  return outageView(row)
}

function outageView(row: Selectable<Database['outage']>): OutageView {
  const { open, reached, unreachable, not_needed: notNeeded, listed_at: listedAt } = row
  return {
    outageId: row.outage_id,
    from: row.from_at.toISOString(),
    to: row.to_at.toISOString(),
    listed: listedAt !== null,
    residents: open + reached + unreachable + notNeeded,
    open,
    reached,
    unreachable,
    notNeeded,
    completedAt: listedAt !== null && open + unreachable === 0 ? iso(row.last_check_at ?? listedAt) : null,
  }
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
  contacts: OutageResident['contacts'] | null
}

const checks = sql`
  select c.resident_id, r.name, r.birth_date, r.lives_alone, division_place.place, c.rank, c.state, c.at, c.note,
    app_user.display_name as by, ${openCaseOf('c.resident_id')} as case_id, (
      select max(alert.last_signal_at) from alert join alarm_case ac using (case_id)
      where ac.resident_id = c.resident_id and ac.category in ('emergency', 'help') and alert.last_signal_at >= o.from_at
    ) as last_call, (
      select jsonb_agg(jsonb_build_object('name', name, 'relation', relation, 'phone', phone) order by position)
      from contact where resident_id = c.resident_id
    ) as contacts
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
  contacts: (row.contacts ?? []).map((one) => ({ ...one, phone: maskPhone(one.phone) })),
})

/** A page of the residents who may have called in vain. @throws DomainError not_found */
export async function listChecks(
  db: Db,
  outageId: number,
  query: { cursor?: string; limit: number; state?: CheckState },
  now: number,
): Promise<{ items: OutageResident[]; nextCursor: string | null }> {
  await getOutage(db, outageId)
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
  const before = await tx
    .selectFrom('outage_check')
    .select('state')
    .where('outage_id', '=', outageId)
    .where('resident_id', '=', residentId)
    .forNoKeyUpdate()
    .executeTakeFirst()
  if (before === undefined) throw new DomainError('not_found', NOT_LISTED)
  await tx
    .updateTable('outage_check')
    .set({ state, user_id: by.userId, at, note })
    .where('outage_id', '=', outageId)
    .where('resident_id', '=', residentId)
    .execute()
  await tx
    .insertInto('outage_check_log')
    .values({ outage_id: outageId, resident_id: residentId, state, user_id: by.userId, at, note })
    .execute()
  const { rows } = await sql<CheckRow>`${checks}
    where c.outage_id = ${outageId}::bigint and c.resident_id = ${residentId}`.execute(tx)
  const [row] = rows
  if (row === undefined) throw new Error('a check that was just written is not there')
  const moved = (counted: CheckState) => Number(counted === state) - Number(counted === before.state)
  // Last, since all who work on this list go through this row.
  await sql`
    update outage set open = open + ${moved('open')}, reached = reached + ${moved('reached')},
      unreachable = unreachable + ${moved('unreachable')}, not_needed = not_needed + ${moved('not_needed')},
      last_check_at = greatest(last_check_at, ${at})
    where outage_id = ${outageId}::bigint`.execute(tx)
  return checkView(row, by.now)
}

const NOT_LISTED = 'This resident is not on the list of this outage.'

/**
 * Telephone numbers of one on the list, unmasked; the caller notes who asked and why.
 * @throws DomainError not_found
 */
export async function phonesOf(
  tx: Transaction<Database>,
  { outageId, residentId }: { outageId: number; residentId: string },
): Promise<OutagePhones> {
  const listed = await tx
    .selectFrom('outage_check')
    .select('rank')
    .where('outage_id', '=', outageId)
    .where('resident_id', '=', residentId)
    .executeTakeFirst()
  if (listed === undefined) throw new DomainError('not_found', NOT_LISTED)
  const contacts = await tx
    .selectFrom('contact')
    .select(['name', 'relation', 'phone'])
    .where('resident_id', '=', residentId)
    .orderBy('position')
    .execute()
  return { contacts }
}
