import { type Kysely, sql, type Transaction } from 'kysely'
import type { CaseState } from '../contract/case.ts'
import type { CaseNotice, NoticeScope } from '../contract/case-file.ts'
import { DomainError } from '../contract/errors.ts'
import type { CaseEvent } from '../contract/push.ts'
import type { Database } from '../store/schema.ts'
import { lockCase, logStep } from './desk-step.ts'
import type { CaseCondition, CaseRow } from './rules.ts'

/**
 * Must-see notices: what holds for the case's resident or her home has to be read, in this case, by whoever has it; a new
 * owner reads again. A case does not end before.
 */

interface NoticeRow {
  notice_id: string
  scope: NoticeScope
  text: string
  read_at: Date | null
  read_by: string | null
}

/** Notices that hold for a case, oldest first, and whether one of these persons has read them in it. */
async function noticesFor(
  db: Kysely<Database>,
  of: { caseId: string; residentId: string },
  readers: readonly string[],
): Promise<NoticeRow[]> {
  const { rows } = await sql<NoticeRow>`
    select n.notice_id, case when n.home_id is null then 'resident' else 'home' end as scope, n.text,
      r.at as read_at, u.display_name as read_by
    from resident_notice n
      left join lateral (
        select at, user_id from notice_read
        where notice_id = n.notice_id and case_id = ${of.caseId}::uuid and user_id = any(${readers}::uuid[])
        order by at limit 1
      ) r on true
      left join app_user u on u.user_id = r.user_id
    where n.ended_at is null and (n.resident_id = ${of.residentId}
      or n.home_id = (select home_id from resident where resident_id = ${of.residentId}))
    order by n.created_at, n.notice_id`.execute(db)
  return rows
}

/** Whose reading counts: the owner's; of a resolved case, which anybody may close, also that of whoever is at it. */
function readersOf(of: { state: CaseState; ownerId: string | null }, actorId: string): string[] {
  const owner = of.ownerId === null ? [] : [of.ownerId]
  return of.state === 'resolved' ? [...owner, actorId] : owner
}

/** Notices as the case shows them to somebody: read or not. */
export async function caseNotices(
  db: Kysely<Database>,
  of: { caseId: string; residentId: string | null; state: CaseState; ownerId: string | null },
  viewerId: string,
): Promise<CaseNotice[]> {
  const { caseId, residentId } = of
  if (residentId === null) return []
  return (await noticesFor(db, { caseId, residentId }, readersOf(of, viewerId))).map((row) => ({
    noticeId: row.notice_id,
    scope: row.scope,
    text: row.text,
    read: row.read_at === null ? null : { at: row.read_at.toISOString(), by: row.read_by ?? '' },
  }))
}

/** Resolving and closing wait until the owner of the case has read what must be seen. */
export const noticesRead: CaseCondition = {
  name: 'notices read',
  check: async ({ tx, current, action, actorId }) => {
    if (action !== 'resolve' && action !== 'close') return
    if (current.resident_id === null) return
    const of = { caseId: current.case_id, residentId: current.resident_id }
    const readers = readersOf({ state: current.state, ownerId: current.owner_id }, actorId)
    const unread = (await noticesFor(tx, of, readers)).filter(({ read_at }) => read_at === null)
    if (unread.length === 0) return
    throw new DomainError(
      'notices_unread',
      `${unread.length} must-see ${unread.length === 1 ? 'notice has' : 'notices have'} not been read by the owner of this case. Read and confirm first.`,
      {
        errors: unread.map(({ notice_id }) => ({ field: `notices.${notice_id}`, message: 'is not confirmed as read' })),
      },
    )
  },
}

/**
 * Its owner has read a notice. Once is enough: again changes nothing.
 * @returns events for the desks, to be handed on after the commit
 * @throws DomainError not_found, not_owner, wrong_state
 */
export async function confirmNotice(
  tx: Transaction<Database>,
  { caseId, noticeId, actorId }: { caseId: string; noticeId: string; actorId: string },
  now: number,
): Promise<CaseEvent[]> {
  const current = await lockCase(tx, caseId)
  refuseOthers(current, actorId)
  const notices =
    current.resident_id === null ? [] : await noticesFor(tx, { caseId, residentId: current.resident_id }, [actorId])
  const notice = notices.find((one) => one.notice_id === noticeId)
  if (!notice) throw new DomainError('not_found', 'There is no such notice in this case.')
  if (notice.read_at !== null) return []
  await tx
    .insertInto('notice_read')
    .values({ case_id: caseId, notice_id: noticeId, user_id: actorId, at: new Date(now) })
    .execute()
  const detail = { noticeId, text: notice.text }
  return logStep(tx, current, { action: 'notice_read', actorId, detail }, now)
}

function refuseOthers(current: CaseRow, actorId: string): void {
  if (current.state === 'new' || current.state === 'closed') {
    throw new DomainError('wrong_state', `A case in state ${current.state} has nobody to read its notices.`)
  }
  if (current.owner_id !== actorId && current.state !== 'resolved') {
    throw new DomainError('not_owner', 'Its owner has to read the notices. Take the case over first.')
  }
}
