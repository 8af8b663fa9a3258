import type { Kysely } from 'kysely'
import { Gauge, type Registry } from 'prom-client'
import type { Clock } from '../contract/clock.ts'
import type { Database } from '../store/schema.ts'
import { backfillAnswers } from './answers.ts'
import { drawDue } from './draw.ts'
import { backfillResults } from './results.ts'
import { reviewUnanswered } from './reviews.ts'
import { countOpenAudits } from './write-audit.ts'

interface QualityDeps {
  db: Kysely<Database>
  clock: Clock
  registry: Registry
  node: string
}

/** The recurring work of service levels, reviews and audits. Any node may do any of it. */
export function createQuality({ db, clock, registry, node }: QualityDeps) {
  const gauge = (name: string, help: string) => new Gauge({ name, help, registers: [registry] })
  const open = gauge('anhu_reviews_open', 'Reviews of calls that waited too long, not closed yet')
  const audits = gauge('anhu_quality_audits_open', 'Audits of closed cases that are not completed yet')
  const overdue = gauge('anhu_quality_audits_overdue', 'Audits of closed cases whose time is over')

  async function count(): Promise<void> {
    const row = await db
      .selectFrom('review')
      .select((eb) => eb.fn.countAll<number>().as('n'))
      .where('state', '=', 'open')
      .executeTakeFirst()
    open.set(row?.n ?? 0)
    const waiting = await countOpenAudits(db, clock.now())
    audits.set(waiting.open)
    overdue.set(waiting.overdue)
  }

  return {
    jobs: [
      { name: 'unanswered', everyMs: 5_000, run: () => reviewUnanswered(db, clock.now()) },
      { name: 'answers before', everyMs: 1_000, run: () => backfillAnswers(db) },
      { name: 'results before', everyMs: 1_000, run: () => backfillResults(db) },
      { name: 'audit draw', everyMs: 60_000, run: () => drawDue(db, node, clock.now()) },
      { name: 'review figures', everyMs: 60_000, run: count },
    ],
  }
}
