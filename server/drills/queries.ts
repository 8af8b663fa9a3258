import { type Kysely, sql } from 'kysely'
import {
  DRILL_TARGETS,
  type DrillCase,
  type DrillDetail,
  type DrillOperator,
  type DrillView,
} from '../contract/drill.ts'
import { DomainError } from '../contract/errors.ts'
import { decodeCursor, page } from '../store/cursor.ts'
import type { Database } from '../store/schema.ts'
import { iso } from '../store/views.ts'

type Db = Kysely<Database>

interface DrillRow {
  drill_id: string
  title: string
  note: string | null
  place: string | null
  from_at: Date
  until_at: Date
  ended_at: Date | null
  ender: string | null
  author: string
  residents: number
  cases: number
}

const drills = sql`
  select d.*, division_place.place, author.display_name as author, ender.display_name as ender,
    (select count(*)::int from drill_resident r where r.drill_id = d.drill_id) as residents,
    (select count(*)::int from alarm_case c where c.drill_id = d.drill_id) as cases
  from drill d
  join app_user author on author.user_id = d.author_id
  left join app_user ender on ender.user_id = d.ended_by
  left join division_place on division_place.code = d.division_code`

const view = (row: DrillRow, now: number): DrillView => ({
  drillId: row.drill_id,
  title: row.title,
  note: row.note,
  place: row.place,
  state:
    row.ended_at !== null || row.until_at.getTime() <= now
      ? 'over'
      : row.from_at.getTime() > now
        ? 'planned'
        : 'running',
  from: row.from_at.toISOString(),
  until: row.until_at.toISOString(),
  endedAt: iso(row.ended_at),
  endedBy: row.ender,
  author: row.author,
  residents: row.residents,
  cases: row.cases,
})

/** Drills, newest first. */
export async function listDrills(
  db: Db,
  query: { cursor?: string; limit: number },
  now: number,
): Promise<{ items: DrillView[]; nextCursor: string | null }> {
  const after = query.cursor === undefined ? null : decodeCursor(query.cursor, 2)
  const { rows } = await sql<DrillRow>`${drills}
    where ${after === null ? sql`true` : sql`(d.from_at, d.drill_id) < (${after[0]}::timestamptz, ${after[1]}::uuid)`}
    order by d.from_at desc, d.drill_id desc limit ${query.limit + 1}`.execute(db)
  return page(
    rows,
    query.limit,
    (row) => [row.from_at.toISOString(), row.drill_id],
    (row) => view(row, now),
  )
}

/** One drill with its report. @throws DomainError not_found */
export async function drillDetail(db: Db, drillId: string, now: number): Promise<DrillDetail> {
  const { rows } = await sql<DrillRow>`${drills} where d.drill_id = ${drillId}`.execute(db)
  const [row] = rows
  if (row === undefined) throw new DomainError('not_found', 'There is no such drill.')
  const [residents, participants, cases] = await Promise.all([
    residentsOf(db, drillId),
    participantsOf(db, drillId),
    casesOf(db, drillId),
  ])
  return { drill: view(row, now), residents, participants, cases, operators: byOperator(cases), targets: DRILL_TARGETS }
}

async function residentsOf(db: Db, drillId: string): Promise<DrillDetail['residents']> {
  const { rows } = await sql<DrillDetail['residents'][number]>`
    select r.resident_id as "residentId", r.name, division_place.place, p.virtual
    from drill_resident p join resident r using (resident_id)
    left join home on home.home_id = r.home_id
    left join division_place on division_place.code = home.division_code
    where p.drill_id = ${drillId} order by p.virtual desc, r.name, r.resident_id`.execute(db)
  return rows
}

async function participantsOf(db: Db, drillId: string): Promise<DrillDetail['participants']> {
  const { rows } = await sql<DrillDetail['participants'][number]>`
    select u.user_id as "userId", u.display_name as "displayName"
    from drill_participant p join app_user u using (user_id) where p.drill_id = ${drillId} order by 2`.execute(db)
  return rows
}

async function casesOf(db: Db, drillId: string): Promise<DrillCase[]> {
  const { rows } = await sql<Omit<DrillCase, 'raisedAt'> & { raisedAt: Date }>`
    select c.case_id as "caseId", c.kind, r.name as "residentName", c.opened_at as "raisedAt", c.state, c.outcome,
      c.purpose = 'real' as upgraded, u.display_name as operator,
      extract(epoch from l.claimed - c.opened_at)::float8 as "answerS",
      extract(epoch from l.dispatched - l.claimed)::float8 as "dispatchS",
      extract(epoch from l.arrived - l.dispatched)::float8 as "arriveS",
      extract(epoch from l.resolved - c.opened_at)::float8 as "resolveS"
    from alarm_case c
    left join resident r on r.resident_id = c.resident_id
    cross join lateral (
      select min(at) filter (where action = 'claim') as claimed, min(at) filter (where action = 'dispatch') as dispatched,
        min(at) filter (where action = 'arrive') as arrived, min(at) filter (where action = 'resolve') as resolved,
        (array_agg(actor_id order by log_id) filter (where action = 'claim'))[1] as actor
      from case_log where case_log.case_id = c.case_id
    ) l
    left join app_user u on u.user_id = l.actor
    where c.drill_id = ${drillId} order by c.opened_at, c.case_id`.execute(db)
  return rows.map((row) => ({ ...row, raisedAt: row.raisedAt.toISOString() }))
}

/** Each operator's times against the targets; what became real is left out. Pure. */
export function byOperator(cases: readonly DrillCase[]): DrillOperator[] {
  const names = [...new Set(cases.flatMap(({ operator }) => operator ?? []))].sort()
  return names.map((operator) => {
    const own = cases.filter((one) => one.operator === operator && !one.upgraded)
    const answers = own.flatMap(({ answerS }) => answerS ?? [])
    const dispatches = own.flatMap(({ dispatchS }) => dispatchS ?? [])
    return {
      operator,
      cases: own.length,
      meanAnswerS: answers.length === 0 ? 0 : answers.reduce((sum, s) => sum + s, 0) / answers.length,
      answeredInTime: answers.filter((s) => s <= DRILL_TARGETS.answerS).length,
      dispatched: dispatches.length,
      dispatchedInTime: dispatches.filter((s) => s <= DRILL_TARGETS.dispatchS).length,
    }
  })
}
