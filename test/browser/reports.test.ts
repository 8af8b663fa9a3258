import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import readXlsx from 'read-excel-file/node'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { addMonths, monthOf, monthStart } from '../../server/contract/month.ts'
import { seedDivisions } from '../../server/org/divisions.ts'
import { insertCases } from '../support/many-cases.ts'
import { query } from '../support/sql.ts'
import { type Office, startOffice } from './office.ts'

const LAST = addMonths(monthOf(Date.now()), -1)
const SHOTS = process.env.SHOTS

let office: Office
beforeAll(async () => {
  office = await startOffice()
  const { app } = office
  await seedDivisions(app.database.store.db)
  const openedAt = new Date(monthStart(LAST) + 3 * 86_400_000).toISOString()
  const of = { deviceKind: 'sos_button', model: null, openedAt, devices: 20 }
  await insertCases(app, { ...of, prefix: 'a', kind: 'sos', category: 'emergency', outcome: 'helped', count: 400 })
  await insertCases(app, { ...of, prefix: 'b', kind: 'help', category: 'help', outcome: 'false_alarm', count: 90 })
  await insertCases(app, { ...of, prefix: 'c', kind: 'smoke', category: 'emergency', outcome: 'false_alarm', count: 7 })
  const run = (text: string) => query(app.database.url, text)
  await run("insert into home (home_id, division_code, address) values ('h', '361125001', ''), ('g', '361102001', '')")
  await run("update resident set home_id = case when resident_id like 'a%' then 'h' else 'g' end")
}, 60_000)
afterEach(async () => {
  expect(await office.closePages()).toEqual([])
})
afterAll(() => office?.stop())

async function shot(page: Page, name: string): Promise<void> {
  if (SHOTS === undefined) return
  await mkdir(SHOTS, { recursive: true })
  await page.screenshot({ path: join(SHOTS, `report-${name}.png`), fullPage: true })
}

test('a supervisor reads the month, prints it on A4, and takes its figures along', async () => {
  const page = await office.open(`/centre/reports/${LAST}`, { username: 'huangyan' })
  await page.getByTestId('report').waitFor()
  await expect.poll(() => page.getByTestId('report').textContent()).toContain('497')
  await expect.poll(() => page.locator('[data-testid^="chart-"] svg').count()).toBeGreaterThan(3)
  await shot(page, 'zh')
  await page.emulateMedia({ media: 'print' })
  await shot(page, 'print')
  const pdf = await page.pdf({ preferCSSPageSize: true })
  if (SHOTS !== undefined) await writeFile(join(SHOTS, 'report.pdf'), pdf)
  expect(pdf.subarray(0, 5).toString()).toBe('%PDF-')
  const sheets = pdf.toString('latin1').match(/\/Type\s*\/Page\b/g) ?? []
  expect(sheets.length).toBeGreaterThanOrEqual(3)
  await page.emulateMedia({ media: 'screen' })
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByTestId('report-xlsx').click()])
  const book = await readXlsx(await download.path())
  expect(JSON.stringify(book)).toContain('497')
  expect(JSON.stringify(book)).toContain('本月概要')
}, 60_000)

test('one county in English, by day and by night', async () => {
  const page = await office.open(`/centre/reports/${LAST}-361125`, { username: 'huangyan', language: 'en' })
  await page.getByTestId('report').waitFor()
  await expect.poll(() => page.getByTestId('report').textContent()).toContain('400')
  await page.evaluate(() => localStorage.setItem('anhu.theme.office', 'dark'))
  await page.reload()
  await expect.poll(() => page.locator('[data-testid^="chart-"] svg').count()).toBeGreaterThan(3)
  await shot(page, 'en-dark')
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByTestId('report-csv').click()])
  expect(await readFile(await download.path(), 'utf8')).toMatch(/\r\nSummary\r\n[\s\S]*\r\nAnswer times\r\n/)
}, 60_000)
