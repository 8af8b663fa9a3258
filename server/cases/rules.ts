import type { Selectable, Transaction } from 'kysely'
import type { CaseAction, CaseCommandBody, CaseWork } from '../contract/case.ts'
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

/** What is noted of a case's protocol. It moves nothing by itself. */
export type CaseNote = Exclude<CaseWork, CaseAction>

/** What the log line of a note says, and the commands that follow from it. */
export interface CasePlanned {
  detail: Record<string, unknown>
  commands: readonly CaseFollow[]
}
export type CaseFollow = { [A in CaseAction]: { action: A; body: Omit<CaseCommandBody[A], 'version'> } }[CaseAction]

/** Decides on the locked case, and may write into tables of its own. The transition table has allowed the note. */
export type CasePlan = (of: {
  tx: Transaction<Database>
  now: number
  current: CaseRow
  actorId: string
}) => Promise<CasePlanned>
