import { type Kysely, type Selectable, sql, type Transaction } from 'kysely'
import { waitingSince } from '../cases/waiting.ts'
import { DomainError } from '../contract/errors.ts'
import { REVIEW_AFTER_SECONDS, type ReviewBody, type ReviewView } from '../contract/levels.ts'
import { decodeCursor, page } from '../store/cursor.ts'
import type { Database } from '../store/schema.ts'
import { iso } from '../store/views.ts'
import { openReview } from './open-review.ts'

type Db = Kysely<Database>
type Tx = Transaction<Database>

/** Reviews opened in one transaction. */
const BATCH = 200

/** Opens a review for each emergency that still waits after the limit. Any node may do it. @returns how many */
export async function reviewUnanswered(db: Db, now: number): Promise<number> {
  return db.transaction().execute(async (tx) => {
    const since = waitingSince('c')
    const { rows } = await sql<{ case_id: string; since: Date }>`
      select c.case_id, ${since} as since from alarm_case c
      where c.state = 'new' and c.category = 'emergency' and c.suppression_id is null and c.purpose = 'real'
        and c.opened_at <= ${new Date(now - REVIEW_AFTER_SECONDS * 1000)}
        and ${since} < ${new Date(now - REVIEW_AFTER_SECONDS * 1000)}
        and not exists (select from review r where r.case_id = c.case_id)
        and not exists (select from case_answer a where a.case_id = c.case_id)
      limit ${BATCH} for key share of c skip locked`.execute(tx)
    const waiting = { reason: 'unanswered', answer_seconds: null, answered_by: null } as const
    await openReview(
      tx,
      rows.map((row) => ({ ...row, ...waiting })),
      now,
    )
    return rows.length
  })
}

type Row = Selectable<Database['review']> & {
  kind: ReviewView['kind']
  category: ReviewView['category']
  case_state: ReviewView['caseState']
  place: string | null
  reviewer: string | null
  answerer: string | null
}

const reviews = sql`
  select r.*, c.kind, c.category, c.state as case_state, place.place, reviewer.display_name as reviewer,
    answerer.display_name as answerer
  from review r
  join alarm_case c on c.case_id = r.case_id
  left join resident on resident.resident_id = c.resident_id
  left join home on home.home_id = resident.home_id
  left join division_place place on place.code = home.division_code
  left join app_user reviewer on reviewer.user_id = r.reviewer_id
  left join app_user answerer on answerer.user_id = r.answered_by`

const view = (row: Row): ReviewView => ({
  reviewId: row.review_id,
  caseId: row.case_id,
  kind: row.kind,
  category: row.category,
  caseState: row.case_state,
  place: row.place,
  reason: row.reason,
  since: row.since.toISOString(),
  answerSeconds: row.answer_seconds,
  answeredBy: row.answerer,
  state: row.state,
  version: row.version,
  createdAt: row.created_at.toISOString(),
  reviewer: row.reviewer,
  finding: row.finding,
  cause: row.cause,
  action: row.action,
  closedAt: iso(row.closed_at),
})

/** Reviews, newest first. */
export async function listReviews(
  db: Db,
  query: { cursor?: string; limit: number; state?: ReviewView['state'] },
): Promise<{ items: ReviewView[]; nextCursor: string | null }> {
  const after = query.cursor === undefined ? null : decodeCursor(query.cursor, 2)
  const { rows } = await sql<Row>`${reviews}
    where ${query.state === undefined ? sql`true` : sql`r.state = ${query.state}`} and ${
      after === null ? sql`true` : sql`(r.created_at, r.review_id) < (${after[0]}::timestamptz, ${after[1]}::uuid)`
    }
    order by r.created_at desc, r.review_id desc limit ${query.limit + 1}`.execute(db)
  return page(rows, query.limit, (row) => [row.created_at.toISOString(), row.review_id], view)
}

/** One review. @throws DomainError not_found */
export async function getReview(db: Db, reviewId: string): Promise<ReviewView> {
  const { rows } = await sql<Row>`${reviews} where r.review_id = ${reviewId}`.execute(db)
  const [row] = rows
  if (row === undefined) throw new DomainError('not_found', 'There is no such review.')
  return view(row)
}

/**
 * Writes what was found, and closes the review when told to. What was closed stays as it is.
 * @throws DomainError not_found, stale_version, wrong_state, invalid_request naming what is missing to close it
 */
export async function writeReview(
  tx: Tx,
  reviewId: string,
  body: ReviewBody,
  userId: string,
  now: number,
): Promise<void> {
  const current = await tx
    .selectFrom('review')
    .select(['version', 'state'])
    .where('review_id', '=', reviewId)
    .forUpdate()
    .executeTakeFirst()
  if (current === undefined) throw new DomainError('not_found', 'There is no such review.')
  if (current.state === 'closed') throw new DomainError('wrong_state', 'This review is closed.')
  if (current.version !== body.version) {
    const { version } = current
    throw new DomainError('stale_version', 'Somebody else has written in this review meanwhile.', { version })
  }
  const { close, version: _, ...said } = body
  const errors = Object.entries(said).flatMap(([field, value]) =>
    close && value === null ? [{ field, message: 'is needed to close the review' }] : [],
  )
  if (errors.length > 0)
    throw new DomainError('invalid_request', 'The review can not be closed yet; see errors.', { errors })
  const state = close ? ('closed' as const) : ('open' as const)
  const version = current.version + 1
  const closed_at = close ? new Date(now) : null
  await tx
    .updateTable('review')
    .set({ ...said, state, version, reviewer_id: userId, closed_at })
    .where('review_id', '=', reviewId)
    .execute()
  await tx
    .insertInto('review_log')
    .values({ ...said, state, version, review_id: reviewId, at: new Date(now), user_id: userId })
    .execute()
}

/** Every step of a review, oldest first. */
export async function reviewHistory(db: Db, reviewId: string) {
  const rows = await db
    .selectFrom('review_log')
    .leftJoin('app_user', 'app_user.user_id', 'review_log.user_id')
    .selectAll('review_log')
    .select('app_user.display_name')
    .where('review_id', '=', reviewId)
    .orderBy('line_id')
    .execute()
  return rows.map((row) => ({
    at: row.at.toISOString(),
    by: row.display_name,
    version: row.version,
    state: row.state,
    finding: row.finding,
    cause: row.cause,
    action: row.action,
  }))
}
