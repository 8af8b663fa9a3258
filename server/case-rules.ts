import type { CaseRules } from './cases/rules.ts'
import { offersEnd, takeoverReason } from './desk/rules.ts'

/** Everything that hangs on operators' commands besides the transition table, in the order in which it is carried out. */
export const caseRules: CaseRules = {
  conditions: [takeoverReason],
  consequences: [offersEnd],
}
