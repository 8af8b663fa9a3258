import { type Kysely, sql, type Transaction } from 'kysely'
import type { Logger } from 'pino'
import { Gauge, type Registry } from 'prom-client'
import type { SealSource } from '../../contract/audit.ts'
import { SEAL_SOURCES } from '../../contract/audit.ts'
import type { Clock } from '../../contract/clock.ts'
import type { Database } from '../../store/schema.ts'
import { createAnchors } from './anchors.ts'
import { GENESIS, hashed, idOf, type Seal, type SealPart, sealHash } from './canonical.ts'

/** Of all nodes one seals at a time; the others leave it to it. */
const LOCK = 0x616e_6875
/** Transactions a seal covers at most: after a long pause it is made up for in parts. */
const MOST_TRANSACTIONS = 2_000
/** … and while nothing is found the step grows, since other databases of the server use numbers up, too. */
const MOST_STEP = 50_000_000
/** Parts made up for in one round. */
const MOST_SEALS = 50

export interface Sealer {
  /** Seals what has become final since the last seal. */
  run(): Promise<Seal | null>
}

/**
 * Seals the audit, the log of cases and the signals in the order in which they were written, off the alarm path.
 * @param anchorFile where the newest seal is noted every minute, outside the database; null: nowhere
 */
export function createSealer(options: {
  db: Kysely<Database>
  clock: Clock
  log: Logger
  registry: Registry
  anchorFile: string | null
}): Sealer {
  const { db, clock, registry } = options
  const registers = [registry]
  const number = new Gauge({ name: 'anhu_audit_seal_number', help: 'Number of the newest seal', registers })
  const behind = new Gauge({
    name: 'anhu_audit_seal_behind_transactions',
    help: 'Transactions that are not sealed yet; grows when one of them does not end',
    registers,
  })
  const anchors = createAnchors(options)
  // Found empty below this; known to this process alone, and looked at again after a restart.
  let empty = 0

  async function seal(): Promise<{ made: Seal | null; more: boolean }> {
    return db.transaction().execute(async (tx) => {
      const { rows } = await sql<{ got: boolean }>`select pg_try_advisory_xact_lock(${LOCK}) as got`.execute(tx)
      if (rows[0]?.got !== true) return { made: null, more: false }
      const last = await newest(tx)
      const fromTx = last?.to_tx ?? 0
      const horizon = await finalBelow(tx)
      let step = MOST_TRANSACTIONS
      for (let at = Math.max(fromTx, empty); at < horizon; at = empty) {
        const toTx = Math.min(horizon, at + step)
        const parts = await partsOf(tx, at, toTx)
        behind.set(horizon - toTx)
        if (parts.length > 0) return { made: await write(tx, last, toTx, parts, clock.now()), more: toTx < horizon }
        empty = toTx
        step = Math.min(step * 10, MOST_STEP)
      }
      return { made: null, more: false }
    })
  }

  return {
    run: async () => {
      let latest: Seal | null = null
      for (let n = 0; n < MOST_SEALS; n++) {
        const { made, more } = await seal()
        latest = made ?? latest
        if (!more) break
      }
      if (latest !== null) number.set(latest.sealNo)
      await anchors.note(latest, clock.now())
      return latest
    },
  }
}

/** All transactions below have ended, and what they wrote is seen. */
async function finalBelow(tx: Transaction<Database>): Promise<number> {
  const { rows } = await sql<{ horizon: number }>`select seal_horizon() as horizon`.execute(tx)
  return rows[0]?.horizon ?? 0
}

const newest = (tx: Kysely<Database>) =>
  tx.selectFrom('audit_seal').selectAll().orderBy('seal_no', 'desc').limit(1).executeTakeFirst()

async function partsOf(tx: Transaction<Database>, fromTx: number, toTx: number): Promise<SealPart[]> {
  const one = (source: SealSource) => sql`
    select ${source}::text as source, count(*)::int as rows,
      sha256(string_agg(full_hash, ''::bytea order by written_in, key)) as hash,
      string_agg(print, ''::bytea order by written_in, key) as prints
    from (
      select written_in, ${idOf(source)} as key, ${hashed(source)} from ${sql.table(source)}
      where written_in >= ${fromTx}::bigint and written_in < ${toTx}::bigint
    ) row having count(*) > 0`
  const { rows } = await sql<SealPart>`${sql.join(SEAL_SOURCES.map(one), sql` union all `)}`.execute(tx)
  return rows
}

async function write(
  tx: Transaction<Database>,
  last: Awaited<ReturnType<typeof newest>>,
  toTx: number,
  parts: readonly SealPart[],
  now: number,
): Promise<Seal> {
  const sealNo = (last?.seal_no ?? 0) + 1
  const fromTx = last?.to_tx ?? 0
  const previous = last?.hash ?? GENESIS
  const sealedAt = new Date(now)
  const hash = sealHash({ sealNo, sealedAt, fromTx, toTx, parts, previous })
  await tx
    .insertInto('audit_seal')
    .values({ seal_no: sealNo, sealed_at: sealedAt, from_tx: fromTx, to_tx: toTx, previous, hash })
    .execute()
  await tx
    .insertInto('audit_seal_part')
    .values(parts.map((part) => ({ seal_no: sealNo, ...part })))
    .execute()
  return { sealNo, hash, sealedAt }
}
