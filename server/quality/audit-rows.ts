import { type Kysely, type RawBuilder, type Selectable, sql } from 'kysely'
import type { AuditRow } from '../contract/quality.ts'
import type { Database } from '../store/schema.ts'
import { iso } from '../store/views.ts'

export type AuditRecord = Selectable<Database['quality_audit']> & {
  kind: AuditRow['kind']
  category: AuditRow['category']
  outcome: AuditRow['outcome']
  case_state: AuditRow['caseState']
  closed_at: Date | null
  division_place: string | null
  operator: string
  auditor: string | null
  answered: boolean
}

/** Audits with what their lists show. @param rest where, order and limit; the audit is `a` */
export async function auditRecords(db: Kysely<Database>, rest: RawBuilder<unknown>): Promise<AuditRecord[]> {
  const { rows } = await sql<AuditRecord>`
    select a.*, c.kind, c.category, c.outcome, c.state as case_state, c.closed_at, place.place as division_place,
      operator.display_name as operator, auditor.display_name as auditor,
      exists (select from quality_comment said where said.audit_id = a.audit_id and said.by_operator) as answered
    from quality_audit a
    join alarm_case c on c.case_id = a.case_id
    join app_user operator on operator.user_id = a.operator_id
    left join app_user auditor on auditor.user_id = a.auditor_id
    left join resident on resident.resident_id = c.resident_id
    left join home on home.home_id = resident.home_id
    left join division_place place on place.code = home.division_code
    ${rest}`.execute(db)
  return rows
}

/** As lists show it. @param now ms since the epoch */
export function auditRow(row: AuditRecord, now: number): AuditRow {
  return {
    auditId: row.audit_id,
    month: row.month,
    caseId: row.case_id,
    kind: row.kind,
    category: row.category,
    outcome: row.outcome,
    caseState: row.case_state,
    place: row.division_place,
    closedAt: iso(row.closed_at),
    operator: { userId: row.operator_id, displayName: row.operator },
    origin: row.origin,
    stratum: row.stratum,
    state: row.state,
    begun: row.sheet_version !== null,
    overdue: row.state === 'open' && row.due_at.getTime() <= now,
    dueAt: row.due_at.toISOString(),
    auditor: row.auditor,
    completedAt: iso(row.completed_at),
    score: row.score,
    result: row.result,
    answered: row.answered,
  }
}
