import type { Kysely } from 'kysely'
import { type CaseExport, EXPORT_ROWS } from '../../contract/case-search.ts'
import { DomainError } from '../../contract/errors.ts'
import type { Language } from '../../contract/explain/template.ts'
import type { Database } from '../../store/schema.ts'
import { conditionsOf } from '../search/conditions.ts'
import { rowsOf } from '../search/hits.ts'
import { countCases, countedOf, findCases } from '../search/search.ts'
import { type Cell, cellsOf, headingOf, sheetOf, widths } from './columns.ts'

type Db = Kysely<Database>

/** Cases read at a time: the memory of an export is one such page. */
const PAGE = 1_000

export interface CaseTable {
  /** What it holds, before it is read. */
  rows: number
  heading: string[]
  widths: readonly number[]
  sheet: string
  /** Page by page; nothing of the database is held meanwhile. */
  pages(): AsyncGenerator<Cell[][]>
}

/**
 * What a filter finds, as a table to be written while it is read. What comes later than now does not come in: the number of
 * rows is told, and noted, before the first.
 * @param most rows of a file
 * @throws DomainError too_many_rows; invalid_request naming the field
 */
export async function exportCases(
  db: Db,
  { format: _, language, sort = 'newest', ...asked }: CaseExport,
  phones: boolean,
  now: number,
  most: number = EXPORT_ROWS,
): Promise<CaseTable> {
  const until = new Date(now).toISOString()
  const filter = { ...asked, to: asked.to === undefined || asked.to > until ? until : asked.to }
  // Only what the caller said can be wrong with it.
  if (asked.from !== undefined && Date.parse(asked.from) >= now) return table(language, 0, () => nothing())
  const rows = await countCases(db, filter, sort, most + 1)
  if (rows > most) {
    throw new DomainError(
      'too_many_rows',
      `More than ${most.toLocaleString('en')} cases are found: too many for one file. Narrow the time, or export month by month.`,
    )
  }
  const conditions = await conditionsOf(db, filter)
  const counted = countedOf(filter)
  async function* pages() {
    let cursor: string | undefined
    do {
      const page = await findCases(db, conditions, { sort, counted, cursor, limit: PAGE })
      yield (await rowsOf(db, page.ids)).map((row) => cellsOf(row, language, phones, now))
      cursor = page.next ?? undefined
    } while (cursor !== undefined)
  }
  return table(language, rows, pages)
}

const table = (language: Language, rows: number, pages: CaseTable['pages']): CaseTable => ({
  rows,
  heading: headingOf(language),
  widths,
  sheet: sheetOf(language),
  pages,
})

async function* nothing(): AsyncGenerator<Cell[][]> {
  yield []
}
