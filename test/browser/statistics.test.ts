import { join } from 'node:path'
import { sql } from 'kysely'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { PASSWORD, startTestApp, type TestApp } from '../support/app.ts'
import { openContext, startBrowser } from '../support/browser.ts'
import { insertCases } from '../support/many-cases.ts'

let app: TestApp
let browser: Browser
const problems: string[] = []

const ago = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString()

beforeAll(async () => {
  app = await startTestApp({ pagesDir: join(process.cwd(), 'dist/dashboard'), realTime: true })
  const fall = { kind: 'fall', category: 'emergency', openedAt: ago(20) }
  await insertCases(app, {
    ...fall,
    prefix: 'radar',
    deviceKind: 'fall_sensor',
    model: 'MIR-HE200-TY',
    count: 12,
    outcome: 'false_alarm',
  })
  await insertCases(app, {
    ...fall,
    prefix: 'right',
    deviceKind: 'fall_sensor',
    model: 'MIR-HE200-TY',
    count: 5,
    outcome: 'hospital',
  })
  await insertCases(app, {
    ...fall,
    prefix: 'watch',
    deviceKind: 'watch',
    model: 'W-9',
    count: 3,
    outcome: 'no_help_needed',
  })
  await insertCases(app, {
    ...fall,
    prefix: 'quiet',
    deviceKind: 'pendant',
    model: null,
    count: 4,
    outcome: 'helped',
    openedAt: ago(60),
  })
  const { db } = app.database.store
  await sql`
    insert into device_life (device_id, at, to_state, resident_id)
    select device_id, ${ago(80)}::timestamptz, 'in_service', resident_id from device`.execute(db)
  browser = await startBrowser()
})
afterAll(async () => {
  await browser?.close()
  await app?.destroy()
})

async function statistics(language: 'zh-CN' | 'en'): Promise<Page> {
  const context = await openContext(browser, { locale: language })
  const page = await context.newPage()
  page.on('pageerror', (error) => problems.push(error.message))
  await page.addInitScript((chosen) => localStorage.setItem('anhu.language', chosen), language)
  await page.goto(`http://127.0.0.1:${app.httpPort}/admin/statistics`)
  await page.getByTestId('signin-username').fill('admin')
  await page.getByTestId('signin-password').fill(PASSWORD)
  await page.getByTestId('signin-submit').click()
  await page.getByTestId('statistics').waitFor()
  return page
}
const rows = (page: Page) => page.locator('.ant-table-tbody tr.ant-table-row')
const shot = async (page: Page, name: string) => {
  if (process.env.SHOTS) await page.screenshot({ path: join(process.env.SHOTS, `statistics-${name}.png`) })
}

test('falls by model, the worst first; other ranges and kinds by keyboard; a file for a spreadsheet', async () => {
  const page = await statistics('zh-CN')
  await rows(page).first().waitFor()
  expect(await rows(page).count()).toBe(3)
  const worst = await rows(page).first().innerText()
  // 17 radars for 28 days and today so far; three watches.
  expect(worst).toContain('W-9')
  expect(worst).toMatch(/0\.2[345]\d/)
  await shot(page, 'zh')

  // A span by keyboard: the pendants' alarms are 60 days old.
  await page.getByRole('radio', { name: '近 28 天' }).focus()
  await page.keyboard.press('ArrowRight')
  await expect.poll(() => rows(page).filter({ hasText: '型号未知' }).innerText()).toMatch(/\b4\b/)

  await page.getByRole('combobox', { name: '报警类型' }).focus()
  await page.keyboard.type('烟雾')
  await page.keyboard.press('Enter')
  await page.getByTestId('empty-state').waitFor()
  await shot(page, 'empty')

  // The calendar speaks the language too.
  await page.getByPlaceholder('开始日期').click()
  await expect.poll(() => page.locator('.ant-picker-dropdown').innerText()).toMatch(/\d月[\s\S]*日\s*一\s*二/)
  await shot(page, 'calendar')
  await page.keyboard.press('Escape')

  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByTestId('statistics-csv').press('Enter'),
  ])
  expect(download.suggestedFilename()).toBe('alarms-by-model.csv')
  await page.context().close()
  expect(problems.splice(0)).toEqual([])
})

test('in English; says what went wrong, and tries again', async () => {
  const page = await statistics('en')
  await rows(page).first().waitFor()
  await shot(page, 'en')
  expect(await page.locator('.ant-table-thead').innerText()).toContain('False / wearer-week')
  // Nothing runs out of the page.
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(1366)

  let isDown = true
  await page.route('**/api/v1/statistics/alarms**', (route) => (isDown ? route.abort() : route.continue()))
  await page.getByText('365 days').click()
  await page.getByTestId('error-state').waitFor()
  isDown = false
  await page.getByTestId('error-state').getByRole('button').press('Enter')
  await rows(page).first().waitFor()

  // Days of one's own stay in the fields; nothing was raised on the first of January.
  await page.getByPlaceholder('First day').fill('2026-01-01')
  await page.keyboard.press('Enter')
  await page.getByPlaceholder('Last day').fill('2026-01-02')
  await page.keyboard.press('Enter')
  await page.getByTestId('empty-state').waitFor()
  expect(await page.getByPlaceholder('Last day').inputValue()).toBe('2026-01-02')
  await shot(page, 'dates')
  await page.context().close()
  expect(problems.splice(0)).toEqual([])
})
