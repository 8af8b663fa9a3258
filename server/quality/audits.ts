import { type Kysely, sql } from 'kysely'
import { DomainError } from '../contract/errors.ts'
import type { AuditDetail, AuditRow } from '../contract/quality.ts'
import { decodeCursor, page } from '../store/cursor.ts'
import type { Database } from '../store/schema.ts'
import { type AuditRecord, auditRecords, auditRow } from './audit-rows.ts'
import { auditFacts } from './facts.ts'
import { getSheet } from './sheets.ts'

type Db = Kysely<Database>

/** Who asks. */
export interface AuditReader {
  userId: string
  /** Supervisors and above see all; others their own audits, once completed. */
  seesAll: boolean
}

/**
 * What somebody may do with an audit; everything that is not in the table is refused.
 *
 *   who                                        open: write  completed: comment
 *   a supervisor who never had the case            ✓               ✓
 *   a supervisor who had it for a while            –               ✓
 *   the operator who is audited (any role)         –            once
 *   other operators                                –               –
 */
export function mayDo(
  of: { state: AuditRow['state']; operatorId: string; hadCase: boolean; answered: boolean },
  reader: AuditReader,
): { write: boolean; comment: boolean; ownCase: boolean } {
  const isOperator = of.operatorId === reader.userId
  const ownCase = isOperator || of.hadCase
  return {
    ownCase,
    write: of.state === 'open' && reader.seesAll && !ownCase,
    comment: of.state === 'completed' && (isOperator ? !of.answered : reader.seesAll),
  }
}

/** Whether somebody ever had this case: who answered it, took it over or was given it. */
export async function hadCase(db: Db, caseId: string, userId: string): Promise<boolean> {
  const { rows } = await sql<{ had: boolean }>`
    select exists (select from case_log where case_id = ${caseId} and (
      (actor_id = ${userId} and action in ('claim', 'resume', 'takeover', 'handover_accepted'))
      or (action = 'reassigned' and detail->>'to' = ${userId}))) as had`.execute(db)
  return rows[0]?.had === true
}

/** One audit, as far as this reader may see it. @throws DomainError not_found */
export async function findAudit(db: Db, auditId: string, reader: AuditReader): Promise<AuditRecord> {
  const [row] = await auditRecords(db, sql`where a.audit_id = ${auditId}`)
  const isOwn = row !== undefined && row.operator_id === reader.userId && row.state === 'completed'
  if (row === undefined || !(reader.seesAll || isOwn)) throw new DomainError('not_found', 'There is no such audit.')
  return row
}

/** All of one audit: the sheet, the case's facts, comments and who wrote when. @throws DomainError not_found */
export async function auditDetail(db: Db, auditId: string, reader: AuditReader, now: number): Promise<AuditDetail> {
  const row = await findAudit(db, auditId, reader)
  const [sheet, facts, comments, history, had] = await Promise.all([
    getSheet(db, row.sheet_version),
    auditFacts(db, row.case_id),
    commentsOf(db, auditId),
    historyOf(db, auditId),
    hadCase(db, row.case_id, reader.userId),
  ])
  const may = mayDo({ state: row.state, operatorId: row.operator_id, hadCase: had, answered: row.answered }, reader)
  return {
    ...auditRow(row, now),
    version: row.version,
    reason: row.reason,
    sheet,
    answers: row.answers,
    remark: row.remark,
    facts,
    comments,
    history,
    mayWrite: may.write,
    ownCase: may.ownCase,
    mayComment: may.comment,
  }
}

async function commentsOf(db: Db, auditId: string) {
  const rows = await db
    .selectFrom('quality_comment as c')
    .innerJoin('app_user as u', 'u.user_id', 'c.user_id')
    .select(['c.at', 'c.text', 'c.by_operator', 'u.display_name'])
    .where('audit_id', '=', auditId)
    .orderBy('c.at')
    .orderBy('c.comment_id')
    .execute()
  return rows.map(({ at, text, by_operator, display_name }) => ({
    at: at.toISOString(),
    by: display_name,
    byOperator: by_operator,
    text,
  }))
}

async function historyOf(db: Db, auditId: string) {
  const rows = await db
    .selectFrom('quality_audit_log as l')
    .innerJoin('app_user as u', 'u.user_id', 'l.user_id')
    .select(['l.at', 'l.version', 'u.display_name'])
    .where('audit_id', '=', auditId)
    .orderBy('line_id')
    .execute()
  return rows.map(({ at, version, display_name }) => ({ at: at.toISOString(), by: display_name, version }))
}

/** An operator's own completed audits, newest first. */
export async function ownAudits(
  db: Db,
  userId: string,
  query: { cursor?: string; limit: number },
  now: number,
): Promise<{ items: AuditRow[]; nextCursor: string | null }> {
  const after = query.cursor === undefined ? null : decodeCursor(query.cursor, 2)
  const before =
    after === null ? sql`true` : sql`(a.completed_at, a.audit_id) < (${after[0]}::timestamptz, ${after[1]}::uuid)`
  const rows = await auditRecords(
    db,
    sql`where a.operator_id = ${userId} and a.state = 'completed' and ${before}
      order by a.completed_at desc, a.audit_id desc limit ${query.limit + 1}`,
  )
  return page(
    rows,
    query.limit,
    (row) => [row.completed_at?.toISOString() ?? '', row.audit_id],
    (row) => auditRow(row, now),
  )
}
