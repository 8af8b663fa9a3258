import { type Kysely, sql } from 'kysely'
import { answersSince } from '../../cases/stats.ts'
import { dayAt } from '../../contract/roster-conflicts.ts'
import type { WallCase, WallLevel, WallView } from '../../contract/wall.ts'
import type { Database } from '../../store/schema.ts'
import { listDuty } from '../duty.ts'
import { listOpenGaps } from '../roster/gaps.ts'
import { deskSettings } from '../settings.ts'

type Db = Kysely<Database>
/** More than the wall could show by far. */
const CASES = 2_000
const OPEN = sql`('new', 'claimed', 'dispatched', 'on_scene')`

/**
 * Everything on the supervisor's wall, without anybody's data: who does what, what waits, what is missing.
 * @param now ms since the epoch
 */
export async function wall(db: Db, now: number): Promise<Omit<WallView, 'devicesOnline' | 'devicesTotal'>> {
  const { away } = await deskSettings(db)
  const [cases, quiet, duty, shifts, assists, gaps, incidents] = await Promise.all([
    openCases(db),
    count(db, sql`alarm_case where state in ${OPEN} and suppression_id is not null`),
    listDuty(db, away.awaySeconds, now),
    runningShifts(db, now),
    openAssists(db),
    listOpenGaps(db, now),
    count(db, sql`incident where closed_at is null`),
  ])
  const shiftStart = shifts.reduce<number | null>((latest, { start }) => Math.max(latest ?? 0, start.getTime()), null)
  const [shift, today] = await Promise.all([
    shiftStart === null ? null : levelSince(db, shiftStart, now),
    levelSince(db, Date.parse(`${dayAt(now)}T00:00:00+08:00`), now),
  ])
  const ends = new Map(shifts.map(({ userId, end }) => [userId, end.toISOString()]))
  return {
    cases: cases.map(({ claimedAt: _, ...one }) => one),
    quiet,
    operators: duty
      .filter(({ userId, status, inHand }) => status !== 'off' || inHand > 0 || ends.has(userId))
      .map((one) => ({
        ...one,
        cases: cases
          .filter(({ ownerId }) => ownerId === one.userId)
          .map(({ caseId, kind, claimedAt, openedAt }) => ({ caseId, kind, since: claimedAt ?? openedAt })),
        until: ends.get(one.userId) ?? null,
      })),
    assists,
    gaps,
    shift,
    today,
    incidents,
  }
}

async function levelSince(db: Db, since: number, now: number): Promise<WallLevel> {
  return { from: new Date(since).toISOString(), ...(await answersSince(db, since, now)) }
}

async function count(db: Db, from: ReturnType<typeof sql>): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from ${from}`.execute(db)
  return rows[0]?.n ?? 0
}

interface CaseRow {
  case_id: string
  kind: WallCase['kind']
  category: WallCase['category']
  state: WallCase['state']
  opened_at: Date
  claimed_at: Date | null
  county: string | null
  lat: number | null
  lon: number | null
  owner_id: string | null
  handover: boolean
}

async function openCases(db: Db): Promise<(WallCase & { claimedAt: string | null })[]> {
  const { rows } = await sql<CaseRow>`
    select c.case_id, c.kind, c.category, c.state, c.opened_at, c.claimed_at, county.name as county,
      round(home.lat::numeric, 2)::float8 as lat, round(home.lon::numeric, 2)::float8 as lon, c.owner_id,
      exists (select from handover_case h where h.case_id = c.case_id and h.state = 'offered') as handover
    from alarm_case c
    left join resident on resident.resident_id = c.resident_id
    left join home on home.home_id = resident.home_id
    left join division county on county.code = left(home.division_code, 6) and county.level = 'county'
    where c.state in ${OPEN} and c.suppression_id is null and c.purpose = 'real'
    order by c.state <> 'new', c.priority, c.opened_at, c.case_id limit ${CASES}`.execute(db)
  return rows.map((row) => ({
    caseId: row.case_id,
    kind: row.kind,
    category: row.category,
    state: row.state,
    openedAt: row.opened_at.toISOString(),
    claimedAt: row.claimed_at?.toISOString() ?? null,
    county: row.county,
    lat: row.lat,
    lon: row.lon,
    ownerId: row.owner_id,
    handover: row.handover,
  }))
}

async function runningShifts(db: Db, now: number): Promise<{ userId: string; start: Date; end: Date }[]> {
  const at = new Date(now)
  const rows = await db
    .selectFrom('roster_entry')
    .select(['user_id', 'start_at', 'end_at'])
    .where('removed_at', 'is', null)
    .where('start_at', '<=', at)
    .where('end_at', '>', at)
    .execute()
  return rows.map((row) => ({ userId: row.user_id, start: row.start_at, end: row.end_at }))
}

async function openAssists(db: Db): Promise<WallView['assists']> {
  const rows = await db
    .selectFrom('case_assist as a')
    .innerJoin('app_user as u', 'u.user_id', 'a.user_id')
    .innerJoin('alarm_case as c', 'c.case_id', 'a.case_id')
    .select(['a.case_id', 'u.display_name', 'a.started_at'])
    .where('a.ended_at', 'is', null)
    .where('c.state', 'in', ['new', 'claimed', 'dispatched', 'on_scene'])
    .execute()
  return rows.map((row) => ({
    caseId: row.case_id,
    displayName: row.display_name,
    since: row.started_at.toISOString(),
  }))
}
