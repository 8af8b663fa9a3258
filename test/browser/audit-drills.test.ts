import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { DrillDetail } from '../../server/contract/drill.ts'
import { addResident, commit, event } from '../support/records.ts'
import { query } from '../support/sql.ts'
import { type Office, startOffice } from './office.ts'

const SHOTS = process.env.SHOTS

let office: Office
beforeAll(async () => {
  office = await startOffice({ selfTest: true })
}, 60_000)
afterEach(async () => {
  expect(await office.closePages()).toEqual([])
})
afterAll(() => office?.stop())

async function shoot(page: Page, name: string): Promise<void> {
  if (SHOTS === undefined) return
  await mkdir(SHOTS, { recursive: true })
  await page.screenshot({ path: join(SHOTS, `${name}.png`) })
}

test('an administrator sees who did what, filters it, exports it, and has the chain verified', async () => {
  await office.admin.get('/residents')
  const page = await office.open('/centre/audit')
  await page.locator('.ant-table-row').first().waitFor()
  expect(await page.locator('.ant-table-row').allTextContents()).toEqual(
    expect.arrayContaining([expect.stringContaining('查看住户列表')]),
  )
  await page.getByTestId('audit-verify').click()
  await page.getByTestId('audit-result').waitFor()
  expect(await page.getByTestId('audit-result').textContent()).toMatch(/✓.*与写入时一致/)
  await shoot(page, 'audit-zh')
  await page.getByTestId('audit-action').click()
  await page.locator('.ant-select-item-option', { hasText: '登录' }).first().click()
  await expect
    .poll(async () => new Set(await page.locator('.ant-table-row td:nth-child(3)').allTextContents()))
    .toEqual(new Set(['登录']))
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByTestId('audit-export').click()])
  expect(download.suggestedFilename()).toBe('audit.csv')
}, 60_000)

test('a record that was tampered with is named', async () => {
  await query(
    office.app.database.url,
    `alter table audit disable trigger append_only;
     update audit set subject = 'nobody' where audit_id = (select min(audit_id) from audit);
     alter table audit enable trigger append_only`,
  )
  const page = await office.open('/centre/audit', { language: 'en' })
  await page.getByTestId('audit-verify').click()
  await page.getByText('the record was tampered with').waitFor()
  expect(await page.getByTestId('audit-result').textContent()).toContain('Changed')
  await shoot(page, 'audit-tampered-en')
}, 60_000)

test('a supervisor begins a drill, raises an alarm that nobody can mistake, and reads the report', async () => {
  const page = await office.open('/centre/drills', { username: 'huangyan' })
  await page.getByTestId('drill-add').click()
  await page.getByTestId('drill-title').fill('夜间跌倒无应答')
  await page.getByTestId('drill-participants').click()
  await page.getByTitle('李敏').click()
  await page.keyboard.press('Escape')
  await shoot(page, 'drill-new-zh')
  await page.getByTestId('drill-title').press('Enter')
  expect(await page.getByTestId('drill-participants-shown').textContent()).toContain('李敏')
  await page.getByTestId('drill-raise').click()
  await page.locator('.ant-table-row').first().waitFor()
  const { db } = office.app.database.store
  await addResident(db, ['real-button'], '吴秀英')
  await commit(db, [event('real-button', 'help', Date.now())], Date.now())

  const desk = await office.open('/', { username: 'limin' })
  const rows = desk.getByTestId('queue-row')
  await expect.poll(() => rows.count()).toBe(2)
  // The real call for help stands before the drill's emergency.
  expect(await rows.nth(0).textContent()).toContain('吴秀英')
  expect(await rows.nth(0).getByTestId('drill-mark').count()).toBe(0)
  expect(await rows.nth(1).getByTestId('drill-mark').textContent()).toBe('演练')
  await rows.nth(1).click()
  await desk.locator('.case-head').getByTestId('drill-mark').waitFor()
  const state = () => desk.getByTestId('self-test').getAttribute('data-state')
  await expect.poll(state, { timeout: 20_000 }).toBe('ok')
  expect(await desk.getByTestId('self-test').textContent()).toMatch(/端到端自检 .*前，\d+ 毫秒/)
  await shoot(desk, 'console-drill-zh')
  await desk.keyboard.press('Space')
  await expect.poll(() => page.locator('.ant-table-row').first().textContent()).toContain('李敏')
  await shoot(page, 'drill-report-zh')
  await page.getByTestId('drill-end').click()
  await page.locator('.ant-popconfirm .ant-btn-primary').click()
  await page.getByText('已结束').first().waitFor()
  await expect.poll(() => rows.count()).toBe(1)
}, 90_000)

test('a self-test that no longer passes turns red and is announced', async () => {
  await office.app.database.store.db
    .updateTable('self_test')
    .set({ failures: 2, failure: 'desk_event', failed_at: new Date(), due_at: new Date(Date.now() + 600_000) })
    .execute()
  const desk = await office.open('/', { username: 'limin', language: 'en' })
  await expect.poll(() => desk.getByTestId('self-test').getAttribute('data-state')).toBe('failing')
  expect(await desk.getByTestId('self-test').textContent()).toContain('Tell the supervisor')
  await shoot(desk, 'console-selftest-red-en')
  const drills = await office.open('/centre/drills', { username: 'huangyan', language: 'en' })
  await drills.getByTestId('self-test-panel').waitFor()
  await drills.getByTestId('drills').waitFor()
  await shoot(drills, 'drills-en')
}, 60_000)

test('operators have neither page', async () => {
  const page = await office.open('/centre/audit', { username: 'limin' })
  await page.getByTestId('empty-state').waitFor()
  const { status } = await office.admin.post<DrillDetail>('/drills', { title: ' ', minutes: 10 })
  expect(status).toBe(400)
}, 60_000)
