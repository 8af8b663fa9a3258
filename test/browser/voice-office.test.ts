import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Office, startOffice } from './office.ts'

let office: Office
beforeAll(async () => {
  office = await startOffice()
  const record = {
    direction: 'in' as const,
    to_number: '07938223000',
    answered_at: new Date(Date.now() - 60_000),
    ended_at: new Date(),
    recording_url: null,
    case_id: null,
    received_at: new Date(),
  }
  await office.app.database.store.db
    .insertInto('exchange_call')
    .values([
      { ...record, external_id: 'x-1', from_number: '13912345678', started_at: new Date(Date.now() - 70_000) },
      {
        ...record,
        external_id: 'x-2',
        from_number: '07938223110',
        started_at: new Date(),
        answered_at: null,
        ended_at: null,
      },
    ])
    .execute()
}, 60_000)
afterEach(async () => {
  expect(await office.closePages()).toEqual([])
})
afterAll(() => office?.stop())

async function shot(page: Page, name: string): Promise<void> {
  if (process.env.SHOTS) await page.screenshot({ path: join(process.env.SHOTS, `${name}.png`) })
}

test('a supervisor sees who called without a case, masked, and does not decide about recording', async () => {
  const page = await office.open('/centre/calls', { username: 'huangyan' })
  const rows = page.locator('.ant-table-row')
  await rows.first().waitFor()
  expect(await rows.allTextContents()).toEqual([
    expect.stringMatching(/来电079\*{4}3110.*未接/),
    expect.stringMatching(/来电139\*{4}5678.*1 分/),
  ])
  expect(await page.getByTestId('recording-save').count()).toBe(0)
  await page.getByText('由管理员设置').waitFor()
  await shot(page, 'office-calls')
})

test('an administrator decides about recording', async () => {
  const page = await office.open('/centre/calls', { language: 'en' })
  await page.getByText('Record after the notice').click()
  await page.locator('#retention-days').fill('90')
  await page.getByTestId('recording-save').click()
  await expect.poll(() => page.getByTestId('recording-save').isDisabled()).toBe(true)
  expect((await office.admin.get('/voice/settings')).body).toEqual({ recording: 'with_notice', retentionDays: 90 })
  await shot(page, 'office-calls-en')
})

test('an operator does not come here', async () => {
  const page = await office.open('/centre/calls', { username: 'limin' })
  expect(await page.getByTestId('calls-page').count()).toBe(0)
})
