import { type Kysely, sql } from 'kysely'
import type { ContactMark } from '../contract/protocol.ts'
import type { Database } from '../store/schema.ts'

/**
 * What the log of a case says since it was opened, or last reopened: a reopened case is asked about anew. Moments are versions of
 * the case, 0 for never.
 */
export interface CaseRound {
  /** The reopening's version. */
  since: number
  arrived: number
  dispatched: number
  /** The newest alert that was not there before. */
  newAlert: number
  /** The newest signal or judgement of any kind. */
  news: number
  noteMade: number
  noteNone: number
}

export async function caseRound(db: Kysely<Database>, caseId: string): Promise<CaseRound> {
  const last = (condition: ReturnType<typeof sql>) => sql`coalesce(max(version) filter (where ${condition}), 0)`
  const { rows } = await sql<CaseRound>`
    with since as (
      select coalesce(max(version), 0) as version from case_log where case_id = ${caseId} and action = 'reopen'
    )
    select (select version from since) as since,
      ${last(sql`action = 'arrive'`)} as arrived,
      ${last(sql`action = 'dispatch'`)} as dispatched,
      ${last(sql`action = 'signal' and detail ->> 'count' = '1'`)} as "newAlert",
      ${last(sql`action in ('signal', 'assessed')`)} as news,
      ${last(sql`action = 'note' and detail ->> 'contact' = 'made'`)} as "noteMade",
      ${last(sql`action = 'note' and detail ->> 'contact' = 'none'`)} as "noteNone"
    from case_log where case_id = ${caseId} and version > (select version from since)`.execute(db)
  const [row] = rows
  if (!row) throw new Error('the round of a case gave no row')
  return row
}

/** A marked answer or note, by the version of the case that it made. */
export interface Mark {
  contact: ContactMark
  version: number
}

/**
 * Whether the resident was reached. Contact from before a further alert counts no more: what was said of the first says nothing
 * of the next. Pure.
 */
export function contactOf(marks: readonly Mark[], newAlert: number): ContactMark | null {
  if (marks.some(({ contact, version }) => contact === 'made' && version > newAlert)) return 'made'
  return marks.length > 0 ? 'none' : null
}
