import { type Kysely, sql } from 'kysely'
import type { CaseProtocol } from '../contract/protocol.ts'
import type { Database } from '../store/schema.ts'
import type { CaseRound } from './round.ts'

/**
 * The second person's word on a case, when it still holds: given since the case was opened or reopened, by somebody else than
 * whoever ends it, not too long ago, and nothing new has come in since.
 * @param enderId null: whoever has the case now
 */
export async function validSecond(
  db: Kysely<Database>,
  caseId: string,
  { since, news }: Pick<CaseRound, 'since' | 'news'>,
  enderId: string | null,
  now: number,
): Promise<CaseProtocol['second']> {
  const { rows } = await sql<{ by: string; until: string; reason: string }>`
    select app_user.display_name as by, log.detail ->> 'until' as until, log.detail ->> 'reason' as reason
    from case_log log join app_user on app_user.user_id = log.actor_id join alarm_case c using (case_id)
    where log.case_id = ${caseId} and log.action = 'second' and log.version > ${Math.max(since, news)}
      and log.actor_id is distinct from coalesce(${enderId}::uuid, c.owner_id)
      and (log.detail ->> 'until')::timestamptz > ${new Date(now)}
    order by log.log_id desc limit 1`.execute(db)
  return rows[0] ?? null
}
