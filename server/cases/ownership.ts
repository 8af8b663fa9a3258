import type { Selectable, Transaction } from 'kysely'
import type { CaseState, LogAction } from '../contract/case.ts'
import { DomainError, type ErrorCode } from '../contract/errors.ts'
import type { Database } from '../store/schema.ts'
import type { CaseRow } from './rules.ts'

/**
 * Who has a case, and how that changes besides claiming; everything that is not in the table is refused. The work state
 * stays what it is: the ambulance is on its way, whoever sits at the desk.
 *
 *   state                            offer  accept  decline  withdraw  reassign  assist  whisper
 *   new                                –      –        –        –         –        ✓        –
 *   claimed, dispatched, on_scene      ✓      ✓        ✓        ✓         ✓        ✓        ✓
 *   resolved, closed                   –      –        –        –         –        –        –
 *
 *   by       offer: the owner, when nothing is offered. accept, decline: to whom it is offered; what is offered to the
 *            queue is accepted by claiming it. withdraw: the owner. reassign, assist, whisper: a supervisor who is not
 *            the owner.
 *   version  offer, accept, decline, withdraw and reassign count it up. assist and whisper leave it: what the operator is
 *            about to press must not be refused because somebody looks on.
 */
const TABLE: Record<CaseState, readonly OwnershipAction[]> = {
  new: ['assist'],
  claimed: ['offer', 'accept', 'decline', 'withdraw', 'reassign', 'assist', 'whisper'],
  dispatched: ['offer', 'accept', 'decline', 'withdraw', 'reassign', 'assist', 'whisper'],
  on_scene: ['offer', 'accept', 'decline', 'withdraw', 'reassign', 'assist', 'whisper'],
  resolved: [],
  closed: [],
}

export const OWNERSHIP_ACTIONS = ['offer', 'accept', 'decline', 'withdraw', 'reassign', 'assist', 'whisper'] as const
export type OwnershipAction = (typeof OWNERSHIP_ACTIONS)[number]

export interface OwnershipInput {
  state: CaseState
  ownerId: string | null
  /** The open offer: to whom, null the queue; undefined: none. */
  offeredTo: string | null | undefined
}

export type OwnershipDecision = { ok: true } | { ok: false; code: ErrorCode; reason: string }

const refuse = (code: ErrorCode, reason: string): OwnershipDecision => ({ ok: false, code, reason })

/** Decides one change of ownership. Roles are the route's matter. */
export function decideOwnership(current: OwnershipInput, action: OwnershipAction, actorId: string): OwnershipDecision {
  const { state, ownerId, offeredTo } = current
  if (!TABLE[state].includes(action)) {
    return refuse('wrong_state', `A case in state ${state} cannot be handed on like this (${action}).`)
  }
  const own = ownerId === actorId
  switch (action) {
    case 'offer':
      if (!own) return refuse('not_owner', 'Only who has a case hands it over.')
      return offeredTo === undefined
        ? { ok: true }
        : refuse('wrong_state', 'This case is offered already. Take the offer back first.')
    case 'withdraw':
      if (offeredTo === undefined) return refuse('wrong_state', 'This case is not offered any more.')
      return own ? { ok: true } : refuse('not_owner', 'Only who has offered a case takes the offer back.')
    case 'accept':
    case 'decline':
      return offeredTo === actorId ? { ok: true } : refuse('wrong_state', 'This case is not offered to you any more.')
    case 'reassign':
    case 'assist':
    case 'whisper':
      return own ? refuse('case_taken', 'You have this case yourself.') : { ok: true }
  }
}

/** The same as an exception. */
export function decideOwnershipOrThrow(current: OwnershipInput, action: OwnershipAction, actorId: string): void {
  const decision = decideOwnership(current, action, actorId)
  if (!decision.ok) throw new DomainError(decision.code, decision.reason)
}

type Tx = Transaction<Database>

/** Locks cases in the order of their ids, so that two who hand over at once don't deadlock. @throws DomainError not_found */
export async function lockCases(tx: Tx, caseIds: readonly string[]): Promise<CaseRow[]> {
  const rows = await tx
    .selectFrom('alarm_case')
    .selectAll()
    .where('case_id', 'in', [...caseIds])
    .orderBy('case_id')
    .forUpdate()
    .execute()
  if (rows.length < new Set(caseIds).size) throw new DomainError('not_found', 'There is no such case.')
  return rows
}

export interface OwnershipChange {
  action: LogAction
  actorId: string
  detail: Record<string, unknown>
  /** The new owner; undefined leaves it. A hold ends with it, and so does waiting in the queue. */
  ownerId?: string
  /** Waits in the queue although somebody has it, or no more; undefined leaves it. */
  returnedAt?: Date | null
  /** Leaves the version as it is. */
  quiet?: boolean
}

/** Writes one change with its line in the log. The caller appends the event, last in its transaction. */
export async function writeOwnership(
  tx: Tx,
  current: CaseRow,
  { action, actorId, detail, ownerId, returnedAt, quiet = false }: OwnershipChange,
  now: number,
): Promise<Selectable<Database['alarm_case']>> {
  const version = quiet ? current.version : current.version + 1
  const changed = quiet
    ? current
    : await tx
        .updateTable('alarm_case')
        .set({
          version,
          ...(ownerId === undefined
            ? {}
            : { owner_id: ownerId, hold_until: null, hold_by: null, returned_at: null, second_asked_at: null }),
          ...(returnedAt === undefined ? {} : { returned_at: returnedAt }),
        })
        .where('case_id', '=', current.case_id)
        .returningAll()
        .executeTakeFirstOrThrow()
  await tx
    .insertInto('case_log')
    .values({
      case_id: current.case_id,
      at: new Date(now),
      action,
      actor_id: actorId,
      from_state: current.state,
      to_state: current.state,
      version,
      detail: JSON.stringify(detail),
    })
    .execute()
  return changed
}
