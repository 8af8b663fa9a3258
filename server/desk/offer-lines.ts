import type { Kysely } from 'kysely'
import type { CaseLogEntry } from '../contract/case.ts'
import type { Database } from '../store/schema.ts'

/** Offers shown at most, the newest: those of a long night must not push the operators' words out of sight. */
const SHOWN = 40

/**
 * A case's log with what was offered to whom in between. Offers are no lines of the log itself: at night one case may see
 * hundreds of them, and they don't change the case.
 */
export async function withOffers(
  db: Kysely<Database>,
  caseId: string,
  log: readonly CaseLogEntry[],
): Promise<CaseLogEntry[]> {
  const rows = await db
    .selectFrom('case_offer as o')
    .innerJoin('app_user as u', 'u.user_id', 'o.user_id')
    .select(['o.offer_id', 'o.offered_at', 'o.reminded_at', 'o.ended_at', 'o.outcome', 'o.ended_why', 'u.display_name'])
    .where('o.case_id', '=', caseId)
    .orderBy('o.offered_at', 'desc')
    .limit(SHOWN)
    .execute()
  const lines = rows.flatMap((row) => [
    line('offered', row.offered_at, row.display_name, {}),
    ...(row.reminded_at ? [line('reminded', row.reminded_at, row.display_name, {})] : []),
    ...(row.ended_at && row.outcome === 'passed'
      ? [line('passed', row.ended_at, row.display_name, { why: row.ended_why })]
      : []),
  ])
  const state = log.at(-1)?.toState ?? 'new'
  const entries = lines.map((entry) => ({ ...entry, toState: state }))
  return [...log, ...entries].sort((a, b) => Date.parse(a.at) - Date.parse(b.at) || rank(a) - rank(b))
}

type Line = 'offered' | 'reminded' | 'passed'
const ORDER: readonly string[] = ['reminded', 'passed', 'offered']

/** Of lines of the same moment: the log's own first, then an offer's end before the next offer. */
const rank = ({ action }: CaseLogEntry): number => ORDER.indexOf(action)

/** Version 0: an offer is not news that the operator has to look at. */
function line(action: Line, at: Date, actor: string, detail: CaseLogEntry['detail']): Omit<CaseLogEntry, 'toState'> {
  return { at: at.toISOString(), action, actor, fromState: null, version: 0, detail }
}
