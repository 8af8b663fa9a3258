import type { CaseDetail, CaseSummary } from '../../server/contract/case.ts'
import type { EventType } from '../../server/contract/signal.ts'
import type { ApiClient, TestApp } from '../support/app.ts'
import { commit, event } from '../support/records.ts'

/** Registers a resident and her device; returns the resident's id. `file` goes into her row as SQL has it. */
export async function resident(
  app: TestApp,
  admin: ApiClient,
  deviceId: string,
  file: { ability_level?: number; lives_alone?: boolean; hazards?: string[] } = {},
  birthDate = '1950-05-06',
): Promise<string> {
  const { body } = await admin.post<{ residentId: string }>('/residents', { name: `住户 ${deviceId}`, birthDate })
  const { residentId } = body
  await app.database.store.db
    .updateTable('resident')
    .set({ ability_level: 0, ...file })
    .where('resident_id', '=', residentId)
    .execute()
  await admin.post('/devices', { deviceId, kind: 'sos_button', protocol: 'native', residentId, room: '卫生间' })
  return residentId
}

/** A device says something; the case that follows. */
export async function raise(app: TestApp, who: ApiClient, deviceId: string, type: EventType): Promise<CaseSummary> {
  await commit(app.database.store.db, [event(deviceId, type, app.clock.now())], app.clock.now())
  const { body } = await who.get<{ items: CaseSummary[] }>('/cases?state=open&limit=500')
  const row = body.items.find((one) => one.deviceId === deviceId)
  if (!row) throw new Error(`the ${type} of ${deviceId} is not in the queue`)
  return row
}

export const detailOf = async (who: ApiClient, { caseId }: { caseId: string }): Promise<CaseDetail> =>
  (await who.get<CaseDetail>(`/cases/${caseId}`)).body

export const command = (who: ApiClient, { caseId, version }: CaseSummary, action: string, body: object = {}) =>
  who.post<CaseSummary & { code: string; detail: string }>(`/cases/${caseId}/${action}`, { version, ...body })

/** The row after a command that has to succeed. */
export async function done(who: ApiClient, row: CaseSummary, action: string, body: object = {}): Promise<CaseSummary> {
  const { status, body: after } = await command(who, row, action, body)
  if (status !== 200) throw new Error(`${action}: ${status} ${after.code} ${after.detail}`)
  return after
}

/** Answers the current step by the Chinese label of its answer. */
export async function answer(who: ApiClient, row: CaseSummary, label: string, more: object = {}): Promise<CaseSummary> {
  const { protocol } = await detailOf(who, row)
  const step = protocol.steps.find(({ id }) => id === protocol.current)
  const found = step?.answers.find((one) => one.label['zh-CN'] === label)
  if (!step || !found)
    throw new Error(`${step?.id}: no answer ${label}; ${step?.answers.map((one) => one.label['zh-CN'])}`)
  return done(who, row, 'steps', { stepId: step.id, answer: found.key, ...more })
}
