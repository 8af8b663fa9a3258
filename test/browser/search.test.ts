import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { seedDivisions } from '../../server/org/divisions.ts'
import { insertCases } from '../support/many-cases.ts'
import { query } from '../support/sql.ts'
import { type Office, startOffice } from './office.ts'

const LONG_NAME = '欧阳慕容阿依古丽·买买提江'
const of = { deviceKind: 'sos_button', model: null, openedAt: new Date(Date.now() - 600 * 60_000).toISOString() }

let office: Office
beforeAll(async () => {
  office = await startOffice()
  const { app } = office
  await seedDivisions(app.database.store.db)
  const sos = { ...of, kind: 'sos', category: 'emergency', outcome: 'helped', priority: 1 }
  await insertCases(app, { ...sos, prefix: 'a', count: 500, devices: 40 })
  await insertCases(app, { ...sos, prefix: 'b', count: 3, devices: 1, outcome: 'hospital', kind: 'fall' })
  const run = (text: string, values: unknown[] = []) => query(app.database.url, text, values)
  await run("insert into home (home_id, division_code, address) values ('h', '361125001', '桃源街道状元路 18 号')")
  await run("update resident set home_id = 'h', name = '周桂兰'")
  await run("update resident set name = $1 where resident_id = 'b1'", [LONG_NAME])
}, 60_000)
afterEach(async () => {
  expect(await office.closePages()).toEqual([])
})
afterAll(() => office?.stop())

async function shot(page: Page, name: string): Promise<void> {
  const folder = process.env.SHOTS
  if (folder === undefined) return
  await mkdir(folder, { recursive: true })
  await page.screenshot({ path: join(folder, `search-${name}.png`) })
}
const rows = (page: Page) => page.getByTestId('case-search').locator('tbody tr.ant-table-row')

test('an operator finds a resident by name with keys alone, opens the case, and comes back to what she asked', async () => {
  const page = await office.open('/centre/search', { username: 'limin' })
  await page.getByTestId('case-search').waitFor()
  await expect.poll(() => rows(page).count()).toBeGreaterThanOrEqual(50)
  await shot(page, 'all')
  await page.keyboard.press('/')
  await page.keyboard.type('阿依古丽')
  await page.keyboard.press('Enter')
  await expect.poll(() => rows(page).count()).toBe(3)
  expect(await rows(page).first().textContent()).toContain(LONG_NAME)
  // Whom somebody looks for stands in no address.
  expect(decodeURIComponent(page.url())).not.toContain('阿依')
  expect(await page.getByTestId('search-chips').textContent()).toContain('阿依古丽')
  await shot(page, 'found')
  const link = rows(page).first().getByRole('link').or(rows(page).first().getByRole('button')).first()
  await link.focus()
  await page.keyboard.press('Enter')
  await page.getByTestId('case-record').waitFor()
  await expect.poll(() => page.getByTestId('case-record').textContent()).toContain(LONG_NAME)
  await shot(page, 'case')
  await page.getByTestId('record-back').click()
  await expect.poll(() => rows(page).count()).toBe(3)
}, 60_000)

test('finds page by page, says when there is nothing, and exports what it finds', async () => {
  const page = await office.open('/centre/search?outcomes=helped', { username: 'huangyan', language: 'en' })
  await expect.poll(() => page.getByTestId('search-total').textContent()).toContain('500')
  const before = await rows(page).count()
  await page.getByTestId('search-more').click()
  await expect.poll(() => rows(page).count()).toBeGreaterThan(before)
  await page.evaluate(() => localStorage.setItem('anhu.theme.office', 'dark'))
  await page.reload()
  await expect.poll(() => rows(page).count()).toBeGreaterThan(0)
  await shot(page, 'en-dark')
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByTestId('export-csv').click()])
  const text = await readFile(await download.path(), 'utf8')
  expect(text.trim().split('\r\n')).toHaveLength(501)
  expect(text).toContain('周桂兰')
  await page.getByTestId('export-done').waitFor()

  await page.locator('#search-words').fill('没有人写过的话')
  await page.locator('#search-words').press('Enter')
  await expect.poll(() => rows(page).count()).toBe(0)
  await shot(page, 'none-en-dark')
}, 60_000)
