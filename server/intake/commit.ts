import type { Kysely, Transaction } from 'kysely'
import type { CaseEvent } from '../contract/push.ts'
import type { DetectorFailure } from '../detect/engine.ts'
import { storeReplies } from '../store/commands.ts'
import type { Database } from '../store/schema.ts'
import type { Contexts } from './detection/contexts.ts'
import { judgeObserved, type Recorded } from './detection/judge-subjects.ts'
import { observed } from './detection/observed.ts'
import type { Owners } from './detection/owners.ts'
import { storeLevels } from './levels.ts'
import type { PendingRecord } from './records.ts'
import { storeDeadLetters, storeSignals } from './store-signals.ts'

/** Told of detectors that could not judge; what the others found stands. Must not throw. */
export type DetectorsFailed = (failures: readonly DetectorFailure[]) => void

export interface CommitDeps {
  db: Kysely<Database>
  contexts: Contexts
  owners: Owners
  failed: DetectorsFailed
}

/**
 * The one way of an alarm into the record: signals, dead letters, what the detectors make of it, alerts, cases, log and
 * outgoing events in a single transaction. When it has resolved, all of it is on disk and may be acknowledged.
 * @returns the events, numbered
 */
export async function commitRecords(
  deps: CommitDeps,
  records: readonly PendingRecord[],
  now: number,
): Promise<CaseEvent[]> {
  const { events, failures } = await deps.db.transaction().execute((tx) => commitWithin(tx, deps, records, now))
  if (failures.length > 0) deps.failed(failures)
  return events
}

/** As `commitRecords`, in a transaction that somebody else ends. */
export async function commitWithin(
  tx: Transaction<Database>,
  { contexts, owners }: Pick<CommitDeps, 'contexts' | 'owners'>,
  records: readonly PendingRecord[],
  now: number,
): Promise<Recorded> {
  const of = <K extends keyof PendingRecord>(part: K) =>
    records.flatMap((record) => record[part] as PendingRecord[K][number][])
  await storeDeadLetters(tx, of('deadLetters'))
  const told = await storeLevels(tx, of('levels'))
  const stored = await storeSignals(tx, [...of('signals'), ...told])
  await storeReplies(tx, of('replies'))
  const seen = await observed(tx, owners, stored, of('samples'), now)
  return seen.length === 0 ? { events: [], failures: [] } : judgeObserved(tx, contexts, seen, now)
}
