import { type Kysely, sql } from 'kysely'
import type { CaseHit } from '../../contract/case-search.ts'
import type { Database } from '../../store/schema.ts'
import { ageAt, iso } from '../../store/views.ts'

type Db = Kysely<Database>

/** A row of the table, or of a file. */
export type HitRow = Awaited<ReturnType<ReturnType<typeof select>['execute']>>[number]

function select(db: Db, ids: readonly string[]) {
  return db
    .selectFrom('alarm_case as c')
    .innerJoin('device', 'device.device_id', 'c.device_id')
    .leftJoin('resident', 'resident.resident_id', 'c.resident_id')
    .leftJoin('home', 'home.home_id', 'resident.home_id')
    .leftJoin('incident', (on) =>
      on.onRef('incident.incident_id', '=', 'c.incident_id').on('incident.area_kind', '=', 'division'),
    )
    .leftJoin('division_place', (on) =>
      on.on(sql<boolean>`division_place.code = coalesce(home.division_code, incident.area_id)`),
    )
    .leftJoin('app_user as owner', 'owner.user_id', 'c.owner_id')
    .leftJoin('case_answer as answer', 'answer.case_id', 'c.case_id')
    .leftJoin('case_protocol', 'case_protocol.case_id', 'c.case_id')
    .leftJoin('alert as lead', (on) =>
      on
        .onRef('lead.case_id', '=', 'c.case_id')
        .onRef('lead.device_id', '=', 'c.device_id')
        .onRef('lead.kind', '=', 'c.kind'),
    )
    .leftJoinLateral(
      (eb) =>
        eb
          .selectFrom('case_log')
          .leftJoin('app_user', 'app_user.user_id', 'case_log.actor_id')
          .select(['case_log.actor_id as closer_id', 'app_user.display_name as closer'])
          .whereRef('case_log.case_id', '=', 'c.case_id')
          .where('case_log.action', '=', 'close')
          .orderBy('case_log.log_id', 'desc')
          .limit(1)
          .as('ended'),
      (on) => on.onTrue(),
    )
    .select([
      'c.case_id',
      'c.opened_at',
      'c.kind',
      'c.category',
      'c.priority',
      'c.state',
      'c.outcome',
      'c.purpose',
      'c.suppression_id',
      'c.resident_id',
      'c.device_id',
      'c.owner_id',
      'c.resolved_at',
      'c.closed_at',
      'resident.name',
      'resident.birth_date',
      'division_place.place',
      'owner.display_name as owner',
      'ended.closer_id',
      'ended.closer',
      'case_protocol.risk',
      'lead.certainty',
      'lead.severe',
      'answer.answered_at',
      'answer.dispatched_at',
    ])
    .select([
      sql<number | null>`extract(epoch from answer.answered_at - answer.since)::float8`.as('answer_seconds'),
      // The resident's own number, and the first contact's.
      'resident.phone',
      sql<string | null>`(select contact.phone from contact where contact.resident_id = c.resident_id
        order by position limit 1)`.as('contact_phone'),
    ])
    .where('c.case_id', '=', sql<string>`any(${[...ids]}::uuid[])`)
}

/** What is shown of cases, in the order of their ids. */
export async function rowsOf(db: Db, ids: readonly string[]): Promise<HitRow[]> {
  if (ids.length === 0) return []
  const rows = new Map((await select(db, ids).execute()).map((row) => [row.case_id, row]))
  return ids.flatMap((id) => rows.get(id) ?? [])
}

export async function hitsOf(db: Db, ids: readonly string[], now: number): Promise<CaseHit[]> {
  return (await rowsOf(db, ids)).map((row) => hit(row, now))
}

function hit(row: HitRow, now: number): CaseHit {
  const person = (userId: string | null, displayName: string | null) =>
    userId === null ? null : { userId, displayName: displayName ?? '' }
  return {
    caseId: row.case_id,
    openedAt: row.opened_at.toISOString(),
    kind: row.kind,
    category: row.category,
    priority: row.priority,
    state: row.state,
    outcome: row.outcome,
    purpose: row.purpose,
    suppressed: row.suppression_id !== null,
    certainty: row.certainty ?? 'confirmed',
    severe: row.severe ?? false,
    risk: row.risk,
    residentId: row.resident_id,
    residentName: row.name,
    residentAge: ageAt(row.birth_date, now),
    place: row.place,
    deviceId: row.device_id,
    owner: person(row.owner_id, row.owner),
    closedBy: person(row.closer_id, row.closer),
    answerSeconds: row.answer_seconds,
    resolvedAt: iso(row.resolved_at),
    closedAt: iso(row.closed_at),
  }
}
