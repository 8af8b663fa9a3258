import { noticesRead } from './cases/notices.ts'
import type { CaseRules } from './cases/rules.ts'
import { handoversEnd } from './desk/handover/offers.ts'
import { offersEnd, takeoverReason } from './desk/rules.ts'
import { keptInside } from './drills/rules.ts'
import { escalationConsequence } from './escalation/consequence.ts'
import { keepProtocol, noResponse } from './protocol/case-rules.ts'
import { answerConsequence } from './quality/answers.ts'
import { resultConsequence } from './quality/results.ts'

/** Everything that hangs on operators' commands besides the transition table, in the order in which it is carried out. */
export const caseRules: CaseRules = {
  conditions: [noResponse, noticesRead, takeoverReason],
  consequences: [
    keptInside,
    keepProtocol,
    escalationConsequence,
    answerConsequence,
    resultConsequence,
    offersEnd,
    handoversEnd,
  ],
}
