import { type Kysely, sql } from 'kysely'
import type { CaseCategory, CaseState, CaseSummary, Outcome } from '../contract/case.ts'
import { OPEN_STATES } from '../contract/case.ts'
import { DomainError } from '../contract/errors.ts'
import { decodeCursor, page } from '../store/cursor.ts'
import type { Database } from '../store/schema.ts'
import { ageAt, iso } from '../store/views.ts'
import { type CaseMarks, marksOf } from './marks.ts'
import { QUEUE_BACK, QUEUE_RANK } from './queue-order.ts'

type Db = Kysely<Database>

/** Who and where: what a case's marks are is asked for apart (marks.ts). */
function summaries(db: Db) {
  return (
    db
      .selectFrom('alarm_case as c')
      .innerJoin('device', 'device.device_id', 'c.device_id')
      .leftJoin('resident', 'resident.resident_id', 'c.resident_id')
      .leftJoin('home', 'home.home_id', 'resident.home_id')
      .leftJoin('division_place', 'division_place.code', 'home.division_code')
      .leftJoin('app_user as owner', 'owner.user_id', 'c.owner_id')
      // One row at most, by the unique key of alert.
      .leftJoin('alert as lead', (on) =>
        on
          .onRef('lead.case_id', '=', 'c.case_id')
          .onRef('lead.device_id', '=', 'c.device_id')
          .onRef('lead.kind', '=', 'c.kind'),
      )
      .selectAll('c')
      .select(['lead.certainty', 'lead.severe'])
      .select([QUEUE_RANK.as('queue_rank'), QUEUE_BACK.as('queue_back')])
      .select(['resident.name', 'resident.birth_date', 'device.room', 'owner.display_name', 'division_place.place'])
  )
}

type SummaryRow = Awaited<ReturnType<ReturnType<typeof summaries>['execute']>>[number]

function summary(row: SummaryRow, marks: CaseMarks, now: number): CaseSummary {
  return {
    caseId: row.case_id,
    kind: row.kind,
    category: row.category,
    priority: row.priority,
    state: row.state,
    version: row.version,
    openedAt: row.opened_at.toISOString(),
    lastSignalAt: row.last_signal_at.toISOString(),
    signalCount: row.signal_count,
    cancelled: row.cancelled,
    residentId: row.resident_id,
    residentName: row.name,
    residentAge: ageAt(row.birth_date, now),
    place: row.place ?? marks.incident?.area.name ?? null,
    room: row.room,
    deviceId: row.device_id,
    owner: row.owner_id === null ? null : { userId: row.owner_id, displayName: row.display_name ?? '' },
    holdUntil: iso(row.hold_until),
    claimedAt: iso(row.claimed_at),
    returnedAt: iso(row.returned_at),
    secondAskedAt: iso(row.second_asked_at),
    certainty: row.certainty ?? 'confirmed',
    severe: row.severe ?? false,
    ...marks,
  }
}

export interface CaseListQuery {
  /** `open`: the queue, in its order (queue-order.ts). A single state or `all`: newest first. */
  state: 'open' | 'all' | CaseState
  /** Only calls of this category. */
  category?: CaseCategory
  cursor?: string
  limit: number
}

/** A page of cases. */
export async function listCases(
  db: Db,
  query: CaseListQuery,
  now: number,
): Promise<{ items: CaseSummary[]; nextCursor: string | null }> {
  if (query.state === 'open') return listQueue(db, query, now)
  const after = query.cursor === undefined ? null : decodeCursor(query.cursor, 2)
  const { state } = query
  const rows = await summaries(db)
    .where('c.purpose', '!=', 'self_test')
    .$if(state !== 'all', (q) => q.where('c.state', '=', state as CaseState))
    .$if(query.category !== undefined, (q) => q.where('c.category', '=', query.category as CaseCategory))
    .$if(after !== null, (q) =>
      q.where(sql<boolean>`(c.opened_at, c.case_id) < (${after?.[0]}::timestamptz, ${after?.[1]}::uuid)`),
    )
    .orderBy('c.opened_at', 'desc')
    .orderBy('c.case_id', 'desc')
    .limit(query.limit + 1)
    .execute()
  const marks = await marksOf(db, rows)
  return page(
    rows,
    query.limit,
    (row) => [row.opened_at.toISOString(), row.case_id],
    (row) => summary(row, marks(row), now),
  )
}

async function listQueue(db: Db, query: CaseListQuery, now: number) {
  const after = query.cursor === undefined ? null : decodeCursor(query.cursor, 5)
  const rows = await summaries(db)
    .where('c.state', 'in', OPEN_STATES)
    .where('c.purpose', '!=', 'self_test')
    .$if(query.category !== undefined, (q) => q.where('c.category', '=', query.category as CaseCategory))
    .$if(after !== null, (q) =>
      q.where(
        sql<boolean>`(${QUEUE_RANK}, c.priority, ${QUEUE_BACK}, c.opened_at, c.case_id)
          > (${after?.[0]}::int, ${after?.[1]}::int, ${after?.[2]}::int, ${after?.[3]}::timestamptz, ${after?.[4]}::uuid)`,
      ),
    )
    .orderBy(QUEUE_RANK)
    .orderBy('c.priority')
    .orderBy(QUEUE_BACK)
    .orderBy('c.opened_at')
    .orderBy('c.case_id')
    .limit(query.limit + 1)
    .execute()
  const marks = await marksOf(db, rows)
  return page(
    rows,
    query.limit,
    (row) => [row.queue_rank, row.priority, row.queue_back, row.opened_at.toISOString(), row.case_id],
    (row) => summary(row, marks(row), now),
  )
}

/** The rows of these cases, of those that are in the queue. */
export async function queueRows(db: Db, caseIds: readonly string[], now: number): Promise<CaseSummary[]> {
  const rows = await summaries(db)
    .where('c.case_id', '=', sql<string>`any(${[...caseIds]}::uuid[])`)
    .where('c.state', 'in', OPEN_STATES)
    .where('c.purpose', '!=', 'self_test')
    .execute()
  const marks = await marksOf(db, rows)
  return rows.map((row) => summary(row, marks(row), now))
}

/** One row of the queue. @throws DomainError not_found */
export async function caseSummary(db: Db, caseId: string, now: number): Promise<CaseSummary> {
  return (await findCase(db, caseId, now)).case
}

/** A case as the queue shows it, with what its page needs besides. @throws DomainError not_found */
export async function findCase(
  db: Db,
  caseId: string,
  now: number,
): Promise<{ case: CaseSummary; outcome: Outcome | null; openedAt: Date }> {
  const row = await summaries(db).where('c.case_id', '=', caseId).executeTakeFirst()
  if (!row) throw new DomainError('not_found', 'There is no such case.')
  const marks = await marksOf(db, [row])
  return { case: summary(row, marks(row), now), outcome: row.outcome, openedAt: row.opened_at }
}
