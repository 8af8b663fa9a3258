import { type Kysely, type RawBuilder, sql } from 'kysely'
import { DomainError } from '../../contract/errors.ts'
import type { MonthlyReport } from '../../contract/report.ts'
import type { Database } from '../../store/schema.ts'
import { isOfArea } from '../case-area.ts'

export interface ReportArea {
  area: MonthlyReport['area']
  city: string
  county: string | null
}

/** @throws DomainError invalid_request when there is no such division */
export async function areaOf(db: Kysely<Database>, code: string | undefined): Promise<ReportArea> {
  const rows = await db.selectFrom('division').selectAll().where('level', '!=', 'town').execute()
  const city = rows.find(({ level }) => level === 'city')
  const found =
    code === undefined
      ? city
      : (rows.find((row) => row.code === code) ??
        (await db.selectFrom('division').selectAll().where('code', '=', code).executeTakeFirst()))
  if (found === undefined) {
    throw new DomainError('invalid_request', 'There is no such area.', {
      errors: [{ field: 'area', message: 'is not the code of a division' }],
    })
  }
  const { level, name } = found
  const county = level === 'town' ? (rows.find((row) => row.code === found.parent_code)?.name ?? null) : null
  return { area: { code: found.code, name, level }, city: city?.name ?? '', county }
}

/** Where a case is: the resident's home now, or the area that lost its devices. Wants `home` and `incident` joined. */
export const PLACE: RawBuilder<string | null> = sql`coalesce(home.division_code, incident.area_id)`

export const PLACE_JOINS: RawBuilder<unknown> = sql`
  left join resident on resident.resident_id = c.resident_id
  left join home on home.home_id = resident.home_id
  left join incident on incident.incident_id = c.incident_id and incident.area_kind = 'division'`

/** The city's report has cases without a place, too. Wants the case as `c`. */
export const isWithin = ({ code, level }: MonthlyReport['area']): RawBuilder<boolean> =>
  level === 'city' ? sql<boolean>`true` : isOfArea(code)

/** What lies directly below: a county's code has six digits, a town's nine. */
export const partOf = ({ level }: MonthlyReport['area']): RawBuilder<string | null> =>
  sql`left(${PLACE}, ${sql.lit(level === 'city' ? 6 : 9)})`
