import { type Kysely, sql } from 'kysely'
import { addMonths, monthStart } from '../contract/month.ts'
import type { AuditRow, PickableCase, QualityMonth } from '../contract/quality.ts'
import { decodeCursor, page } from '../store/cursor.ts'
import type { Database } from '../store/schema.ts'
import { auditRecords, auditRow } from './audit-rows.ts'
import { auditsDueAt } from './draw.ts'

type Db = Kysely<Database>

interface OperatorRow {
  user_id: string
  display_name: string
  cases: number
  due: number
}

/** A month's draw with every operator and audit; before the draw, how many cases there are to draw from so far. */
export async function qualityMonth(db: Db, month: string, now: number): Promise<QualityMonth> {
  const draw = await db.selectFrom('quality_draw').selectAll().where('month', '=', month).executeTakeFirst()
  const [operators, rows, months] = await Promise.all([
    draw === undefined ? soFar(db, month) : drawnFor(db, month),
    auditRecords(db, sql`where a.month = ${month} order by a.origin, a.place, a.created_at, a.audit_id`),
    monthsDrawn(db, now),
  ])
  const audits = rows.map((row) => auditRow(row, now))
  const known = new Set(operators.map(({ user_id }) => user_id))
  // Whose case was picked before the draw, or changed hands since.
  const others = audits.flatMap(({ operator }): OperatorRow[] => {
    if (known.has(operator.userId)) return []
    known.add(operator.userId)
    return [{ user_id: operator.userId, display_name: operator.displayName, cases: 0, due: 0 }]
  })
  return {
    month,
    ended: now >= monthStart(addMonths(month, 1)),
    draw: draw === undefined ? null : { at: draw.drawn_at.toISOString(), seed: draw.seed, node: draw.node },
    dueAt: new Date(auditsDueAt(month)).toISOString(),
    operators: [...operators, ...others].map((one) => ({
      userId: one.user_id,
      displayName: one.display_name,
      cases: one.cases,
      due: one.due,
      audits: auditsOf(audits, one.user_id),
    })),
    months,
  }
}

const auditsOf = (audits: readonly AuditRow[], userId: string) =>
  audits.filter(({ operator }) => operator.userId === userId)

async function drawnFor(db: Db, month: string): Promise<OperatorRow[]> {
  return db
    .selectFrom('quality_draw_operator as o')
    .innerJoin('app_user as u', 'u.user_id', 'o.user_id')
    .select(['o.user_id', 'u.display_name', 'o.cases', 'o.due'])
    .where('month', '=', month)
    .orderBy('u.display_name')
    .orderBy('o.user_id')
    .execute()
}

async function soFar(db: Db, month: string): Promise<OperatorRow[]> {
  const [from, to] = [new Date(monthStart(month)), new Date(monthStart(addMonths(month, 1)))]
  const { rows } = await sql<OperatorRow>`
    select u.user_id, u.display_name, coalesce(r.cases, 0) as cases, 0 as due
    from app_user u left join (
      select operator_id, count(*)::int as cases from case_result
      where closed_at >= ${from} and closed_at < ${to} and category <> 'fault' group by operator_id
    ) r on r.operator_id = u.user_id
    where not u.service and (r.cases is not null or (u.role = 'operator' and u.enabled and u.created_at < ${to}))
    order by u.display_name, u.user_id`.execute(db)
  return rows
}

async function monthsDrawn(db: Db, now: number): Promise<QualityMonth['months']> {
  const { rows } = await sql<QualityMonth['months'][number]>`
    select d.month, count(a.audit_id)::int as due, (count(*) filter (where a.state = 'completed'))::int as completed,
      (count(*) filter (where a.state = 'open' and a.due_at <= ${new Date(now)}))::int as overdue
    from quality_draw d left join quality_audit a on a.month = d.month and a.origin = 'drawn'
    group by d.month order by d.month desc limit 120`.execute(db)
  return rows
}

/** An operator's closed cases of a month, newest first: what could be picked by hand. Faults too. */
export async function pickableCases(
  db: Db,
  month: string,
  query: { operatorId: string; cursor?: string; limit: number },
): Promise<{ items: PickableCase[]; nextCursor: string | null }> {
  const after = query.cursor === undefined ? null : decodeCursor(query.cursor, 2)
  const [from, to] = [new Date(monthStart(month)), new Date(monthStart(addMonths(month, 1)))]
  const { rows } = await sql<Omit<PickableCase, 'closedAt'> & { closed_at: Date }>`
    select r.case_id as "caseId", r.kind, r.category, r.outcome, r.closed_at,
      exists (select from quality_audit a where a.case_id = r.case_id and a.month = ${month}) as audited
    from case_result r
    where r.operator_id = ${query.operatorId} and r.closed_at >= ${from} and r.closed_at < ${to} and ${
      after === null ? sql`true` : sql`(r.closed_at, r.case_id) < (${after[0]}::timestamptz, ${after[1]}::uuid)`
    }
    order by r.closed_at desc, r.case_id desc limit ${query.limit + 1}`.execute(db)
  return page(
    rows,
    query.limit,
    (row) => [row.closed_at.toISOString(), row.caseId],
    ({ closed_at, ...row }) => ({ ...row, closedAt: closed_at.toISOString() }),
  )
}
