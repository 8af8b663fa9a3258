import { type Kysely, sql, type Transaction } from 'kysely'
import type { DutyLogLine, DutyLogQuery, DutyStatus, DutyView } from '../contract/desk.ts'
import { DomainError } from '../contract/errors.ts'
import { decodeCursor, page } from '../store/cursor.ts'
import type { Database } from '../store/schema.ts'
import { iso } from '../store/views.ts'
import { refuseWithCases } from './handover/offers.ts'

type Db = Kysely<Database>
type Tx = Transaction<Database>

/**
 * From which status an operator may change to which. Off ends a shift from anywhere; a shift begins with `ready`, so that
 * nobody is on duty whose desk has not been tried. Staying in a status is no change.
 *
 *   from     ready  busy  break  off
 *   off        ✓     –      –     .
 *   ready      .     ✓      ✓     ✓
 *   busy       ✓     .      ✓     ✓
 *   break      ✓     ✓      .     ✓
 */
const TABLE: Record<DutyStatus, readonly DutyStatus[]> = {
  off: ['ready'],
  ready: ['busy', 'break', 'off'],
  busy: ['ready', 'break', 'off'],
  break: ['ready', 'busy', 'off'],
}

export type StatusDecision = 'change' | 'same' | 'refused'

/** Decides one change of status. */
export function decideStatus(from: DutyStatus, to: DutyStatus): StatusDecision {
  if (from === to) return 'same'
  return TABLE[from].includes(to) ? 'change' : 'refused'
}

/** How long the presence that a node has written is believed, ms; it is written every `PRESENCE_EVERY_MS`. */
export const PRESENCE_BELIEVED_MS = 10_000
export const PRESENCE_EVERY_MS = 3_000

export interface Presence {
  status: DutyStatus
  /** Ms since the epoch. */
  seenAt: number | null
  goneAt: number | null
}

/** Whether a desk is connected, as far as can be known. */
export function isConnected({ seenAt, goneAt }: Presence, now: number): boolean {
  return goneAt === null && seenAt !== null && now - seenAt <= PRESENCE_BELIEVED_MS
}

/** On duty and not there, without having said so. */
export function isAway(presence: Presence, awaySeconds: number, now: number): boolean {
  const { status, seenAt } = presence
  if (status === 'off') return false
  return seenAt === null || (!isConnected(presence, now) && now - seenAt >= awaySeconds * 1000)
}

/** An operator's row, locked; made when there is none. */
async function lockDuty(tx: Tx, userId: string, now: number) {
  await tx
    .insertInto('duty')
    .values({ user_id: userId, status: 'off', since: new Date(now) })
    .onConflict((conflict) => conflict.column('user_id').doNothing())
    .execute()
  return tx.selectFrom('duty').selectAll().where('user_id', '=', userId).forUpdate().executeTakeFirstOrThrow()
}

export interface StatusCommand {
  userId: string
  status: DutyStatus
  /** Null: the platform. */
  actorId: string | null
  reason: string | null
}

/**
 * Changes an operator's status, with its line in the history. What was offered to somebody who is not ready any more is
 * offered to the next.
 * @returns whether anything changed
 * @throws DomainError wrong_state for a change that the table does not have; cases_in_hand for who goes with open cases
 */
export async function setStatus(tx: Tx, command: StatusCommand, now: number): Promise<boolean> {
  const { userId, status, actorId, reason } = command
  const { status: from } = await lockDuty(tx, userId, now)
  const decision = decideStatus(from, status)
  if (decision === 'same') return false
  if (decision === 'refused') {
    throw new DomainError('wrong_state', `From ${from} to ${status} is not possible: a shift begins with ready.`)
  }
  if (status === 'off' && actorId === userId) await refuseWithCases(tx, userId)
  const at = new Date(now)
  await tx
    .updateTable('duty')
    .set({ status, since: at, ...(status === 'ready' ? { idle_since: at } : {}) })
    .where('user_id', '=', userId)
    .execute()
  await tx
    .insertInto('duty_log')
    .values({ user_id: userId, at, action: 'status', from_status: from, to_status: status, actor_id: actorId, reason })
    .execute()
  if (status !== 'ready') {
    await tx
      .updateTable('case_offer')
      .set({ ended_at: at, outcome: 'passed', ended_why: 'not_ready' })
      .where('user_id', '=', userId)
      .where('ended_at', 'is', null)
      .execute()
  }
  return true
}

/** Notes whether an operator's desk rings. @returns whether anything changed */
export async function setMuted(tx: Tx, userId: string, muted: boolean, now: number): Promise<boolean> {
  const row = await lockDuty(tx, userId, now)
  if (row.muted === muted) return false
  await tx.updateTable('duty').set({ muted }).where('user_id', '=', userId).execute()
  await tx
    .insertInto('duty_log')
    .values({
      user_id: userId,
      at: new Date(now),
      action: muted ? 'muted' : 'unmuted',
      from_status: row.status,
      to_status: row.status,
      actor_id: userId,
      reason: null,
    })
    .execute()
  return true
}

/** Notes that these operators have a desk connected to this node. */
export async function markSeen(db: Db, userIds: readonly string[], now: number): Promise<void> {
  if (userIds.length === 0) return
  const at = new Date(now)
  await sql`
    insert into duty (user_id, status, since, seen_at)
    select user_id, 'off', ${at}, ${at} from app_user where user_id = any(${[...userIds]}::uuid[]) order by user_id
    on conflict (user_id) do update set seen_at = greatest(duty.seen_at, excluded.seen_at), gone_at = null`.execute(db)
}

/** Notes that an operator's last desk of this node is gone. A desk on another node says otherwise within seconds. */
export async function markGone(db: Db, userId: string, now: number): Promise<void> {
  await db
    .updateTable('duty')
    .set({ gone_at: new Date(now) })
    .where('user_id', '=', userId)
    .where('gone_at', 'is', null)
    .execute()
}

/** Notes that an operator signed out: she is away at once, unless she has said that she is off. */
export async function markSignedOut(db: Db, userId: string, now: number): Promise<void> {
  await db
    .updateTable('duty')
    .set({ seen_at: null, gone_at: new Date(now) })
    .where('user_id', '=', userId)
    .execute()
}

/** Ends the shift of whoever has been away for long, so that nobody counts as there the next day. @returns how many */
export async function endForgotten(db: Db, offMinutes: number, now: number): Promise<number> {
  const { rows } = await sql<{ user_id: string }>`
    select user_id from duty where status <> 'off'
      and coalesce(seen_at, gone_at, since) <= ${new Date(now - offMinutes * 60_000)}`.execute(db)
  for (const { user_id } of rows) {
    await db.transaction().execute((tx) => endIfStillAway(tx, user_id, offMinutes, now))
  }
  return rows.length
}

async function endIfStillAway(tx: Tx, userId: string, offMinutes: number, now: number): Promise<void> {
  const row = await lockDuty(tx, userId, now)
  const last = (row.seen_at ?? row.gone_at ?? row.since).getTime()
  if (row.status === 'off' || last > now - offMinutes * 60_000) return
  await setStatus(tx, { userId, status: 'off', actorId: null, reason: 'away' }, now)
}

function duties(db: Db) {
  return db
    .selectFrom('app_user as u')
    .leftJoin('duty as d', 'd.user_id', 'u.user_id')
    .select(['u.user_id', 'u.display_name', 'u.role', 'd.status', 'd.since', 'd.seen_at', 'd.gone_at', 'd.muted'])
    .select((eb) => {
      const open = eb
        .selectFrom('alarm_case as c')
        .whereRef('c.owner_id', '=', 'u.user_id')
        .where('c.state', 'in', ['claimed', 'dispatched', 'on_scene'])
        .select(eb.fn.countAll<number>().as('n'))
      return [open.as('in_hand'), open.where('c.category', '=', 'emergency').as('emergencies')]
    })
    .where('u.enabled', '=', true)
    .where('u.service', '=', false)
}

type DutyRow = Awaited<ReturnType<ReturnType<typeof duties>['execute']>>[number]

function view(row: DutyRow, awaySeconds: number, now: number): DutyView {
  const status = row.status ?? 'off'
  const presence = { status, seenAt: row.seen_at?.getTime() ?? null, goneAt: row.gone_at?.getTime() ?? null }
  return {
    userId: row.user_id,
    displayName: row.display_name,
    role: row.role,
    status,
    since: iso(row.since),
    connected: isConnected(presence, now),
    away: isAway(presence, awaySeconds, now),
    seenAt: iso(row.seen_at),
    muted: row.muted ?? false,
    inHand: row.in_hand ?? 0,
    emergencies: row.emergencies ?? 0,
  }
}

/** Everybody who may be on duty, those on duty first, then by name. @param awaySeconds see `DeskSettings` */
export async function listDuty(db: Db, awaySeconds: number, now: number): Promise<DutyView[]> {
  const rows = await duties(db)
    .orderBy((eb) => eb.case().when('d.status', '!=', 'off').then(0).else(1).end())
    .orderBy('u.display_name')
    .orderBy('u.user_id')
    .execute()
  return rows.map((row) => view(row, awaySeconds, now))
}

/** One operator. @throws DomainError not_found */
export async function dutyOf(db: Db, userId: string, awaySeconds: number, now: number): Promise<DutyView> {
  const row = await duties(db).where('u.user_id', '=', userId).executeTakeFirst()
  if (!row) throw new DomainError('not_found', 'There is no such operator.')
  return view(row, awaySeconds, now)
}

/** The history, newest first. */
export async function listDutyLog(
  db: Db,
  query: DutyLogQuery & { limit: number },
): Promise<{ items: DutyLogLine[]; nextCursor: string | null }> {
  const after = query.cursor === undefined ? null : decodeCursor(query.cursor, 1)
  const { userId } = query
  const rows = await db
    .selectFrom('duty_log as l')
    .innerJoin('app_user as u', 'u.user_id', 'l.user_id')
    .leftJoin('app_user as actor', 'actor.user_id', 'l.actor_id')
    .selectAll('l')
    .select(['u.display_name', 'actor.display_name as actor_name'])
    .$if(userId !== undefined, (q) => q.where('l.user_id', '=', userId ?? ''))
    .$if(after !== null, (q) => q.where(sql<boolean>`l.line_id < ${after?.[0]}::bigint`))
    .orderBy('l.line_id', 'desc')
    .limit(query.limit + 1)
    .execute()
  return page(
    rows,
    query.limit,
    (row) => [row.line_id],
    (row) => ({
      at: row.at.toISOString(),
      userId: row.user_id,
      displayName: row.display_name,
      action: row.action,
      fromStatus: row.from_status,
      toStatus: row.to_status,
      actor: row.actor_name,
      reason: row.reason,
    }),
  )
}
