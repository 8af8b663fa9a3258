import { type RawBuilder, sql } from 'kysely'

/**
 * Since when a case waits aloud: since it was opened, or, when it was kept quiet at first, since it was told.
 * @param alias of `alarm_case` in the statement
 */
export function waitingSince(alias: string): RawBuilder<Date> {
  const of = (column: string) => sql.ref(`${alias}.${column}`)
  return sql<Date>`coalesce((
    select max(told.at) from case_log told
    where told.case_id = ${of('case_id')} and told.action = 'notified'), ${of('opened_at')})`
}
