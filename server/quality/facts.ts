import { type Kysely, sql } from 'kysely'
import type { AuditFacts } from '../contract/quality.ts'
import type { Database } from '../store/schema.ts'

interface Row extends Omit<AuditFacts, 'contact' | 'protocol'> {
  made: boolean
  none: boolean
  protocol: number | null
}

/**
 * What the record says of one case's handling. Times count from the answer, the answer from when it began to wait; contact
 * is what was marked in notes, in the protocol's answers and in calls to contacts: a terminal that takes a call by itself
 * says nothing of her.
 */
export async function auditFacts(db: Kysely<Database>, caseId: string): Promise<AuditFacts> {
  const { rows } = await sql<Row>`
    with line as (select action, at, actor_id, detail from case_log where case_id = ${caseId}),
    answer as (select since, answered_at, dispatched_at from case_answer where case_id = ${caseId}),
    call as (
      select v.answered_at, v.notice_at, exists (select from voice_recording r where r.call_id = v.call_id) as recorded
      from voice_call v where v.case_id = ${caseId} and v.answered_at is not null
    )
    select
      (select ${seconds('answered_at', 'since')} from answer) as "answerS",
      (select ${seconds('dispatched_at', 'answered_at')} from answer) as "dispatchS",
      (select ${seconds('line.at', 'answered_at')} from line, answer
        where action = 'arrive' and line.at >= answered_at order by line.at limit 1) as "arriveS",
      (select ${seconds('line.at', 'answered_at')} from line, answer
        where action = 'resolve' and line.at >= answered_at order by line.at desc limit 1) as "resolveS",
      (select count(*)::int from line where action = 'step') as steps,
      (select v.number from case_protocol p join protocol_version v using (version) where p.case_id = ${caseId})
        as protocol,
      (select count(*)::int from notice_read where case_id = ${caseId}) as notices,
      (select count(*)::int from resident_notice n join alarm_case c on n.resident_id = c.resident_id
          or n.home_id = (select home_id from resident where resident_id = c.resident_id)
        where c.case_id = ${caseId} and n.created_at <= coalesce(c.resolved_at, c.last_signal_at)
          and (n.ended_at is null or n.ended_at > coalesce(c.resolved_at, c.last_signal_at))
          and not exists (select from notice_read r where r.case_id = c.case_id and r.notice_id = n.notice_id)) as "noticesUnread",
      exists (select from line where detail->>'contact' = 'made'
        or (action = 'contact_called' and detail->>'outcome' = 'reached')) as made,
      exists (select from line where detail->>'contact' = 'none') as none,
      (select count(*)::int from line where action = 'contact_called') as "contactCalls",
      (select count(*)::int from call) as calls,
      (select count(*)::int from call where recorded) as recorded,
      (select count(*)::int from call where recorded and notice_at is not null) as noticed,
      (select count(*)::int from line where action = 'note') as notes,
      (select count(*)::int from line where action in ('takeover', 'handover_accepted', 'reassigned')) as takeovers
  `.execute(db)
  const [row] = rows
  if (row === undefined) throw new Error('the facts gave no row')
  const { made, none, protocol, ...facts } = row
  return {
    ...facts,
    protocol: protocol === null ? null : String(protocol),
    contact: made ? 'made' : none ? 'none' : 'unknown',
  }
}

/** Whole seconds between two columns. */
const seconds = (later: string, earlier: string) =>
  sql`round(extract(epoch from ${sql.ref(later)} - ${sql.ref(earlier)}))::int`
