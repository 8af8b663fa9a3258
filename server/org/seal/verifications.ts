import { type Kysely, sql } from 'kysely'
import type { Logger } from 'pino'
import { v7 as uuidv7 } from 'uuid'
import type { SealView, VerificationView } from '../../contract/audit.ts'
import type { Clock } from '../../contract/clock.ts'
import { DomainError } from '../../contract/errors.ts'
import type { Database } from '../../store/schema.ts'
import { iso } from '../../store/views.ts'
import { verifyChain } from './verify.ts'

/** Progress is written down so often, for whoever watches it from another node. */
const PROGRESS_MS = 1_000
/** One that has not gone on for so long died with its node. */
const DEAD_MS = 60 * 60_000

/** Verifications started from the page: one at a time, on the node that was asked. */
export function createVerifications({ db, clock, log }: { db: Kysely<Database>; clock: Clock; log: Logger }) {
  let running: Promise<void> | null = null

  async function carryOut(verificationId: string): Promise<void> {
    const write = (set: Parameters<typeof update>[2]) => update(db, verificationId, set)
    let writtenAt = 0
    try {
      const { ok, seals, rows, problems } = await verifyChain(db, {
        progress: async ({ sealsDone, sealsTotal, rowsDone }) => {
          if (performance.now() - writtenAt < PROGRESS_MS) return
          writtenAt = performance.now()
          await write({ seals_done: sealsDone, seals_total: sealsTotal, rows_done: rowsDone })
        },
      })
      const rowsDone = rows.audit + rows.case_log + rows.signal
      await write({
        finished_at: new Date(clock.now()),
        ok,
        seals_done: seals,
        seals_total: seals,
        rows_done: rowsDone,
        problems: JSON.stringify(problems),
      })
      if (!ok) log.error({ problems }, 'the audit chain is broken')
    } catch (error) {
      log.error({ err: error }, 'the audit chain could not be verified')
      const failure = error instanceof Error ? error.message.slice(0, 300) : 'unknown'
      await write({ finished_at: new Date(clock.now()), failure })
    }
  }

  return {
    /** Begins one. @throws DomainError wrong_state while another runs */
    async start(userId: string): Promise<string> {
      const now = clock.now()
      const { rows } = await sql`select 1 from audit_verification
        where finished_at is null and started_at > ${new Date(now - DEAD_MS)} limit 1`.execute(db)
      if (rows.length > 0) throw new DomainError('wrong_state', 'A verification runs already. Wait until it has ended.')
      const verificationId = uuidv7()
      await db
        .insertInto('audit_verification')
        .values({
          verification_id: verificationId,
          started_at: new Date(now),
          started_by: userId,
          ok: null,
          failure: null,
        })
        .execute()
      running = carryOut(verificationId).catch((error: unknown) =>
        log.error({ err: error }, 'the result of a verification was not written'),
      )
      return verificationId
    },
    async stop(): Promise<void> {
      await running
    },
  }
}

export type Verifications = ReturnType<typeof createVerifications>

const update = (
  db: Kysely<Database>,
  verificationId: string,
  set: {
    finished_at?: Date
    seals_done?: number
    seals_total?: number
    rows_done?: number
    ok?: boolean
    problems?: string
    failure?: string
  },
) => db.updateTable('audit_verification').set(set).where('verification_id', '=', verificationId).execute()

/** How far the chain reaches, and how the last verification went. */
export async function sealView(db: Kysely<Database>): Promise<SealView> {
  const seal = await db.selectFrom('audit_seal').selectAll().orderBy('seal_no', 'desc').limit(1).executeTakeFirst()
  const { rows } = await sql<{ n: number; oldest: Date | null }>`
    select count(*)::int as n, min(at) as oldest from audit where written_in >= ${seal?.to_tx ?? 0}::bigint`.execute(db)
  const one = await db
    .selectFrom('audit_verification')
    .leftJoin('app_user', 'app_user.user_id', 'started_by')
    .selectAll('audit_verification')
    .select('app_user.display_name')
    .orderBy('started_at', 'desc')
    .limit(1)
    .executeTakeFirst()
  const verification: VerificationView | null =
    one === undefined
      ? null
      : {
          verificationId: one.verification_id,
          startedAt: one.started_at.toISOString(),
          by: one.display_name,
          finishedAt: iso(one.finished_at),
          sealsDone: one.seals_done,
          sealsTotal: one.seals_total,
          rowsDone: one.rows_done,
          ok: one.ok,
          problems: one.problems,
          failure: one.failure,
        }
  return {
    seal:
      seal === undefined
        ? null
        : { number: seal.seal_no, hash: seal.hash.toString('hex'), sealedAt: seal.sealed_at.toISOString() },
    unsealed: rows[0]?.n ?? 0,
    oldestUnsealedAt: iso(rows[0]?.oldest ?? null),
    verification,
  }
}
