import { expect } from 'vitest'
import type { DeviceView, LifecycleEntry, NewDeviceAnswer } from '../../server/contract/device.ts'
import type { ApiClient, TestApp } from '../support/app.ts'

/** The registry through HTTP, as an administrator, and what was noted about it. */
export function deviceRegistry(app: TestApp, admin: ApiClient) {
  async function make(deviceId: string, device: object = {}): Promise<NewDeviceAnswer> {
    const body = { deviceId, kind: 'sos_button', protocol: 'native', ...device }
    const answer = await admin.post<NewDeviceAnswer>('/devices', body)
    expect(answer).toMatchObject({ status: 201 })
    return answer.body
  }

  const get = async (deviceId: string) => (await admin.get<DeviceView>(`/devices/${deviceId}`)).body
  const patch = (deviceId: string, body: object) =>
    admin.send<DeviceView>(`/devices/${deviceId}`, body, 'application/json', 'PATCH')
  const step = async (deviceId: string, to: string, note?: string) => {
    const { version } = await get(deviceId)
    return admin.post<DeviceView>(`/devices/${deviceId}/lifecycle`, { version, to, ...(note && { note }) })
  }
  const life = async (deviceId: string) =>
    (await admin.get<{ items: LifecycleEntry[] }>(`/devices/${deviceId}/lifecycle`)).body.items

  /** What was noted of changes to a device, oldest first; who looked at it is noted too. */
  const audited = async (deviceId: string) => {
    const rows = await app.database.store.db
      .selectFrom('audit')
      .select(['action', 'user_id'])
      .where('subject', '=', deviceId)
      .where('action', '!=', 'device.read')
      .orderBy('audit_id')
      .execute()
    expect(rows.every((row) => row.user_id !== null)).toBe(true)
    return rows.map((row) => row.action)
  }

  return { make, get, patch, step, life, audited }
}
