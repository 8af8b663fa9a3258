import type { Kysely } from 'kysely'
import { DomainError } from '../contract/errors.ts'
import type { CallView, CaseVoice } from '../contract/voice.ts'
import type { Database } from '../store/schema.ts'
import { iso } from '../store/views.ts'
import { terminalsOf } from './calls.ts'
import { telephonesOf } from './dial.ts'
import { recordingsOf } from './recordings.ts'
import { voiceSettings } from './settings.ts'

type Db = Kysely<Database>
const SHOWN = 10

/** All ways of talking with the home of a case. @throws DomainError not_found */
export async function caseVoice(db: Db, caseId: string): Promise<CaseVoice> {
  const found = await db.selectFrom('alarm_case').select('resident_id').where('case_id', '=', caseId).executeTakeFirst()
  if (!found) throw new DomainError('not_found', 'There is no such case.')
  const residentId = found.resident_id
  const [terminals, telephones, { recording }, rows] = await Promise.all([
    residentId === null ? [] : terminalsOf(db, residentId),
    residentId === null ? [] : telephonesOf(db, residentId),
    voiceSettings(db),
    calls(db).where('case_id', '=', caseId).orderBy('started_at', 'desc').limit(SHOWN).execute(),
  ])
  return { terminals, calls: await toViews(db, rows), recording, telephones }
}

/** One call. @throws DomainError not_found */
export async function getCall(db: Db, callId: string): Promise<CallView> {
  const rows = await calls(db).where('call_id', '=', callId).execute()
  const [view] = await toViews(db, rows)
  if (!view) throw new DomainError('not_found', 'There is no such call.')
  return view
}

const calls = (db: Db) =>
  db
    .selectFrom('voice_call')
    .innerJoin('app_user', 'app_user.user_id', 'voice_call.operator_id')
    .selectAll('voice_call')
    .select('app_user.display_name')

type Row = Awaited<ReturnType<ReturnType<typeof calls>['execute']>>[number]

async function toViews(db: Db, rows: readonly Row[]): Promise<CallView[]> {
  const recordings = await recordingsOf(
    db,
    rows.map(({ call_id }) => call_id),
  )
  return rows.map((row) => ({
    callId: row.call_id,
    caseId: row.case_id,
    deviceId: row.device_id,
    operator: { userId: row.operator_id, displayName: row.display_name },
    state: row.state,
    reason: row.reason,
    auto: row.auto,
    record: row.record,
    startedAt: row.started_at.toISOString(),
    answeredAt: iso(row.answered_at),
    endedAt: iso(row.ended_at),
    noticeAt: iso(row.notice_at),
    recording: recordings.get(row.call_id) ?? null,
  }))
}
