import { type Kysely, sql } from 'kysely'
import type { EscalationOptions, RunningEscalation } from '../contract/escalation.ts'
import { NOTIFY_CHANNELS, type NotifyChannel } from '../contract/notify.ts'
import { decodeCursor, page } from '../store/cursor.ts'
import type { Database } from '../store/schema.ts'
import { iso } from '../store/views.ts'

type Db = Kysely<Database>

interface Row {
  case_id: string
  kind: RunningEscalation['kind']
  category: RunningEscalation['category']
  priority: number
  case_state: RunningEscalation['caseState']
  place: string | null
  opened_at: Date
  state: RunningEscalation['state']
  step: number
  steps: number
  round: number
  rounds: number
  level: number
  due_at: Date | null
  ack_by: string | null
  by: string | null
  expired: number
}

/** Escalations that have not ended: the most urgent first, then those that went furthest. */
export async function listRunning(
  db: Db,
  query: { cursor?: string; limit: number },
): Promise<{ items: RunningEscalation[]; nextCursor: string | null }> {
  const after = query.cursor === undefined ? null : decodeCursor(query.cursor, 3)
  const { rows } = await sql<Row>`
    select e.*, c.kind, c.category, c.state as case_state, c.opened_at, coalesce(place.place, area.place) as place,
      u.display_name as by, jsonb_array_length(p.policy->'steps') as steps, (p.policy->>'rounds')::int as rounds
    from escalation e
    join alarm_case c on c.case_id = e.case_id
    join escalation_policy p on p.version = e.policy_version
    left join app_user u on u.user_id = e.ack_by
    left join resident on resident.resident_id = c.resident_id
    left join home on home.home_id = resident.home_id
    left join division_place place on place.code = home.division_code
    left join incident i on i.incident_id = c.incident_id and i.area_kind = 'division'
    left join division_place area on area.code = i.area_id
    where e.state <> 'ended' and ${
      after === null
        ? sql`true`
        : sql`(e.priority, -e.level, e.case_id) > (${after[0]}::int, ${after[1]}::int, ${after[2]}::uuid)`
    }
    order by e.priority, e.level desc, e.case_id limit ${query.limit + 1}`.execute(db)
  return page(rows, query.limit, (row) => [row.priority, -row.level, row.case_id], view)
}

const view = (row: Row): RunningEscalation => ({
  caseId: row.case_id,
  kind: row.kind,
  category: row.category,
  priority: row.priority,
  caseState: row.case_state,
  place: row.place,
  openedAt: row.opened_at.toISOString(),
  state: row.state,
  step: row.step + 1,
  steps: row.steps,
  round: row.round + 1,
  rounds: row.rounds,
  level: row.level,
  dueAt: iso(row.due_at),
  acknowledgedBy: row.state === 'acknowledged' ? (row.by ?? '') : null,
  expired: row.expired,
})

/** What an editor of policies chooses from. */
export async function escalationOptions(
  db: Db,
  channels: Readonly<Record<NotifyChannel, boolean>>,
): Promise<EscalationOptions> {
  const { rows: areas } = await sql<EscalationOptions['areas'][number]>`
    select d.code, coalesce(p.place, d.name) as name, d.level
    from division d left join division_place p on p.code = d.code order by d.code`.execute(db)
  const { rows: users } = await sql<EscalationOptions['users'][number]>`
    select user_id as "userId", display_name as "displayName", role from app_user where enabled order by username`.execute(
    db,
  )
  const { rows: groups } = await sql<EscalationOptions['groups'][number]>`
    select group_id as "groupId", name from responder_group order by name`.execute(db)
  return { areas, users, groups, channels: NOTIFY_CHANNELS.map((channel) => ({ channel, set: channels[channel] })) }
}
