import type { Kysely, Transaction, Updateable } from 'kysely'
import type { CaseAction, CaseCommandBody, CaseState, LogAction } from '../contract/case.ts'
import type { Clock } from '../contract/clock.ts'
import type { FeedbackType } from '../contract/command.ts'
import { DomainError } from '../contract/errors.ts'
import type { CaseEvent } from '../contract/push.ts'
import { queueFeedback } from '../store/commands.ts'
import { appendOutbox } from '../store/outbox.ts'
import type { Database } from '../store/schema.ts'
import { rowEvent } from './event.ts'
import { subjectOf } from './folded.ts'
import { mayGoOutside } from './purpose.ts'
import { lockSubjects } from './record.ts'
import type { CaseNote, CasePlan, CaseRow, CaseRules } from './rules.ts'
import { decideOrThrow } from './transitions.ts'
import { awaitsHelp } from './urgency.ts'

type Tx = Transaction<Database>
const HOLD_SECONDS_DEFAULT = 120

export interface CaseService {
  /**
   * Carries out one operator's command: state, log line and outgoing event in one transaction.
   * @throws DomainError not_found, stale_version, wrong_state, not_owner, case_taken, other_case_open
   */
  command<A extends CaseAction>(caseId: string, action: A, body: CaseCommandBody[A], actorId: string): Promise<void>
  /**
   * Notes something of a case's protocol, and carries out what follows from it: every part with its own version, log
   * line and event, all in one transaction.
   * @throws DomainError as `command`, same_person, and what the plan throws
   */
  carryOut(caseId: string, asked: { action: CaseNote; version: number; actorId: string }, plan: CasePlan): Promise<void>
  /** Ends holds whose time is over, puts them back on top of the queue; returns how many. Any node may do it. */
  expireHolds(): Promise<number>
}

/**
 * @param rules what must hold besides the transition table, and what else a command changes
 * @param committed is called after each commit with the events that it appended to the outbox
 */
export function createCaseService(
  db: Kysely<Database>,
  clock: Clock,
  rules: CaseRules,
  committed: (events: readonly CaseEvent[]) => void,
): CaseService {
  async function inTransaction(work: (tx: Tx, now: number) => Promise<CaseEvent[]>): Promise<CaseEvent[]> {
    const events = await db.transaction().execute((tx) => work(tx, clock.now()))
    committed(events)
    return events
  }

  async function lock(tx: Tx, caseId: string): Promise<CaseRow> {
    const current = await tx
      .selectFrom('alarm_case')
      .selectAll()
      .where('case_id', '=', caseId)
      .forUpdate()
      .executeTakeFirst()
    if (!current) throw new DomainError('not_found', 'There is no such case.')
    return current
  }

  /** One command on the locked case; returns the case after it. */
  async function perform(tx: Tx, now: number, current: CaseRow, given: Given, actorId: string): Promise<CaseRow> {
    const { action, body } = given
    const { to, takeover } = decideOrThrow(transitionInput(current), action, {
      version: body.version,
      actorId,
      takeover: 'takeover' in body && body.takeover === true,
    })
    if (action === 'reopen') await refuseSecondOpenCase(tx, current)
    const context = { tx, now, current, action, body, actorId, takeover }
    for (const condition of rules.conditions) await condition.check(context)
    const { version: _, takeover: __, ...said } = body as { version: number; takeover?: boolean }
    const holdUntil = action === 'hold' ? new Date(now + holdSeconds(body) * 1000) : null
    const detail = holdUntil ? { ...said, until: holdUntil.toISOString() } : said
    const set = {
      ...changes(action, current.state, to, actorId, new Date(now), body),
      ...hold(action, actorId, holdUntil),
      ...(action === 'note' || action === 'hold' ? {} : { second_asked_at: null }),
    }
    const changed = await write(tx, now, current, set, {
      action: logged(action, current.state, takeover),
      actorId,
      detail,
    })
    for (const consequence of rules.consequences) await consequence.run(context, changed)
    const feedback = feedbackOn(action, current.state)
    if (feedback !== null && awaitsHelp(changed.category) && mayGoOutside(changed)) {
      await queueFeedback(tx, feedback, current.case_id, now)
    }
    return changed
  }

  return {
    command: async (caseId, action, body, actorId) => {
      await inTransaction(async (tx, now) => {
        const changed = await perform(tx, now, await lock(tx, caseId), { action, body }, actorId)
        return appendOutbox(tx, [rowEvent(changed, now)], now)
      })
    },

    carryOut: async (caseId, { action, version, actorId }, plan) => {
      await inTransaction(async (tx, now) => {
        const current = await lock(tx, caseId)
        decideOrThrow(transitionInput(current), action, { version, actorId, takeover: false })
        const { detail, commands } = await plan({ tx, now, current, actorId })
        // Asked until somebody agrees, or the case is worked on otherwise.
        const asked = { second_asked_at: action === 'second_asked' ? new Date(now) : null }
        let row = await write(tx, now, current, asked, { action, actorId, detail })
        const events = [rowEvent(row, now)]
        for (const { action, body } of commands) {
          row = await perform(
            tx,
            now,
            row,
            { action, body: { ...body, version: row.version } as Given['body'] },
            actorId,
          )
          events.push(rowEvent(row, now))
        }
        return appendOutbox(tx, events, now)
      })
    },

    expireHolds: async () => {
      const now = clock.now()
      // Looked at without a transaction first: this runs every second and is nearly always empty.
      const due = await db
        .selectFrom('alarm_case')
        .select('case_id')
        .where('hold_until', '<=', new Date(now))
        .limit(1)
        .execute()
      return due.length === 0 ? 0 : (await inTransaction(expireDueHolds)).length
    },
  }
}

interface Given {
  action: CaseAction
  body: CaseCommandBody[CaseAction]
}

const transitionInput = ({
  state,
  version,
  owner_id: ownerId,
  hold_until: until,
  returned_at: returnedAt,
}: CaseRow) => ({
  state,
  version,
  ownerId,
  held: until !== null,
  returned: returnedAt !== null,
})

/** The case's next version, and the log line of what made it. */
async function write(
  tx: Tx,
  now: number,
  current: CaseRow,
  set: Updateable<Database['alarm_case']>,
  line: { action: LogAction; actorId: string; detail: Record<string, unknown> },
): Promise<CaseRow> {
  const changed = await tx
    .updateTable('alarm_case')
    .set({ ...set, version: current.version + 1 })
    .where('case_id', '=', current.case_id)
    .returningAll()
    .executeTakeFirstOrThrow()
  await tx
    .insertInto('case_log')
    .values({
      case_id: current.case_id,
      at: new Date(now),
      action: line.action,
      actor_id: line.actorId,
      from_state: current.state,
      to_state: changed.state,
      version: changed.version,
      detail: JSON.stringify(line.detail),
    })
    .execute()
  return changed
}

/** A claim is logged as what it was: an answer, a takeover, or the end of a hold. */
function logged(action: CaseAction, from: CaseState, takeover: boolean): LogAction {
  if (action !== 'claim' || from === 'new') return action
  return takeover ? 'takeover' : 'resume'
}

/** What the person who called for help is told of an operator's step. */
function feedbackOn(action: CaseAction, from: CaseState): FeedbackType | null {
  switch (action) {
    case 'claim':
      return from === 'new' ? 'answered' : null
    case 'dispatch':
      return 'dispatched'
    case 'arrive':
      return 'arrived'
    case 'close':
      return 'closed'
    case 'hold':
    case 'note':
    case 'resolve':
    case 'reopen':
      return null
  }
}

function holdSeconds(body: object): number {
  return 'seconds' in body && typeof body.seconds === 'number' ? body.seconds : HOLD_SECONDS_DEFAULT
}

function changes(action: CaseAction, from: CaseState, to: CaseState, actorId: string, now: Date, body: object) {
  switch (action) {
    case 'claim':
      // The answer counts once: taking a case up again or over doesn't make it later.
      return { state: to, owner_id: actorId, ...(from === 'new' ? { claimed_at: now } : {}) }
    case 'resolve':
      return { state: to, resolved_at: now, outcome: (body as CaseCommandBody['resolve']).outcome }
    case 'close':
      return { state: to, closed_at: now }
    case 'reopen':
      // Whoever puts it back into the queue wants it to be seen.
      return {
        state: to,
        owner_id: null,
        claimed_at: null,
        resolved_at: null,
        closed_at: null,
        outcome: null,
        suppression_id: null,
      }
    case 'hold':
    case 'note':
    case 'dispatch':
    case 'arrive':
      return { state: to }
  }
}

/** A hold lasts until its time or until its case is worked on again; a note alone doesn't end it. */
function hold(action: CaseAction, actorId: string, until: Date | null) {
  if (action === 'note') return {}
  return until
    ? { hold_until: until, hold_by: actorId, returned_at: null }
    : { hold_until: null, hold_by: null, returned_at: null }
}

async function refuseSecondOpenCase(tx: Tx, current: { resident_id: string | null; device_id: string }): Promise<void> {
  // A new alarm may be opening a case at this very moment.
  await lockSubjects(tx, [subjectOf({ residentId: current.resident_id, deviceId: current.device_id })])
  const other = await tx
    .selectFrom('alarm_case')
    .select('case_id')
    .where((eb) =>
      current.resident_id
        ? eb('resident_id', '=', current.resident_id)
        : eb.and([eb('device_id', '=', current.device_id), eb('resident_id', 'is', null)]),
    )
    .where('state', 'in', ['new', 'claimed', 'dispatched', 'on_scene'])
    .executeTakeFirst()
  if (other) throw new DomainError('other_case_open', 'This resident has another open case already. Go on there.')
}

async function expireDueHolds(tx: Tx, now: number): Promise<CaseEvent[]> {
  const due = await tx
    .selectFrom('alarm_case')
    .select('case_id')
    .where('hold_until', '<=', new Date(now))
    .limit(100)
    .forUpdate()
    .skipLocked()
    .execute()
  if (due.length === 0) return []
  const changed = await tx
    .updateTable('alarm_case')
    .set((eb) => ({ hold_until: null, hold_by: null, returned_at: new Date(now), version: eb('version', '+', 1) }))
    .where(
      'case_id',
      'in',
      due.map((row) => row.case_id),
    )
    .returningAll()
    .execute()
  await tx
    .insertInto('case_log')
    .values(
      changed.map((row) => ({
        case_id: row.case_id,
        at: new Date(now),
        action: 'hold_expired' as const,
        actor_id: null,
        from_state: row.state,
        to_state: row.state,
        version: row.version,
        detail: '{}',
      })),
    )
    .execute()
  return appendOutbox(
    tx,
    changed.map((row) => rowEvent(row, now)),
    now,
  )
}
