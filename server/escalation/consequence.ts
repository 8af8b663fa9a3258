import type { CaseConsequence } from '../cases/rules.ts'
import { acknowledge, end, extend, restart } from './acknowledge.ts'

/**
 * What operators' commands do to the escalation of a case, in their own transaction.
 *
 *   claim, resume, takeover   acknowledged; stops all that is pending, also what waits to be sent
 *   hold                      acknowledged until the hold ends
 *   dispatch, arrive          the same, with the longer time that is given once somebody was sent
 *   note by its owner         acknowledged: whoever writes is there
 *   note by somebody else     if it is acknowledged, the accepted silence begins anew
 *   resolve, close            ended
 *   reopen                    begins again
 */
export const escalationConsequence: CaseConsequence = {
  name: 'escalation',
  run: async ({ tx, now, action, actorId }, changed) => {
    const { case_id: caseId, state, hold_until: holdUntil } = changed
    const taken = { caseId, userId: actorId, sent: state === 'dispatched' || state === 'on_scene', holdUntil }
    switch (action) {
      case 'claim':
      case 'hold':
      case 'dispatch':
      case 'arrive':
        return acknowledge(tx, taken, now)
      case 'note':
        return actorId === changed.owner_id
          ? acknowledge(tx, taken, now)
          : extend(tx, { ...taken, userId: changed.owner_id }, now)
      case 'resolve':
      case 'close':
        return end(tx, caseId, now)
      case 'reopen':
        return restart(tx, caseId, now)
    }
  },
}
