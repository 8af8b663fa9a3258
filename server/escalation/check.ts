import { type Kysely, sql } from 'kysely'
import type { CheckView, EscalationWarning } from '../contract/escalation.ts'
import type { Database } from '../store/schema.ts'
import { listPolicies } from './policies.ts'
import type { World } from './recipients.ts'

type Db = Kysely<Database>

/** How often it is looked at who could be reached, ms. */
const EVERY_MS = 10 * 60_000

/**
 * Looks at every policy, that is at every area, whether somebody is on duty and each step reaches somebody; keeps what
 * would come to nothing. One node does it each time.
 * @returns the number of steps that reach nobody, or null when it was not due
 */
export async function checkReach(db: Db, world: World, now: number): Promise<number | null> {
  return db.transaction().execute(async (tx) => {
    const { rows } = await sql<{ mine: boolean }>`
      select pg_try_advisory_xact_lock(hashtextextended('escalation check', 0)) as mine`.execute(tx)
    if (rows[0]?.mine !== true) return null
    const { rows: recent } = await sql`
      select 1 from escalation_check where at > ${new Date(now - EVERY_MS)} and at <= ${new Date(now)} limit 1`.execute(
      tx,
    )
    if (recent.length > 0) return null
    const items = await checked(tx, world)
    await tx
      .insertInto('escalation_check')
      .values({ at: new Date(now), on_duty: peopleOnDuty(world), warnings: JSON.stringify(items) })
      .execute()
    return unreachable(items)
  })
}

type Item = CheckView['items'][number]

async function checked(db: Db, world: World): Promise<Item[]> {
  const policies = await listPolicies(db, world)
  return policies
    .filter(({ warnings }) => warnings.length > 0)
    .map(({ category, kind, divisionCode, place, warnings }) => ({ category, kind, divisionCode, place, warnings }))
}

const peopleOnDuty = ({ people }: World): number => people.filter((one) => one.onDuty).length
const isGrave = ({ code }: EscalationWarning) => code === 'step_unreachable' || code === 'nobody_on_duty'
const unreachable = (items: readonly Item[]): number => items.flatMap(({ warnings }) => warnings).filter(isGrave).length

/** The last look. */
export async function lastCheck(db: Db): Promise<CheckView> {
  const row = await db.selectFrom('escalation_check').selectAll().orderBy('at', 'desc').limit(1).executeTakeFirst()
  if (row === undefined) return { at: null, onDuty: 0, items: [] }
  return { at: row.at.toISOString(), onDuty: row.on_duty, items: row.warnings as Item[] }
}
