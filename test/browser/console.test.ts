import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { CaseDetail, CaseSummary } from '../../server/contract/case.ts'
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

async function signedIn(username: string): Promise<Page> {
  const context = await openContext(browser)
  const page = await context.newPage()
  pages.push(page)
  page.on('pageerror', (error) => problems.push(error.message))
  await page.goto(`http://127.0.0.1:${app.httpPort}/`)
  await page.getByTestId('signin-username').fill(username)
  await page.getByTestId('signin-password').fill(PASSWORD)
  await page.getByTestId('signin-submit').click()
  await page.getByTestId('connection-state').waitFor()
  return page
}

async function register(deviceId: string, name: string): Promise<string> {
  const { body: resident } = await admin.post<{ residentId: string }>('/residents', { name, birthDate: '1943-05-06' })
  const { body } = await admin.post<{ secret: string }>('/devices', {
    deviceId,
    kind: 'sos_button',
    protocol: 'native',
    residentId: resident.residentId,
    room: '卫生间',
  })
  return body.secret
}

/** A press as in the README: `mosquitto_pub`, QoS 1. */
async function press(deviceId: string, secret: string): Promise<void> {
  const message = JSON.stringify({ id: `${Date.now()}`, type: 'sos', ts: Date.now() })
  const args = [
    '-h',
    '127.0.0.1',
    '-p',
    String(app.mqttPort),
    '-u',
    deviceId,
    '-P',
    secret,
    '-q',
    '1',
    '-t',
    `care/v1/${deviceId}/event`,
    '-m',
    message,
  ]
  await run('mosquitto_pub', args)
}

const stateOf = async (caseId: string) => (await admin.get<CaseDetail>(`/cases/${caseId}`)).body.case.state

test('sign in, an SOS over real MQTT appears, claim by keyboard, resolve, close', async () => {
  const secret = await register('b-1', '周桂兰')
  const page = await signedIn('limin')
  await press('b-1', secret)
  const row = page.getByTestId('queue-row').filter({ hasText: '周桂兰' })
  await row.waitFor()
  expect(await page.title()).toContain('(1)')
  const caseId = (await row.getAttribute('data-case-id')) ?? ''

  // Nothing is open yet: the first press shows the case, the second claims it.
  await page.keyboard.press('Space')
  await page.getByTestId('case').waitFor()
  await page.keyboard.press('Space')
  await expect.poll(() => page.getByTestId('case-state').textContent()).toContain('李敏')
  await page.keyboard.press('e')
  await page.getByRole('radio', { name: '已帮助' }).press('Space')
  await page.getByRole('radio', { name: '联系上了', exact: true }).press('Space')
  await page.getByTestId('dialog-reason').fill('扶起, 无伤')
  await page.keyboard.press('Control+Enter')
  await expect.poll(() => stateOf(caseId)).toBe('resolved')
  await page.getByTestId('case-dialog').waitFor({ state: 'detached' })
  await page.keyboard.press('e')
  await page.getByTestId('dialog-submit').click()
  await expect.poll(() => stateOf(caseId)).toBe('closed')
  const { body } = await admin.get<CaseDetail>(`/cases/${caseId}`)
  expect(body.log.map((line) => line.action)).toEqual(['opened', 'signal', 'claim', 'resolve', 'close'])
  expect(body.log.at(-1)?.actor).toBe('李敏')
})

test('of two operators one gets the case, the other is told and sees who has it', async () => {
  const secret = await register('b-3', '程水英')
  const [limin, wangfang] = [await signedIn('limin'), await signedIn('wangfang')]
  await press('b-3', secret)
  for (const page of [limin, wangfang]) await page.getByTestId('queue-row').filter({ hasText: '程水英' }).click()
  await Promise.all([limin, wangfang].map((page) => page.keyboard.press('Space')))
  const ownerOf = async () => {
    const { body } = await admin.get<{ items: CaseSummary[] }>('/cases?state=claimed')
    return body.items.find((item) => item.residentName === '程水英')?.owner?.displayName
  }
  await expect.poll(ownerOf).toMatch(/李敏|王芳/)
  const owner = (await ownerOf()) ?? ''
  for (const page of [limin, wangfang])
    await expect.poll(() => page.getByTestId('case-state').textContent()).toContain(owner)
})

test('a lost connection is loud, and what happened meanwhile is there when it returns', async () => {
  const secret = await register('b-4', '胡金莲')
  const page = await signedIn('limin')
  await page.context().setOffline(true)
  await page.getByTestId('connection-bar').waitFor({ timeout: 20_000 })
  await press('b-4', secret)
  expect(await page.getByTestId('queue-row').filter({ hasText: '胡金莲' }).count()).toBe(0)
  await page.context().setOffline(false)
  await page.getByTestId('queue-row').filter({ hasText: '胡金莲' }).waitFor({ timeout: 15_000 })
  await page.getByTestId('connection-bar').waitFor({ state: 'detached' })
}, 60_000)

test('the console speaks English', async () => {
  const page = await signedIn('wangfang')
  await page.getByTestId('user-menu').click()
  await page.getByText('English').click()
  await expect.poll(() => page.title()).toContain('Call centre')
  expect(await page.evaluate(() => document.documentElement.lang)).toBe('en')
})
