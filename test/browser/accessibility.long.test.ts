import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { TAB_PATHS } from '../../dashboard/admin/routes.ts'
import { CENTRE_PAGES } from '../../dashboard/centre/pages.ts'
import type { Language } from '../../dashboard/ui/formats.ts'
import type { Theme } from '../../dashboard/ui/theme.ts'
import { WATCH_TABS } from '../../dashboard/watch/routes.ts'
import { seedDivisions } from '../../server/org/divisions.ts'
import { violations } from '../support/axe.ts'
import { addFile, command, openCase } from '../support/case-file.ts'
import { addRichFile } from '../support/rich-file.ts'
import { type Office, startOffice } from './office.ts'

/** Every page, as it is and with its dialogs open, held against WCAG 2.2 AA by axe; pages of the call centre from their table. */

let office: Office
beforeAll(async () => {
  office = await startOffice()
  const { app } = office
  await seedDivisions(app.database.store.db)
  const limin = await app.signIn('limin')
  const supervisor = await app.signIn('huangyan')
  const residentId = await addRichFile(app, 'a1')
  await supervisor.post(`/residents/${residentId}/notices`, { scope: 'resident', text: '左耳听不到' })
  const until = new Date(app.clock.now() + 100_000_000).toISOString()
  await supervisor.post(`/residents/${residentId}/notes`, { text: '本周住院后刚出院', until })
  await office.admin.post('/devices', { deviceId: 'a1-terminal', kind: 'terminal', protocol: 'native', residentId })
  await openCase(app, 'a1', limin)
  for (const [n, name] of ['程水英', '胡金莲', '汪桂花'].entries()) {
    await addFile(app, `b${n}`, name)
    const caseId = await openCase(app, `b${n}`, limin)
    if (n > 0) await command(limin, caseId, 'claim')
    if (n > 1) await command(limin, caseId, 'hold', { seconds: 120 })
  }
}, 60_000)
afterEach(async () => {
  expect(await office.closePages()).toEqual([])
})
afterAll(() => office?.stop())

/** Both themes and both languages, each with the other's half: colours do not depend on words. Pictures want all four. */
const HALVES: readonly [Theme, Language][] = [
  ['light', 'zh-CN'],
  ['dark', 'en'],
]
const LOOKS: typeof HALVES = process.env.SHOTS ? [...HALVES, ['light', 'en'], ['dark', 'zh-CN']] : HALVES

async function open(theme: Theme, language: Language): Promise<Page> {
  const page = await office.open('/', { language })
  await page.evaluate((chosen) => {
    for (const area of ['console', 'office', 'wall']) localStorage.setItem(`anhu.theme.${area}`, chosen)
  }, theme)
  return page
}

/** Goes there and waits until nothing is being loaded. */
async function visit(page: Page, path: string): Promise<void> {
  await page.goto(new URL(path, page.url()).href)
  await page.getByTestId('user-menu').waitFor()
  await settled(page)
}

async function settled(page: Page): Promise<void> {
  await expect.poll(() => page.locator('.late, .ant-skeleton, .ant-spin-spinning').count()).toBe(0)
  await page.waitForTimeout(300)
}

/** @returns what of WCAG the page breaks, and whether it is wider than its window */
async function looked(page: Page, name: string): Promise<string[]> {
  const beyond = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  const wide = beyond > 0 ? [`${name}: ${beyond} pixels wider than the window`] : []
  if (process.env.SHOTS)
    await page.screenshot({ path: join(process.env.SHOTS, `axe-${name.replaceAll(/\W+/g, '-')}.png`) })
  return [...wide, ...(await violations(page, name))]
}

const PATHS = [
  ...CENTRE_PAGES.map(({ key }) => `/centre/${key}`),
  ...Object.values(TAB_PATHS),
  '/admin/add-device',
  '/admin/import-devices',
  '/admin/devices/a1',
  '/admin/detection/device/a1',
  ...WATCH_TABS.map((tab) => `/watch/${tab}`),
  '/simulator',
  '/nowhere',
]

test.each(LOOKS)(
  'office pages, %s, %s',
  async (theme, language) => {
    const page = await open(theme, language)
    const found: string[] = []
    for (const path of PATHS) {
      if (path === '/nowhere') {
        await page.goto(new URL(path, page.url()).href)
        await page.getByTestId('empty-state').waitFor()
      } else await visit(page, path)
      found.push(...(await looked(page, `${theme} ${language} ${path}`)))
    }
    expect(found).toEqual([])
  },
  240_000,
)

test('office pages on a narrow window', async () => {
  const page = await open('light', 'en')
  await page.setViewportSize({ width: 1024, height: 768 })
  const found: string[] = []
  for (const path of PATHS.filter((one) => one !== '/nowhere')) {
    await visit(page, path)
    found.push(...(await looked(page, `narrow ${path}`)))
  }
  expect(found).toEqual([])
}, 240_000)

const OPEN = '.ant-modal, .ant-dropdown:not(.ant-dropdown-hidden)'

/** Buttons of office pages that open a dialog. */
const OFFICE_DIALOGS = [
  ['/admin/devices/a1', 'edit-device'],
  ['/admin/devices/a1', 'rotate-secret'],
  ['/admin/accounts', 'account-password'],
  ['/admin/accounts', 'account-disable'],
  ['/centre/drills', 'drill-add'],
  ['/centre/escalation', 'policy-add'],
  ['/centre/escalation', 'policy-edit'],
  ['/centre/escalation', 'policy-history'],
  ['/centre/protocols', 'protocol-add'],
  ['/centre/roster', 'pattern-add'],
  ['/watch/suppressions', 'suppression-add'],
] as const

test.each(LOOKS)(
  'dialogs of office pages, %s, %s',
  async (theme, language) => {
    const page = await open(theme, language)
    const found: string[] = []
    for (const [path, button] of OFFICE_DIALOGS) {
      await visit(page, path)
      await page.getByTestId(button).first().click()
      await expect.poll(() => page.locator(OPEN).first().isVisible(), { message: button }).toBe(true)
      await settled(page)
      found.push(...(await looked(page, `${theme} ${language} dialog ${button}`)))
    }
    expect(found).toEqual([])
  },
  120_000,
)

test.each(LOOKS)(
  'sign-in, %s, %s',
  async (theme, language) => {
    const page = await open(theme, language)
    await page.evaluate(() => fetch('/api/v1/session', { method: 'DELETE' }))
    await page.reload()
    await page.getByTestId('signin-submit').waitFor()
    const found = await looked(page, `${theme} ${language} sign-in`)
    await page.getByTestId('signin-username').fill('admin')
    await page.getByTestId('signin-password').fill('wrong')
    await page.getByTestId('signin-submit').click()
    await page.getByRole('alert').first().waitFor()
    expect([...found, ...(await looked(page, `${theme} ${language} sign-in refused`))]).toEqual([])
  },
  60_000,
)

/** Key that opens it on the case that is selected. */
const DIALOGS = ['m', 'e', 'h', 'd', 'g', 'b', '?', 'z'] as const

test.each(LOOKS)(
  'console with a case, its dialogs and menus, %s, %s',
  async (theme, language) => {
    const page = await open(theme, language)
    await visit(page, '/')
    await page.getByTestId('queue-row').first().waitFor()
    const found = await looked(page, `${theme} ${language} queue`)
    await page.getByTestId('queue-row').filter({ hasText: '欧阳' }).click()
    await page.getByTestId('facts').waitFor()
    await settled(page)
    found.push(...(await looked(page, `${theme} ${language} waiting case`)))
    await page.keyboard.press('Space')
    await expect.poll(() => page.getByTestId('case-state').textContent()).toContain('管理员')
    await settled(page)
    found.push(...(await looked(page, `${theme} ${language} own case`)))
    // What must be read holds the end of the case back.
    await page.keyboard.press('v')
    await page.getByTestId('notice-read').waitFor({ state: 'detached' })
    for (const key of DIALOGS) {
      await page.keyboard.press(key)
      await expect.poll(() => page.locator(OPEN).first().isVisible(), { message: `key ${key}` }).toBe(true)
      if (key === 'g') await page.locator('.city-map[data-ready=true]').waitFor()
      await page.waitForTimeout(300)
      found.push(...(await looked(page, `${theme} ${language} ${key}`)))
      await page.keyboard.press('Escape')
      await expect.poll(() => page.locator(OPEN).count(), { message: `key ${key}` }).toBe(0)
    }
    await page.getByTestId('user-menu').click()
    await page.waitForTimeout(300)
    found.push(...(await looked(page, `${theme} ${language} menu`)))
    await page.keyboard.press('Escape')
    // So that the other look finds it waiting.
    const { body } = await office.admin.get<{ items: { caseId: string; deviceId: string }[] }>('/cases?state=open')
    const own = body.items.find(({ deviceId }) => deviceId === 'a1')
    await command(office.admin, own?.caseId ?? '', 'resolve', { outcome: 'false_alarm', reason: 'x', contact: 'made' })
    await command(office.admin, own?.caseId ?? '', 'reopen', { reason: 'x' })
    expect(found).toEqual([])
  },
  120_000,
)
