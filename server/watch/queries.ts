import { type Kysely, sql } from 'kysely'
import { DomainError } from '../contract/errors.ts'
import { SELF_TEST_DEVICE } from '../contract/purpose.ts'
import type {
  IncidentDetail,
  IncidentMember,
  IncidentView,
  SuppressionView,
  UnprotectedReason,
  UnprotectedResident,
} from '../contract/watch.ts'
import { decodeCursor, page } from '../store/cursor.ts'
import type { Database } from '../store/schema.ts'
import { ageAt, iso } from '../store/views.ts'

type Db = Kysely<Database>
interface PageOf<T> {
  items: T[]
  nextCursor: string | null
}
interface Paged {
  cursor?: string
  limit: number
}

const NO_CONDITION = sql`true`
const OPEN = sql`('new', 'claimed', 'dispatched', 'on_scene')`
/** The id of the open case of the resident in this column. */
export const openCaseOf = (column: string) => sql<string | null>`(select case_id from alarm_case
  where alarm_case.resident_id = ${sql.ref(column)} and alarm_case.state in ${OPEN})`

interface UnprotectedRow {
  resident_id: string
  name: string
  birth_date: string | null
  lives_alone: boolean
  place: string | null
  since: Date
  reasons: UnprotectedReason[]
  case_id: string | null
}

/** Residents who cannot call for help, those first for whom it has lasted longest. */
export async function listUnprotected(db: Db, query: Paged, now: number): Promise<PageOf<UnprotectedResident>> {
  const after = query.cursor === undefined ? null : decodeCursor(query.cursor, 2)
  const { rows } = await sql<UnprotectedRow>`
    select r.resident_id, r.name, r.birth_date, r.lives_alone, division_place.place, p.unprotected_since as since,
      p.reasons, ${openCaseOf('r.resident_id')} as case_id
    from resident_protection p
    join resident r on r.resident_id = p.resident_id
    left join home on home.home_id = r.home_id
    left join division_place on division_place.code = home.division_code
    where p.unprotected_since is not null and ${
      after === null
        ? NO_CONDITION
        : sql`(p.unprotected_since, p.resident_id) > (${after[0]}::timestamptz, ${after[1]}::text)`
    }
    order by p.unprotected_since, p.resident_id limit ${query.limit + 1}`.execute(db)
  return page(
    rows,
    query.limit,
    (row) => [row.since.toISOString(), row.resident_id],
    (row) => ({
      residentId: row.resident_id,
      name: row.name,
      age: ageAt(row.birth_date, now),
      livesAlone: row.lives_alone,
      place: row.place,
      since: row.since.toISOString(),
      reasons: row.reasons,
      caseId: row.case_id,
    }),
  )
}

interface IncidentRow {
  incident_id: string
  area_kind: IncidentView['area']['kind']
  area_id: string
  area_name: string | null
  opened_at: Date
  last_loss_at: Date
  closed_at: Date | null
  devices: number
  lost: number
  residents: number
  case_id: string | null
}

const incidents = sql`
  select i.*, division_place.place as area_name, m.devices, m.lost, m.residents,
    (select case_id from alarm_case c where c.incident_id = i.incident_id order by opened_at desc limit 1) as case_id
  from incident i
  left join division_place on i.area_kind = 'division' and division_place.code = i.area_id
  cross join lateral (
    select count(*)::int as devices, (count(*) filter (where left_at is null))::int as lost,
      count(distinct resident_id)::int as residents
    from incident_member where incident_id = i.incident_id
  ) m`

const incidentView = (row: IncidentRow): IncidentView => ({
  incidentId: row.incident_id,
  area: { kind: row.area_kind, id: row.area_id, name: row.area_name },
  openedAt: row.opened_at.toISOString(),
  lastLossAt: row.last_loss_at.toISOString(),
  closedAt: iso(row.closed_at),
  devices: row.devices,
  lost: row.lost,
  residents: row.residents,
  caseId: row.case_id,
})

/** Incidents, newest first. @param query.open only those that last, or that are over */
export async function listIncidents(db: Db, query: Paged & { open?: boolean }): Promise<PageOf<IncidentView>> {
  const after = query.cursor === undefined ? null : decodeCursor(query.cursor, 2)
  const { rows } = await sql<IncidentRow>`${incidents}
    where ${query.open === undefined ? NO_CONDITION : sql`(i.closed_at is null) = ${query.open}`}
      and ${
        after === null
          ? NO_CONDITION
          : sql`(i.opened_at, i.incident_id) < (${after[0]}::timestamptz, ${after[1]}::uuid)`
      }
    order by i.opened_at desc, i.incident_id desc limit ${query.limit + 1}`.execute(db)
  return page(rows, query.limit, (row) => [row.opened_at.toISOString(), row.incident_id], incidentView)
}

interface MemberRow {
  device_id: string
  kind: string
  resident_id: string | null
  name: string | null
  place: string | null
  lost_at: Date
  joined_at: Date
  left_at: Date | null
  unprotected: boolean
  case_id: string | null
}

/** One incident with a page of its members, those still lost first. @throws DomainError not_found */
export async function incidentDetail(db: Db, incidentId: string, query: Paged): Promise<IncidentDetail> {
  const { rows: found } = await sql<IncidentRow>`${incidents} where i.incident_id = ${incidentId}`.execute(db)
  const [row] = found
  if (row === undefined) throw new DomainError('not_found', 'There is no such incident.')
  const after = query.cursor === undefined ? null : decodeCursor(query.cursor, 2)
  const { rows } = await sql<MemberRow>`
    select m.*, device.kind, r.name, division_place.place, ${openCaseOf('m.resident_id')} as case_id,
      coalesce(p.unprotected_since is not null, false) as unprotected
    from incident_member m
    join device on device.device_id = m.device_id
    left join resident r on r.resident_id = m.resident_id
    left join resident_protection p on p.resident_id = m.resident_id
    left join home on home.home_id = r.home_id
    left join division_place on division_place.code = home.division_code
    where m.incident_id = ${incidentId} and ${
      after === null
        ? NO_CONDITION
        : sql`((m.left_at is not null)::int, m.device_id) > (${after[0]}::int, ${after[1]}::text)`
    }
    order by (m.left_at is not null)::int, m.device_id limit ${query.limit + 1}`.execute(db)
  const key = ({ left_at, device_id }: MemberRow) => [left_at === null ? 0 : 1, device_id]
  const { items, nextCursor } = page(rows, query.limit, key, memberView)
  return { incident: incidentView(row), members: items, nextCursor }
}

const memberView = (row: MemberRow): IncidentMember => ({
  deviceId: row.device_id,
  deviceKind: row.kind,
  residentId: row.resident_id,
  residentName: row.name,
  place: row.place,
  lostAt: row.lost_at.toISOString(),
  joinedAt: row.joined_at.toISOString(),
  leftAt: iso(row.left_at),
  unprotected: row.unprotected,
  caseId: row.case_id,
})

interface SuppressionRow {
  suppression_id: string
  scope: SuppressionView['scope']
  scope_id: string
  kind: SuppressionView['kind']
  reason: string
  author: string
  from_at: Date
  until_at: Date
  ended_at: Date | null
  ender: string | null
  cases: number
}

const suppressions = sql`
  select s.*, author.display_name as author, ender.display_name as ender,
    (select count(*)::int from alarm_case c where c.suppression_id = s.suppression_id and c.suppression_id is not null
      and c.state in ${OPEN}) as cases
  from suppression s
  join app_user author on author.user_id = s.author_id
  left join app_user ender on ender.user_id = s.ended_by`

const suppressionView = (row: SuppressionRow): SuppressionView => ({
  suppressionId: row.suppression_id,
  scope: row.scope,
  scopeId: row.scope_id,
  kind: row.kind,
  reason: row.reason,
  by: row.author,
  from: row.from_at.toISOString(),
  until: row.until_at.toISOString(),
  endedAt: iso(row.ended_at),
  endedBy: row.ender,
  cases: row.cases,
})

/** Suppressions, newest first. @param query.active only those in force, or over */
export async function listSuppressions(
  db: Db,
  query: Paged & { active?: boolean },
  now: number,
): Promise<PageOf<SuppressionView>> {
  const after = query.cursor === undefined ? null : decodeCursor(query.cursor, 2)
  const { rows } = await sql<SuppressionRow>`${suppressions}
    where s.scope_id <> ${SELF_TEST_DEVICE} and ${
      query.active === undefined
        ? NO_CONDITION
        : sql`(s.ended_at is null and s.until_at > ${new Date(now)}) = ${query.active}`
    } and ${
      after === null ? NO_CONDITION : sql`(s.from_at, s.suppression_id) < (${after[0]}::timestamptz, ${after[1]}::uuid)`
    }
    order by s.from_at desc, s.suppression_id desc limit ${query.limit + 1}`.execute(db)
  return page(rows, query.limit, (row) => [row.from_at.toISOString(), row.suppression_id], suppressionView)
}

/** One suppression. @throws DomainError not_found */
export async function getSuppression(db: Db, suppressionId: string): Promise<SuppressionView> {
  const { rows } = await sql<SuppressionRow>`${suppressions} where s.suppression_id = ${suppressionId}`.execute(db)
  const [row] = rows
  if (row === undefined) throw new DomainError('not_found', 'There is no such suppression.')
  return suppressionView(row)
}
