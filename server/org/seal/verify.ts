import { type Kysely, type Selectable, sql } from 'kysely'
import type { ChainFault, ChainProblem, SealSource } from '../../contract/audit.ts'
import { SEAL_SOURCES } from '../../contract/audit.ts'
import type { Database } from '../../store/schema.ts'
import type { Anchor } from './anchors.ts'
import { GENESIS, hashed, idOf, sealHash, sha256, timeOf } from './canonical.ts'
import { compare, type RowNow } from './compare.ts'

export interface Verified {
  ok: boolean
  seals: number
  rows: Record<SealSource, number>
  /** Rows that are not sealed yet. */
  unsealed: number
  /** The first ones, in the order of the chain. */
  problems: ChainProblem[]
  last: { seal: number; hash: string; sealedAt: string } | null
}

export interface Progress {
  sealsDone: number
  sealsTotal: number
  rowsDone: number
}

export interface VerifyOptions {
  anchors?: readonly Anchor[]
  progress?: (progress: Progress) => void | Promise<void>
}

const MOST_PROBLEMS = 20
const SEALS_AT_ONCE = 200
const ROWS_AT_ONCE = 20_000
/**
 * An entry is written at its time, and transactions begin one after the other: one that says it is so much older than the
 * newest under an earlier seal was put there later. When a seal was made says less: it may have had to wait.
 */
const BACKDATED_MS = 15 * 60_000

type SealRow = Selectable<Database['audit_seal']>
type PartRow = Selectable<Database['audit_seal_part']>

/** Goes over the whole chain and all rows that it holds, in parts, and names what does not fit. Reads only. */
export async function verifyChain(db: Kysely<Database>, options: VerifyOptions = {}): Promise<Verified> {
  const problems: ChainProblem[] = []
  const found = (fault: ChainFault, seal: number, source: SealSource | null, entry: string | null, text: string) => {
    if (problems.length < MOST_PROBLEMS) problems.push({ fault, seal, source, entry, text })
  }
  const anchored = new Map((options.anchors ?? []).map(({ seal, hash }) => [seal, hash]))
  const rows: Record<SealSource, number> = { audit: 0, case_log: 0, signal: 0 }
  const { n: total } = await db
    .selectFrom('audit_seal')
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .executeTakeFirstOrThrow()
  let last = null as SealRow | null
  let done = 0
  let newest = 0

  for (;;) {
    const seals = await db
      .selectFrom('audit_seal')
      .selectAll()
      .where('seal_no', '>', last?.seal_no ?? 0)
      .orderBy('seal_no')
      .limit(SEALS_AT_ONCE)
      .execute()
    const [first] = seals
    const end = seals.at(-1)
    if (first === undefined || end === undefined) break
    const parts = await partsOf(db, first.seal_no, end.seal_no)
    const readers = SEAL_SOURCES.map((source) => ({ source, read: reader(db, source, last?.to_tx ?? 0, end.to_tx) }))
    for (const seal of seals) {
      checkHeader(seal, last, parts.get(seal.seal_no) ?? [], anchored, found)
      const checked = []
      for (const { source, read } of readers) {
        const part = parts.get(seal.seal_no)?.find((one) => one.source === source)
        const here = await checkRows(seal, newest - BACKDATED_MS, source, part, read, found)
        rows[source] += here.count
        checked.push(here.newest)
      }
      newest = Math.max(newest, ...checked)
      last = seal
      done++
    }
    const rowsDone = SEAL_SOURCES.reduce((sum, source) => sum + rows[source], 0)
    await options.progress?.({ sealsDone: done, sealsTotal: total, rowsDone })
  }
  for (const [seal] of anchored) {
    if (seal > (last?.seal_no ?? 0))
      found('anchor_differs', seal, null, null, `seal ${seal} was noted outside and is gone`)
  }
  const unsealed = await tail(db, last, found)
  return {
    ok: problems.length === 0,
    seals: done,
    rows,
    unsealed,
    problems,
    last: last && { seal: last.seal_no, hash: last.hash.toString('hex'), sealedAt: last.sealed_at.toISOString() },
  }
}

type Found = (fault: ChainFault, seal: number, source: SealSource | null, entry: string | null, text: string) => void

async function partsOf(db: Kysely<Database>, first: number, end: number): Promise<Map<number, PartRow[]>> {
  const rows = await db
    .selectFrom('audit_seal_part')
    .selectAll()
    .where('seal_no', '>=', first)
    .where('seal_no', '<=', end)
    .execute()
  const bySeal = new Map<number, PartRow[]>()
  for (const row of rows) bySeal.set(row.seal_no, [...(bySeal.get(row.seal_no) ?? []), row])
  return bySeal
}

function checkHeader(
  seal: SealRow,
  last: SealRow | null,
  parts: readonly PartRow[],
  anchored: ReadonlyMap<number, string>,
  found: Found,
): void {
  const { seal_no: no } = seal
  const due = (last?.seal_no ?? 0) + 1
  if (no !== due) found('seal_missing', due, null, null, `seal ${due} is missing; the next one is ${no}`)
  if (no === due && !seal.previous.equals(last?.hash ?? GENESIS)) {
    found('seal_broken', no, null, null, `seal ${no} does not follow from the one before it`)
  }
  if (no === due && seal.from_tx !== (last?.to_tx ?? 0)) {
    found('seal_broken', no, null, null, `seal ${no} does not begin where the one before it ends`)
  }
  const { sealed_at: sealedAt, from_tx: fromTx, to_tx: toTx, previous } = seal
  const hash = sealHash({ sealNo: no, sealedAt, fromTx, toTx, parts, previous })
  if (!hash.equals(seal.hash)) found('seal_broken', no, null, null, `the hash of seal ${no} does not fit what it says`)
  const noted = anchored.get(no)
  if (noted !== undefined && noted !== seal.hash.toString('hex')) {
    found('anchor_differs', no, null, null, `seal ${no} was noted outside with another hash: the chain was made anew`)
  }
}

/** @param notBefore ms since the epoch. @returns how many rows there are, and the time of the newest */
async function checkRows(
  seal: SealRow,
  notBefore: number,
  source: SealSource,
  part: PartRow | undefined,
  read: Reader,
  found: Found,
): Promise<{ count: number; newest: number }> {
  const rows: RowNow[] = []
  const hashes: Buffer[] = []
  let backdated: string | null = null
  let newest = 0
  for (let row = await read(seal.to_tx); row !== null; row = await read(seal.to_tx)) {
    rows.push(row)
    hashes.push(row.full_hash)
    // A signal waits for its commit while the store is down; what people did is written at once.
    if (source !== 'signal' && row.at.getTime() < notBefore) backdated ??= row.id
    newest = Math.max(newest, row.at.getTime())
  }
  if (part === undefined) {
    const [first] = rows
    if (first !== undefined) found('inserted', seal.seal_no, source, first.id, `${source} ${first.id} is under no seal`)
    return { count: rows.length, newest }
  }
  if (!sha256(...hashes).equals(part.hash)) {
    const { fault, entry } = compare(part.prints, rows)
    found(fault, seal.seal_no, source, entry, faultText(fault, source, entry))
  } else if (backdated !== null) {
    found('inserted', seal.seal_no, source, backdated, `${source} ${backdated} says it is older than it can be`)
  }
  return { count: rows.length, newest }
}

function faultText(fault: ChainFault, source: SealSource, entry: string | null): string {
  if (fault === 'missing') {
    return entry === null ? `the first ${source} of this seal is missing` : `the ${source} after ${entry} is missing`
  }
  if (entry === null) return `the id of a ${source} of this seal was changed`
  if (fault === 'reordered') return `${source} from ${entry} on is in another order`
  return `${source} ${entry} was ${fault}`
}

interface HashedRow extends RowNow {
  full_hash: Buffer
  written_in: number
  at: Date
}

/** The next row below a position, or null. */
type Reader = (below: number) => Promise<HashedRow | null>

/** Reads the rows of a range in their order, some thousand at a time. */
function reader(db: Kysely<Database>, source: SealSource, fromTx: number, toTx: number): Reader {
  const key = idOf(source)
  const type = sql.raw(source === 'signal' ? 'uuid' : 'bigint')
  let page: HashedRow[] = []
  let next = 0
  let after: HashedRow | null = null
  let ended = false
  return async (below) => {
    if (next === page.length && !ended) {
      const { rows }: { rows: HashedRow[] } = await sql<HashedRow>`
        select ${hashed(source)}, written_in, ${timeOf(source)} as at from ${sql.table(source)}
        where written_in < ${toTx}::bigint and ${
          after === null
            ? sql`written_in >= ${fromTx}::bigint`
            : sql`written_in >= ${after.written_in}::bigint
                and (written_in, ${key}) > (${after.written_in}::bigint, ${after.id}::${type})`
        }
        order by written_in, ${key} limit ${ROWS_AT_ONCE}`.execute(db)
      page = rows
      next = 0
      after = rows.at(-1) ?? null
      ended = rows.length < ROWS_AT_ONCE
    }
    const row = page[next]
    if (row === undefined || row.written_in >= below) return null
    next++
    return row
  }
}

/** Rows after the last seal: waiting for theirs, unless they claim to come from the future. */
async function tail(db: Kysely<Database>, last: SealRow | null, found: Found): Promise<number> {
  let unsealed = 0
  for (const source of SEAL_SOURCES) {
    const { rows } = await sql<{ n: number; ahead: string | null }>`
      select count(*)::int as n, min(${idOf(source)}::text) filter (
        where written_in >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint + seal_offset()) as ahead
      from ${sql.table(source)} where written_in >= ${last?.to_tx ?? 0}::bigint`.execute(db)
    const [row] = rows
    unsealed += row?.n ?? 0
    if (row?.ahead != null) {
      found(
        'inserted',
        last?.seal_no ?? 0,
        source,
        row.ahead,
        `${source} ${row.ahead} says it was written in the future`,
      )
    }
  }
  return unsealed
}
