import { sql } from 'kysely'
import { seedDivisions } from '../../server/org/divisions.ts'
import type { TestApp } from '../support/app.ts'

export interface MadeCase {
  caseId: string
  resident?: string | null
  device?: string
  kind?: string
  category?: string
  priority?: number
  state?: string
  /** ISO 8601 */
  openedAt: string
  owner?: string | null
  outcome?: string | null
  purpose?: string
  severe?: boolean
  risk?: string
  /** s after it was opened */
  answered?: number
  dispatched?: number
  arrived?: number
  closedBy?: string
  notes?: string[]
}

export const idOf = (n: number): string => `0192f000-0000-7000-8000-${String(n).padStart(12, '0')}`

/** Residents of two counties, and one without a home. */
export async function makeCity(app: TestApp): Promise<Record<string, string>> {
  const { db } = app.database.store
  await seedDivisions(db)
  await sql`
    insert into home (home_id, division_code, address) values ('h1', '361125001', '兴安 1 号'), ('h2', '361102001', '水南 2 号')`.execute(
    db,
  )
  await sql`
    insert into resident (resident_id, home_id, name, gender, birth_date, phone, created_at) values
      ('0192aaaa-0001', 'h1', '周桂兰', 'female', '1943-05-06', '0793-8201234', now()),
      ('0192aaaa-0002', 'h2', '陈桂英', 'female', null, '13912342208', now()),
      ('0192aaaa-0003', null, '王秀英', 'female', null, null, now())`.execute(db)
  await sql`
    insert into contact (resident_id, position, name, relation, phone) values ('0192aaaa-0001', 1, '周敏', '女儿', '13987652208')`.execute(
    db,
  )
  await sql`
    insert into device (device_id, kind, protocol, resident_id, lifecycle, created_at) values
      ('sos-1', 'sos_button', 'native', '0192aaaa-0001', 'in_service', now()),
      ('fall-1', 'fall_sensor', 'native', '0192aaaa-0001', 'in_service', now()),
      ('sos-2', 'sos_button', 'native', '0192aaaa-0002', 'in_service', now()),
      ('sos-3', 'sos_button', 'native', '0192aaaa-0003', 'in_service', now())`.execute(db)
  const users = await db.selectFrom('app_user').select(['user_id', 'username']).execute()
  return Object.fromEntries(users.map(({ user_id, username }) => [username, user_id]))
}

/** Writes cases as the intake and the operators' commands would leave them. */
export async function makeCases(app: TestApp, cases: readonly MadeCase[]): Promise<void> {
  const { db } = app.database.store
  for (const one of cases) {
    const { caseId, resident = null, device = 'sos-1', kind = 'sos', category = 'emergency', priority = 1 } = one
    const { state = 'closed', openedAt, owner = null, purpose = 'real' } = one
    const outcome = one.outcome ?? (state === 'closed' || state === 'resolved' ? 'helped' : null)
    const at = (seconds: number) => sql`${openedAt}::timestamptz + make_interval(secs => ${seconds}::int)`
    await sql`
      insert into alarm_case (case_id, resident_id, device_id, kind, category, priority, state, version, opened_at,
        last_signal_at, signal_count, cancelled, owner_id, outcome, purpose)
      values (${caseId}::uuid, ${resident}, ${device}, ${kind}, ${category}, ${priority}, ${state}, 1, ${openedAt}::timestamptz,
        ${openedAt}::timestamptz, 1, false, ${owner}::uuid, ${outcome}, ${purpose})`.execute(db)
    await sql`
      insert into alert (alert_id, case_id, device_id, kind, device_state, first_signal_at, last_signal_at, signal_count, severe)
      values (gen_random_uuid(), ${caseId}::uuid, ${device}, ${kind}, 'active', ${openedAt}::timestamptz, ${openedAt}::timestamptz,
        1, ${one.severe ?? false})`.execute(db)
    if (one.risk !== undefined) {
      await sql`
        insert into case_protocol (case_id, at, kind, risk, reasons) values (${caseId}::uuid, ${openedAt}::timestamptz, ${kind},
          ${one.risk}, '{}')`.execute(db)
    }
    if (one.answered !== undefined) {
      await sql`
        insert into case_answer (case_id, category, since, answered_at, operator_id, dispatched_at)
        values (${caseId}::uuid, ${category}, ${openedAt}::timestamptz, ${at(one.answered)}, ${owner}::uuid,
          ${one.dispatched === undefined ? sql`null` : at(one.dispatched)})`.execute(db)
    }
    const line = (action: string, detail: object, actor: string | null, seconds: number) =>
      sql`
      insert into case_log (case_id, at, action, actor_id, to_state, version, detail)
      values (${caseId}::uuid, ${at(seconds)}, ${action}, ${actor}::uuid, ${state}, 1, ${JSON.stringify(detail)}::jsonb)`.execute(
        db,
      )
    await line('opened', { kind }, null, 0)
    if (one.arrived !== undefined) await line('arrive', {}, owner, one.arrived)
    for (const text of one.notes ?? []) await line('note', { text }, owner, 20)
    if (one.closedBy !== undefined) await line('close', {}, one.closedBy, 600)
  }
}
