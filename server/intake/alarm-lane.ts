import type { Logger } from 'pino'
import type { Clock } from '../contract/clock.ts'
import type { CaseEvent } from '../contract/push.ts'
import { isMisfit, isRefusal, sqlState } from '../store/sql-errors.ts'
import { type CommitDeps, commitRecords } from './commit.ts'
import { emptyRecord, type PendingRecord, type PendingSignal } from './records.ts'

/** Messages in one transaction at most. */
const BATCH = 256
const RETRY_MIN_MS = 100
const RETRY_MAX_MS = 500

interface Waiting {
  record: PendingRecord
  /** Ms since the epoch. */
  since: number
  /** The database has refused the content; what stands here now is made of safe parts only. */
  refused?: boolean
  done: () => void
  failed: (error: Error) => void
}

export interface AlarmLane {
  /** Resolves when the record is committed, however long that takes; rejects only on `stop`. */
  commit(record: PendingRecord): Promise<void>
  /**
   * Messages that are not committed yet, since when the oldest of them waits (ms since the epoch), and the code with which
   * the last attempt failed.
   */
  status(): { waiting: number; oldest: number | null; failure: string | null }
  stop(): Promise<void>
}

/**
 * Group commit: while one transaction is under way the next messages gather, and go together. One at a time keeps the
 * order of arrival. Nothing is given up: while the database is down the messages wait, unacknowledged.
 * @param deps.gatherMs for how long a transaction waits for company, unless it is full; alarms don't
 */
export function createAlarmLane(
  deps: CommitDeps & { clock: Clock; log: Logger; batch?: number; gatherMs?: number },
  committed: (events: readonly CaseEvent[]) => void,
): AlarmLane {
  const { clock, log, batch: most = BATCH, gatherMs = 0 } = deps
  let queue: Waiting[] = []
  let running: Promise<void> | null = null
  /** The batch under way. */
  let current: readonly Waiting[] = []
  let failure: string | null = null
  let stopping = false
  let wake: (() => void) | null = null

  async function run(): Promise<void> {
    while (queue.length > 0 && !stopping) {
      if (queue.length < most && gatherMs > 0) await pause(gatherMs)
      const batch = queue.slice(0, most)
      queue = queue.slice(most)
      current = batch
      await settle(batch)
      current = []
    }
    running = null
  }

  async function settle(batch: Waiting[]): Promise<void> {
    for (let attempt = 0; !stopping; attempt++) {
      try {
        const records = batch.map((one) => one.record)
        const events = await commitRecords(deps, records, clock.now())
        failure = null
        for (const one of batch) one.done()
        committed(events)
        return
      } catch (error) {
        if (isRefusal(error) && !batch.every((one) => one.refused)) return isolate(batch, error)
        failure = sqlState(error) ?? 'unknown'
        log.error(
          { code: failure, attempt, waiting: queue.length + batch.length },
          isMisfit(error)
            ? 'alarms can not be stored: the database does not fit this program; trying again'
            : 'alarm commit failed, trying again',
        )
        await pause(Math.min(RETRY_MIN_MS * 2 ** attempt, RETRY_MAX_MS))
      }
    }
    for (const one of batch) one.failed(new Error('stopping'))
  }

  /** A message that the database can never take must not hold up the others: halve until it stands alone. */
  async function isolate(batch: Waiting[], error: unknown): Promise<void> {
    const [only, ...others] = batch
    if (only && others.length === 0) {
      log.error({ code: sqlState(error) }, 'message refused by the database, kept as a dead letter')
      only.refused = true
      only.record = asRefused(only.record, sqlState(error) ?? 'unknown')
      return settle([only])
    }
    const half = Math.ceil(batch.length / 2)
    await settle(batch.slice(0, half))
    await settle(batch.slice(half))
  }

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  return {
    commit: (record) =>
      new Promise((done, failed) => {
        if (stopping) return failed(new Error('stopping'))
        queue.push({ record, since: clock.now(), done, failed })
        running ??= run()
      }),
    status: () => ({
      waiting: current.length + queue.length,
      oldest: (current[0] ?? queue[0])?.since ?? null,
      failure,
    }),
    stop: async () => {
      stopping = true
      wake?.()
      await running
      for (const one of queue) one.failed(new Error('stopping'))
      queue = []
    },
  }
}

/** What is left when the database refuses a message's content: the content as dead letters, and an alarm for each signal. */
function asRefused(record: PendingRecord, code: string): PendingRecord {
  const refused = {
    topic: '',
    reason: 'refused_by_database' as const,
    explanation: `The database refused this message's content (${code}).`,
  }
  const letters = record.deadLetters.map((letter) => ({ ...letter, ...refused }))
  const all = [...record.signals, ...record.levels.flatMap(({ signal }) => signal ?? [])]
  // An unreadable signal has its letter already.
  const contents = all
    .filter((signal) => signal.type !== 'unreadable')
    .map(({ signalId, deviceId, protocol, receivedAt, messageId, type, detail }) => ({
      deadLetterId: signalId,
      deviceId,
      protocol,
      receivedAt,
      payload: Buffer.from(JSON.stringify({ id: messageId, type, ...detail })),
      ...refused,
    }))
  const signals = all.map(
    (signal): PendingSignal => ({
      ...signal,
      messageId: `refused:${signal.signalId}`,
      type: 'unreadable',
      detail: { code },
      deviceTs: null,
      occurredAt: signal.receivedAt,
    }),
  )
  return { ...emptyRecord(), signals, deadLetters: [...letters, ...contents] }
}
