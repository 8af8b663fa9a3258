import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { PolicyView } from '../../server/contract/escalation.ts'
import type { Addresses } from '../../server/contract/notify.ts'
import { seedDivisions } from '../../server/org/divisions.ts'
import { addResident, commit, event } from '../support/records.ts'
import { query } from '../support/sql.ts'
import { type Office, pick, startOffice } from './office.ts'

let office: Office
beforeAll(async () => {
  office = await startOffice({
    env: {
      CALL_WEBHOOK_URL: 'http://127.0.0.1:9/call',
      SMS_WEBHOOK_URL: 'http://127.0.0.1:9/sms',
      NOTIFY_SECRET: 'a secret of this test',
    },
  })
  const { db } = office.app.database.store
  await seedDivisions(db)
  await query(
    office.app.database.url,
    `insert into duty (user_id, status, since, seen_at)
     select user_id, 'ready', $1::timestamptz, $1::timestamptz + interval '12 hours' from app_user where username = 'huangyan'`,
    [new Date()],
  )
  const ago = (seconds: number) => Date.now() - seconds * 1000
  for (const [deviceId, type, seconds] of [
    ['e1', 'sos', 400],
    ['e2', 'fall', 30],
    ['e3', 'help', 200],
  ] as const) {
    const residentId = await addResident(db, [deviceId])
    await query(
      office.app.database.url,
      "insert into home (home_id, division_code, address) values ($1, '361125001', '')",
      [deviceId],
    )
    await query(office.app.database.url, 'update resident set home_id = $1 where resident_id = $2', [
      deviceId,
      residentId,
    ])
    await commit(db, [event(deviceId, type, ago(seconds))], ago(seconds))
  }
}, 60_000)
afterEach(async () => {
  expect(await office.closePages()).toEqual([])
})
afterAll(() => office?.stop())

async function shots(page: Page, name: string): Promise<void> {
  if (process.env.SHOTS) await page.screenshot({ path: join(process.env.SHOTS, `escalation-${name}.png`) })
}
const fits = async (page: Page) =>
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(1366)

test('a supervisor gives an area a rule of its own, sees what it would do, changes and withdraws it', async () => {
  const page = await office.open('/centre/escalation', { username: 'huangyan' })
  await page.getByTestId('policy').first().waitFor()
  expect(await page.getByTestId('policy').count()).toBe(4)
  expect(await page.getByTestId('policy').first().innerText()).toMatch(
    /紧急 · 全部类型 · 全市[\s\S]*0 秒[\s\S]*全体值班[\s\S]*值班长[\s\S]*第 3 步：邮件没有配置/,
  )
  await fits(page)
  await shots(page, 'policies')

  await page.getByTestId('policy-add').click()
  await page
    .getByTestId('simulation')
    .getByText('全体')
    .or(page.getByTestId('simulation').getByText('所有坐席'))
    .first()
    .waitFor()
  await shots(page, 'editor')
  await pick(page, '#divisionCode', '横峰县', '横峰县')
  await page.getByTestId('policy-publish').click()
  await page.getByText('请写明为什么修改').waitFor()
  // A time before the step above is refused beside its field, and there is nothing to simulate.
  const second = page.locator('#steps_1_afterSeconds')
  await second.fill('0')
  await page.locator('#steps_0_afterSeconds').fill('30')
  await second.fill('10')
  await second.press('Tab')
  await page.getByText('不能早于上一步').waitFor()
  await page.getByTestId('simulation').getByText('填写完整后显示').waitFor()
  await page.locator('#steps_0_afterSeconds').fill('0')
  await second.fill('45')
  await expect.poll(() => page.getByTestId('simulation').innerText()).toContain('45 秒')
  await page.getByTestId('policy-note').fill('横峰夜班只有一人')
  await page.getByTestId('policy-note').press('Enter')
  const own = page.getByTestId('policy').filter({ hasText: '横峰县' })
  await own.waitFor()
  expect(await own.innerText()).toMatch(/黄燕[\s\S]*45 秒/)
  const { body } = await office.admin.get<{ items: PolicyView[] }>('/escalation/policies')
  expect(body.items.find(({ divisionCode }) => divisionCode === '361125')).toMatchObject({
    note: '横峰夜班只有一人',
    by: '黄燕',
  })

  await own.getByTestId('policy-history').click()
  await page.getByTestId('policy-versions').getByText('横峰夜班只有一人').waitFor()
  await page.keyboard.press('Escape')
  await own.getByTestId('policy-withdraw').press('Enter')
  await page.getByTestId('policy-withdraw-note').fill('合并')
  await page.getByTestId('policy-withdraw-confirm').click()
  await own.waitFor({ state: 'detached' })
}, 90_000)

test('a rule that somebody else changed meanwhile is not overwritten', async () => {
  const page = await office.open('/centre/escalation', { username: 'huangyan' })
  await page.getByTestId('policy').first().getByTestId('policy-edit').click()
  await page.getByTestId('simulation').waitFor()
  const { body } = await office.admin.get<{ items: PolicyView[] }>('/escalation/policies')
  const [first] = body.items
  const { category, kind, divisionCode, policy, version } = first ?? ({} as PolicyView)
  await office.admin.send(
    '/escalation/policies',
    { category, kind, divisionCode, policy, note: '先改了', basedOn: version },
    undefined,
    'PUT',
  )
  await page.getByTestId('policy-note').fill('我也改')
  await page.getByTestId('policy-publish').click()
  await page.getByText('别人刚刚修改了这条规则').waitFor()
}, 60_000)

test('what runs, what was sent and what failed; in English too', async () => {
  const page = await office.open('/centre/escalation/running', { username: 'huangyan' })
  await expect.poll(() => page.locator('.ant-table-row').count()).toBe(3)
  await expect
    .poll(() => page.locator('.ant-table-row').first().innerText())
    .toMatch(/SOS 求救[\s\S]*横峰县[\s\S]*等待接警[\s\S]*第 \d 步/)
  await fits(page)
  await shots(page, 'running')
  const log = await office.open('/centre/escalation/notifications', { username: 'huangyan', language: 'en' })
  await log.locator('.ant-table-row').first().waitFor()
  await fits(log)
  await shots(log, 'notifications-en')
  await log.getByText('Failed', { exact: true }).click()
  await log.getByTestId('empty-state').waitFor()
  const console_ = await office.open('/', { username: 'limin' })
  await console_.getByTestId('escalated').first().waitFor()
  if (process.env.SHOTS) await console_.screenshot({ path: join(process.env.SHOTS, 'escalation-console.png') })
  // Nobody else looks: an operator has no such page.
  const operator = await office.open('/centre/escalation', { username: 'limin' })
  await operator.getByTestId('empty-state').waitFor()
}, 90_000)

test('who can be reached: warnings, and an address that mends one', async () => {
  const page = await office.open('/centre/escalation/reach', { username: 'huangyan' })
  await page.getByTestId('addresses').waitFor()
  await expect.poll(() => page.getByTestId('reach').innerText()).toMatch(/邮件 · 未配置/)
  await fits(page)
  await shots(page, 'reach')
  const row = page.getByTestId('addresses').locator('tr', { hasText: '黄燕' })
  await row.getByTestId('address-edit').click()
  await page.getByTestId('address-email').fill('nobody')
  await page.getByTestId('address-save').click()
  await page.getByText('请填写完整的邮箱').waitFor()
  await page.getByTestId('address-email').fill('')
  await page.getByTestId('address-phone').fill('13800000001')
  await page.getByTestId('address-language').getByText('英文').click()
  await page.getByTestId('address-phone').press('Enter')
  await expect.poll(() => row.innerText()).toContain('13800000001')
  const { body } = await office.admin.get<Addresses>('/escalation/addresses')
  expect(body.users.find(({ displayName }) => displayName === '黄燕')).toMatchObject({
    phone: '13800000001',
    email: null,
    language: 'en',
  })
  const english = await office.open('/centre/escalation/policies', { username: 'huangyan', language: 'en' })
  await english.getByTestId('policy').first().waitFor()
  await fits(english)
  await shots(english, 'policies-en')
  await english.getByTestId('policy-edit').first().click()
  await expect.poll(() => english.getByTestId('simulation').innerText()).toContain('all desks')
  await shots(english, 'editor-en')
}, 90_000)

test('says what went wrong, and tries again', async () => {
  const page = await office.open('/', { username: 'huangyan' })
  let isDown = true
  await page.route('**/api/v1/escalation/running**', (route) => (isDown ? route.abort() : route.continue()))
  await page.goto(`http://127.0.0.1:${office.app.httpPort}/centre/escalation/running`)
  await page.getByTestId('error-state').waitFor({ timeout: 30_000 })
  isDown = false
  await page.getByTestId('error-state').getByRole('button').press('Enter')
  await page.locator('.ant-table-row').first().waitFor()
}, 60_000)
