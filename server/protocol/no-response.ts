import type { CaseCategory, Outcome } from '../contract/case.ts'
import { FALSE_OUTCOMES } from '../contract/protocol-check.ts'

/** What is known of the resident when a case is to be resolved. */
export interface NoResponseFacts {
  category: CaseCategory
  /** It was kept quiet because its device is on test. */
  onTest: boolean
  /** She, or somebody who is with her, was reached. */
  contact: boolean
  /** Somebody has been on scene. */
  visited: boolean
  /** Somebody was sent, whether he has arrived or not. */
  dispatched: boolean
  /** Another user has agreed, and that still holds. */
  second: boolean
}

/** Outcomes that say that somebody was with her: whoever was sent has been there, though nobody noted the arrival. */
const SEEN: ReadonlySet<Outcome> = new Set(['helped', 'hospital', 'deceased'])

export type NoResponseDecision = null | { code: 'no_contact' | 'second_person_needed'; reason: string }

/**
 * The no-response rule. No contact is never an end as "false"; an end without contact and without a visit takes two people
 * (one operator put a call on hold, another deleted it, and the caller died: Newham 2017).
 *
 *   category          false_alarm, no_help_needed, test     other outcomes
 *   fault             ✓                                     ✓
 *   help              contact, or a visit                   ✓
 *   emergency, care   contact, or a visit                   contact, or a visit, or a second person
 *
 * A visit is an arrival, or somebody sent with an outcome that says she was seen. `test` of a device on test is free.
 */
export function decideNoResponse(facts: NoResponseFacts, outcome: Outcome): NoResponseDecision {
  const { category, onTest, contact, visited, dispatched, second } = facts
  if (category === 'fault' || contact || visited) return null
  if (outcome === 'test' && onTest) return null
  if (FALSE_OUTCOMES.has(outcome)) {
    return {
      code: 'no_contact',
      reason:
        'Nobody has reached the resident, so the case cannot end as false. Send somebody, or reach the resident or a contact who is with them, and note it.',
    }
  }
  if (category === 'help' || second || (dispatched && SEEN.has(outcome))) return null
  return {
    code: 'second_person_needed',
    reason:
      'Nobody has reached or visited the resident. Send somebody, or have a second person confirm: POST /cases/{caseId}/second.',
  }
}
