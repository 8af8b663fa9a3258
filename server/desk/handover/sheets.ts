import { type Kysely, sql } from 'kysely'
import { DomainError } from '../../contract/errors.ts'
import type {
  DeskMessage,
  HandoverCaseView,
  HandoverInbox,
  HandoverLine,
  HandoverView,
} from '../../contract/handover.ts'
import { decodeCursor, page } from '../../store/cursor.ts'
import type { Database } from '../../store/schema.ts'
import { iso } from '../../store/views.ts'

type Db = Kysely<Database>

/** Who reads: an operator sees the sheets that she gave or was given something by, a supervisor all. */
export interface Reader {
  userId: string
  supervisor: boolean
}

const mine = (userId: string) => sql<boolean>`(h.giver_id = ${userId} or exists (
  select from handover_case c where c.handover_id = h.handover_id and (c.to_id = ${userId} or c.decided_by = ${userId})))`

/** Handover sheets, newest first. */
export async function listHandovers(
  db: Db,
  reader: Reader,
  query: { cursor?: string; limit: number },
): Promise<{ items: HandoverLine[]; nextCursor: string | null }> {
  const after = query.cursor === undefined ? null : decodeCursor(query.cursor, 2)
  const rows = await db
    .selectFrom('handover as h')
    .innerJoin('app_user as giver', 'giver.user_id', 'h.giver_id')
    .select(['h.handover_id', 'h.giver_id', 'h.at', 'giver.display_name'])
    .select((eb) => {
      const cases = eb
        .selectFrom('handover_case as c')
        .whereRef('c.handover_id', '=', 'h.handover_id')
        .select(eb.fn.countAll<number>().as('n'))
      return [cases.as('cases'), cases.where('c.state', '=', 'offered').as('offered')]
    })
    .$if(!reader.supervisor, (q) => q.where(mine(reader.userId)))
    .$if(after !== null, (q) =>
      q.where(sql<boolean>`(h.at, h.handover_id) < (${after?.[0]}::timestamptz, ${after?.[1]}::uuid)`),
    )
    .orderBy('h.at', 'desc')
    .orderBy('h.handover_id', 'desc')
    .limit(query.limit + 1)
    .execute()
  return page(
    rows,
    query.limit,
    (row) => [row.at.toISOString(), row.handover_id],
    (row) => ({
      handoverId: row.handover_id,
      giver: { userId: row.giver_id, displayName: row.display_name },
      at: row.at.toISOString(),
      cases: row.cases ?? 0,
      offered: row.offered ?? 0,
    }),
  )
}

/** One sheet, as it was signed. @throws DomainError not_found, also for who has no part in it */
export async function handoverSheet(db: Db, reader: Reader, handoverId: string): Promise<HandoverView> {
  const [sheet] = await sheets(
    db,
    sql<boolean>`h.handover_id = ${handoverId} and ${reader.supervisor ? sql`true` : mine(reader.userId)}`,
    sql<boolean>`true`,
  )
  if (!sheet) throw new DomainError('not_found', 'There is no such handover.')
  return sheet
}

/** What waits for one operator. */
export async function handoverInbox(db: Db, userId: string): Promise<HandoverInbox> {
  const waits = (of: ReturnType<typeof sql<boolean>>) =>
    sql<boolean>`exists (select from handover_case c where c.handover_id = h.handover_id and c.state = 'offered' and ${of})`
  const toMe = sql<boolean>`c.to_id = ${userId}`
  const [offered, given, messages] = await Promise.all([
    sheets(db, waits(toMe), sql<boolean>`c.state = 'offered' and ${toMe}`),
    sheets(
      db,
      sql<boolean>`h.giver_id = ${userId} and ${waits(sql<boolean>`true`)}`,
      sql<boolean>`c.state = 'offered'`,
    ),
    unread(db, userId),
  ])
  return { offered, given, messages }
}

async function sheets(
  db: Db,
  which: ReturnType<typeof sql<boolean>>,
  cases: ReturnType<typeof sql<boolean>>,
): Promise<HandoverView[]> {
  const rows = await db
    .selectFrom('handover as h')
    .innerJoin('app_user as giver', 'giver.user_id', 'h.giver_id')
    .select(['h.handover_id', 'h.giver_id', 'h.at', 'h.note', 'giver.display_name'])
    .where(which)
    .orderBy('h.at')
    .execute()
  if (rows.length === 0) return []
  const found = await caseLines(
    db,
    rows.map((row) => row.handover_id),
    cases,
  )
  return rows.map((row) => ({
    handoverId: row.handover_id,
    giver: { userId: row.giver_id, displayName: row.display_name },
    at: row.at.toISOString(),
    note: row.note,
    cases: found.filter((one) => one.handoverId === row.handover_id).map(({ handoverId: _, ...view }) => view),
  }))
}

async function caseLines(
  db: Db,
  handoverIds: readonly string[],
  which: ReturnType<typeof sql<boolean>>,
): Promise<(HandoverCaseView & { handoverId: string })[]> {
  const rows = await db
    .selectFrom('handover_case as c')
    .innerJoin('alarm_case as a', 'a.case_id', 'c.case_id')
    .leftJoin('resident', 'resident.resident_id', 'a.resident_id')
    .leftJoin('home', 'home.home_id', 'resident.home_id')
    .leftJoin('division_place', 'division_place.code', 'home.division_code')
    .leftJoin('app_user as receiver', 'receiver.user_id', 'c.to_id')
    .leftJoin('app_user as signer', 'signer.user_id', 'c.decided_by')
    .selectAll('c')
    .select(['a.kind', 'a.category', 'a.state as work', 'a.opened_at', 'resident.name', 'division_place.place'])
    .select(['receiver.display_name as to_name', 'signer.display_name as signer_name'])
    .where('c.handover_id', 'in', [...handoverIds])
    .where(which)
    .orderBy('a.priority')
    .orderBy('a.opened_at')
    .execute()
  const person = (userId: string | null, displayName: string | null) =>
    userId === null ? null : { userId, displayName: displayName ?? '' }
  return rows.map((row) => ({
    handoverId: row.handover_id,
    caseId: row.case_id,
    kind: row.kind,
    category: row.category,
    state: row.work,
    openedAt: row.opened_at.toISOString(),
    residentName: row.name,
    place: row.place,
    to: person(row.to_id, row.to_name),
    note: row.note,
    handover: row.state,
    decidedBy: person(row.decided_by, row.signer_name),
    decidedAt: iso(row.decided_at),
    reason: row.reason,
  }))
}

async function unread(db: Db, userId: string): Promise<DeskMessage[]> {
  const rows = await db
    .selectFrom('desk_message as m')
    .innerJoin('app_user as sender', 'sender.user_id', 'm.from_id')
    .select(['m.message_id', 'm.case_id', 'm.kind', 'm.text', 'm.at', 'sender.display_name'])
    .where('m.user_id', '=', userId)
    .where('m.read_at', 'is', null)
    .orderBy('m.at')
    .limit(100)
    .execute()
  return rows.map((row) => ({
    messageId: row.message_id,
    caseId: row.case_id,
    kind: row.kind,
    from: row.display_name,
    text: row.text,
    at: row.at.toISOString(),
  }))
}

/** Notes that the operator has read these; those of others are left alone. */
export async function markRead(db: Db, userId: string, messageIds: readonly string[], now: number): Promise<void> {
  await db
    .updateTable('desk_message')
    .set({ read_at: new Date(now) })
    .where('message_id', 'in', [...messageIds])
    .where('user_id', '=', userId)
    .where('read_at', 'is', null)
    .execute()
}
