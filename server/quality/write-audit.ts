import { type Kysely, type Selectable, sql, type Transaction } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import { DomainError } from '../contract/errors.ts'
import { monthOf } from '../contract/month.ts'
import type { AuditBody, PickBody } from '../contract/quality.ts'
import { type SheetAnswer, type SheetContent, scoreSheet } from '../contract/quality-sheet.ts'
import type { Database } from '../store/schema.ts'
import { type AuditReader, findAudit, hadCase, mayDo } from './audits.ts'
import { auditsDueAt } from './draw.ts'
import { getSheet } from './sheets.ts'

type Tx = Transaction<Database>

async function lock(tx: Tx, auditId: string): Promise<Selectable<Database['quality_audit']>> {
  const row = await tx
    .selectFrom('quality_audit')
    .selectAll()
    .where('audit_id', '=', auditId)
    .forUpdate()
    .executeTakeFirst()
  if (row === undefined) throw new DomainError('not_found', 'There is no such audit.')
  return row
}

async function refuseOwnCase(tx: Tx, of: { caseId: string; operatorId: string }, userId: string): Promise<void> {
  if (of.operatorId === userId || (await hadCase(tx, of.caseId, userId))) {
    throw new DomainError('same_person', 'You had this case yourself: another supervisor has to audit it.')
  }
}

/**
 * Saves a draft of an audit, or completes it: signed with who and when, and never changed from then on.
 * @throws DomainError not_found, wrong_state, stale_version, same_person, invalid_request naming what is missing
 */
export async function writeAudit(tx: Tx, auditId: string, body: AuditBody, userId: string, now: number): Promise<void> {
  const current = await lock(tx, auditId)
  if (current.state === 'completed') throw new DomainError('wrong_state', 'This audit is completed and signed.')
  await refuseOwnCase(tx, { caseId: current.case_id, operatorId: current.operator_id }, userId)
  if (current.version !== body.version) {
    const { version } = current
    throw new DomainError('stale_version', 'Somebody else has written in this audit meanwhile.', { version })
  }
  const sheet = await getSheet(tx, current.sheet_version)
  if (sheet.version !== body.sheetVersion) {
    throw new DomainError('stale_version', 'Another scoring sheet is in force by now. Look at the audit again.')
  }
  const errors = [
    ...wrongAnswers(sheet.content, body.answers),
    ...(body.complete ? unfinished(sheet.content, body) : []),
  ]
  if (errors.length > 0) {
    throw new DomainError('invalid_request', 'The sheet is not right yet; see errors.', { errors })
  }
  const { score, result } = scoreSheet(sheet.content, body.answers)
  const at = new Date(now)
  const written = {
    version: current.version + 1,
    sheet_version: sheet.version,
    answers: JSON.stringify(body.answers),
    remark: body.remark?.trim() || null,
    state: body.complete ? ('completed' as const) : ('open' as const),
  }
  const signed = body.complete ? { completed_at: at, score, result } : {}
  await tx
    .updateTable('quality_audit')
    .set({ ...written, ...signed, auditor_id: userId })
    .where('audit_id', '=', auditId)
    .execute()
  await tx
    .insertInto('quality_audit_log')
    .values({ ...written, audit_id: auditId, at, user_id: userId })
    .execute()
}

interface Wrong {
  field: string
  message: string
}

function wrongAnswers({ criteria }: SheetContent, answers: readonly SheetAnswer[]): Wrong[] {
  return answers.flatMap(({ id, value }, n): Wrong[] => {
    const criterion = criteria.find((one) => one.id === id)
    if (criterion === undefined) return [{ field: `answers.${n}.id`, message: 'is not a criterion of this sheet' }]
    if (answers.findIndex((other) => other.id === id) < n) {
      return [{ field: `answers.${n}.id`, message: 'is answered twice' }]
    }
    if (criterion.scale === 'yes_no' && value === 1) {
      return [{ field: `answers.${id}`, message: 'must be 2 (yes), 0 (no) or na' }]
    }
    return []
  })
}

function unfinished(content: SheetContent, { answers }: AuditBody): Wrong[] {
  const { missing, unexplained } = scoreSheet(content, answers)
  return [
    ...missing.map((id) => ({ field: `answers.${id}`, message: 'is not answered' })),
    ...unexplained.map((id) => ({ field: `answers.${id}.note`, message: 'is needed: 0 says why' })),
  ]
}

/**
 * Adds a comment to a completed audit: supervisors as many as they like, whoever was audited one.
 * @throws DomainError not_found, wrong_state, already_exists, forbidden
 */
export async function commentAudit(
  tx: Tx,
  auditId: string,
  text: string,
  reader: AuditReader,
  now: number,
): Promise<void> {
  // Waits for whoever completes it at this moment.
  await lock(tx, auditId)
  const row = await findAudit(tx, auditId, reader)
  if (row.state !== 'completed') throw new DomainError('wrong_state', 'Comments belong to a completed audit.')
  const byOperator = row.operator_id === reader.userId
  if (byOperator && row.answered) {
    throw new DomainError('already_exists', 'You have answered to this audit already.')
  }
  const of = { state: row.state, operatorId: row.operator_id, hadCase: false, answered: row.answered }
  if (!mayDo(of, reader).comment) throw new DomainError('forbidden', 'Only supervisors and the operator comment on it.')
  await tx
    .insertInto('quality_comment')
    .values({
      comment_id: uuidv7(),
      audit_id: auditId,
      at: new Date(now),
      user_id: reader.userId,
      by_operator: byOperator,
      text: text.trim(),
    })
    .execute()
}

/**
 * Takes a closed case for an audit by hand. It counts besides the two that are drawn, and takes no place from them.
 * @returns the audit's id
 * @throws DomainError not_found, wrong_state, already_exists, same_person
 */
export async function pickCase(tx: Tx, { caseId, reason }: PickBody, userId: string, now: number): Promise<string> {
  const found = await tx
    .selectFrom('alarm_case')
    .leftJoin('case_result', 'case_result.case_id', 'alarm_case.case_id')
    .select(['alarm_case.case_id', 'case_result.operator_id', 'case_result.closed_at'])
    .where('alarm_case.case_id', '=', caseId)
    .executeTakeFirst()
  if (found === undefined) throw new DomainError('not_found', 'There is no such case.')
  const { operator_id: operatorId, closed_at: closedAt } = found
  if (operatorId === null || closedAt === null) {
    throw new DomainError('wrong_state', 'Only a real case that is closed, and that somebody had, can be audited.')
  }
  await refuseOwnCase(tx, { caseId, operatorId }, userId)
  const month = monthOf(closedAt.getTime())
  const auditId = uuidv7()
  const { rows } = await sql<{ audit_id: string }>`
    insert into quality_audit (audit_id, month, case_id, operator_id, origin, created_at, picked_by, reason, due_at, state)
    select ${auditId}, ${month}, ${caseId}, ${operatorId}, 'picked', ${new Date(now)}, ${userId}, ${reason.trim()},
      ${new Date(auditsDueAt(monthOf(now)))}, 'open'
    where not exists (select from quality_audit where case_id = ${caseId} and month = ${month})
    on conflict (month, case_id, origin) do nothing returning audit_id`.execute(tx)
  if (rows.length === 0) throw new DomainError('already_exists', 'This case is among the audits already.')
  return auditId
}

/** For counting: how many audits wait, and how many are overdue. */
export async function countOpenAudits(db: Kysely<Database>, now: number): Promise<{ open: number; overdue: number }> {
  const { rows } = await sql<{ open: number; overdue: number }>`
    select count(*)::int as open, (count(*) filter (where due_at <= ${new Date(now)}))::int as overdue
    from quality_audit where state = 'open'`.execute(db)
  return rows[0] ?? { open: 0, overdue: 0 }
}
