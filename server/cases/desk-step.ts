import type { Transaction } from 'kysely'
import type { LogAction } from '../contract/case.ts'
import { DomainError } from '../contract/errors.ts'
import type { CaseEvent } from '../contract/push.ts'
import { appendOutbox } from '../store/outbox.ts'
import type { Database } from '../store/schema.ts'
import { rowEvent } from './event.ts'
import type { CaseRow } from './rules.ts'

type Tx = Transaction<Database>

/** Locks a case. @throws DomainError not_found */
export async function lockCase(tx: Tx, caseId: string): Promise<CaseRow> {
  const row = await tx.selectFrom('alarm_case').selectAll().where('case_id', '=', caseId).forUpdate().executeTakeFirst()
  if (!row) throw new DomainError('not_found', 'There is no such case.')
  return row
}

/**
 * Writes down a step that leaves the case in its state: the next version, a log line, and the event for the desks. The
 * last statement of its transaction, because it takes the outbox's lock.
 * @param current as `lockCase` gave it
 * @param now ms since the epoch
 */
export async function logStep(
  tx: Tx,
  current: CaseRow,
  step: { action: LogAction; actorId: string; detail: Record<string, unknown> },
  now: number,
): Promise<CaseEvent[]> {
  const changed = { ...current, version: current.version + 1 }
  await tx.updateTable('alarm_case').set({ version: changed.version }).where('case_id', '=', current.case_id).execute()
  await tx
    .insertInto('case_log')
    .values({
      case_id: current.case_id,
      at: new Date(now),
      action: step.action,
      actor_id: step.actorId,
      from_state: current.state,
      to_state: current.state,
      version: changed.version,
      detail: JSON.stringify(step.detail),
    })
    .execute()
  return appendOutbox(tx, [rowEvent(changed, now)], now)
}
