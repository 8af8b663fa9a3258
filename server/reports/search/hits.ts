import { type Kysely, type Selectable, sql } from 'kysely'
import type { CaseHit } from '../../contract/case-search.ts'
import type { Database } from '../../store/schema.ts'
import { ageAt, iso } from '../../store/views.ts'

type Db = Kysely<Database>

type Nullable<T> = { [K in keyof T]: T[K] | null }
type Of<Table extends keyof Database, Column extends keyof Selectable<Database[Table]>> = Pick<
  Selectable<Database[Table]>,
  Column
>

/** A row of the table, or of a file. */
export type HitRow = Of<
  'alarm_case',
  | 'case_id'
  | 'opened_at'
  | 'kind'
  | 'category'
  | 'priority'
  | 'state'
  | 'outcome'
  | 'purpose'
  | 'suppression_id'
  | 'resident_id'
  | 'device_id'
  | 'owner_id'
  | 'resolved_at'
  | 'closed_at'
> &
  Nullable<Of<'resident', 'name' | 'birth_date' | 'phone'>> &
  Nullable<Of<'case_protocol', 'risk'>> &
  Nullable<Of<'alert', 'certainty' | 'severe'>> &
  Nullable<Of<'case_answer', 'answered_at' | 'dispatched_at'>> & {
    place: string | null
    owner: string | null
    closer_id: string | null
    closer: string | null
    answer_seconds: number | null
    /** The first contact's number; `phone` is the resident's own. */
    contact_phone: string | null
  }

const select = (ids: readonly string[]) => sql<HitRow>`
  select c.case_id, c.opened_at, c.kind, c.category, c.priority, c.state, c.outcome, c.purpose, c.suppression_id,
    c.resident_id, c.device_id, c.owner_id, c.resolved_at, c.closed_at, resident.name, resident.birth_date, resident.phone,
    place.place, owner.display_name as owner, ended.closer_id, ended.closer, protocol.risk, lead.certainty, lead.severe,
    answer.answered_at, answer.dispatched_at,
    extract(epoch from answer.answered_at - answer.since)::float8 as answer_seconds,
    (select contact.phone from contact where contact.resident_id = c.resident_id order by position limit 1) as contact_phone
  from alarm_case c
  left join resident on resident.resident_id = c.resident_id
  left join home on home.home_id = resident.home_id
  left join incident on incident.incident_id = c.incident_id and incident.area_kind = 'division'
  left join division_place place on place.code = coalesce(home.division_code, incident.area_id)
  left join app_user owner on owner.user_id = c.owner_id
  left join case_answer answer on answer.case_id = c.case_id
  left join case_protocol protocol on protocol.case_id = c.case_id
  left join alert lead on lead.case_id = c.case_id and lead.device_id = c.device_id and lead.kind = c.kind
  left join lateral (
    select case_log.actor_id as closer_id, app_user.display_name as closer
    from case_log left join app_user on app_user.user_id = case_log.actor_id
    where case_log.case_id = c.case_id and case_log.action = 'close'
    order by case_log.log_id desc limit 1
  ) ended on true
  where c.case_id = any(${[...ids]}::uuid[])`

/** What is shown of cases, in the order of their ids. */
export async function rowsOf(db: Db, ids: readonly string[]): Promise<HitRow[]> {
  if (ids.length === 0) return []
  const found = await select(ids).execute(db)
  const rows = new Map(found.rows.map((row) => [row.case_id, row]))
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
