import type { CaseCategory } from '../contract/case.ts'
import type { DutyStatus, OperatorProfile } from '../contract/desk.ts'
import type { DeskSettings } from '../contract/desk-settings.ts'

/** A case that waits for somebody and is offered to nobody at the moment. */
export interface WaitingCase {
  caseId: string
  category: CaseCategory
  /** 1 is the most urgent. */
  priority: number
  /** Back from a hold: since when. It is on top of its priority. */
  returnedAt: number | null
  openedAt: number
  /** Whoever put it on hold, or had the resident's last case a short time ago. */
  follows: string | null
  dialect: string | null
  /** The division of the home and those it lies in; empty when it is not known. */
  areas: readonly string[]
  /** Those who were passed over in the present round. */
  passedBy: readonly string[]
  /** Marked as open to all already. */
  open: boolean
  /** Not before: all were passed over, and it is offered around again then. */
  againDue: number | null
}

/** Somebody on duty. */
export interface Operator extends OperatorProfile {
  userId: string
  status: DutyStatus
  connected: boolean
  /** Open emergencies that she owns, on hold or not. */
  emergencies: readonly string[]
  /** Open cases that she owns. */
  inHand: number
  /** Since when she has nothing new to do. */
  idleSince: number
  /** A case is offered to her already. */
  offered: boolean
}

export interface Assignment {
  caseId: string
  userId: string
}

export interface Distribution {
  offers: Assignment[]
  /** Everybody who could take them was passed over, or nobody can take an emergency: open to all, and a new round begins. */
  exhausted: string[]
}

type Rules = DeskSettings['distribution']

/** Everybody speaks it. */
const COMMON_LANGUAGE = '普通话'

/**
 * To whom the waiting cases are offered. Nothing else is decided here: an offer hides a case from nobody and keeps nobody
 * from taking it.
 *
 *   question               rule
 *   which case first       priority, then back from a hold, then age
 *   who is asked           ready, connected, no (other) emergency in hand, nothing else offered, not passed over in this round
 *   who first              whoever put it on hold; else whoever had the resident's last case within `followMinutes`
 *   who then               1 fits best (category before dialect before area)  2 fewest in hand  3 longest idle
 *   who fits               category: in her skills · dialect: hers, or 普通话, or none known · area: hers, or she has none
 *   who does not fit       is asked when the case has waited for `relaxSkillSeconds`, `relaxDialectSeconds`,
 *                          `relaxAreaSeconds`; for an emergency at once, when nobody fits better
 *   all were passed over   open to all; offered around again after `againSeconds`
 *   all are in emergencies an emergency is open to all at once; offered as soon as somebody is free
 *
 * @param cases waiting and not suppressed, none of them offered to anybody now
 */
export function distribute(
  cases: readonly WaitingCase[],
  operators: readonly Operator[],
  rules: Rules,
  now: number,
): Distribution {
  const offers: Assignment[] = []
  const exhausted: string[] = []
  if (!rules.on) return { offers, exhausted }
  const taken = new Set(operators.filter(({ offered }) => offered).map(({ userId }) => userId))
  for (const one of cases.toSorted(byUrgency)) {
    if (one.againDue !== null && one.againDue > now) continue
    const able = operators.filter((operator) => mayTake(operator, one) && fitsEnough(operator, one, rules, now))
    const left = able.filter(({ userId }) => !one.passedBy.includes(userId))
    const nobody = able.length === 0 && one.category === 'emergency' && !one.open
    if (nobody || (able.length > 0 && left.length === 0)) exhausted.push(one.caseId)
    const [chosen] = left.filter(({ userId }) => !taken.has(userId)).sort((a, b) => byFit(a, b, one))
    if (!chosen) continue
    taken.add(chosen.userId)
    offers.push({ caseId: one.caseId, userId: chosen.userId })
  }
  return { offers, exhausted }
}

const orderOf = (one: WaitingCase) => [one.priority, one.returnedAt === null ? 1 : 0, one.openedAt] as const

function byUrgency(a: WaitingCase, b: WaitingCase): number {
  return compare(orderOf(a), orderOf(b)) || (a.caseId < b.caseId ? -1 : 1)
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, index) => value !== b[index])
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0)
}

function mayTake({ status, connected, emergencies }: Operator, { caseId }: WaitingCase): boolean {
  return status === 'ready' && connected && emergencies.every((id) => id === caseId)
}

interface Misfit {
  skill: boolean
  dialect: boolean
  area: boolean
}

/** What an operator lacks for a case. */
function misfit(operator: Operator, { category, dialect, areas }: WaitingCase): Misfit {
  return {
    skill: !operator.skills.includes(category),
    dialect: dialect !== null && dialect !== COMMON_LANGUAGE && !operator.dialects.includes(dialect),
    area: operator.areas.length > 0 && areas.length > 0 && !areas.some((code) => operator.areas.includes(code)),
  }
}

function fitsEnough(operator: Operator, one: WaitingCase, rules: Rules, now: number): boolean {
  if (one.category === 'emergency' || operator.userId === one.follows) return true
  const waited = (now - one.openedAt) / 1000
  const { skill, dialect, area } = misfit(operator, one)
  return (
    (!skill || waited >= rules.relaxSkillSeconds) &&
    (!dialect || waited >= rules.relaxDialectSeconds) &&
    (!area || waited >= rules.relaxAreaSeconds)
  )
}

function byFit(a: Operator, b: Operator, one: WaitingCase): number {
  const rank = (operator: Operator) => {
    const { skill, dialect, area } = misfit(operator, one)
    const lacks = Number(skill) * 4 + Number(dialect) * 2 + Number(area)
    return [operator.userId === one.follows ? 0 : 1, lacks, operator.inHand, operator.idleSince]
  }
  return compare(rank(a), rank(b)) || (a.userId < b.userId ? -1 : 1)
}
