import type { Selectable, Transaction } from 'kysely'
import type { CaseAction, CaseCommandBody } from '../contract/case.ts'
import type { Database } from '../store/schema.ts'

export type CaseRow = Selectable<Database['alarm_case']>

/** One operator's command on one case, in its transaction, after the transition table has allowed it. */
export interface CaseCommandContext {
  tx: Transaction<Database>
  /** Ms since the epoch. */
  now: number
  /** The case before the command; its row is locked. */
  current: CaseRow
  action: CaseAction
  body: CaseCommandBody[CaseAction]
  actorId: string
  takeover: boolean
}

/** What must hold besides the transition table. */
export interface CaseCondition {
  name: string
  /** @throws DomainError whose text says what has to be done first */
  check(context: CaseCommandContext): Promise<void>
}

/** What else a command changes, committed with it or not at all. */
export interface CaseConsequence {
  name: string
  /** @param changed the case after the command */
  run(context: CaseCommandContext, changed: CaseRow): Promise<void>
}

/** Both lists are carried out in their order; the composition root names their members. */
export interface CaseRules {
  conditions: readonly CaseCondition[]
  consequences: readonly CaseConsequence[]
}
