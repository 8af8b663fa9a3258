import { type Kysely, sql } from 'kysely'
import type { CaseSummary } from '../contract/case.ts'
import type { CaseEscalation } from '../contract/notify.ts'
import type { CasePurpose } from '../contract/purpose.ts'
import type { AreaKind, SuppressionKind } from '../contract/watch.ts'
import type { Database } from '../store/schema.ts'
import { iso } from '../store/views.ts'

/** What stands beside a case in the queue: it is kept quiet, it is an area's, nobody there can call for help. */
export type CaseMarks = Pick<
  CaseSummary,
  'unprotected' | 'suppressed' | 'incident' | 'drill' | 'escalation' | 'handover'
>

/** What of a case its marks hang on. */
export interface MarkedCase {
  case_id: string
  owner_id: string | null
  resident_id: string | null
  suppression_id: string | null
  incident_id: string | null
  drill_id: string | null
  purpose: CasePurpose
}

/**
 * The marks of the cases at hand. Few cases have any, and those of a power cut share one incident: each is asked for once,
 * by its key, and only when a case names it.
 */
export async function marksOf(
  db: Kysely<Database>,
  cases: readonly MarkedCase[],
): Promise<(of: MarkedCase) => CaseMarks> {
  const [unprotected, suppressions, incidents, drills, escalations, handovers] = await Promise.all([
    readUnprotected(db, named(cases, 'resident_id')),
    readSuppressions(db, named(cases, 'suppression_id')),
    readIncidents(db, named(cases, 'incident_id')),
    readDrills(db, named(cases, 'drill_id')),
    readEscalations(db, named(cases, 'case_id')),
    readHandovers(db, owned(cases)),
  ])
  return ({ case_id, resident_id, suppression_id, incident_id, drill_id, purpose }) => ({
    unprotected: resident_id !== null && unprotected.has(resident_id),
    suppressed: (suppression_id !== null && suppressions.get(suppression_id)) || null,
    incident: (incident_id !== null && incidents.get(incident_id)) || null,
    drill: (drill_id !== null && purpose === 'drill' && drills.get(drill_id)) || null,
    escalation: escalations.get(case_id) ?? null,
    handover: handovers.get(case_id) ?? null,
  })
}

function named(cases: readonly MarkedCase[], key: keyof MarkedCase): string[] {
  return [...new Set(cases.flatMap((row) => row[key] ?? []))]
}

/** Only a case that somebody has can be handed over. */
const owned = (cases: readonly MarkedCase[]) => cases.flatMap((row) => (row.owner_id === null ? [] : row.case_id))

interface HandoverRow {
  caseId: string
  handoverId: string
  at: Date
  toId: string | null
  name: string | null
}

async function readHandovers(
  db: Kysely<Database>,
  ids: string[],
): Promise<Map<string, NonNullable<CaseSummary['handover']>>> {
  if (ids.length === 0) return new Map()
  const { rows } = await sql<HandoverRow>`
    select c.case_id as "caseId", c.handover_id as "handoverId", h.at, c.to_id as "toId", u.display_name as name
    from handover_case c join handover h using (handover_id) left join app_user u on u.user_id = c.to_id
    where c.state = 'offered' and c.case_id = any(${ids}::uuid[])`.execute(db)
  return new Map(
    rows.map(({ caseId, handoverId, at, toId, name }) => [
      caseId,
      { handoverId, at: at.toISOString(), to: toId === null ? null : { userId: toId, displayName: name ?? '' } },
    ]),
  )
}

async function readUnprotected(db: Kysely<Database>, residentIds: string[]): Promise<Set<string>> {
  if (residentIds.length === 0) return new Set()
  const { rows } = await sql<{ id: string }>`
    select resident_id as id from resident_protection
    where resident_id = any(${residentIds}::text[]) and unprotected_since is not null`.execute(db)
  return new Set(rows.map(({ id }) => id))
}

interface SuppressionRow {
  id: string
  kind: SuppressionKind
  reason: string
  until: Date
  by: string
}

async function readSuppressions(
  db: Kysely<Database>,
  ids: string[],
): Promise<Map<string, NonNullable<CaseSummary['suppressed']>>> {
  if (ids.length === 0) return new Map()
  const { rows } = await sql<SuppressionRow>`
    select s.suppression_id as id, s.kind, s.reason, s.until_at as until, author.display_name as by
    from suppression s join app_user author on author.user_id = s.author_id
    where s.suppression_id = any(${ids}::uuid[])`.execute(db)
  return new Map(rows.map(({ id, until, ...row }) => [id, { suppressionId: id, ...row, until: until.toISOString() }]))
}

async function readDrills(
  db: Kysely<Database>,
  ids: string[],
): Promise<Map<string, NonNullable<CaseSummary['drill']>>> {
  if (ids.length === 0) return new Map()
  const { rows } = await sql<NonNullable<CaseSummary['drill']>>`
    select drill_id as "drillId", title from drill where drill_id = any(${ids}::uuid[])`.execute(db)
  return new Map(rows.map((row) => [row.drillId, row]))
}

interface IncidentRow {
  incidentId: string
  areaKind: AreaKind
  areaId: string
  place: string | null
  devices: number
  lost: number
}

async function readIncidents(
  db: Kysely<Database>,
  ids: string[],
): Promise<Map<string, NonNullable<CaseSummary['incident']>>> {
  if (ids.length === 0) return new Map()
  const { rows } = await sql<IncidentRow>`
    select i.incident_id as "incidentId", i.area_kind as "areaKind", i.area_id as "areaId", area.place,
      members.devices, members.lost
    from incident i
    left join division_place area on i.area_kind = 'division' and area.code = i.area_id
    cross join lateral (
      select count(*)::int as devices, (count(*) filter (where left_at is null))::int as lost
      from incident_member m where m.incident_id = i.incident_id
    ) members
    where i.incident_id = any(${ids}::uuid[])`.execute(db)
  return new Map(
    rows.map(({ incidentId, areaKind, areaId, place, devices, lost }) => [
      incidentId,
      { incidentId, area: { kind: areaKind, id: areaId, name: place }, devices, lost },
    ]),
  )
}

/** The first step is the alarm itself, and no mark. */
async function readEscalations(db: Kysely<Database>, ids: string[]): Promise<Map<string, CaseEscalation>> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .selectFrom('escalation')
    .select(['case_id', 'level', 'state', 'told_at'])
    .where('case_id', '=', sql<string>`any(${ids}::uuid[])`)
    .where('level', '>', 1)
    .execute()
  return new Map(rows.map(({ case_id, level, state, told_at }) => [case_id, { level, state, at: iso(told_at) }]))
}
