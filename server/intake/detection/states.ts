import { type RawBuilder, sql, type Transaction } from 'kysely'
import type { DetectState } from '../../detect/engine.ts'
import type { Database } from '../../store/schema.ts'
import type { Subject } from './contexts.ts'

/** The states of subjects that have one, by subject. The subjects must have been locked. */
export async function loadStates(
  tx: Transaction<Database>,
  subjects: readonly string[],
): Promise<Map<string, DetectState>> {
  const { rows } = await sql<{ subject: string; state: DetectState }>`
    select subject, state from detect_state where subject = any(${subjects}::text[])`.execute(tx)
  return new Map(rows.map(({ subject, state }) => [subject, state]))
}

export interface NewState extends Subject {
  state: DetectState
  /** Ms since the epoch. */
  dueAt: number | null
}

/**
 * The statement that remembers what detectors have to know next time, and when they want to look again.
 *
 * A deadline that is put off stays where it is until it is met, which then finds nothing due and moves it: most readings
 * put one off, and a row whose indexed columns stay the same costs PostgreSQL far less to write.
 * @param deadlines `exact` for whoever has just met them
 */
export function rememberStates(states: readonly NewState[], deadlines: 'exact' | 'not later'): RawBuilder<unknown> {
  return sql`
    insert into detect_state as old (subject, resident_id, device_id, state, due_at, version)
    select subject, resident_id, device_id, state::json, due_at, 1
    from unnest(${states.map(({ subject }) => subject)}::text[], ${states.map(({ residentId }) => residentId)}::text[],
      ${states.map(({ residentId, deviceId }) => (residentId === null ? deviceId : null))}::text[],
      ${states.map(({ state }) => JSON.stringify(state))}::text[],
      ${states.map(({ dueAt }) => (dueAt === null ? null : new Date(dueAt).toISOString()))}::timestamptz[])
      as s(subject, resident_id, device_id, state, due_at)
    on conflict (subject) do update set state = excluded.state, version = old.version + 1,
      due_at = case when ${deadlines === 'not later'} and old.due_at <= excluded.due_at then old.due_at
        else excluded.due_at end`
}
