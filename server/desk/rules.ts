import { sql } from 'kysely'
import type { CaseCommandContext, CaseCondition, CaseConsequence } from '../cases/rules.ts'
import { DomainError } from '../contract/errors.ts'

/** Whoever takes a case out of another's hands says why. After a hold it was nobody's. */
export const takeoverReason: CaseCondition = {
  name: 'reason of a takeover',
  check: async ({ takeover, current, body }) => {
    if (!takeover || current.returned_at !== null) return
    if ('reason' in body && typeof body.reason === 'string' && body.reason.trim() !== '') return
    throw new DomainError('invalid_request', 'Say why you take this case over.', {
      errors: [{ field: 'reason', message: 'is required with takeover' }],
    })
  },
}

/** A case that somebody works on is offered to nobody, and whoever worked last is not idle for long. */
export const offersEnd: CaseConsequence = {
  name: 'offers',
  run: async (context) => {
    if (context.action === 'note') return
    if (context.action !== 'reopen') await endOffers(context)
    if (context.action === 'claim' || context.action === 'resolve' || context.action === 'close')
      await markBusy(context)
  },
}

/** Ends what is offered; when the case waits again it is offered around from the beginning. */
async function endOffers({ tx, now, current, actorId }: CaseCommandContext): Promise<void> {
  if (current.state !== 'new' && current.returned_at === null) return
  const at = new Date(now)
  await sql`
    with ended as (
      update case_offer set ended_at = ${at},
        outcome = case when user_id = ${actorId} then 'accepted' else 'withdrawn' end,
        ended_why = case when user_id = ${actorId} then 'claimed' else 'taken' end
      where case_id = ${current.case_id} and ended_at is null
    )
    insert into case_distribution (case_id, round)
    select case_id, max(round) + 1 from case_offer where case_id = ${current.case_id} group by case_id
    on conflict (case_id) do update
      set round = greatest(case_distribution.round, excluded.round - 1) + 1, open_at = null, again_due = null`.execute(
    tx,
  )
}

async function markBusy({ tx, now, actorId }: CaseCommandContext): Promise<void> {
  await tx
    .updateTable('duty')
    .set({ idle_since: new Date(now) })
    .where('user_id', '=', actorId)
    .execute()
}
