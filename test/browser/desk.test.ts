import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import type { CaseDetail } from '../../server/contract/case.ts'
import { type ApiClient, PASSWORD, startTestApp, type TestApp } from '../support/app.ts'
import { openContext, startBrowser } from '../support/browser.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { addResident, commit, event } from '../support/records.ts'

let database: TestDatabase
let app: TestApp
let admin: ApiClient
let browser: Browser
const pages: Page[] = []
const problems: string[] = []
// Two browsers and a server on a machine that may be busy with other work.
vi.setConfig({ testTimeout: 60_000 })
const pagesDir = join(process.cwd(), 'dist/dashboard')

beforeAll(async () => {
  database = await createTestDatabase()
  app = await startTestApp({ database, pagesDir, realTime: true })
  admin = await app.signIn('admin')
  browser = await startBrowser()
})
afterEach(async () => {
  await Promise.all(pages.splice(0).map((page) => page.context().close()))
  expect(problems.splice(0)).toEqual([])
  // Who was on duty in one test is not in the next.
  await database.store.pool.query("update duty set status = 'off'")
  await database.store.pool.query(`update alarm_case set state = 'closed', closed_at = now(),
    resolved_at = coalesce(resolved_at, now()), outcome = coalesce(outcome, 'other'), hold_until = null, hold_by = null,
    returned_at = null, owner_id = coalesce(owner_id, (select user_id from app_user limit 1)),
    claimed_at = coalesce(claimed_at, now())`)
})
afterAll(async () => {
  await browser?.close()
  await app?.destroy()
  await database?.drop()
})

async function signedIn(username: string, path = '/', language = 'zh-CN', theme?: string): Promise<Page> {
  const context = await openContext(browser, { locale: language })
  const page = await context.newPage()
  pages.push(page)
  page.on('pageerror', (error) => problems.push(error.message))
  await page.addInitScript(
    ([chosen, colours]) => {
      localStorage.setItem('anhu.language', chosen ?? 'zh-CN')
      if (colours) for (const area of ['console', 'office']) localStorage.setItem(`anhu.theme.${area}`, colours)
    },
    [language, theme ?? ''] as const,
  )
  await page.goto(`http://127.0.0.1:${app.httpPort}${path}`)
  await page.getByTestId('signin-username').fill(username)
  await page.getByTestId('signin-password').fill(PASSWORD)
  await page.getByTestId('signin-submit').click()
  await page.getByTestId('user-menu').waitFor()
  return page
}

/** At the console, signed on. */
async function atDesk(username: string, language = 'zh-CN', theme?: string): Promise<Page> {
  const page = await signedIn(username, '/', language, theme)
  await page.getByTestId('sign-on').click()
  await page.locator('[data-testid=duty-status][data-status=ready]').waitFor()
  return page
}

let residents = 0
/** An alarm of a new resident, committed as the intake does. @returns the case */
async function alarm(name: string, type: 'sos' | 'help' = 'sos'): Promise<string> {
  const { db } = database.store
  const device = `desk-${residents++}`
  const residentId = await addResident(db, [device], name)
  await commit(db, [event(device, type, Date.now())], Date.now())
  const row = await db
    .selectFrom('alarm_case')
    .select('case_id')
    .where('resident_id', '=', residentId)
    .executeTakeFirstOrThrow()
  return row.case_id
}

const caseOf = async (caseId: string) => (await admin.get<CaseDetail>(`/cases/${caseId}`)).body
const row = (page: Page, name: string) => page.getByTestId('queue-row').filter({ hasText: name })

/** For a look by eye: SHOTS names a folder. */
async function shot(page: Page, name: string): Promise<void> {
  if (process.env.SHOTS) await page.screenshot({ path: join(process.env.SHOTS, `${name}.png`) })
}

test('signing on, an offer with its countdown, claimed by the space key; the other desk reads who is asked', async () => {
  const limin = await atDesk('limin')
  const wang = await atDesk('wangfang', 'en', 'light')
  await expect.poll(() => limin.getByTestId('offer-idle').textContent()).toContain('等待分派')
  await shot(limin, 'idle')
  const caseId = await alarm('周桂兰')
  const offer = limin.getByTestId('offer')
  await offer.waitFor()
  expect(await offer.textContent()).toMatch(/分派给你.*周桂兰.*剩余 \d+ s/)
  await expect.poll(() => row(wang, '周桂兰').getByTestId('queue-offered').textContent()).toBe('Offered to 李敏')
  await shot(limin, 'offer')
  await shot(wang, 'offer-other-en')
  await limin.keyboard.press('Space')
  await expect.poll(() => limin.getByTestId('case-state').textContent()).toContain('李敏')
  await expect.poll(() => offer.count()).toBe(0)
  expect((await caseOf(caseId)).log.map(({ action }) => action)).toEqual(['opened', 'signal', 'offered', 'claim'])
  await expect.poll(() => wang.getByTestId('queue-offered').count()).toBe(0)

  // Another takes it over, and says why.
  await row(wang, '周桂兰').click()
  await wang.keyboard.press('t')
  await wang.getByTestId('dialog-submit').click()
  await wang.getByText('Give the reason').waitFor()
  await wang.getByTestId('takeover-away').click()
  await shot(wang, 'takeover-en')
  await wang.getByTestId('dialog-submit').click()
  await expect.poll(async () => (await caseOf(caseId)).case.owner?.displayName).toBe('王芳')
  expect((await caseOf(caseId)).log.at(-1)).toMatchObject({
    action: 'takeover',
    detail: { reason: 'Away from the desk' },
  })
  await expect.poll(() => limin.getByTestId('case-state').textContent()).toContain('王芳')
})

test('the status is changed with the keyboard alone, and nothing is offered on a break', async () => {
  const limin = await atDesk('limin')
  await limin.keyboard.press('z')
  await limin.getByRole('menuitem', { name: /小休/ }).waitFor()
  await new Promise((resolve) => setTimeout(resolve, 400))
  await shot(limin, 'status')
  const active = limin.locator('.ant-dropdown-menu-item-active')
  // A menu that has only begun to open takes no key yet.
  const chosen = async () => {
    const text = await active.textContent({ timeout: 500 }).catch(() => '')
    if (text?.includes('小休')) return true
    await limin.keyboard.press('ArrowDown')
    return false
  }
  await expect.poll(chosen).toBe(true)
  await limin.keyboard.press('Enter')
  await limin.locator('[data-testid=duty-status][data-status=break]').waitFor()
  await alarm('吴玉珍', 'help')
  await row(limin, '吴玉珍').waitFor()
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  expect(await limin.getByTestId('offer').count()).toBe(0)
})

test('two operators claim at once: one has it, the other is told who', async () => {
  const [limin, wang] = [await atDesk('limin'), await atDesk('wangfang')]
  const caseId = await alarm('郑水英')
  for (const page of [limin, wang]) {
    await row(page, '郑水英').click()
    await page.getByTestId('action-claim').waitFor()
  }
  await Promise.all([limin.keyboard.press('Space'), wang.keyboard.press('Space')])
  await expect.poll(async () => (await caseOf(caseId)).case.state).toBe('claimed')
  const owner = (await caseOf(caseId)).case.owner?.displayName ?? ''
  for (const page of [limin, wang]) {
    await expect.poll(() => page.getByTestId('case-state').textContent()).toContain(owner)
  }
  const loser = owner === '李敏' ? wang : limin
  await loser.getByText('没有执行').waitFor()
  expect((await caseOf(caseId)).log.filter(({ action }) => action === 'claim')).toHaveLength(1)
})

test('the line breaks in the middle of a claim: the operator is told how it ended, whether it arrived or not', async () => {
  const limin = await atDesk('limin')
  const arrived = await alarm('陈秀英')
  await row(limin, '陈秀英').click()
  await limin.getByTestId('action-claim').waitFor()
  // The claim reaches the server, its answer is lost.
  await limin.route('**/claim', async (route) => {
    await route.fetch()
    await route.abort('connectionreset')
  })
  // Whether it did is asked at once; that answer waits until the operator was seen to be told.
  let told: () => void = () => undefined
  const seen = new Promise<void>((resolve) => {
    told = resolve
  })
  await limin.route(`**/api/v1/cases/${arrived}`, async (route) => {
    await seen
    await route.continue()
  })
  await limin.keyboard.press('Space')
  await limin.getByText('正在确认是否接到').waitFor()
  told()
  await limin.getByText('已接到', { exact: true }).waitFor()
  expect((await caseOf(arrived)).case.owner?.displayName).toBe('李敏')
  await shot(limin, 'claim-settled')

  const lost = await alarm('徐凤仙', 'help')
  await row(limin, '徐凤仙').click()
  await limin.getByTestId('action-claim').waitFor()
  await limin.unroute('**/claim')
  await limin.route('**/claim', (route) => route.abort('connectionreset'))
  await limin.keyboard.press('Space')
  await limin.getByText('没有接到', { exact: true }).waitFor()
  expect((await caseOf(lost)).case.state).toBe('new')
  await limin.unroute('**/claim')
  await limin.keyboard.press('Space')
  await expect.poll(async () => (await caseOf(lost)).case.state).toBe('claimed')
})

test('a hold that runs out puts the case back on top, marked, and it is offered again', async () => {
  const limin = await atDesk('limin')
  const caseId = await alarm('余桂香')
  await row(limin, '余桂香').click()
  await limin.keyboard.press('Space')
  await expect.poll(async () => (await caseOf(caseId)).case.state).toBe('claimed')
  const { version } = (await caseOf(caseId)).case
  const api = await app.signIn('limin')
  expect((await api.post(`/cases/${caseId}/hold`, { version, seconds: 5 })).status).toBe(200)
  await expect.poll(() => row(limin, '余桂香').textContent(), { timeout: 10_000 }).toContain('保持到时 · 李敏')
  await expect.poll(() => limin.getByTestId('queue-row').first().textContent()).toContain('余桂香')
  await limin.getByTestId('offer').waitFor()
  await shot(limin, 'returned')
  await limin.keyboard.press('Space')
  await expect.poll(async () => (await caseOf(caseId)).case.returnedAt).toBe(null)
})

test('the server is restarted: the pages come back and show every open case', async () => {
  const [limin, wang] = [await atDesk('limin'), await atDesk('wangfang')]
  const { body } = await admin.get<{ items: unknown[] }>('/cases?state=open')
  await expect.poll(() => limin.getByTestId('queue-row').count()).toBe(body.items.length)
  const port = app.httpPort
  await app.stop()
  await Promise.all([limin, wang].map((page) => page.getByTestId('connection-bar').waitFor()))
  await alarm('重启后的警情')
  app = await startTestApp({ database, pagesDir, realTime: true, env: { HTTP_PORT: String(port) } })
  admin = await app.signIn('admin')
  for (const page of [limin, wang]) {
    await expect.poll(() => page.getByTestId('connection-bar').count(), { timeout: 10_000 }).toBe(0)
    await row(page, '重启后的警情').waitFor()
    await expect.poll(() => page.getByTestId('queue-row').count()).toBe(body.items.length + 1)
  }
  await Promise.race([limin, wang].map((page) => page.getByTestId('offer').waitFor()))
})

test('supervisors see who is there, set what is offered to whom and the rules; operators see their shift', async () => {
  const limin = await atDesk('limin')
  await limin.evaluate(() => localStorage.setItem('anhu.muted', '1'))
  await limin.reload()
  const huang = await signedIn('huangyan', '/centre/desk')
  await huang.getByRole('row', { name: /李敏.*就绪.*已静音/ }).waitFor()
  await huang.getByTestId('edit-李敏').click()
  await huang.locator('#dialects').fill('弋阳话')
  await huang.keyboard.press('Enter')
  await shot(huang, 'profile')
  await huang
    .getByRole('dialog')
    .getByRole('button', { name: /保\s?存/ })
    .click()
  await huang.getByRole('row', { name: /李敏.*弋阳话/ }).waitFor()
  await huang.locator('#settings_distribution_passSeconds').fill('4')
  await huang.getByTestId('settings-save').click()
  await huang.getByText('必须晚于前一个数').waitFor()
  await huang.locator('#settings_distribution_passSeconds').fill('20')
  await huang.getByTestId('settings-note').fill('夜班人少')
  await huang.getByTestId('settings-save').click()
  await huang.getByTestId('settings-history').getByText('多少秒没有反应就转下一位 15 → 20').waitFor()
  await shot(huang, 'distribution')

  const shift = await signedIn('limin', '/centre/shift', 'en', 'dark')
  await shift.getByTestId('shift-page').getByText('弋阳话').waitFor()
  expect(await shift.getByRole('link', { name: 'Distribution' }).count()).toBe(0)
  await shot(shift, 'shift-en')
  if (process.env.SHOTS) {
    const english = await signedIn('huangyan', '/centre/desk', 'en', 'dark')
    await english.getByTestId('desk-settings').waitFor()
    await english.screenshot({ path: join(process.env.SHOTS, 'distribution-en.png'), fullPage: true })
  }
})
