import { type Kysely, sql } from 'kysely'
import type { DeskStats } from '../contract/api.ts'
import type { Database } from '../store/schema.ts'

export type CaseStats = Omit<DeskStats, 'devicesOnline' | 'devicesTotal'>

/** The figures of the console's top bar. Answer times are those of the last 24 h: opened → first claimed. */
export async function deskStats(db: Kysely<Database>, now: number): Promise<CaseStats> {
  const since = new Date(now - 86_400_000)
  const { rows } = await sql<CaseStats>`
    select
      (select count(*) from alarm_case where state = 'new')::int as waiting,
      (select count(*) from alarm_case where state in ('claimed', 'dispatched', 'on_scene'))::int as "inHand",
      answers.share as "answeredWithin60sShare", answers.mean as "meanAnswerSeconds",
      (select count(*) from dead_letter where received_at > ${since})::int as "deadLetters24h"
    from (
      select avg((seconds <= 60)::int)::float8 as share, avg(seconds)::float8 as mean
      from (
        select extract(epoch from min(log.at) - c.opened_at) as seconds
        from case_log log join alarm_case c using (case_id)
        where log.action = 'claim' and log.at > ${since}
        group by c.case_id
      ) answer
    ) answers`.execute(db)
  const [row] = rows
  if (!row) throw new Error('the figures gave no row')
  return row
}
