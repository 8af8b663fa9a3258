import type { CaseState, CaseWork } from '../contract/case.ts'
import { DomainError, type ErrorCode } from '../contract/errors.ts'

/**
 * What an operator may do with a case, written as a table; everything that is not in it is refused.
 *
 *   state       claim   hold  note  step  second  dispatch    arrive    resolve   close   reopen
 *   new         claimed  –     ✓     –      –        –          –          –        –       –
 *   claimed     (take)   ✓     ✓     ✓      ✓     dispatched  on_scene  resolved    –       –
 *   dispatched  (take)   ✓     ✓     ✓      ✓     dispatched  on_scene  resolved    –       –
 *   on_scene    (take)   ✓     ✓     ✓      ✓     on_scene       –      resolved    –       –
 *   resolved      –      –     ✓     –      –        –          –          –      closed   new
 *   closed        –      –     ✓     –      –        –          –          –        –      new
 *
 * (take): only with `takeover`, or when the case is the operator's own and on hold (that ends the hold), or when its hold
 * is over: then it waits again, and whoever is first has it.
 * All but claim, note, second, close and reopen are for the owner alone. A note is always possible: words are never
 * refused. step: an answer of the protocol; second: another user agrees that nobody has to go (never the owner);
 * second_asked, wherever second is possible: the owner asks the others for it.
 */
const TABLE: Record<CaseState, Partial<Record<CaseWork, CaseState>>> = {
  new: { claim: 'claimed', note: 'new' },
  claimed: {
    claim: 'claimed',
    hold: 'claimed',
    note: 'claimed',
    step: 'claimed',
    second: 'claimed',
    second_asked: 'claimed',
    dispatch: 'dispatched',
    arrive: 'on_scene',
    resolve: 'resolved',
  },
  dispatched: {
    claim: 'dispatched',
    hold: 'dispatched',
    note: 'dispatched',
    step: 'dispatched',
    second: 'dispatched',
    second_asked: 'dispatched',
    dispatch: 'dispatched',
    arrive: 'on_scene',
    resolve: 'resolved',
  },
  on_scene: {
    claim: 'on_scene',
    hold: 'on_scene',
    note: 'on_scene',
    step: 'on_scene',
    second: 'on_scene',
    second_asked: 'on_scene',
    dispatch: 'on_scene',
    resolve: 'resolved',
  },
  resolved: { note: 'resolved', close: 'closed', reopen: 'new' },
  closed: { note: 'closed', reopen: 'new' },
}

const OWNER_ONLY: ReadonlySet<CaseWork> = new Set(['hold', 'step', 'second_asked', 'dispatch', 'arrive', 'resolve'])

export interface TransitionInput {
  state: CaseState
  version: number
  ownerId: string | null
  /** On hold at this moment. */
  held: boolean
  /** Its hold is over and nobody has taken it up again: it waits like a new one. */
  returned: boolean
}

export type Decision = { ok: true; to: CaseState; takeover: boolean } | { ok: false; code: ErrorCode; reason: string }

const refuse = (code: ErrorCode, reason: string): Decision => ({ ok: false, code, reason })

/**
 * Decides one command on one case.
 * @param command `version` is the one the operator was looking at, `takeover` counts for claim only
 */
export function decide(
  current: TransitionInput,
  action: CaseWork,
  command: { version: number; actorId: string; takeover: boolean },
): Decision {
  if (command.version !== current.version) {
    return refuse('stale_version', 'The case has changed since you saw it. Look at it again, then decide.')
  }
  const to = TABLE[current.state][action]
  if (!to) return refuse('wrong_state', `A case in state ${current.state} cannot ${action}.`)
  const own = current.ownerId === command.actorId
  if (OWNER_ONLY.has(action) && !own) {
    return refuse('not_owner', 'Another operator has this case. Take it over first.')
  }
  if (action === 'second' && own) {
    return refuse('same_person', 'The second person must be another one than who has the case.')
  }
  if (action !== 'claim' || current.state === 'new') return { ok: true, to, takeover: false }
  if (own && !current.held && !current.returned) return refuse('case_taken', 'You have this case already.')
  if (!own && !command.takeover && !current.returned)
    return refuse('case_taken', 'Another operator was quicker. Take over only on purpose.')
  return { ok: true, to, takeover: !own }
}

/** The same as an exception, for the service. */
export function decideOrThrow(
  current: TransitionInput,
  action: CaseWork,
  command: { version: number; actorId: string; takeover: boolean },
): { to: CaseState; takeover: boolean } {
  const decision = decide(current, action, command)
  if (decision.ok) return decision
  throw new DomainError(
    decision.code,
    decision.reason,
    decision.code === 'stale_version' ? { version: current.version } : {},
  )
}
