import { sql, type Transaction } from 'kysely'
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

/** Remembers what detectors have to know next time, and when they want to look again. */
export async function writeStates(tx: Transaction<Database>, states: readonly NewState[]): Promise<void> {
  if (states.length === 0) return
  const rows = states.map(({ subject, residentId, deviceId, state, dueAt }) => ({
    subject,
    residentId,
    deviceId: residentId === null ? deviceId : null,
    state,
    dueAt: dueAt === null ? null : new Date(dueAt).toISOString(),
  }))
  await sql`
    insert into detect_state as old (subject, resident_id, device_id, state, due_at, version)
    select s.subject, s."residentId", s."deviceId", s.state, s."dueAt", 1
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as s(subject text, "residentId" text, "deviceId" text,
      state jsonb, "dueAt" timestamptz)
    order by 1
    on conflict (subject) do update set state = excluded.state, due_at = excluded.due_at,
      version = old.version + 1`.execute(tx)
}
