import type { Kysely } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import type { MustSeeNotice, NewNotice } from '../../contract/case-file.ts'
import { DomainError } from '../../contract/errors.ts'
import type { Database } from '../../store/schema.ts'
import { iso } from '../../store/views.ts'
import { type By, lockFile, noteChange, type Tx, wrongField } from './changes.ts'

/** Must-see notices of a resident or her home. Who has read them in which case is the cases' business (server/cases). */

/** More are not read but clicked away. */
const MOST = 8
const PAST_SHOWN = 50

/** Those that hold and those that have ended, the newest first. */
export async function noticesOf(db: Kysely<Database>, residentId: string): Promise<MustSeeNotice[]> {
  const rows = await db
    .selectFrom('resident_notice as n')
    .innerJoin('app_user as author', 'author.user_id', 'n.created_by')
    .leftJoin('app_user as ender', 'ender.user_id', 'n.ended_by')
    .innerJoin('resident as r', (on) =>
      on.on((eb) =>
        eb.or([eb('r.resident_id', '=', eb.ref('n.resident_id')), eb('r.home_id', '=', eb.ref('n.home_id'))]),
      ),
    )
    .selectAll('n')
    .select(['author.display_name as author_name', 'ender.display_name as ender_name'])
    .where('r.resident_id', '=', residentId)
    .orderBy('n.ended_at', (order) => order.desc().nullsFirst())
    .orderBy('n.created_at')
    .limit(MOST * 2 + PAST_SHOWN)
    .execute()
  return rows.map((row) => ({
    noticeId: row.notice_id,
    scope: row.home_id === null ? 'resident' : 'home',
    text: row.text,
    createdAt: row.created_at.toISOString(),
    createdBy: row.author_name,
    endedAt: iso(row.ended_at),
    endedBy: row.ender_name,
  }))
}

/** @returns its id. @throws DomainError not_found, invalid_request */
export async function addNotice(tx: Tx, residentId: string, { scope, text }: NewNotice, by: By): Promise<string> {
  const { homeId } = await lockFile(tx, residentId)
  if (scope === 'home' && homeId === null) throw wrongField('scope', 'no home is on file for this resident')
  const of = scope === 'home' ? { home_id: homeId, resident_id: null } : { home_id: null, resident_id: residentId }
  const { n } = await tx
    .selectFrom('resident_notice')
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .where('ended_at', 'is', null)
    .where((eb) => (of.home_id === null ? eb('resident_id', '=', residentId) : eb('home_id', '=', of.home_id)))
    .executeTakeFirstOrThrow()
  if (Number(n) >= MOST) throw wrongField('text', `there are ${MOST} notices already; end one first`)
  const noticeId = uuidv7()
  await tx
    .insertInto('resident_notice')
    .values({
      notice_id: noticeId,
      ...of,
      text: text.trim(),
      created_at: new Date(by.now),
      created_by: by.userId,
    })
    .execute()
  await noteChange(tx, residentId, by, { part: 'notice', after: { noticeId, scope, text: text.trim() } })
  return noticeId
}

/** Nobody has to read it any more. @throws DomainError not_found, wrong_state */
export async function endNotice(tx: Tx, residentId: string, noticeId: string, by: By): Promise<void> {
  const { homeId } = await lockFile(tx, residentId)
  const row = await tx
    .selectFrom('resident_notice')
    .selectAll()
    .where('notice_id', '=', noticeId)
    .forUpdate()
    .executeTakeFirst()
  const hers = row && (row.resident_id === residentId || (row.home_id !== null && row.home_id === homeId))
  if (!hers) throw new DomainError('not_found', 'There is no such notice.')
  if (row.ended_at !== null) throw new DomainError('wrong_state', 'This notice has ended already.')
  await tx
    .updateTable('resident_notice')
    .set({ ended_at: new Date(by.now), ended_by: by.userId })
    .where('notice_id', '=', noticeId)
    .execute()
  const scope = row.home_id === null ? 'resident' : 'home'
  await noteChange(tx, residentId, by, { part: 'notice', before: { noticeId, scope, text: row.text } })
}
