import type { Kysely } from 'kysely'
import { Gauge, type Registry } from 'prom-client'
import type { Clock } from '../contract/clock.ts'
import type { Database } from '../store/schema.ts'
import { backfillAnswers } from './answers.ts'
import { reviewUnanswered } from './reviews.ts'

/** The recurring work of service levels and reviews. Any node may do any of it. */
export function createQuality({ db, clock, registry }: { db: Kysely<Database>; clock: Clock; registry: Registry }) {
  const open = new Gauge({
    name: 'anhu_reviews_open',
    help: 'Reviews of calls that waited too long, not closed yet',
    registers: [registry],
  })

  async function count(): Promise<void> {
    const row = await db
      .selectFrom('review')
      .select((eb) => eb.fn.countAll<number>().as('n'))
      .where('state', '=', 'open')
      .executeTakeFirst()
    open.set(row?.n ?? 0)
  }

  return {
    jobs: [
      { name: 'unanswered', everyMs: 5_000, run: () => reviewUnanswered(db, clock.now()) },
      { name: 'answers before', everyMs: 1_000, run: () => backfillAnswers(db) },
      { name: 'review figures', everyMs: 60_000, run: count },
    ],
  }
}
