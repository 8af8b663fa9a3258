import type { CaseCondition, CaseConsequence } from '../cases/rules.ts'
import type { CaseCommandBody } from '../contract/case.ts'
import { DomainError } from '../contract/errors.ts'
import { decideNoResponse } from './no-response.ts'
import { keepChoice, protocolState } from './of-case.ts'
import { validSecond } from './second.ts'

/** No contact is never an end as false; neither contact nor visit takes two people. */
export const noResponse: CaseCondition = {
  name: 'no response',
  check: async ({ tx, now, current, action, body, actorId }) => {
    if (action !== 'resolve' || current.category === 'fault') return
    const { outcome, contact } = body as CaseCommandBody['resolve']
    const state = await protocolState(tx, current, now)
    const suppression =
      current.suppression_id === null
        ? undefined
        : await tx
            .selectFrom('suppression')
            .select('kind')
            .where('suppression_id', '=', current.suppression_id)
            .executeTakeFirst()
    const decision = decideNoResponse(
      {
        category: current.category,
        onTest: suppression?.kind === 'on_test',
        contact: (contact ?? state.contact) === 'made',
        visited: state.round.arrived > 0,
        dispatched: state.round.dispatched > 0,
        second: (await validSecond(tx, current.case_id, state.round, actorId, now)) !== null,
      },
      outcome,
    )
    if (decision !== null) throw new DomainError(decision.code, decision.reason)
  },
}

/** The protocol that a case had when it was first taken stays its protocol. */
export const keepProtocol: CaseConsequence = {
  name: 'keep protocol',
  run: async ({ tx, now, current, action }) => {
    if (action === 'claim') await keepChoice(tx, current, now)
  },
}
