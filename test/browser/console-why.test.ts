import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type ApiClient, PASSWORD, startTestApp, type TestApp } from '../support/app.ts'
import { openContext, startBrowser } from '../support/browser.ts'

const run = promisify(execFile)
let app: TestApp
let admin: ApiClient
let browser: Browser
const pages: Page[] = []
const problems: string[] = []

beforeAll(async () => {
  app = await startTestApp({ pagesDir: join(process.cwd(), 'dist/dashboard'), realTime: true })
  admin = await app.signIn('admin')
  browser = await startBrowser()
})
afterEach(async () => {
  await Promise.all(pages.splice(0).map((page) => page.context().close()))
  expect(problems.splice(0)).toEqual([])
})
afterAll(async () => {
  await browser?.close()
  await app?.destroy()
})

async function signedIn(username: string, language = 'zh-CN'): Promise<Page> {
  const context = await openContext(browser)
  const page = await context.newPage()
  pages.push(page)
  page.on('pageerror', (error) => problems.push(error.message))
  await page.addInitScript((chosen) => localStorage.setItem('anhu.language', chosen), language)
  await page.goto(`http://127.0.0.1:${app.httpPort}/`)
  await page.getByTestId('signin-username').fill(username)
  await page.getByTestId('signin-password').fill(PASSWORD)
  await page.getByTestId('signin-submit').click()
  await page.getByTestId('connection-state').waitFor()
  return page
}

async function register(deviceId: string, kind: string, name: string): Promise<string> {
  const { body: resident } = await admin.post<{ residentId: string }>('/residents', { name, birthDate: '1943-05-06' })
  const device = { deviceId, kind, protocol: 'native', residentId: resident.residentId, room: '卫生间' }
  return (await admin.post<{ secret: string }>('/devices', device)).body.secret
}

async function tell(deviceId: string, secret: string, type: string): Promise<void> {
  const message = JSON.stringify({ id: `${Date.now()}`, type, ts: Date.now() })
  const to = ['-h', '127.0.0.1', '-p', String(app.mqttPort), '-u', deviceId, '-P', secret]
  await run('mosquitto_pub', [...to, '-q', '1', '-t', `care/v1/${deviceId}/event`, '-m', message])
}

/** For a look by eye: SHOTS names a folder. */
async function shot(page: Page, name: string): Promise<void> {
  if (process.env.SHOTS) await page.screenshot({ path: join(process.env.SHOTS, `${name}.png`) })
}

const placeOf = async (page: Page, id: string) => JSON.stringify(await page.getByTestId(id).boundingBox())

test('a fall says why and how sure it is; what is judged later moves no button; the evidence opens by key', async () => {
  const secret = await register('w-fall', 'fall_sensor', '周桂兰')
  const maybe = await register('w-maybe', 'fall_sensor', '吴春梅')
  const page = await signedIn('limin')
  await tell('w-fall', secret, 'fall')
  const row = page.getByTestId('queue-row').filter({ hasText: '周桂兰' })
  await row.click()
  await expect.poll(() => page.getByTestId('case-why').textContent()).toMatch(/设备在 .* 自己发出了这条报警/)
  expect(await page.locator('.case-what').textContent()).toMatch(/跌倒.*◐ 很可能/)
  expect(await page.getByTestId('case-assessment').count()).toBe(0)
  const before = await placeOf(page, 'action-claim')
  await shot(page, 'fall-likely')

  // Nobody moves for ten seconds.
  await expect
    .poll(() => page.getByTestId('case-assessment').textContent(), { timeout: 30_000 })
    .toMatch(/重新研判：.*跌倒后 \d+ 秒没有发现任何动静/)
  await expect.poll(() => page.locator('.case-what').textContent()).toMatch(/✓ 已确认.*‼ 无恢复迹象/)
  await expect.poll(() => row.textContent()).toMatch(/跌倒.*‼ 无恢复迹象/)
  expect(await placeOf(page, 'action-claim')).toBe(before)
  expect(await page.evaluate(() => document.documentElement.scrollHeight)).toBe(768)

  await tell('w-maybe', maybe, 'fall_suspected')
  await expect
    .poll(() => page.getByTestId('queue-row').filter({ hasText: '吴春梅' }).textContent())
    .toMatch(/跌倒.*\? 可能/)

  const alerts = page.getByTestId('alerts')
  expect(await alerts.textContent()).toMatch(/跌倒.*卫生间.*持续中/)
  await alerts.getByTestId('evidence').press('Enter')
  await alerts.getByTestId('evidence-signal').first().waitFor()
  expect(await alerts.getByTestId('evidence-signal').first().textContent()).toMatch(/跌倒.*卫生间.*触发报警/)
  await shot(page, 'fall-assessed')

  const english = await signedIn('wangfang', 'en')
  await english.getByTestId('queue-row').filter({ hasText: '周桂兰' }).click()
  await expect
    .poll(() => english.getByTestId('case-assessment').textContent())
    .toMatch(/Judged anew: No sign of movement for \d+ s/)
  await english.getByTestId('evidence').press('Enter')
  await english.getByTestId('evidence-signal').first().waitFor()
  await shot(english, 'fall-assessed-en')
}, 90_000)

test('tabs by key, kept at the desk; an emergency is never hidden by another tab', async () => {
  const secret = await register('w-sos', 'sos_button', '程水英')
  const help = await register('w-help', 'sos_button', '胡金莲')
  await tell('w-help', help, 'help')
  const page = await signedIn('limin')
  await page.getByTestId('queue-row').filter({ hasText: '胡金莲' }).waitFor()
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('ArrowRight')
  const tab = page.getByTestId('queue-tab-help')
  expect(await tab.getAttribute('aria-selected')).toBe('true')
  expect(await tab.textContent()).toMatch(/生活帮助1/)
  await page.reload()
  await expect.poll(() => tab.getAttribute('aria-selected')).toBe('true')
  // What a desk finds when it opens is no news, and is not read out.
  await page.getByTestId('queue-row').filter({ hasText: '胡金莲' }).waitFor()

  await tell('w-sos', secret, 'sos')
  await expect.poll(() => page.getByTestId('announcement').textContent()).toContain('程水英')
  const banner = page.getByTestId('emergency-elsewhere')
  await expect.poll(() => banner.textContent()).toMatch(/\d 起紧急待接/)
  expect(await page.getByTestId('queue-row').filter({ hasText: '程水英' }).count()).toBe(0)
  await expect.poll(() => page.getByTestId('queue-tab-emergency').textContent()).toMatch(/待\d/)
  await shot(page, 'elsewhere')
  await banner.press('Enter')
  await page.getByTestId('queue-row').filter({ hasText: '程水英' }).waitFor()
  expect(await page.getByTestId('queue-tab-emergency').getAttribute('aria-selected')).toBe('true')
  await page.getByTestId('case').waitFor()
  await banner.waitFor({ state: 'detached' })
}, 60_000)
