import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { ReviewView } from '../../server/contract/levels.ts'
import { seedDivisions } from '../../server/org/divisions.ts'
import { addResident, commit, event } from '../support/records.ts'
import { query } from '../support/sql.ts'
import { type Office, startOffice } from './office.ts'

let office: Office
beforeAll(async () => {
  office = await startOffice()
  const { app } = office
  await seedDivisions(app.database.store.db)
  // A day of answers, most of them quick.
  await addResident(app.database.store.db, ['base'])
  await query(
    app.database.url,
    `insert into alarm_case (case_id, resident_id, device_id, kind, category, priority, state, version, opened_at, last_signal_at,
       signal_count, cancelled, owner_id, outcome)
     select gen_random_uuid(), null, 'base', 'sos', 'emergency', 1, 'closed', 1, now() - n * interval '7 min', now(), 1, false,
       (select user_id from app_user where username = (array['limin', 'wangfang', 'huangyan'])[1 + n % 3]), 'helped'
     from generate_series(1, 200) n`,
    [],
  )
  await query(
    app.database.url,
    `insert into case_answer (case_id, category, since, answered_at, operator_id, area, dispatched_at)
     select case_id, (array['emergency', 'help', 'care'])[1 + n % 3], opened_at,
       opened_at + make_interval(secs => case when n % 50 = 0 then 130 else 4 + n % 40 end), owner_id,
       (array['361125', '361102', '361126'])[1 + n % 3],
       case when n % 4 = 0 then opened_at + make_interval(secs => 40 + n % 70) + interval '44 s' end
     from (select row_number() over (order by opened_at) as n, * from alarm_case) c`,
    [],
  )
  const residentId = await addResident(app.database.store.db, ['late'])
  await query(
    app.database.url,
    "insert into home (home_id, division_code, address) values ('late', '361125001', '')",
    [],
  )
  await query(app.database.url, "update resident set home_id = 'late' where resident_id = $1", [residentId])
  const at = Date.now() - 300_000
  await commit(app.database.store.db, [event('late', 'sos', at)], at)
}, 60_000)
afterEach(async () => {
  expect(await office.closePages()).toEqual([])
})
afterAll(() => office?.stop())

async function shots(page: Page, name: string): Promise<void> {
  if (process.env.SHOTS) await page.screenshot({ path: join(process.env.SHOTS, `levels-${name}.png`) })
}
const fits = async (page: Page) =>
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(1366)

test('the figures with their targets and signs, the trend, a table, a file', async () => {
  const page = await office.open('/centre/levels', { username: 'huangyan' })
  const tile = page.getByTestId('level-within60')
  await tile.waitFor()
  // 200 answered, 4 of them late, and one that waits: 196 of 201.
  expect(await tile.innerText()).toMatch(/60 秒内接听[\s\S]*97\.5%[\s\S]*达标[\s\S]*目标 ≥ 97\.5%[\s\S]*1 起未接/)
  expect(await page.getByTestId('level-within180').innerText()).toMatch(/99\.5%[\s\S]*✓/)
  expect(await page.getByTestId('level-dispatch60').innerText()).toMatch(/✕/)
  await page.getByTestId('levels-trend').locator('svg').waitFor()
  expect(await page.getByTestId('levels-table').innerText()).toMatch(/李敏[\s\S]*王芳/)
  await fits(page)
  await shots(page, 'zh')
  await page.getByText('县区', { exact: true }).click()
  await expect
    .poll(() => page.getByTestId('levels-table').innerText())
    .toMatch(/横峰县[\s\S]*弋阳县|弋阳县[\s\S]*横峰县/)
  await page.getByText('班次', { exact: true }).click()
  await expect.poll(() => page.getByTestId('levels-table').innerText()).toMatch(/白班|夜班|晚班/)
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByTestId('levels-csv').press('Enter')])
  expect(download.suggestedFilename()).toBe('service-levels-by-shift.csv')
  await page.getByText('近一年').click()
  await expect.poll(() => page.getByTestId('level-within60').innerText()).toMatch(/起/)
  await page.getByRole('combobox', { name: '类别' }).click()
  await page.locator('.ant-select-item-option', { hasText: '故障' }).click()
  await page.getByTestId('empty-state').waitFor()
  await shots(page, 'empty')
}, 90_000)

test('a call that nobody answered in time is reviewed to its end, with what is missing named', async () => {
  await expect
    .poll(async () => (await office.admin.get<{ items: ReviewView[] }>('/reviews')).body.items.length, {
      timeout: 15_000,
    })
    .toBe(1)
  const page = await office.open('/centre/levels', { username: 'huangyan' })
  await page.getByText('复核 1').click()
  const row = page.locator('.ant-table-row')
  await row.waitFor()
  expect(await row.innerText()).toMatch(/SOS 求救[\s\S]*横峰县[\s\S]*仍未接听[\s\S]*超时无人接/)
  await shots(page, 'reviews')
  await page.getByTestId('review-open').press('Enter')
  await page.locator('#finding').fill('夜班两起警情同时，一人值守')
  await page.getByTestId('review-close').click()
  await expect.poll(() => page.getByText('关闭前需要填写').count()).toBe(2)
  await page.locator('#cause').focus()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await page.locator('#action').fill('夜班增加一席')
  await shots(page, 'review')
  await page.getByTestId('review-close').click()
  await page.getByTestId('empty-state').waitFor()
  await page.getByText('已关闭', { exact: true }).click()
  await row.waitFor()
  expect(await row.innerText()).toContain('黄燕')
  const { body } = await office.admin.get<{ items: ReviewView[] }>('/reviews')
  expect(body.items).toMatchObject([{ state: 'closed', finding: '夜班两起警情同时，一人值守', action: '夜班增加一席' }])
}, 90_000)

test('in English; an operator has no such page; what went wrong is said', async () => {
  const page = await office.open('/centre/levels', { username: 'huangyan', language: 'en' })
  await page.getByTestId('level-within60').waitFor()
  expect(await page.getByTestId('level-within60').innerText()).toMatch(/Target ≥ 97.5%/)
  await fits(page)
  await shots(page, 'en')
  const operator = await office.open('/centre/levels', { username: 'limin' })
  await operator.getByTestId('empty-state').waitFor()
  let isDown = true
  await page.route('**/api/v1/reviews**', (route) => (isDown ? route.abort() : route.continue()))
  await page.getByText('Reviews').first().click()
  await page.getByTestId('error-state').waitFor({ timeout: 30_000 })
  isDown = false
  await page.getByTestId('error-state').getByRole('button').press('Enter')
  await page.getByTestId('empty-state').waitFor()
  await shots(page, 'reviews-en')
}, 90_000)
