import { Readable } from 'node:stream'
import Type from 'typebox'
import { ROLES } from '../../contract/api.ts'
import {
  CaseExport,
  type CaseFilter,
  CaseHits,
  CaseSearch,
  CaseSearchOptions,
  EXPORT_ROWS,
  ROWS_HEADER,
} from '../../contract/case-search.ts'
import { DomainError, Problem } from '../../contract/errors.ts'
import { audit } from '../../org/audit.ts'
import { exportCases } from '../../reports/export/export.ts'
import { searchOptions } from '../../reports/search/options.ts'
import { searchCases } from '../../reports/search/search.ts'
import { currentUser } from '../auth.ts'
import { csvPages } from '../csv.ts'
import type { Api, HttpDeps } from '../deps.ts'
import { XLSX_TYPE, xlsxOf } from '../xlsx-stream.ts'

/** Files written at the same time on this node: each keeps a connection of the database busy half of the time. */
const EXPORTS_AT_ONCE = 2

/** Finding cases, and taking along what was found. */
export async function caseSearchRoutes(api: Api, { db, clock, log }: HttpDeps): Promise<void> {
  let exporting = 0

  api.get(
    '/cases/search/options',
    {
      schema: {
        tags: ['cases'],
        summary: 'Whom and which areas cases can be searched by',
        response: { 200: CaseSearchOptions },
      },
    },
    async () => searchOptions(db),
  )

  api.post(
    '/cases/search',
    {
      schema: {
        tags: ['cases'],
        summary: 'Cases by anything that is known of them; names and numbers go in the body',
        body: CaseSearch,
        response: { 200: CaseHits, 400: Problem },
      },
    },
    async ({ body }) => searchCases(db, body, clock.now()),
  )

  api.post(
    '/cases/export',
    {
      schema: {
        tags: ['cases'],
        summary: `What a search finds as CSV or XLSX, ${EXPORT_ROWS} rows at most; that is noted as well`,
        body: CaseExport,
        response: { 200: Type.Unsafe<Readable>(Type.String()), 400: Problem, 422: Problem, 429: Problem },
      },
    },
    async (request, reply) => {
      const { body } = request
      const { userId, role } = currentUser(request)
      const now = clock.now()
      if (exporting >= EXPORTS_AT_ONCE) {
        throw new DomainError('too_many_requests', 'Other files are being written. Try again in a minute.')
      }
      exporting += 1
      let streaming = false
      try {
        const phones = ROLES.indexOf(role) >= ROLES.indexOf('supervisor')
        const table = await exportCases(db, body, phones, now)
        const detail = { rows: table.rows, format: body.format, filter: withoutPersons(body) }
        await audit(db, { userId, action: 'cases.export', subject: null, detail }, now)
        const { heading, widths, sheet: name } = table
        const stream =
          body.format === 'csv'
            ? Readable.from(csvPages(heading, table.pages()))
            : xlsxOf({ heading, widths, name, pages: table.pages })
        stream.once('close', () => {
          exporting -= 1
        })
        stream.once('error', (error) => log.warn({ err: error }, 'an export of cases broke off'))
        streaming = true
        return await reply
          .type(body.format === 'csv' ? 'text/csv; charset=utf-8' : XLSX_TYPE)
          .header('content-disposition', `attachment; filename="cases.${body.format}"`)
          .header(ROWS_HEADER, String(table.rows))
          .send(stream)
      } finally {
        if (!streaming) exporting -= 1
      }
    },
  )
}

/** What is noted of a filter: ids and codes. Of what somebody typed only that they did. */
function withoutPersons({ resident, words, ...rest }: CaseFilter & { format?: string; language?: string }) {
  const { format: _, language: __, ...filter } = rest
  return {
    ...filter,
    ...(resident === undefined ? {} : { resident: true }),
    ...(words === undefined ? {} : { words: true }),
  }
}
