import { type Kysely, sql } from 'kysely'
import type { AreaView, ShiftFigures } from '../contract/desk.ts'
import type { Database } from '../store/schema.ts'

/** Shanghai has no summer time. */
const SHANGHAI_MS = 8 * 3_600_000
const DAY_MS = 86_400_000

/** Midnight in Shanghai before `now`, ms since the epoch. */
export function dayStart(now: number): number {
  return Math.floor((now + SHANGHAI_MS) / DAY_MS) * DAY_MS - SHANGHAI_MS
}

/** What an operator has done today. */
export async function shiftFigures(db: Kysely<Database>, userId: string, now: number): Promise<ShiftFigures> {
  const since = new Date(dayStart(now))
  const { rows } = await sql<Omit<ShiftFigures, 'since'>>`
    select work.claimed, work.mean as "meanAnswerSeconds", work.closed, offers.*
    from (
      select count(*) filter (where l.action = 'claim')::int as claimed,
        (avg(extract(epoch from l.at - c.opened_at)) filter (where l.action = 'claim'))::float8 as mean,
        count(*) filter (where l.action = 'close')::int as closed
      from case_log l join alarm_case c using (case_id)
      where l.actor_id = ${userId} and l.at >= ${since} and l.action in ('claim', 'close')
    ) work, (
      select count(*)::int as offered, count(*) filter (where outcome = 'accepted')::int as accepted,
        count(*) filter (where outcome = 'passed')::int as passed
      from case_offer where user_id = ${userId} and offered_at >= ${since}
    ) offers`.execute(db)
  const [row] = rows
  if (!row) throw new Error('the figures gave no row')
  return { since: since.toISOString(), ...row }
}

/** Counties and towns, each with the name of what it lies in. */
export async function listAreas(db: Kysely<Database>): Promise<AreaView[]> {
  const { rows } = await sql<AreaView>`
    select d.code, case when d.level = 'town' then concat_ws(' ', p.name, d.name) else d.name end as name
    from division d left join division p on p.code = d.parent_code
    where d.level <> 'city' order by d.code`.execute(db)
  return rows
}
