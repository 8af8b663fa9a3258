import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { SettingsView } from '../../server/contract/detection.ts'
import { type ApiClient, PASSWORD, startTestApp, type TestApp } from '../support/app.ts'
import { openContext, startBrowser } from '../support/browser.ts'

const run = promisify(execFile)
let app: TestApp
let admin: ApiClient
let browser: Browser
let residentId: string
let secret: string
const pages: Page[] = []
const problems: string[] = []
const outside: string[] = []

beforeAll(async () => {
  app = await startTestApp({ pagesDir: join(process.cwd(), 'dist/dashboard'), realTime: true })
  admin = await app.signIn('admin')
  const { body: resident } = await admin.post<{ residentId: string }>('/residents', {
    name: '周桂兰',
    birthDate: '1943-05-06',
    address: '桃源路 1 号',
  })
  residentId = resident.residentId
  const { db } = app.database.store
  await db.updateTable('home').set({ lat: 28.40312, lon: 117.43407 }).execute()
  const device = { deviceId: 'd-1', kind: 'sos_button', protocol: 'native', residentId, room: '卫生间' }
  secret = (await admin.post<{ secret: string }>('/devices', device)).body.secret
  browser = await startBrowser()
})
afterEach(async () => {
  await Promise.all(pages.splice(0).map((page) => page.context().close()))
  expect(problems.splice(0)).toEqual([])
  expect(outside.splice(0)).toEqual([])
})
afterAll(async () => {
  await browser?.close()
  await app?.destroy()
})

/** A page of the office, and a watch on whatever leaves this machine. */
async function office(path: string, language = 'zh-CN'): Promise<Page> {
  const context = await openContext(browser)
  const page = await context.newPage()
  pages.push(page)
  page.on('pageerror', (error) => problems.push(error.message))
  page.on('console', (line) => {
    if (line.type() === 'error' && line.text().includes('Content Security Policy')) problems.push(line.text())
  })
  page.on('request', (request) => {
    const { hostname, protocol } = new URL(request.url())
    if (!['blob:', 'data:'].includes(protocol) && hostname !== '127.0.0.1') outside.push(request.url())
  })
  await page.addInitScript((chosen) => localStorage.setItem('anhu.language', chosen), language)
  await page.goto(`http://127.0.0.1:${app.httpPort}${path}`)
  await page.getByTestId('signin-username').fill('admin')
  await page.getByTestId('signin-password').fill(PASSWORD)
  await page.getByTestId('signin-submit').click()
  await page.getByTestId('settings-history').waitFor()
  return page
}

const settings = async (scope: string, scopeId = '') =>
  (await admin.get<SettingsView>(`/detect-settings?scope=${scope}${scopeId && `&scopeId=${scopeId}`}`)).body

const figure = (page: Page, path: string) => page.getByTestId(`setting-${path}`).locator('input').first()

async function save(page: Page, note: string): Promise<void> {
  await page.getByTestId('save-open').click()
  await page.getByTestId('save-note').fill(note)
  await page.getByTestId('save-note').press('Tab')
  await page
    .getByRole('button', { name: '保 存' })
    .or(page.getByRole('button', { name: '保存', exact: true }))
    .click()
}

test('a setting is saved with its reason, seen in the history, and inherited again', async () => {
  const page = await office('/admin/detection')
  const row = page.getByTestId('setting-falls.cancelWindowS')
  expect(await figure(page, 'falls.cancelWindowS').getAttribute('placeholder')).toBe('20')
  expect(await row.textContent()).toContain('沿用出厂：20 秒')
  await figure(page, 'falls.cancelWindowS').fill('301')
  await row.getByRole('alert').waitFor()
  expect(await row.getByRole('alert').textContent()).toContain('0 秒')
  expect(await page.getByTestId('save-open').isDisabled()).toBe(true)
  await figure(page, 'falls.cancelWindowS').fill('45')
  await save(page, '老人反映太短')
  const entry = page.getByTestId('history-entry').first()
  await entry.waitFor()
  expect(await entry.textContent()).toMatch(/管理员.*老人反映太短.*老人取消时限.*沿用 → 45 秒/)
  expect((await settings('city')).own).toEqual({ falls: { cancelWindowS: 45 } })

  const resident = await office(`/admin/detection/resident/${residentId}`)
  const inherited = resident.getByTestId('setting-falls.cancelWindowS')
  expect(await inherited.textContent()).toContain('沿用全市：45 秒')
  await page.getByTestId('inherit-falls.cancelWindowS').click()
  await save(page, '恢复默认')
  await expect.poll(async () => (await settings('city')).own).toEqual({})
}, 60_000)

test('of two who change the same settings the slower one sees what the other did, and loses nothing', async () => {
  const page = await office('/admin/detection')
  await figure(page, 'falls.stillnessS').fill('25')
  const { version } = await settings('city')
  const theirs = { scope: 'city', version, settings: { falls: { noRecoveryS: 300 } }, note: '试点' }
  expect((await admin.send('/detect-settings', theirs, undefined, 'PUT')).status).toBe(200)
  await save(page, '误报多')
  const dialog = page.getByTestId('stale')
  await dialog.waitFor()
  await expect.poll(() => dialog.textContent()).toMatch(/管理员.*试点.*未起身.*5 分钟/)
  await page.getByTestId('stale-keep').click()
  await dialog.waitFor({ state: 'detached' })
  expect(await figure(page, 'falls.stillnessS').inputValue()).toBe('25')
  expect(await figure(page, 'falls.noRecoveryS').inputValue()).toBe('5')
  await save(page, '误报多')
  await expect.poll(async () => (await settings('city')).own).toEqual({ falls: { noRecoveryS: 300, stillnessS: 25 } })
}, 60_000)

test('what is unsaved is not lost by a wrong click', async () => {
  const page = await office('/admin/detection')
  await figure(page, 'falls.stillnessS').fill('26')
  await page.getByTestId('tab-unknown').click()
  await page.getByRole('button', { name: '留下' }).click()
  expect(await figure(page, 'falls.stillnessS').inputValue()).toBe('26')
  await page.getByTestId('tab-unknown').click()
  await page.getByRole('button', { name: '离开' }).click()
  await expect.poll(() => new URL(page.url()).pathname).toBe('/admin/unknown')
}, 60_000)

test('a fence is made, typed, deleted and brought back without a mouse', async () => {
  const page = await office(`/admin/detection/resident/${residentId}`)
  const press = async (testId: string) => {
    await page.getByTestId(testId).focus()
    await page.keyboard.press('Enter')
  }
  await press('group-wandering')
  await press('fence-add-circle')
  await page.getByTestId('fence-name').fill('家门口')
  await page.getByLabel('半径 (米)').fill('350')
  await press('fence-add-corridor')
  await page.getByTestId('fence-name').fill('去菜场的路')
  const points = page.getByLabel('沿线各点，每行一个：纬度, 经度')
  await points.fill('28.4031, 117.4341\n28.4050')
  await page.getByText('第 2 行不是“纬度, 经度”').waitFor()
  expect(await page.getByTestId('save-open').isDisabled()).toBe(true)
  await points.fill('28.4031, 117.4341\n28.4050, 117.4380')
  await press('fence-remove')
  expect(await page.getByTestId('fence-form').count()).toBe(1)
  await page.getByRole('button', { name: '撤销' }).press('Enter')
  // The map itself: drawn by software, nothing from outside.
  await page.locator('.city-map[data-ready="true"]').waitFor({ timeout: 30_000 })
  expect(await page.locator('.map-marker', { hasText: '家' }).count()).toBe(1)
  await save(page, '家属要求')
  await expect
    .poll(async () => (await settings('resident', residentId)).own.wandering?.fences)
    .toEqual([
      { fenceId: 'f1', name: '家门口', schedule: null, shape: 'circle', center: null, radiusM: 350 },
      {
        fenceId: 'f2',
        name: '去菜场的路',
        schedule: null,
        shape: 'corridor',
        points: [
          [117.4341, 28.4031],
          [117.438, 28.405],
        ],
        widthM: 60,
      },
    ])
}, 90_000)

test('unsaved settings are tried on what was really pressed first', async () => {
  const press = (id: string, type: string) => {
    const message = JSON.stringify({ id, type, ts: Date.now() })
    const to = ['-h', '127.0.0.1', '-p', String(app.mqttPort), '-u', 'd-1', '-P', secret, '-q', '1']
    return run('mosquitto_pub', [...to, '-t', 'care/v1/d-1/event', '-m', message])
  }
  await press('p-1', 'sos')
  await press('p-2', 'help')
  await press('p-3', 'help')
  const page = await office(`/admin/detection/resident/${residentId}`)
  const rows = (state: string) => page.locator(`[data-testid="what-if-row"][data-diff="${state}"]`)
  const tryIt = async () => {
    await page.getByTestId('what-if-run').click()
    await page.getByTestId('what-if-row').first().waitFor({ timeout: 30_000 })
  }
  await tryIt()
  expect(await rows('same').first().textContent()).toMatch(/报警.*SOS 求救/)
  expect(await page.getByTestId('what-if-row').count()).toBe(await rows('same').count())

  // Twice is enough now: the help key becomes an emergency.
  await page.getByTestId('group-buttons').click()
  await figure(page, 'buttons.urgentPresses').fill('2')
  await page.getByText('试算之后设置又改了').waitFor()
  await tryIt()
  await rows('after').first().waitFor({ timeout: 30_000 })
  expect(await page.getByTestId('per-week').textContent()).toMatch(/^\d+(\.\d)? → \d+(\.\d)?$/)
  // Nothing was stored by trying.
  expect((await settings('resident', residentId)).own.buttons).toBeUndefined()
  await save(page, '试过了')
  await expect.poll(async () => (await settings('resident', residentId)).own.buttons).toEqual({ urgentPresses: 2 })
  await page.getByTestId('history-entry').filter({ hasText: '试过了' }).waitFor()
}, 90_000)

test('an alert leads to the settings that it was judged by', async () => {
  const at = { scope: 'device', scopeId: 'd-1', version: 0, settings: { falls: { stillnessS: 12 } }, note: '更灵敏' }
  const { version } = (await admin.send<SettingsView>('/detect-settings', at, undefined, 'PUT')).body
  const page = await office(`/admin/detection/versions/${version}`)
  await expect.poll(() => new URL(page.url()).pathname).toBe(`/admin/detection/device/d-1/version/${version}`)
  const entry = page.locator('[data-testid="history-entry"][data-pointed]')
  await entry.waitFor()
  expect(await entry.textContent()).toMatch(/更灵敏.*报警按这一版判断/)
}, 60_000)
