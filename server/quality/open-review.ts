import { type Insertable, sql, type Transaction } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import type { Database } from '../store/schema.ts'

type Tx = Transaction<Database>

export type NewReview = Pick<
  Insertable<Database['review']>,
  'case_id' | 'since' | 'reason' | 'answer_seconds' | 'answered_by'
>

/** Opens a review, one for a case at most; of one that waited unanswered it notes when the answer came. */
export async function openReview(tx: Tx, reviews: readonly NewReview[], now: number): Promise<void> {
  if (reviews.length === 0) return
  const at = new Date(now)
  const made = await tx
    .insertInto('review')
    .values(reviews.map((one) => ({ ...one, review_id: uuidv7(), state: 'open' as const, created_at: at })))
    .onConflict((conflict) =>
      conflict
        .column('case_id')
        .doUpdateSet((eb) => ({
          answer_seconds: eb.ref('excluded.answer_seconds'),
          answered_by: eb.ref('excluded.answered_by'),
        }))
        .where('review.answer_seconds', 'is', null)
        .where(sql<boolean>`excluded.answer_seconds is not null`),
    )
    .returning(['review_id', 'version', 'created_at', 'state', 'finding', 'cause', 'action'])
    .execute()
  const fresh = made.filter(({ version, created_at }) => version === 1 && created_at.getTime() === now)
  if (fresh.length === 0) return
  await tx
    .insertInto('review_log')
    .values(fresh.map(({ created_at: _, ...one }) => ({ ...one, at, user_id: null })))
    .execute()
}
