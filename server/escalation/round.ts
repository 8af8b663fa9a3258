import { type Kysely, type Selectable, sql, type Transaction } from 'kysely'
import { rowEvent } from '../cases/event.ts'
import type { LogAction } from '../contract/case.ts'
import type { EscalationPolicy } from '../contract/escalation.ts'
import type { CaseEvent } from '../contract/push.ts'
import { type NewNotification, queueNotifications } from '../notify/outbox.ts'
import { appendOutbox, type NewEvent } from '../store/outbox.ts'
import type { Database } from '../store/schema.ts'
import { advance, begin, type Done, type Progress } from './next.ts'
import { policiesInForce, policiesOf } from './policies.ts'
import { type Recipient, recipientsOf, type World } from './recipients.ts'
import { policyFor } from './resolve.ts'
import { readWorld } from './world.ts'

type Tx = Transaction<Database>
type CaseRow = Selectable<Database['alarm_case']>
type EscalationRow = Selectable<Database['escalation']>

/** Cases whose step is due that are dealt with in one transaction. */
const BATCH = 50

export interface RoundDeps {
  db: Kysely<Database>
  channels: Parameters<typeof readWorld>[1]
  /** What is later than this has been missed, ms. */
  catchUpMs: number
  committed: (events: readonly CaseEvent[]) => void
}

interface Due {
  e: EscalationRow
  c: CaseRow
  division: string | null
  /** Places of the resident's contacts, in order. */
  contacts: number[]
}

/** Cases that have become more urgent than they were when their steps were set don't wait for those. */
async function hasten(db: Kysely<Database>, now: number): Promise<void> {
  await sql`
    update escalation e set due_at = ${new Date(now)} from alarm_case c
    where c.case_id = e.case_id and e.state = 'pending' and e.due_at > ${new Date(now)}
      and c.priority < e.priority and c.category <> e.category`.execute(db)
}

/** Carries out what is due. Any node may; a case is dealt with by one. @returns how many cases */
export async function escalateDue(deps: RoundDeps, now: number): Promise<number> {
  await hasten(deps.db, now)
  let total = 0
  for (let count = BATCH; count === BATCH; ) {
    // Looked at without a transaction first: this runs every second and is nearly always empty.
    const { rows } = await sql`
      select 1 from escalation where due_at <= ${new Date(now)} limit 1`.execute(deps.db)
    if (rows.length === 0) return total
    const done = await deps.db.transaction().execute((tx) => oneBatch(tx, deps, now))
    deps.committed(done.events)
    count = done.cases
    total += count
  }
  return total
}

async function oneBatch(tx: Tx, deps: RoundDeps, now: number): Promise<{ cases: number; events: CaseEvent[] }> {
  const due = await lockDue(tx, now)
  if (due.length === 0) return { cases: 0, events: [] }
  const world = await readWorld(tx, deps.channels, now)
  const policies = await policiesOf(
    tx,
    due.map(({ e }) => e.policy_version),
  )
  const inForce = due.some(isFresh) ? await policiesInForce(tx) : []
  const log: LogLine[] = []
  const messages: NewNotification[] = []
  const events: NewEvent[] = []
  for (const one of due) {
    // Chosen when a round of a case begins for the first time, and kept: what is published meanwhile is for later cases.
    const chosen = isFresh(one) ? policyFor(inForce, { ...one.c, divisionCode: one.division }) : null
    const version = chosen?.version ?? one.e.policy_version
    const policy = chosen?.policy ?? policies.get(version)
    if (policy === undefined) throw new Error(`escalation policy ${version} is not there`)
    const written = carryOut({ ...one, policy, version }, world, now, deps.catchUpMs)
    log.push(...written.log)
    messages.push(...written.messages)
    if (written.loud) events.push({ ...rowEvent(one.c, now), escalated: written.row.level })
    await tx.updateTable('escalation').set(written.row).where('case_id', '=', one.c.case_id).execute()
  }
  await writeLog(tx, log, now)
  await queueNotifications(tx, messages, now)
  return { cases: due.length, events: events.length === 0 ? [] : await appendOutbox(tx, events, now) }
}

/** A round begins that has a policy to be chosen: the case is new, came back, or has become more urgent. */
const isFresh = ({ e, c }: Due) => isFirst(e) || isMoreUrgent(e, c)
const isFirst = ({ state, step, round, level }: EscalationRow) =>
  state === 'pending' && step === 0 && round === 0 && level === 0

interface LogLine {
  of: CaseRow
  action: LogAction
  detail: Record<string, unknown>
}

/** What one case's look comes to. Pure. */
function carryOut(
  one: Due & { policy: EscalationPolicy; version: number },
  world: World,
  now: number,
  catchUpMs: number,
) {
  const { e, c, policy, version, contacts } = one
  const told = new Map<number, Recipient[]>()
  const recipients = (step: number): Recipient[] => {
    const known = told.get(step) ?? recipientsOf(policy.steps[step] ?? NO_STEP, world, contacts)
    told.set(step, known)
    return known
  }
  const result = advance(policy, progressOf(e, c, now), { reach: (step) => recipients(step).length }, now, catchUpMs)
  const log: LogLine[] = []
  const messages: NewNotification[] = []
  let { level, expired, told_at: toldAt } = e
  let loud = false
  for (const done of result.done) {
    const first = isFirst(e) && done.step === 0 && done.round === 0
    const line = logLine(done, recipients(done.step), policy)
    // The alarm's own event has told the desks of the first step already.
    const silent = done.what === 'told' && first && recipients(0).every(({ channel }) => channel === 'desk')
    const isHold = done.what === 'expired' && e.held
    if (!silent && !isHold) log.push({ of: c, ...line })
    if (done.what === 'expired' && !e.held) expired += 1
    if (done.what !== 'told') continue
    level = Math.max(level, done.step + 1)
    toldAt = new Date(now)
    if (silent) continue
    loud = true
    messages.push(
      ...recipients(done.step).map(({ channel, kind, id, delayMs }) => ({
        ...{ caseId: c.case_id, policyVersion: version, step: done.step, round: done.round },
        ...{ channel, kind, id, delayMs },
      })),
    )
  }
  const { state, step, round, base, ackUntil } = result.progress
  const row = {
    ...{ policy_version: version, state, step, round, level, expired, told_at: toldAt },
    base_at: new Date(base),
    due_at: result.dueAt === null ? null : new Date(result.dueAt),
    ack_until: ackUntil === null ? null : new Date(ackUntil),
    ack_by: state === 'acknowledged' ? e.ack_by : null,
    held: state === 'acknowledged' && e.held,
    kind: c.kind,
    category: c.category,
    priority: c.priority,
  }
  return { row, log, messages, loud }
}

const NO_STEP = { afterSeconds: 0, targets: [], channels: [] }

/** The case has become something more urgent while it waited: its own policy holds, from the first step on. */
function progressOf(e: EscalationRow, c: CaseRow, now: number): Progress {
  if (e.state === 'ended') throw new Error('what has ended is never due')
  if (e.state === 'pending' && isMoreUrgent(e, c)) return begin(now)
  return {
    state: e.state,
    step: e.step,
    round: e.round,
    base: e.base_at.getTime(),
    ackUntil: e.ack_until?.getTime() ?? null,
  }
}

const isMoreUrgent = (e: EscalationRow, c: CaseRow): boolean => c.priority < e.priority && c.category !== e.category

function logLine(done: Done, recipients: readonly Recipient[], policy: EscalationPolicy) {
  const at = { step: done.step + 1, round: done.round + 1 }
  switch (done.what) {
    case 'expired':
      return { action: 'acknowledgement_expired' as const, detail: {} }
    case 'told': {
      const channels = [...new Set(recipients.map(({ channel }) => channel))]
      const people = new Set(recipients.map(({ kind, id }) => `${kind} ${id}`)).size
      return { action: 'escalated' as const, detail: { ...at, channels, people } }
    }
    case 'missed':
    case 'unreachable':
      return { action: 'escalation_skipped' as const, detail: { ...at, why: done.what } }
    case 'exhausted':
      return { action: 'escalation_exhausted' as const, detail: { rounds: policy.rounds } }
  }
}

/** Without waiting for anybody: who holds the case's row is just changing it, and it is looked at again in a second. */
async function lockDue(tx: Tx, now: number): Promise<Due[]> {
  const { rows } = await sql<EscalationRow>`
    select e.* from escalation e join alarm_case c on c.case_id = e.case_id
    where e.due_at <= ${new Date(now)} order by e.priority, e.due_at limit ${BATCH}
    for no key update of e skip locked for key share of c skip locked`.execute(tx)
  if (rows.length === 0) return []
  const ids = rows.map(({ case_id }) => case_id)
  const cases = await tx.selectFrom('alarm_case').selectAll().where('case_id', 'in', ids).execute()
  const { rows: places } = await sql<{ case_id: string; division: string | null; contacts: number[] | null }>`
    select c.case_id, coalesce(home.division_code, area.area_id) as division,
      (select array_agg(position::int order by position) from contact where contact.resident_id = c.resident_id) as contacts
    from alarm_case c
    left join resident on resident.resident_id = c.resident_id
    left join home on home.home_id = resident.home_id
    left join incident area on area.incident_id = c.incident_id and area.area_kind = 'division'
    where c.case_id = any(${ids}::uuid[])`.execute(tx)
  const placeOf = new Map(places.map((row) => [row.case_id, row]))
  const caseOf = new Map(cases.map((row) => [row.case_id, row]))
  return rows.flatMap((e) => {
    const c = caseOf.get(e.case_id)
    const place = placeOf.get(e.case_id)
    return c === undefined ? [] : [{ e, c, division: place?.division ?? null, contacts: place?.contacts ?? [] }]
  })
}

/** Without a new version: an operator who claims at this very moment must not be refused for it. */
async function writeLog(tx: Tx, lines: readonly LogLine[], now: number): Promise<void> {
  if (lines.length === 0) return
  await tx
    .insertInto('case_log')
    .values(
      lines.map(({ of, action, detail }) => ({
        case_id: of.case_id,
        at: new Date(now),
        action,
        actor_id: null,
        from_state: of.state,
        to_state: of.state,
        version: of.version,
        detail: JSON.stringify(detail),
      })),
    )
    .execute()
}
