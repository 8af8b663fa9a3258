import { type Kysely, type RawBuilder, sql } from 'kysely'
import {
  type CaseFilter,
  type CaseHits,
  type CaseSearch,
  type CaseSort,
  COUNTED_CASES,
  COUNTED_WITH_WORDS,
} from '../../contract/case-search.ts'
import { decodeCursor, encodeCursor } from '../../store/cursor.ts'
import type { Database } from '../../store/schema.ts'
import { type Conditions, conditionsOf } from './conditions.ts'
import { hitsOf } from './hits.ts'

type Db = Kysely<Database>

/** How each order sorts: by what, and which way. The key is read back from a cursor as `type`. */
const ORDERS = {
  newest: { key: sql<string>`c.opened_at`, type: sql.raw('timestamptz'), way: sql.raw('desc'), beyond: sql.raw('<') },
  oldest: { key: sql<string>`c.opened_at`, type: sql.raw('timestamptz'), way: sql.raw('asc'), beyond: sql.raw('>') },
  slowest: {
    key: sql<string>`(a.answered_at - a.since)`,
    type: sql.raw('interval'),
    way: sql.raw('desc'),
    beyond: sql.raw('<'),
  },
} as const satisfies Record<CaseSort, unknown>

/**
 * `few`: all that fits is found first and sorted then, whatever it takes to find it. `many`: more than are counted, so the
 * rows of a page lie close together in the order's own index. Without telling the two apart the planner walks a million
 * cases in their order to find the three that fit.
 */
type Mode = 'few' | 'many'

interface Key {
  case_id: string
  /** As text: with microseconds, which a Date would lose. */
  key: string
}

/** A page of case ids in order. */
export interface FoundPage {
  ids: string[]
  next: string | null
  /** Null on the pages after the first. */
  total: CaseHits['total']
}

/**
 * A page of cases that a filter finds.
 * @throws DomainError invalid_request naming the field, or for a page mark that is none
 */
export async function searchCases(db: Db, asked: CaseSearch, now: number): Promise<CaseHits> {
  const { sort = 'newest', cursor, limit = 50, ...filter } = asked
  const asPage = { sort, cursor, limit, counted: countedOf(filter) }
  const { ids, next, total } = await findCases(db, await conditionsOf(db, filter), asPage)
  return { items: await hitsOf(db, ids, now), nextCursor: next, total }
}

/** How many are counted, and sorted after they were found. */
export const countedOf = ({ words }: CaseFilter): number => (words === undefined ? COUNTED_CASES : COUNTED_WITH_WORDS)

export interface PageAsked {
  sort: CaseSort
  counted: number
  cursor: string | undefined
  limit: number
}

export async function findCases(
  db: Db,
  conditions: Conditions,
  { sort, counted, cursor, limit }: PageAsked,
): Promise<FoundPage> {
  if (cursor !== undefined) {
    const [mode, key, caseId] = decodeCursor(cursor, 3)
    const after = afterKey(sort, String(key), String(caseId))
    const of: Mode = mode === 'many' ? 'many' : 'few'
    const rest = [...conditions, after]
    const keys = of === 'many' ? await many(db, rest, sort, limit) : (await few(db, rest, sort, limit, counted)).keys
    return pageOf(keys, limit, of, null)
  }
  const found = await few(db, conditions, sort, limit, counted)
  if (found.count <= counted) return pageOf(found.keys, limit, 'few', { count: found.count, more: false })
  return pageOf(await many(db, conditions, sort, limit), limit, 'many', { count: counted, more: true })
}

/** How many cases a filter finds; `most` when there are as many or more. */
export async function countCases(db: Db, filter: CaseFilter, sort: CaseSort, most: number): Promise<number> {
  const conditions = await conditionsOf(db, filter)
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from (select from ${source(sort)} where ${all(conditions)} limit ${most}) found`.execute(
    db,
  )
  return rows[0]?.n ?? 0
}

interface Found {
  count: number
  keys: Key[]
}

/** Unordered first, at most one more than are counted; sorted then. */
async function few(db: Db, conditions: Conditions, sort: CaseSort, limit: number, counted: number): Promise<Found> {
  const { key, way } = ORDERS[sort]
  const { rows } = await sql<Key & { count: number }>`
    with found as materialized (
      select c.case_id, ${key} as key from ${source(sort)} where ${all(conditions)} limit ${counted + 1}
    )
    select n.count, f.case_id, f.key::text as key
    from (select count(*)::int as count from found) n
    left join lateral (
      select case_id, key from found where n.count <= ${counted}
      order by key ${way}, case_id ${way} limit ${limit + 1}
    ) f on true`.execute(db)
  const keys = rows.flatMap(({ case_id, key: at }) => (case_id === null ? [] : [{ case_id, key: at }]))
  return { count: rows[0]?.count ?? 0, keys }
}

async function many(db: Db, conditions: Conditions, sort: CaseSort, limit: number): Promise<Key[]> {
  const { key, way } = ORDERS[sort]
  const { rows } = await sql<Key>`
    select c.case_id, (${key})::text as key from ${source(sort)} where ${all(conditions)}
    order by ${key} ${way}, ${sort === 'slowest' ? sql`a.case_id` : sql`c.case_id`} ${way} limit ${limit + 1}`.execute(
    db,
  )
  return rows
}

const source = (sort: CaseSort): RawBuilder<unknown> =>
  sort === 'slowest' ? sql`case_answer a join alarm_case c on c.case_id = a.case_id` : sql`alarm_case c`

const all = (conditions: Conditions): RawBuilder<unknown> => sql.join(conditions, sql` and `)

function afterKey(sort: CaseSort, key: string, caseId: string): RawBuilder<boolean> {
  const order = ORDERS[sort]
  const id = sort === 'slowest' ? sql`a.case_id` : sql`c.case_id`
  return sql<boolean>`(${order.key}, ${id}) ${order.beyond} (${key}::${order.type}, ${caseId}::uuid)`
}

function pageOf(keys: readonly Key[], limit: number, mode: Mode, total: CaseHits['total']): FoundPage {
  const shown = keys.slice(0, limit)
  const last = keys.length > limit ? shown.at(-1) : undefined
  return {
    ids: shown.map(({ case_id }) => case_id),
    next: last === undefined ? null : encodeCursor([mode, last.key, last.case_id]),
    total,
  }
}
