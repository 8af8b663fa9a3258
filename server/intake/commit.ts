import type { Kysely, Transaction } from 'kysely'
import { foldSignals } from '../cases/fold.ts'
import { loadOpenCases, writeChanges } from '../cases/record.ts'
import type { CaseEvent } from '../contract/push.ts'
import { alarmRule } from '../detect/alarm-rules.ts'
import { storeReplies } from '../store/commands.ts'
import type { Database } from '../store/schema.ts'
import { storeLevels } from './levels.ts'
import type { PendingRecord } from './records.ts'
import { storeDeadLetters, storeSignals } from './store-signals.ts'

/**
 * The one way of an alarm into the record: signals, dead letters, alerts, cases, log and outgoing events in a single
 * transaction. When it has resolved, all of it is on disk and may be acknowledged.
 * @returns the events, numbered
 */
export function commitRecords(
  db: Kysely<Database>,
  records: readonly PendingRecord[],
  now: number,
): Promise<CaseEvent[]> {
  return db.transaction().execute((tx) => commitWithin(tx, records, now))
}

/** As `commitRecords`, in a transaction that somebody else ends. */
export async function commitWithin(
  tx: Transaction<Database>,
  records: readonly PendingRecord[],
  now: number,
): Promise<CaseEvent[]> {
  const of = <K extends keyof PendingRecord>(part: K) =>
    records.flatMap((record) => record[part] as PendingRecord[K][number][])
  await storeDeadLetters(tx, of('deadLetters'))
  const told = await storeLevels(tx, of('levels'))
  const stored = await storeSignals(tx, [...of('signals'), ...told])
  await storeReplies(tx, of('replies'))
  const alarming = stored
    .map((signal) => ({ ...signal, finding: alarmRule(signal.type, signal.role) }))
    .filter((signal) => signal.finding.effect !== 'record')
  if (alarming.length === 0) return []
  const open = await loadOpenCases(tx, alarming)
  return writeChanges(tx, foldSignals(open, alarming), now)
}
