import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { sql } from 'kysely'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { CaseSummary } from '../../server/contract/case.ts'
import { type Office, startOffice } from './office.ts'

const run = promisify(execFile)
const INCIDENT = '11111111-1111-4111-8111-111111111111'
let office: Office

beforeAll(async () => {
  office = await startOffice()
  await register('w-test', 'watch', '周桂兰')
  await register('w-safe', 'watch', '吴春梅')
  await register('door', 'door_sensor', '郑招娣')
  await areaIncident()
  const suppression = { scope: 'device', scopeId: 'w-test', kind: 'on_test', reason: '安装后试按', minutes: 30 }
  expect(await office.admin.post('/suppressions', suppression)).toMatchObject({ status: 201 })
  for (const [deviceId, type] of [
    ['w-test', 'sos'],
    ['w-safe', 'sos'],
    ['door', 'tamper'],
  ] as const)
    await tell(deviceId, type)
}, 60_000)
afterEach(async () => {
  expect(await office.closePages()).toEqual([])
})
afterAll(() => office?.stop())

const secrets = new Map<string, string>()

async function register(deviceId: string, kind: string, name: string): Promise<void> {
  const { body: resident } = await office.admin.post<{ residentId: string }>('/residents', { name })
  const device = { deviceId, kind, protocol: 'native', residentId: resident.residentId, room: '卧室' }
  secrets.set(deviceId, (await office.admin.post<{ secret: string }>('/devices', device)).body.secret)
}

async function tell(deviceId: string, type: string): Promise<void> {
  const message = JSON.stringify({ id: `${Date.now()}`, type, ts: Date.now() })
  const to = ['-h', '127.0.0.1', '-p', String(office.app.mqttPort), '-u', deviceId, '-P', secrets.get(deviceId) ?? '']
  await run('mosquitto_pub', [...to, '-q', '1', '-t', `care/v1/${deviceId}/event`, '-m', message])
}

/** A village without power, as the sweep opens it: three hubs lost, one of them back. */
async function areaIncident(): Promise<void> {
  const { db } = office.app.database.store
  const at = new Date()
  await sql`insert into division values ('361125', '横峰县', 'county', null), ('361125001', '岑阳镇', 'town', '361125')
    on conflict do nothing`.execute(db)
  await sql`insert into device (device_id, kind, protocol, created_at)
    select 'hub-' || n, 'hub', 'native', ${at} from generate_series(1, 3) n`.execute(db)
  await sql`insert into incident values (${INCIDENT}, 'division', '361125001', ${at}, ${at}, null)`.execute(db)
  await sql`insert into incident_member
    select ${INCIDENT}, 'hub-' || n, null, ${at}, ${at}, case when n = 3 then ${at}::timestamptz end
    from generate_series(1, 3) n`.execute(db)
  await sql`insert into alarm_case (case_id, device_id, kind, category, priority, state, version, opened_at,
      last_signal_at, signal_count, cancelled, incident_id)
    values (${INCIDENT}, 'hub-1', 'area_offline', 'fault', 3, 'new', 1, ${at}, ${at}, 1, false, ${INCIDENT})`.execute(
    db,
  )
}

const rowOf = (page: Page, text: string) => page.getByTestId('queue-row').filter({ hasText: text })

async function cases(): Promise<CaseSummary[]> {
  return (await office.admin.get<{ items: CaseSummary[] }>('/cases?state=open')).body.items
}

async function openConsole(language: 'zh-CN' | 'en', theme: 'dark' | 'light'): Promise<Page> {
  const page = await office.open('/', { username: 'limin', language })
  await page.evaluate((chosen) => localStorage.setItem('anhu.theme.console', chosen), theme)
  await page.reload()
  await page.getByTestId('queue-row').first().waitFor()
  return page
}

/** For a look by eye: SHOTS names a folder. */
async function shot(page: Page, name: string): Promise<void> {
  if (process.env.SHOTS) await page.screenshot({ path: join(process.env.SHOTS, `${name}.png`) })
}

test.each(['zh-CN', 'en'] as const)(
  'what stands beside a case is said in words, in the queue and above the case: %s',
  async (language) => {
    const is = (zh: string, en: string) => (language === 'en' ? en : zh)
    // Whoever has a door sensor alone can't call for help: the sweep finds that within seconds.
    await expect
      .poll(async () => (await cases()).filter(({ unprotected }) => unprotected).length, { timeout: 30_000 })
      .toBe(1)
    const page = await openConsole(language, 'dark')

    const unprotected = rowOf(page, '郑招娣')
    expect(await unprotected.getByTestId('unprotected').textContent()).toContain(is('无保护', 'nprotected'))
    expect(await rowOf(page, '吴春梅').getByTestId('unprotected').count()).toBe(0)
    await unprotected.click()
    await expect.poll(() => page.locator('.case-what').textContent()).toContain(is('无保护', 'nprotected'))
    await shot(page, `unprotected-${language}-dark`)

    const incident = rowOf(page, is('岑阳镇', '岑阳镇'))
    expect(await incident.textContent()).toMatch(/2.*3|3.*2/)
    await incident.click()
    // It is about an area, and no device without a resident.
    await expect.poll(() => page.locator('.case-name').textContent()).toBe('横峰县 岑阳镇')
    await expect.poll(() => page.locator('.case-what').textContent()).toMatch(/2.*3|3.*2/)
    await shot(page, `incident-${language}-dark`)

    const quiet = rowOf(page, '周桂兰')
    expect(await quiet.getAttribute('data-quiet')).toBe('true')
    expect(await rowOf(page, '吴春梅').getAttribute('data-quiet')).toBeNull()
    expect(await quiet.textContent()).toContain(is('测试', 'test'))
    await quiet.click()
    await expect.poll(() => page.locator('.case-what').textContent()).toContain(is('不通知', 'Quiet until'))
    await shot(page, `quiet-${language}-dark`)
    // What is kept quiet stands behind everything that waits, and nothing of it rings.
    const order = await page.getByTestId('queue-row').allTextContents()
    expect(order.findIndex((text) => text.includes('周桂兰'))).toBe(order.length - 1)

    const light = await openConsole(language, 'light')
    await rowOf(light, '周桂兰').click()
    await light.locator('.case-what').waitFor()
    await shot(light, `quiet-${language}-light`)
    await rowOf(light, '郑招娣').click()
    await shot(light, `unprotected-${language}-light`)
  },
  90_000,
)
