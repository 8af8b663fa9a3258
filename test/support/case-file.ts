import type { CaseDetail, CaseSummary } from '../../server/contract/case.ts'
import type { ApiClient, TestApp } from './app.ts'
import { addResident, commit, event } from './records.ts'

/** A resident with a home, two contacts and a button. */
export async function addFile(app: TestApp, deviceId: string, name = '周桂兰'): Promise<string> {
  const { db } = app.database.store
  const residentId = await addResident(db, [deviceId], name)
  const homeId = `home-${deviceId}`
  await db
    .insertInto('home')
    .values({ home_id: homeId, division_code: null, address: '状元路 18 号', access: null, lat: 28.4, lon: 117.43 })
    .execute()
  await db.updateTable('resident').set({ home_id: homeId }).where('resident_id', '=', residentId).execute()
  await db
    .insertInto('contact')
    .values([
      { resident_id: residentId, position: 1, name: '程丽', relation: '女儿', phone: '13900002208', note: null },
      { resident_id: residentId, position: 2, name: '汪师傅', relation: '邻居', phone: '13700009031', note: null },
    ])
    .execute()
  return residentId
}

/** Opens a case by pressing the button as the intake would. */
export async function openCase(app: TestApp, deviceId: string, by: ApiClient): Promise<string> {
  const now = app.clock.now()
  await commit(app.database.store.db, [event(deviceId, 'sos', now)], now)
  const { body } = await by.get<{ items: CaseSummary[] }>('/cases?state=open&limit=500')
  const found = body.items.find((one) => one.deviceId === deviceId)
  if (!found) throw new Error(`no case of ${deviceId}`)
  return found.caseId
}

export const detailOf = async (by: ApiClient, caseId: string): Promise<CaseDetail> =>
  (await by.get<CaseDetail>(`/cases/${caseId}`)).body

/** One command on the case as it is now. */
export async function command(by: ApiClient, caseId: string, action: string, body: object = {}) {
  const { version } = (await detailOf(by, caseId)).case
  return by.post<Record<string, unknown>>(`/cases/${caseId}/${action}`, { version, ...body })
}
