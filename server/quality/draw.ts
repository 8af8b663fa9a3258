import { randomBytes } from 'node:crypto'
import { type Kysely, sql, type Transaction } from 'kysely'
import { addMonths, monthOf, monthStart } from '../contract/month.ts'
import { AUDITS_PER_OPERATOR } from '../contract/quality.ts'
import { audit } from '../org/audit.ts'
import type { Database } from '../store/schema.ts'
import { resultsAreWhole } from './results.ts'

type Db = Kysely<Database>
type Tx = Transaction<Database>

/** A case that is closed in the last second of a month may be committed in the next. */
const SETTLED_MS = 600_000

/** Audits of a month are due at the end of the following one. @returns ms since the epoch */
export const auditsDueAt = (month: string): number => monthStart(addMonths(month, 2))

/**
 * Draws the cases of every month that is over and was not drawn yet. Any node may do it; a month is drawn once. A platform
 * that begins draws the month before, not all of the past.
 * @returns the months that were drawn now
 */
export async function drawDue(db: Db, node: string, now: number): Promise<string[]> {
  const ended = addMonths(monthOf(now - SETTLED_MS), -1)
  const { newest } = await db
    .selectFrom('quality_draw')
    .select((eb) => eb.fn.max('month').as('newest'))
    .executeTakeFirstOrThrow()
  if (newest !== null && newest >= ended) return []
  if (!(await resultsAreWhole(db))) return []
  const drawn: string[] = []
  for (let month = newest === null ? ended : addMonths(newest, 1); month <= ended; month = addMonths(month, 1)) {
    if (await db.transaction().execute((tx) => drawMonth(tx, month, node, now))) drawn.push(month)
  }
  return drawn
}

/**
 * One month's draw, as docs/quality.md describes it: by the order of SHA-256(seed + case id), one of the operator's
 * emergencies first, then of all that are left. Whoever has the seed can draw again and must find the same.
 */
async function drawMonth(tx: Tx, month: string, node: string, now: number): Promise<boolean> {
  const seed = randomBytes(16).toString('hex')
  const at = new Date(now)
  const begun = await tx
    .insertInto('quality_draw')
    .values({ month, drawn_at: at, seed, node })
    .onConflict((on) => on.doNothing())
    .returning('month')
    .execute()
  if (begun.length === 0) return false
  const [from, to] = [new Date(monthStart(month)), new Date(monthStart(addMonths(month, 1)))]
  const { rows } = await sql<{ operators: number; cases: number; drawn: number }>`
    with population as materialized (
      select case_id, operator_id, category = 'emergency' as emergency,
        encode(sha256(convert_to(${seed} || case_id::text, 'UTF8')), 'hex') as lot
      from case_result
      where closed_at >= ${from} and closed_at < ${to} and category <> 'fault' and operator_id is not null
    ), led as (
      select *, emergency and row_number() over (partition by operator_id, emergency order by lot) = 1 as leads
      from population
    ), ranked as (
      select *, row_number() over (partition by operator_id order by leads desc, lot) as place from led
    ), counted as (
      select u.user_id, count(p.case_id)::int as cases,
        encode(sha256(convert_to(coalesce(string_agg(p.case_id::text, ',' order by p.case_id), ''), 'UTF8')), 'hex')
          as digest
      from app_user u left join population p on p.operator_id = u.user_id
      where not u.service and (p.case_id is not null or (u.role = 'operator' and u.enabled and u.created_at < ${to}))
      group by u.user_id
    ), noted as (
      insert into quality_draw_operator (month, user_id, cases, due, digest)
      select ${month}, user_id, cases, least(cases, ${AUDITS_PER_OPERATOR}::int), digest from counted
      returning cases, due
    ), drawn as (
      insert into quality_audit (audit_id, month, case_id, operator_id, origin, stratum, place, created_at, due_at, state)
      select gen_random_uuid(), ${month}, case_id, operator_id, 'drawn', case when leads then 'emergency' else 'any' end,
        place, ${at}, ${new Date(auditsDueAt(month))}, 'open'
      from ranked where place <= ${AUDITS_PER_OPERATOR}::int
      returning audit_id
    )
    select count(*)::int as operators, coalesce(sum(cases), 0)::int as cases,
      (select count(*)::int from drawn) as drawn
    from noted`.execute(tx)
  await audit(tx, { userId: null, action: 'quality.draw', subject: month, detail: { seed, ...rows[0] } }, now)
  return true
}
