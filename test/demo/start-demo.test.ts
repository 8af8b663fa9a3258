import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { expect, it } from 'vitest'
import { systemClock } from '../../server/contract/clock.ts'
import { startDemo } from '../../server/demo/demo.ts'
import { seedDivisions } from '../../server/org/divisions.ts'
import { startTestApp } from '../support/app.ts'

interface Devices {
  items: { deviceId: string; kind: string; residentName: string; place: string; online: boolean; lastAction: string }[]
}

it('the demonstration city comes to life, and a press on its page opens a case', { timeout: 60_000 }, async () => {
  const app = await startTestApp({ env: { DEMO: '1' } })
  await seedDivisions(app.store.db)
  const dataDir = await mkdtemp(join(tmpdir(), 'anhu-demo-'))
  const log = pino({ level: 'silent' })
  const stop = await startDemo({ app, config: { dataDir, host: '127.0.0.1', sealKey: null }, clock: systemClock, log })
  try {
    const admin = await app.signIn('admin')
    const list = async () => (await admin.get<Devices>('/simulator/devices')).body.items
    await expect.poll(async () => (await list()).every((device) => device.online), { timeout: 20_000 }).toBe(true)
    const devices = await list()
    expect(devices.length).toBeGreaterThan(60)
    const button = devices.find(({ kind }) => kind === 'sos_button')!
    expect(button).toMatchObject({ residentName: expect.any(String), place: expect.stringMatching(/[县区市]/) })

    const press = await admin.post(`/simulator/devices/${button.deviceId}/press`, { type: 'sos' })
    expect(press.status).toBeLessThan(300)
    const cases = await admin.get<{ items: { deviceId: string; kind: string }[] }>('/cases?state=open')
    expect(cases).toMatchObject({ status: 200 })
    expect(cases.body.items).toContainEqual(expect.objectContaining({ deviceId: button.deviceId, kind: 'sos' }))
    const pressed = (await list()).find(({ deviceId }) => deviceId === button.deviceId)
    expect(pressed?.lastAction).toMatch(/^sos 20/)
  } finally {
    await stop()
    await app.destroy()
    await rm(dataDir, { recursive: true, force: true })
  }
})
