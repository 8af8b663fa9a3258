import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { OutageView, SuppressionView } from '../../server/contract/watch.ts'
import { addResident } from '../support/records.ts'
import { type Office, startOffice } from './office.ts'

let office: Office
let residents: string[]
let outageId: number
beforeAll(async () => {
  office = await startOffice()
  const { db } = office.app.database.store
  residents = [await addResident(db, ['w1']), await addResident(db, ['w2']), await addResident(db, ['w3'])]
  const now = Date.now()
  const outage = { from_at: new Date(now - 600_000), to_at: new Date(now - 300_000), listed_at: new Date(now) }
  outageId = (await db.insertInto('outage').values(outage).returning('outage_id').executeTakeFirstOrThrow()).outage_id
  await db.updateTable('outage').set({ open: residents.length }).where('outage_id', '=', outageId).execute()
  await db
    .insertInto('outage_check')
    .values(residents.map((resident_id, rank) => ({ outage_id: outageId, resident_id, rank, state: 'open' as const })))
    .execute()
}, 60_000)
afterEach(async () => {
  expect(await office.closePages()).toEqual([])
})
afterAll(() => office?.stop())

test('an operator puts a device on test, sees what that silences, and ends it', async () => {
  const page = await office.open('/watch/suppressions', { username: 'limin' })
  await page.getByTestId('empty-state').waitFor()
  await page.getByTestId('suppression-add').click()
  expect(await page.getByTestId('suppression-warning').textContent()).toContain('包括 SOS')
  await page.getByTestId('suppression-start').click()
  await page.getByText('请写明原因').waitFor()
  await page.locator('#deviceId').fill('w1')
  await page.getByTestId('suppression-reason').fill('安装后试按')
  await page.getByTestId('suppression-reason').press('Enter')
  const row = page.locator('.ant-table-row')
  await row.waitFor()
  expect(await row.textContent()).toMatch(/设备w1测试安装后试按李敏/)
  await page.getByTestId('suppression-end').press('Enter')
  await page.getByTestId('suppression-confirm').waitFor()
  await page.keyboard.press('Enter')
  await page.getByTestId('empty-state').waitFor()
  const { body } = await office.admin.get<{ items: SuppressionView[] }>('/suppressions')
  expect(body.items).toMatchObject([{ scopeId: 'w1', kind: 'on_test', endedBy: '李敏' }])
}, 60_000)

test('the list after an outage is ticked to 100 % by keys alone', async () => {
  const page = await office.open(`/watch/outages/${outageId}`, { username: 'limin' })
  await page.locator('.ant-table-row').first().waitFor()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('1')
  await page.keyboard.press('m')
  await page.keyboard.type('邻居说外出')
  await page.keyboard.press('Alt+Digit3')
  await page.keyboard.press('2')
  const progress = page.getByTestId('outage-progress')
  await expect.poll(() => progress.textContent()).toMatch(/2 \/ 3 人.*联系不上 1/)
  expect(await progress.getAttribute('data-percent')).toBe('66')
  await expect
    .poll(() => page.getByTestId('check-state').allTextContents())
    .toEqual(['已联系上', '无需联系', '联系不上'])
  await page.keyboard.press('1')
  await expect.poll(() => progress.getAttribute('data-percent')).toBe('100')
  const { body } = await office.admin.get<{ items: OutageView[] }>('/outages')
  expect(body.items).toMatchObject([{ reached: 2, notNeeded: 1, completedAt: expect.any(String) }])
}, 60_000)

test('a result that the server did not take is taken back and said', async () => {
  const page = await office.open(`/watch/outages/${outageId}`, { username: 'limin', language: 'en' })
  await page.getByText('Reached', { exact: true }).first().click()
  await page.locator('.ant-table-row').first().waitFor()
  await page.route('**/api/v1/outages/*/residents/*', (route) => route.abort())
  await page.getByTestId('check-unreachable').first().click()
  await page.getByRole('alert').filter({ hasText: 'not recorded' }).waitFor()
  expect(await page.getByTestId('check-state').first().textContent()).toBe('Reached')
}, 60_000)

test.each(['unprotected', 'incidents'])(
  '%s says that all is well to an operator',
  async (tab) => {
    const page = await office.open(`/watch/${tab}`, { username: 'limin' })
    await page.getByTestId('empty-state').waitFor()
    expect(await page.getByTestId('empty-state').textContent()).toMatch(/人人都有保护|没有片区失联/)
  },
  60_000,
)
