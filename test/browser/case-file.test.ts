import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Language } from '../../dashboard/ui/formats.ts'
import type { ApiClient } from '../support/app.ts'
import { addFile, command, detailOf, openCase } from '../support/case-file.ts'
import { addRichFile } from '../support/rich-file.ts'
import { type Office, startOffice } from './office.ts'

let office: Office
let limin: ApiClient
let supervisor: ApiClient

beforeAll(async () => {
  office = await startOffice()
  limin = await office.app.signIn('limin')
  supervisor = await office.app.signIn('huangyan')
})
afterEach(async () => {
  expect(await office.closePages()).toEqual([])
})
afterAll(() => office?.stop())

/** For a look by eye: SHOTS names a folder. */
async function shot(page: Page, name: string): Promise<void> {
  if (process.env.SHOTS) await page.screenshot({ path: join(process.env.SHOTS, `${name}.png`) })
}

async function desk(name: string, options: { language?: Language; username?: string } = {}): Promise<Page> {
  const page = await office.open('/', { username: 'limin', ...options })
  await page.getByTestId('queue-row').filter({ hasText: name }).click()
  await page.getByTestId('facts').waitFor()
  return page
}

const PIXELS = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)
const hours = (n: number) => new Date(office.app.clock.now() + n * 3_600_000).toISOString()

/** Nothing of the page or of the middle has to be scrolled. */
const overflow = (page: Page) =>
  page.evaluate(() => ({
    page: document.documentElement.scrollHeight - window.innerHeight,
    cut: ['.case-head', '.strip', '.facts', '.protocol', '.actions'].filter((selector) => {
      const box = document.querySelector(selector)?.getBoundingClientRect()
      return box === undefined || box.bottom > window.innerHeight || box.height === 0
    }),
    medical: (() => {
      const body = document.querySelector('.fact .fact-body')
      return body ? body.scrollHeight - body.clientHeight : 0
    })(),
    side: (() => {
      const side = document.querySelector('.side')
      return side ? side.scrollHeight - side.clientHeight : 0
    })(),
  }))

test('everything at once: notices by key before the case may end, numbers and code on demand, calls, notes', async () => {
  const { app } = office
  const residentId = await addRichFile(app, 'b1')
  const post = (path: string, body: object) => supervisor.post(`/residents/${residentId}${path}`, body)
  await post('/notices', { scope: 'resident', text: '左耳听不到, 请到右侧大声说话' })
  await post('/notices', { scope: 'home', text: '院内有大狗, 白天拴着, 晚上放开; 进门前先打电话给邻居汪师傅牵走' })
  await post('/notes', { text: '本周住院后刚出院, 伤口未拆线', until: hours(30) })
  await supervisor.send(
    `/residents/${residentId}/access-code`,
    { version: 1, code: '4711#' },
    'application/json',
    'PUT',
  )
  await supervisor.send(`/residents/${residentId}/photo`, PIXELS, 'image/png')
  const caseId = await openCase(app, 'b1', limin)
  const page = await desk('欧阳慕容')
  await page.getByTestId('face-photo').waitFor()
  expect(await page.getByTestId('notice-read').count()).toBe(0)
  expect(await page.getByTestId('contact').evaluateAll((all) => all.map((one) => one.dataset.position))).toEqual([
    '2',
    '3',
    '4',
    '1',
  ])
  await shot(page, 'rich-new')
  // Not claimed: a number is shown for a reason only.
  await page.keyboard.press('p')
  await page.getByTestId('reason-text').waitFor()
  await page.keyboard.press('Escape')
  await page.getByTestId('reason-text').waitFor({ state: 'detached' })

  await page.keyboard.press(' ')
  await page.getByTestId('notice-read').waitFor()
  await page.keyboard.press('p')
  await expect.poll(() => page.getByTestId('contact-phone').first().textContent()).toContain('13700009031')
  await page.getByTestId('called-no_answer').press('Enter')
  await expect.poll(() => page.getByTestId('contact-last').textContent()).toMatch(/\d\d:\d\d 无人接听/)
  await page.keyboard.press('k')
  await expect.poll(() => page.getByTestId('code').textContent()).toBe('4711#')
  await shot(page, 'rich-claimed')
  expect(await overflow(page)).toMatchObject({ page: 0, cut: [], medical: 0 })
  await page.keyboard.press('k')
  await page.getByTestId('code').waitFor({ state: 'detached' })

  // Ending waits for the notices, without a dialog that would be refused.
  await page.keyboard.press('e')
  await page.locator('.ant-notification-notice').getByText('还有 2 条必读须知没有阅读').waitFor()
  expect(await page.getByTestId('case-dialog').count()).toBe(0)
  const before = JSON.stringify(await page.getByTestId('facts').boundingBox())
  expect(await page.getByTestId('notice-current').textContent()).toContain('左耳听不到')
  await page.keyboard.press('v')
  await expect.poll(() => page.getByTestId('notice-current').textContent()).toContain('院内有大狗')
  await shot(page, 'rich-second-notice')
  await page.keyboard.press('v')
  await expect.poll(() => page.getByTestId('notices-state').textContent()).toContain('✓')
  expect(JSON.stringify(await page.getByTestId('facts').boundingBox())).toBe(before)
  expect((await detailOf(limin, caseId)).notices.map((one) => one.read?.by)).toEqual(['李敏', '李敏'])

  // A colleague writes while the case is open: it is seen without anybody's doing.
  await post('/notices', { scope: 'home', text: '门口地滑' })
  await expect.poll(() => page.getByTestId('notice-current').textContent()).toContain('门口地滑')
  await page.keyboard.press('v')
  await expect.poll(() => page.getByTestId('notices-state').textContent()).toContain('✓')

  await page.keyboard.press('b')
  await page.getByTestId('note-text').fill('电梯检修, 走北侧楼梯')
  await page.keyboard.press('Control+Enter')
  await expect.poll(() => page.getByTestId('note').count()).toBe(2)
  await shot(page, 'rich-notes')
  await page.getByTestId('note-end').first().press('Enter')
  await expect.poll(() => page.getByTestId('note').count()).toBe(1)
  await page.keyboard.press('Escape')
  await page.getByTestId('note-list').waitFor({ state: 'detached' })
  await page.keyboard.press('e')
  await page.getByTestId('case-dialog').waitFor()
}, 90_000)

test('the map opens by key, follows a new position, and says how old and exact it is; light and English', async () => {
  const { app, admin } = office
  const residentId = await addRichFile(app, 'b2', '周桂兰')
  const tracker = await admin.post<{ secret: string }>('/devices', {
    deviceId: 'b2-tracker',
    kind: 'tracker',
    protocol: 'native',
    residentId,
  })
  const { connectAsync } = await import('mqtt')
  const client = await connectAsync(`mqtt://127.0.0.1:${app.mqttPort}`, {
    username: 'b2-tracker',
    password: tracker.body.secret,
    clientId: 'b2-tracker',
  })
  const fix = (at: number, lat: number, extra: object = {}) =>
    client.publishAsync(
      'care/v1/b2-tracker/telemetry',
      JSON.stringify({ ts: at, lat, lon: 117.433, acc: 12, battery: 61, ...extra }),
      { qos: 1 },
    )
  const now = app.clock.now()
  for (let n = 90; n > 0; n--) {
    const hr = Math.round(78 + 12 * Math.sin(n / 9) + (n < 6 ? 45 : 0))
    await client.publishAsync('care/v1/b2-tracker/telemetry', JSON.stringify({ ts: now - n * 900_000, hr }), { qos: 1 })
  }
  await fix(now - 60_000, 28.404)
  await openCase(app, 'b2', limin)
  const page = await desk('周桂兰')
  await expect
    .poll(() => page.getByTestId('position-line').textContent())
    .toMatch(/距家 5\d0 m · ±12 米 · 卫星 · 电量 61%/)
  await expect.poll(() => page.getByTestId('vitals').getAttribute('data-field')).toBe('hr')
  await page.locator('.vitals-chart svg').waitFor()
  await shot(page, 'position')
  await page.keyboard.press('g')
  const map = page.getByTestId('case-map')
  await map.locator('.city-map[data-ready="true"]').waitFor({ timeout: 30_000 })
  expect(await map.locator('.map-marker').allTextContents()).toEqual(['家', expect.stringContaining('周桂兰')])
  await shot(page, 'map')
  await fix(app.clock.now(), 28.4081)
  await expect.poll(() => page.locator('.map-dialog-foot').textContent(), { timeout: 20_000 }).toMatch(/距家 9\d0 m/)
  await page.keyboard.press('Escape')
  await map.waitFor({ state: 'detached' })

  await page.getByTestId('vitals-choose').locator('input').press('ArrowDown')
  await page.locator('.ant-select-item-option', { hasText: '血氧' }).click()
  await page.getByTestId('vitals-none').waitFor()
  expect(await page.getByTestId('vitals-none').textContent()).toContain('24 小时内没有血氧数据')

  const english = await office.open('/', { username: 'wangfang', language: 'en' })
  await english.evaluate(() => localStorage.setItem('anhu.theme.console', 'light'))
  await english.reload()
  await english.getByTestId('queue-row').filter({ hasText: '周桂兰' }).click()
  await english.locator('.vitals-chart svg').waitFor()
  expect(await english.getByTestId('position-line').textContent()).toMatch(/from home · ±12 m · GPS · batt. 61%/)
  await shot(english, 'position-en-light')
  await client.endAsync()
}, 90_000)

test('with nothing known the case says so everywhere, and Esc and keys do nothing wrong', async () => {
  const { app, admin } = office
  const { body } = await admin.post<{ residentId: string }>('/residents', { name: '无' })
  await admin.post('/devices', { deviceId: 'b3', kind: 'sos_button', protocol: 'native', residentId: body.residentId })
  await openCase(app, 'b3', limin)
  const page = await desk('无')
  for (const key of ['v', 'p', 'k']) await page.keyboard.press(key)
  expect(await page.locator('.ant-modal').count()).toBe(0)
  expect(await page.getByTestId('face-initial').textContent()).toBe('无')
  expect(await page.locator('.strip').textContent()).toMatch(/没有必读须知.*没有临时备注/)
  await shot(page, 'nothing')
  expect(await overflow(page)).toMatchObject({ page: 0, cut: [] })
}, 60_000)

test('a photo that cannot be had leaves the initial; another operator reads the number for a reason', async () => {
  const { app } = office
  const residentId = await addFile(app, 'b4', '程水英')
  await supervisor.send(`/residents/${residentId}/photo`, Buffer.from([0xff, 0xd8, 0xff, 0xe0]), 'image/jpeg')
  const caseId = await openCase(app, 'b4', limin)
  await command(limin, caseId, 'claim')
  const page = await desk('程水英', { username: 'wangfang', language: 'en' })
  await page.getByTestId('face-initial').waitFor()
  await page.getByTestId('contact-phone').first().press('Enter')
  await page.getByTestId('reason-text').fill('x')
  await page.getByTestId('reason-submit').click()
  await page.getByText('Give a reason of two characters at least').waitFor()
  await page.getByTestId('reason-text').fill('daughter asks us to check')
  await page.keyboard.press('Enter')
  await expect.poll(() => page.getByTestId('contact-phone').first().textContent()).toContain('13900002208')
  await shot(page, 'reason-en')
}, 60_000)

test('a case is painted within a second of the key', async () => {
  const { app } = office
  for (const id of ['b5', 'b6', 'b7']) {
    await addRichFile(app, id, `快${id}`)
    await openCase(app, id, limin)
  }
  const page = await desk('快b6')
  await page.evaluate(`
    window.painted = []
    let begun = null
    const shown = () => document.querySelector('[data-testid="facts"]')?.dataset.caseId
    addEventListener('keydown', () => { begun = { at: performance.now(), before: shown() } }, true)
    new MutationObserver(() => {
      if (begun === null || shown() === undefined || shown() === begun.before) return
      const { at } = begun
      begun = null
      requestAnimationFrame(() => requestAnimationFrame(() => window.painted.push(performance.now() - at)))
    }).observe(document.body, { childList: true, subtree: true })`)
  const keys = ['ArrowDown', 'ArrowUp', 'ArrowDown', 'ArrowUp', 'ArrowDown']
  for (const [n, key] of keys.entries()) {
    const before = await page.getByTestId('facts').getAttribute('data-case-id')
    await page.keyboard.press(key)
    await expect.poll(() => page.evaluate('window.painted.length')).toBe(n + 1)
    expect(await page.getByTestId('facts').getAttribute('data-case-id')).not.toBe(before)
  }
  const painted = await page.evaluate<number[]>('window.painted')
  expect(painted.sort((a, b) => a - b)[2]).toBeLessThan(1000)
}, 60_000)
