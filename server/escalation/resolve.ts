import type { AlertKind, CaseCategory } from '../contract/case.ts'
import type { EscalationPolicy } from '../contract/escalation.ts'

export interface InForce {
  version: number
  category: CaseCategory
  /** '' for all kinds of the category. */
  kind: AlertKind | ''
  /** '' for everywhere. */
  divisionCode: string
  policy: EscalationPolicy
}

export interface AskedFor {
  category: CaseCategory
  kind: AlertKind
  /** Where the resident lives; null when nobody knows. */
  divisionCode: string | null
}

/**
 * The policy for a case: the smallest area wins, since who can be sent depends on the place; then one for the kind over one
 * for the whole category.
 *
 *   town, kind > town, category > county, kind > county, category > city … > everywhere, kind > everywhere, category
 */
export function policyFor(inForce: readonly InForce[], { category, kind, divisionCode }: AskedFor): InForce | null {
  const fitting = inForce.filter(
    (one) =>
      one.category === category &&
      (one.kind === '' || one.kind === kind) &&
      // A child's code begins with its parent's.
      (one.divisionCode === '' || (divisionCode?.startsWith(one.divisionCode) ?? false)),
  )
  const rank = (one: InForce) => one.divisionCode.length * 2 + (one.kind === '' ? 0 : 1)
  return fitting.reduce<InForce | null>((best, one) => (best === null || rank(one) > rank(best) ? one : best), null)
}
