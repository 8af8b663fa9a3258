import { type Kysely, sql } from 'kysely'
import type { DeskStats } from '../contract/api.ts'
import type { Database } from '../store/schema.ts'

export type CaseStats = Omit<DeskStats, 'devicesOnline' | 'devicesTotal'>

/** The figures of the console's top bar. Answer times are those of the last 24 h: opened → first claimed. */
export async function deskStats(db: Kysely<Database>, now: number): Promise<CaseStats> {
  const since = new Date(now - 86_400_000)
  const { rows } = await sql<CaseStats>`
    select
      (select count(*) from alarm_case where state = 'new' and purpose = 'real')::int as waiting,
      (select count(*) from alarm_case where state in ('claimed', 'dispatched', 'on_scene') and purpose = 'real')::int as "inHand",
      answers.share as "answeredWithin60sShare", answers.mean as "meanAnswerSeconds",
      (select count(*) from dead_letter where received_at > ${since})::int as "deadLetters24h"
    from (
      select avg((seconds <= 60)::int)::float8 as share, avg(seconds)::float8 as mean
      from (
        select extract(epoch from min(log.at) - c.opened_at) as seconds
        from case_log log join alarm_case c using (case_id)
        where log.action = 'claim' and log.at > ${since} and c.purpose = 'real'
        group by c.case_id
      ) answer
    ) answers`.execute(db)
  const [row] = rows
  if (!row) throw new Error('the figures gave no row')
  return row
}

export interface AnswerFigures {
  /** Answered, or waiting for longer than 60 s. */
  calls: number
  /** 0…1; null without calls. */
  within60: number | null
  within180: number | null
}

/**
 * How quickly calls were answered that came since a moment. Who still waits counts against every limit that has passed:
 * a centre that answers nobody must not look perfect. Faults are no calls.
 * @param since ms since the epoch
 */
export async function answersSince(db: Kysely<Database>, since: number, now: number): Promise<AnswerFigures> {
  const { rows } = await sql<{ calls: number; in60: number; in180: number; over180: number }>`
    select count(*) filter (where answered or seconds > 60)::int as calls,
      count(*) filter (where answered and seconds <= 60)::int as in60,
      count(*) filter (where answered and seconds <= 180)::int as in180,
      count(*) filter (where answered or seconds > 180)::int as over180
    from (
      select first.at is not null as answered,
        extract(epoch from coalesce(first.at, ${new Date(now)}::timestamptz) - c.opened_at) as seconds
      from alarm_case c
      left join lateral (
        select min(log.at) as at from case_log log where log.case_id = c.case_id and log.action = 'claim'
      ) first on true
      where c.opened_at >= ${new Date(since)} and c.opened_at <= ${new Date(now)} and c.category <> 'fault'
        and c.purpose = 'real'
        and (first.at is not null or (c.state = 'new' and c.suppression_id is null))
    ) call`.execute(db)
  const { calls = 0, in60 = 0, in180 = 0, over180 = 0 } = rows[0] ?? {}
  return {
    calls,
    within60: calls === 0 ? null : in60 / calls,
    within180: over180 === 0 ? null : in180 / over180,
  }
}
