import { type Kysely, type Selectable, sql, type Transaction } from 'kysely'
import type { CaseConsequence } from '../cases/rules.ts'
import { waitingSince } from '../cases/waiting.ts'
import { REVIEW_AFTER_SECONDS } from '../contract/levels.ts'
import type { Database } from '../store/schema.ts'
import { openReview } from './open-review.ts'

type Tx = Transaction<Database>

/**
 * Keeps what service levels are counted from, in the transaction of the command: the first answer, and the first dispatch
 * after it. An answer that came too late opens a review. Cases on test are nobody's waiting, and do not count.
 */
export const answerConsequence: CaseConsequence = {
  name: 'answer',
  run: async ({ tx, now, action, actorId, current }) => {
    if (action === 'claim' && current.state === 'new' && current.suppression_id === null) {
      await answered(tx, current, actorId, now)
    }
    if (action === 'dispatch') {
      await sql`
        update case_answer set dispatched_at = ${new Date(now)}
        where case_id = ${current.case_id} and dispatched_at is null`.execute(tx)
    }
  },
}

async function answered(tx: Tx, of: Selectable<Database['alarm_case']>, userId: string, now: number): Promise<void> {
  const { rows } = await sql<{ since: Date }>`
    insert into case_answer (case_id, category, since, answered_at, operator_id, area)
    select c.case_id, c.category, ${waitingSince('c')}, ${new Date(now)}, ${userId},
      left(coalesce(home.division_code, area.area_id), 6)
    from alarm_case c
    left join resident on resident.resident_id = c.resident_id
    left join home on home.home_id = resident.home_id
    left join incident area on area.incident_id = c.incident_id and area.area_kind = 'division'
    where c.case_id = ${of.case_id} and c.purpose = 'real'
    on conflict (case_id) do nothing returning since`.execute(tx)
  const [first] = rows
  if (first === undefined || of.category === 'fault') return
  const seconds = Math.round((now - first.since.getTime()) / 1000)
  if (seconds <= REVIEW_AFTER_SECONDS) return
  const answer = { answer_seconds: seconds, answered_by: userId }
  await openReview(tx, [{ case_id: of.case_id, since: first.since, reason: 'late_answer', ...answer }], now)
}

/** Lines of the log that are taken over at a time. */
const STEP = 20_000

/**
 * Takes over answers that were given before these facts were kept, some thousand lines at a time: the one step of an upgrade
 * that takes long on a large table, and nobody waits for it.
 */
export async function backfillAnswers(db: Kysely<Database>): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const { rows } = await sql<{ log_id: number; to_log_id: number }>`
      select log_id, to_log_id from answer_backfill where log_id < to_log_id for update skip locked`.execute(tx)
    const [mark] = rows
    if (mark === undefined) return
    const until = Math.min(mark.log_id + STEP, mark.to_log_id)
    await sql`
      insert into case_answer (case_id, category, since, answered_at, operator_id, area, dispatched_at)
      select c.case_id, c.category, coalesce((select max(told.at) from case_log told where told.case_id = c.case_id
          and told.action = 'notified' and told.at <= first.at), c.opened_at),
        first.at, first.actor_id, left(home.division_code, 6),
        (select min(sent.at) from case_log sent where sent.case_id = c.case_id and sent.action = 'dispatch'
          and sent.at >= first.at)
      from (
        select distinct on (case_id) case_id, at, actor_id from case_log
        where action = 'claim' and log_id > ${mark.log_id} and log_id <= ${until} order by case_id, log_id
      ) first
      join alarm_case c on c.case_id = first.case_id
      left join resident on resident.resident_id = c.resident_id
      left join home on home.home_id = resident.home_id
      where c.suppression_id is null and c.purpose = 'real'
      on conflict (case_id) do nothing`.execute(tx)
    await sql`update answer_backfill set log_id = ${until}`.execute(tx)
  })
}
