import { sql, type Transaction } from 'kysely'
import type { CaseEvent } from '../../contract/push.ts'
import type { DetectorFailure } from '../../detect/engine.ts'
import type { Database } from '../../store/schema.ts'
import type { CommitDeps } from '../commit.ts'
import type { Subject } from './contexts.ts'
import { judgeDue } from './judge-subjects.ts'

/** Subjects judged in one transaction. */
const BATCH = 200

/**
 * Lets the detectors look whose deadline has come: no sign of recovery, no position, nobody up. Any node may do it; a
 * subject that another one is at work on is left to it.
 * @returns the events, numbered
 */
export async function meetDeadlines(deps: CommitDeps, now: number): Promise<CaseEvent[]> {
  const all: CaseEvent[] = []
  for (;;) {
    const { met, events } = await meetSome(deps, now)
    all.push(...events)
    if (met < BATCH) return all
  }
}

async function meetSome({ db, contexts, failed }: CommitDeps, now: number) {
  let failures: readonly DetectorFailure[] = []
  const result = await db.transaction().execute(async (tx) => {
    const subjects = await claimDue(tx, now)
    if (subjects.length === 0) return { met: 0, events: [] }
    const recorded = await judgeDue(tx, contexts, subjects, now)
    failures = recorded.failures
    return { met: subjects.length, events: recorded.events }
  })
  if (failures.length > 0) failed(failures)
  return result
}

/**
 * Subjects with a deadline that has come, locked. The lock is the subject's own, not the row's: an alarm takes that one
 * first too, and the two can't wait for each other.
 */
async function claimDue(tx: Transaction<Database>, now: number): Promise<Subject[]> {
  const { rows } = await sql<{ subject: string; resident_id: string | null; device_id: string | null }>`
    with due as materialized (
      select subject, resident_id, device_id from detect_state where due_at <= ${new Date(now)}
      order by due_at limit ${BATCH}
    )
    select * from due where pg_try_advisory_xact_lock(hashtextextended(subject, 0))`.execute(tx)
  return rows.map((row) => ({ subject: row.subject, residentId: row.resident_id, deviceId: row.device_id ?? '' }))
}
