import { type Kysely, sql, type Transaction } from 'kysely'
import type { CaseConsequence } from '../cases/rules.ts'
import type { Database } from '../store/schema.ts'

/**
 * Keeps how a case ended, in the transaction of the command: what statistics and the monthly draw are counted from. Only
 * real cases; what was kept quiet says nothing about anybody's work. One that is reopened counts again when it is closed.
 */
export const resultConsequence: CaseConsequence = {
  name: 'result',
  run: async ({ tx, action }, { case_id }) => {
    if (action === 'close') await keep(tx, sql`c.case_id = ${case_id}`)
    if (action === 'reopen') {
      await tx.updateTable('case_result').set({ closed_at: null }).where('case_id', '=', case_id).execute()
    }
  },
}

async function keep(tx: Transaction<Database>, which: ReturnType<typeof sql>): Promise<void> {
  await sql`
    insert into case_result (case_id, closed_at, operator_id, kind, category, outcome, area, device_kind, model)
    select c.case_id, coalesce(c.closed_at, c.last_signal_at), c.owner_id, c.kind, c.category, c.outcome,
      left(coalesce(home.division_code, area.area_id), 6), device.kind, device.model
    from (
      select * from alarm_case c
      where ${which} and c.state = 'closed' and c.purpose = 'real' and c.suppression_id is null
      -- Whoever reopens one at this moment comes before or after, not between.
      for no key update
    ) c
    join device on device.device_id = c.device_id
    left join resident on resident.resident_id = c.resident_id
    left join home on home.home_id = resident.home_id
    left join incident area on area.incident_id = c.incident_id and area.area_kind = 'division'
    on conflict (case_id) do update set closed_at = excluded.closed_at, operator_id = excluded.operator_id,
      kind = excluded.kind, category = excluded.category, outcome = excluded.outcome, area = excluded.area,
      device_kind = excluded.device_kind, model = excluded.model`.execute(tx)
}

/** Cases that are taken over at a time. */
const STEP = 5_000

/** Takes over cases that were closed before results were kept, some thousand at a time. Any node may do it. */
export async function backfillResults(db: Kysely<Database>): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const { rows } = await sql<{ case_id: string; to_case_id: string }>`
      select case_id, to_case_id from result_backfill where case_id is not null for update skip locked`.execute(tx)
    const [mark] = rows
    if (mark === undefined) return
    const { rows: last } = await sql<{ case_id: string }>`
      select case_id from alarm_case where case_id > ${mark.case_id} and case_id <= ${mark.to_case_id}
      order by case_id offset ${STEP - 1} limit 1`.execute(tx)
    const until = last[0]?.case_id ?? mark.to_case_id
    await keep(tx, sql`c.case_id > ${mark.case_id} and c.case_id <= ${until}`)
    await sql`update result_backfill set case_id = ${until === mark.to_case_id ? null : until}`.execute(tx)
  })
}

/** Whether all that was closed before is taken over: a draw must know every case. */
export async function resultsAreWhole(db: Kysely<Database>): Promise<boolean> {
  const waiting = await db.selectFrom('result_backfill').select('singleton').where('case_id', 'is not', null).execute()
  return waiting.length === 0
}
