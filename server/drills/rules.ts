import { mayGoOutside } from '../cases/purpose.ts'
import type { CaseConsequence } from '../cases/rules.ts'

/** What would go outside in earnest is said to have stayed inside. */
export const keptInside: CaseConsequence = {
  name: 'drills stay inside',
  run: async ({ tx, now, action, actorId }, changed) => {
    if (action !== 'dispatch' || mayGoOutside(changed)) return
    await tx
      .insertInto('case_log')
      .values({
        case_id: changed.case_id,
        at: new Date(now),
        action: 'kept_inside',
        actor_id: actorId,
        from_state: changed.state,
        to_state: changed.state,
        version: changed.version,
        detail: JSON.stringify({ action }),
      })
      .execute()
  },
}
