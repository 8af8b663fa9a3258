import { type RawBuilder, sql } from 'kysely'

/**
 * Since when a case waits aloud: since it was opened, or, when it was kept quiet at first or came back, since then.
 * @param alias of `alarm_case` in the statement
 */
export function waitingSince(alias: string): RawBuilder<Date> {
  const of = (column: string) => sql.ref(`${alias}.${column}`)
  return sql<Date>`coalesce((
    select max(told.at) from case_log told
    where told.case_id = ${of('case_id')} and told.action in ('notified', 'reopen')), ${of('opened_at')})`
}
