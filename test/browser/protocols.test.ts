import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { CaseDetail } from '../../server/contract/case.ts'
import type { ProtocolDetail } from '../../server/contract/protocol.ts'
import { resident } from '../protocol/city.ts'
import { type ApiClient, PASSWORD, startTestApp, type TestApp } from '../support/app.ts'
import { openContext, startBrowser } from '../support/browser.ts'
import { commit, event } from '../support/records.ts'

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

async function signedIn(username: string, { path = '/', language = 'zh-CN', theme = '' } = {}): Promise<Page> {
  const context = await openContext(browser)
  const page = await context.newPage()
  pages.push(page)
  page.on('pageerror', (error) => problems.push(error.message))
  await page.addInitScript(
    ([chosen = '', tone = '']) => {
      localStorage.setItem('anhu.language', chosen)
      if (tone === '') return
      localStorage.setItem('anhu.theme.console', tone)
      localStorage.setItem('anhu.theme.office', tone)
    },
    [language, theme],
  )
  await page.goto(`http://127.0.0.1:${app.httpPort}${path}`)
  await page.getByTestId('signin-username').fill(username)
  await page.getByTestId('signin-password').fill(PASSWORD)
  await page.getByTestId('signin-submit').click()
  return page
}

/** For a look by eye: SHOTS names a folder. */
async function shot(page: Page, name: string): Promise<void> {
  if (process.env.SHOTS) await page.screenshot({ path: join(process.env.SHOTS, `${name}.png`) })
}

async function raised(deviceId: string, type: 'fall' | 'sos' | 'inactivity'): Promise<string> {
  await resident(app, admin, deviceId, { hazards: ['服抗凝药, 跌倒须防内出血'] }, '1943-05-06')
  await commit(app.database.store.db, [event(deviceId, type, app.clock.now())], app.clock.now())
  const { body } = await admin.get<{ items: { caseId: string; deviceId: string }[] }>('/cases?state=open&limit=500')
  return body.items.find((one) => one.deviceId === deviceId)?.caseId ?? ''
}

const caseOf = async (caseId: string) => (await admin.get<CaseDetail>(`/cases/${caseId}`)).body
const current = (page: Page) => page.getByTestId('step-current')
/** Takes an entry of a list, which first opens and then moves to its chosen one: a click meanwhile meets nothing. */
async function choose(page: Page, label: string, title: string): Promise<void> {
  await page.getByLabel(label).click()
  const option = page.getByTitle(title)
  await option.scrollIntoViewIfNeeded()
  await page.waitForTimeout(400)
  await option.click()
}
/** Keys count again once the last command is through, as buttons do. */
async function press(page: Page, key: string): Promise<void> {
  await expect.poll(() => page.getByTestId('action-note').isEnabled()).toBe(true)
  await page.keyboard.press(key)
}

test('an operator plays a whole fall by keyboard: asks, corrects herself, sends, arrives, ends', async () => {
  const caseId = await raised('p-1', 'fall')
  const page = await signedIn('limin')
  await page.getByTestId('queue-row').filter({ hasText: '住户 p-1' }).click()
  await expect.poll(() => current(page).textContent()).toContain('接下这起警情')
  await shot(page, 'console-claim')
  await press(page, '1')
  await expect.poll(() => current(page).textContent()).toContain('打给住户：摔了吗？先别动，哪里疼？')
  expect(await page.getByTestId('protocol').textContent()).toContain('高风险')
  expect(await current(page).textContent()).toContain('起得太急会伤得更重')
  await shot(page, 'console-talk')

  // "Did not fall" was the wrong key.
  await press(page, '4')
  await expect.poll(() => current(page).textContent()).toContain('再问清')
  await press(page, 'Backspace')
  await expect.poll(() => current(page).textContent()).toContain('重新回答')
  await shot(page, 'console-again')
  await press(page, '2')
  await expect.poll(() => current(page).textContent()).toContain('碰到头没有')
  await expect.poll(() => page.getByTestId('step-done').count()).toBe(1)

  await press(page, '1')
  await expect.poll(() => page.getByTestId('dispatch-to').inputValue()).toBe('120、网格员')
  await shot(page, 'console-dispatch')
  await page.keyboard.press('Control+Enter')
  await expect.poll(() => current(page).textContent()).toContain('告诉来人')
  expect((await caseOf(caseId)).case.state).toBe('dispatched')
  // The key for an arrival is the answer that asks for it.
  await page.keyboard.press('a')
  await expect.poll(() => current(page).textContent()).toContain('问现场')
  expect((await caseOf(caseId)).case.state).toBe('on_scene')
  await press(page, '2')
  await expect.poll(() => current(page).textContent()).toContain('送哪家医院')
  await shot(page, 'console-scene')
  expect(await page.evaluate(() => document.documentElement.scrollHeight)).toBe(768)
  await press(page, '1')
  await expect.poll(() => page.getByTestId('dialog-reason').inputValue()).toBe('送医，家属知情')
  await page.keyboard.press('Control+Enter')
  await expect.poll(async () => (await caseOf(caseId)).outcome).toBe('hospital')
  await expect.poll(() => page.getByTestId('case-log').textContent()).toMatch(/李敏：打给住户.*→ 没摔.*→ 摔了，起来了/)
  const { log } = await caseOf(caseId)
  const told = log.map((line) => line.action).filter((action) => !action.startsWith('escalat'))
  expect(told.slice(2)).toEqual([
    'claim',
    'step',
    'step',
    'step',
    'dispatch',
    'step',
    'arrive',
    'step',
    'step',
    'resolve',
  ])
}, 60_000)

test('nobody reached: no false end, and a colleague has to agree', async () => {
  const caseId = await raised('p-2', 'inactivity')
  const [limin, wangfang] = [await signedIn('limin'), await signedIn('wangfang', { language: 'en', theme: 'light' })]
  await limin.getByTestId('queue-row').filter({ hasText: '住户 p-2' }).click()
  await current(limin).waitFor()
  await limin.keyboard.press('1')
  await expect.poll(() => current(limin).textContent()).toContain('起来了吗')
  await limin.keyboard.press('3')
  await expect.poll(() => current(limin).textContent()).toContain('现在能去看一眼吗')

  await limin.keyboard.press('e')
  await limin.getByRole('radio', { name: '误报' }).press('Space')
  await limin.getByRole('radio', { name: '没联系上', exact: true }).press('Space')
  await limin.getByTestId('dialog-reason').fill('应该没事')
  await limin.keyboard.press('Control+Enter')
  await limin.getByText('还没有人联系上老人，不能按误报').waitFor()
  await shot(limin, 'console-no-contact')
  await limin.getByRole('radio', { name: '其他' }).press('Space')
  await limin.getByTestId('dialog-submit').click()
  await limin.getByText('有人同意后再提交').waitFor()
  await shot(limin, 'console-second-needed')
  await limin.getByTestId('ask-second').click()
  await limin.getByTestId('case-dialog').waitFor({ state: 'detached' })
  await limin.getByTestId('case').getByTestId('second-asked').waitFor()
  await shot(limin, 'console-second-asked')

  // The others are told wherever they are; it is one press to the case.
  const question = wangfang.getByTestId('inbox-second')
  await question.waitFor()
  expect(await question.textContent()).toContain('李敏 asks a colleague to confirm an end without a visit: 住户 p-2')
  await shot(wangfang, 'console-second-question-en-light')
  await question.getByRole('button').press('Enter')
  await wangfang.getByTestId('action-second').waitFor()
  await shot(wangfang, 'console-foreign-en-light')
  await wangfang.keyboard.press('y')
  await wangfang.getByTestId('dialog-reason').fill('Ward confirms the stay')
  await shot(wangfang, 'console-second-en-light')
  await wangfang.keyboard.press('Control+Enter')
  await expect.poll(async () => (await caseOf(caseId)).protocol.second?.by).toBe('王芳')
  await question.waitFor({ state: 'detached' })
  await limin.getByText('王芳 已同意不上门结案').waitFor()
  await shot(limin, 'console-second-agreed')
  // What she wrote is still there.
  await limin.keyboard.press('e')
  expect(await limin.getByTestId('dialog-reason').inputValue()).toBe('应该没事')
  await limin.keyboard.press('Control+Enter')
  await expect.poll(async () => (await caseOf(caseId)).outcome).toBe('other')
}, 60_000)

test('a supervisor edits, is told what is wrong and where, plays it, publishes; the running case keeps its version', async () => {
  const running = await raised('p-3', 'sos')
  const operator = await signedIn('wangfang', { language: 'en' })
  await operator.getByTestId('queue-row').filter({ hasText: '住户 p-3' }).click()
  await current(operator).waitFor()
  await operator.keyboard.press('1')
  await expect.poll(() => current(operator).textContent()).toContain('Call the resident: can you hear me')
  await shot(operator, 'console-talk-en')

  const page = await signedIn('huangyan', { path: '/centre/protocols' })
  await page.getByTestId('protocols').waitFor()
  expect(await page.getByTestId('protocol-gaps').textContent()).toContain('全部 75 格都有流程')
  await shot(page, 'list')
  await page.getByTestId('protocol-matrix').getByRole('link', { name: '求救（高风险）' }).first().click()
  await page.getByTestId('protocol-editor').waitFor()
  await page.getByTestId('protocol-check').getByText('可以发布').waitFor()
  expect(await page.getByTestId('protocol-publish').isDisabled()).toBe(true)
  await shot(page, 'editor')

  // A new step, to which nothing leads and which lacks everything.
  await page.getByTestId('step-add').click()
  const check = page.getByTestId('protocol-check')
  await expect.poll(() => check.textContent()).toMatch(/第 \d+ 步 step-\d+ · 问话 · 中文没有写/)
  await expect.poll(() => check.textContent()).toMatch(/没有答案通到这一步/)
  expect(await page.getByTestId('protocol-publish').isDisabled()).toBe(true)
  await shot(page, 'editor-faults')
  await page.getByTestId('step-text-zh-CN').fill('问：家里还有谁？')
  await page.getByTestId('step-text-en').fill('Ask: who else is at home?')
  await page.getByTestId('answer-zh-1').fill('记下了')
  await page.getByTestId('answer-en-1').fill('Noted')
  await choose(page, '答案 1 然后', '2 判断轻重：哪里不好？能不能动？')
  // Moved up by keyboard, as far as it goes before the first.
  const card = page.locator('.protocol-step[data-open]')
  const before = Number(await card.locator('.step-no').first().textContent())
  await card.getByTestId('step-open').focus()
  await page.keyboard.press('Alt+ArrowUp')
  await expect.poll(async () => Number(await card.locator('.step-no').first().textContent())).toBe(before - 1)
  // The first step's first answer leads there.
  await page.getByTestId('step-open').first().click()
  await choose(page, '答案 1 然后', `${before - 1} 问：家里还有谁？`)
  await shot(page, 'editor-mended')
  await check.getByText('可以发布').waitFor()

  await page.getByRole('tab', { name: '试走' }).click()
  await page.getByTestId('preview-1').press('1')
  await expect.poll(() => page.getByTestId('protocol-preview').textContent()).toContain('问：家里还有谁？')
  await shot(page, 'editor-preview')
  await page.getByRole('tab', { name: '对比' }).click()
  await expect.poll(() => page.getByTestId('protocol-diff').textContent()).toContain('新增')
  await shot(page, 'editor-compare')
  await page.getByTestId('protocol-save').click()
  await page.getByText('草稿已保存').waitFor()
  await page.getByTestId('protocol-publish').click()
  await page.getByTestId('publish-note').fill('先问家里还有谁')
  await shot(page, 'editor-publish')
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^发\s?布$/ })
    .click()
  await expect.poll(() => page.getByTestId('protocol-version').textContent()).toBe('第 2 版')
  const { body } = await admin.get<ProtocolDetail>('/protocols/sos-high')
  expect(body.published).toMatchObject({ number: 2, by: '黄燕', note: '先问家里还有谁' })

  // An older version comes back as a draft.
  await page.getByRole('tab', { name: '历史' }).click()
  await page
    .getByTestId('protocol-history')
    .getByRole('listitem')
    .filter({ hasText: '出厂流程' })
    .getByRole('button')
    .click()
  await page.getByText('有改动没有保存').waitFor()
  await shot(page, 'editor-history')
  await page.getByTestId('protocol-save').click()
  await expect
    .poll(async () => (await admin.get<ProtocolDetail>('/protocols/sos-high')).body.newest.note)
    .toBe('取回 第 1 版')

  expect((await caseOf(running)).protocol.number).toBe(1)
  await operator.keyboard.press('1')
  await expect.poll(() => current(operator).textContent()).toContain('Judge: what is wrong?')
  const next = await raised('p-4', 'sos')
  expect((await caseOf(next)).protocol.number).toBe(2)
}, 90_000)

test('a gap is red, in both languages and colours; an operator has no such page', async () => {
  const { body } = await admin.get<ProtocolDetail>('/protocols/water')
  const { newest } = body
  const content = { ...newest.content, risks: ['low', 'normal'] }
  await admin.post('/protocols/water/publish', { base: newest.version, content, note: 'test' })
  const page = await signedIn('huangyan', { path: '/centre/protocols', language: 'en', theme: 'dark' })
  await expect.poll(() => page.getByTestId('protocol-gaps').textContent()).toContain('Cells without a protocol: 1.')
  expect(await page.getByTestId('protocol-matrix').locator('td[data-gap]').textContent()).toContain('none')
  await shot(page, 'list-gap-en-dark')
  await page.goto(`http://127.0.0.1:${app.httpPort}/centre/protocols/vital`)
  await page.getByTestId('protocol-editor').waitFor()
  await shot(page, 'editor-en-dark')
  await page.goto(`http://127.0.0.1:${app.httpPort}/centre/protocols/nothing-here`)
  await page.getByText('There is no such protocol').waitFor()

  const operator = await signedIn('limin', { path: '/centre/protocols' })
  await operator.getByTestId('empty-state').waitFor()
}, 60_000)
