import { type Kysely, type RawBuilder, sql } from 'kysely'
import { foundResidents } from '../../care/resident-search.ts'
import type { CaseFilter } from '../../contract/case-search.ts'
import { DomainError } from '../../contract/errors.ts'
import type { Database } from '../../store/schema.ts'
import { isOfArea } from '../case-area.ts'
import { checkFilter, numberOf, termsOf } from './check.ts'

type Db = Kysely<Database>
export type Conditions = readonly RawBuilder<boolean>[]

/** More residents than this are no longer somebody that one looks for. */
const RESIDENTS = 20_000
/** Smaller areas are looked for by their residents, larger ones are met in any case. */
const AREA_RESIDENTS = 5_000

/**
 * What must hold of a case `c` to be found, as SQL. Whom and where it is about is looked up first, so that the planner
 * knows how few they are.
 * @throws DomainError invalid_request naming the field
 */
export async function conditionsOf(db: Db, filter: CaseFilter): Promise<Conditions> {
  checkFilter(filter)
  const [area, residents] = await Promise.all([areaOf(db, filter.area), residentsOf(db, filter.resident)])
  return [...plain(filter), ...area, ...residents, ...linked(filter)]
}

/** Of the case's own columns. */
function plain(filter: CaseFilter): RawBuilder<boolean>[] {
  const { from, to, states, categories, kinds, outcomes, priorities, ownerId, number } = filter
  const purposes = filter.purposes ?? ['real']
  const any = (column: string, values: readonly string[] | undefined) =>
    values === undefined ? [] : [sql<boolean>`${sql.ref(column)} = any(${[...values]}::text[])`]
  return [
    ...(from === undefined ? [] : [sql<boolean>`c.opened_at >= ${new Date(from)}::timestamptz`]),
    ...(to === undefined ? [] : [sql<boolean>`c.opened_at < ${new Date(to)}::timestamptz`]),
    ...any('c.purpose', purposes),
    // Few: an index has them.
    ...(purposes.every((one) => one === 'drill') ? [sql<boolean>`c.drill_id is not null`] : []),
    ...any('c.state', states),
    ...(states?.every((one) => one === 'resolved') ? [sql<boolean>`c.state = 'resolved'`] : []),
    ...(states?.every((one) => one !== 'resolved' && one !== 'closed')
      ? [sql<boolean>`c.state in ('new', 'claimed', 'dispatched', 'on_scene')`]
      : []),
    ...any('c.category', categories),
    ...any('c.kind', kinds),
    ...any('c.outcome', outcomes),
    ...(priorities === undefined ? [] : [sql<boolean>`c.priority = any(${priorities}::smallint[])`]),
    ...(ownerId === undefined ? [] : [sql<boolean>`c.owner_id = ${ownerId}::uuid`]),
    ...(number === undefined ? [] : [numberIs(number)]),
  ]
}

function numberIs(number: string): RawBuilder<boolean> {
  const digits = numberOf(number)
  return digits.length === 6
    ? sql<boolean>`right(c.case_id::text, 6) = ${digits}`
    : sql<boolean>`c.case_id = ${digits}::uuid`
}

/** Of what hangs on the case. */
function linked({ deviceId, closedBy, severe, risks, words, slowerThan }: CaseFilter): RawBuilder<boolean>[] {
  return [
    ...(deviceId === undefined
      ? []
      : [sql<boolean>`c.case_id in (select case_id from alert where device_id = ${deviceId.trim()})`]),
    ...(closedBy === undefined
      ? []
      : [
          sql<boolean>`c.case_id in (select case_id from case_log where action = 'close' and actor_id = ${closedBy}::uuid)`,
        ]),
    ...(severe === undefined
      ? []
      : severe
        ? [sql<boolean>`c.case_id in (select case_id from alert where severe)`]
        : [sql<boolean>`not exists (select from alert where alert.case_id = c.case_id and severe)`]),
    ...(risks === undefined
      ? []
      : [sql<boolean>`c.case_id in (select case_id from case_protocol where risk = any(${[...risks]}::text[]))`]),
    ...(words === undefined ? [] : [wordsStand(words)]),
    ...(slowerThan === undefined
      ? []
      : [
          sql<boolean>`c.case_id in (select case_id from case_answer
            where answered_at - since > make_interval(secs => ${slowerThan}::int))`,
        ]),
  ]
}

/** Pairs find the lines, then the words are looked for in them: 高血 and 血压 need not be 高血压. */
function wordsStand(words: string): RawBuilder<boolean> {
  const terms = termsOf(words)
  const stand = terms.map((term) => sql`position(${term} in log_words(l.detail)) > 0`)
  return sql<boolean>`c.case_id in (
    select w.case_id from case_words w join case_log l on l.log_id = w.log_id
    where w.pairs @> word_pairs(${terms.join(' ')}) and ${sql.join(stand, sql` and `)})`
}

async function residentsOf(db: Db, text: string | undefined): Promise<RawBuilder<boolean>[]> {
  if (text === undefined) return []
  const { rows } = await sql<{ ids: string[] }>`
    select ${foundResidents(text.trim(), '', RESIDENTS + 1)} as ids`.execute(db)
  const ids = [...new Set(rows[0]?.ids)]
  if (ids.length > RESIDENTS) {
    const message = `finds more than ${RESIDENTS} residents; say more of the name`
    throw new DomainError('invalid_request', 'Too many residents are found.', {
      errors: [{ field: 'resident', message }],
    })
  }
  return [sql<boolean>`c.resident_id = any(${ids}::text[])`]
}

/** The whole city is no condition: a case without a place is the city's too. */
async function areaOf(db: Db, code: string | undefined): Promise<RawBuilder<boolean>[]> {
  if (code === undefined) return []
  const division = await db.selectFrom('division').select('level').where('code', '=', code).executeTakeFirst()
  if (division === undefined) {
    throw new DomainError('invalid_request', 'There is no such area.', {
      errors: [{ field: 'area', message: 'is not the code of a division' }],
    })
  }
  if (division.level === 'city') return []
  const below = `${code}%`
  const { rows } = await sql<{ residents: string[]; incidents: string[] }>`
    select array(select resident_id from resident join home using (home_id) where division_code like ${below}
        limit ${AREA_RESIDENTS + 1}) as residents,
      array(select incident_id::text from incident where area_kind = 'division' and area_id like ${below}) as incidents`.execute(
    db,
  )
  const { residents = [], incidents = [] } = rows[0] ?? {}
  if (residents.length <= AREA_RESIDENTS) {
    return [sql<boolean>`(c.resident_id = any(${residents}::text[]) or c.incident_id = any(${incidents}::uuid[]))`]
  }
  return [isOfArea(code)]
}
