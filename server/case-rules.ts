import type { CaseRules } from './cases/rules.ts'
import { handoversEnd } from './desk/handover/offers.ts'

/** Everything that hangs on operators' commands besides the transition table, in the order in which it is carried out. */
export const caseRules: CaseRules = {
  conditions: [],
  consequences: [handoversEnd],
}
