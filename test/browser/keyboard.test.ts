import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { violations } from '../support/axe.ts'
import { command, openCase } from '../support/case-file.ts'
import { addRichFile } from '../support/rich-file.ts'
import { type Office, startOffice } from './office.ts'

/** Without a mouse: every stop of Tab is seen, nothing holds the focus, what a dialog covered has it again afterwards. */

let office: Office
beforeAll(async () => {
  office = await startOffice()
  const { app } = office
  const limin = await app.signIn('limin')
  await addRichFile(app, 'k1')
  const caseId = await openCase(app, 'k1', limin)
  await command(limin, caseId, 'claim')
}, 60_000)
afterEach(async () => {
  expect(await office.closePages()).toEqual([])
})
afterAll(() => office?.stop())

async function withCase(): Promise<Page> {
  const page = await office.open('/', { username: 'limin' })
  await page.getByTestId('queue-row').first().click()
  await page.getByTestId('facts').waitFor()
  await page.waitForTimeout(500)
  // As if the page had just been loaded: Tab begins at its top.
  await page.evaluate(() => {
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur()
    getSelection()?.removeAllRanges()
    document.body.tabIndex = -1
    document.body.focus()
    document.body.removeAttribute('tabindex')
  })
  return page
}

interface Stop {
  name: string
  /** It, or what antd draws for it, has an outline or a ring. */
  seen: boolean
  inView: boolean
}

/** What has the focus now; null: the page itself. */
const stop = (page: Page) =>
  page.evaluate<Stop | null>(() => {
    const at = document.activeElement
    if (!(at instanceof HTMLElement) || at === document.body) return null
    const rings = (one: Element) => {
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(one)
      return (outlineStyle !== 'none' && Number.parseFloat(outlineWidth) > 0) || boxShadow !== 'none'
    }
    // A radio or a checkbox is invisible itself: its frame stands around or beside it.
    const frames = [at, at.nextElementSibling, at.parentElement, at.closest('label, .ant-select')].filter(
      (one) => one !== null,
    )
    const box = at.getBoundingClientRect()
    const words = at.dataset.testid ?? at.getAttribute('aria-label') ?? at.textContent?.trim().slice(0, 30)
    return {
      name: `${at.tagName.toLowerCase()} ${at.className.toString().split(' ')[0]} ${words}`,
      seen: frames.some(rings),
      inView: box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth,
    }
  })

/** Presses Tab until the focus leaves the page. */
async function stops(page: Page, key = 'Tab'): Promise<Stop[]> {
  const all: Stop[] = []
  for (let n = 0; n < 150; n++) {
    await page.keyboard.press(key)
    // A skip link slides in.
    if (n === 0) await page.waitForTimeout(200)
    const at = await stop(page)
    if (at === null) return all
    all.push(at)
  }
  throw new Error(`the focus does not leave the page: ${all.slice(-6).map(({ name }) => name)}`)
}

test('the console: each stop is seen, none is a trap, the first one skips to the case', async () => {
  const page = await withCase()
  const forwards = await stops(page)
  expect(forwards[0]?.name).toContain('skip-link')
  expect(forwards.filter(({ seen }) => !seen)).toEqual([])
  expect(forwards.filter(({ inView }) => !inView)).toEqual([])
  expect(forwards.length).toBeGreaterThan(15)
  await page.keyboard.press('Tab')
  if (process.env.SHOTS) await page.screenshot({ path: join(process.env.SHOTS, 'keyboard-skip.png') })
  await page.keyboard.press('Enter')
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('main')
  await page.keyboard.press('Tab')
  expect(await page.evaluate(() => document.activeElement?.closest('main') !== null)).toBe(true)
}, 60_000)

test.each(['action-note', 'action-hold', 'action-resolve', 'action-dispatch'])(
  '%s opens a dialog that keeps the focus and gives it back',
  async (testId) => {
    const page = await withCase()
    await page.keyboard.press('v')
    await page.getByTestId(testId).focus()
    await page.keyboard.press('Enter')
    await page.getByTestId('case-dialog').waitFor()
    await page.waitForTimeout(300)
    for (let n = 0; n < 20; n++) {
      await page.keyboard.press('Tab')
      // Behind the last one stands the browser's own bar, for which the page itself has the focus here.
      const isKept = await page.evaluate(() => {
        const { activeElement: at, body } = document
        return at === body || at?.closest('.ant-modal') !== null
      })
      expect(isKept).toBe(true)
    }
    await page.keyboard.press('Escape')
    await page.getByTestId('case-dialog').waitFor({ state: 'detached' })
    expect(await page.evaluate(() => (document.activeElement as HTMLElement | null)?.dataset.testid)).toBe(testId)
  },
  60_000,
)

test('Ctrl+Enter submits wherever the focus is, once', async () => {
  const page = await withCase()
  const sent: string[] = []
  page.on('request', (request) => {
    if (request.method() === 'POST' && request.url().endsWith('/note')) sent.push(request.url())
  })
  await page.keyboard.press('m')
  await page.getByTestId('dialog-text').fill('她在卫生间')
  // A click beside the fields leaves the focus on the dialog, or on nothing.
  await page.locator('.ant-modal-title').click()
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur())
  await page.keyboard.press('Control+Enter')
  await page.keyboard.press('Control+Enter')
  await page.getByTestId('case-dialog').waitFor({ state: 'detached' })
  expect(sent).toHaveLength(1)
}, 60_000)

test('an office page: the first stop skips the tabs, and the table is reached', async () => {
  const page = await office.open('/admin/devices')
  await page.locator('.ant-table-row').first().waitFor()
  const forwards = await stops(page)
  expect(forwards[0]?.name).toContain('skip-link')
  expect(forwards.filter(({ seen }) => !seen)).toEqual([])
}, 60_000)

// All pages: accessibility.long.test.ts.
test('axe finds nothing against WCAG 2.2 AA in the console and on an office page', async () => {
  const page = await withCase()
  const found = await violations(page, 'console')
  await page.goto(new URL('/centre/shift', page.url()).href)
  await page.getByTestId('user-menu').waitFor()
  await page.waitForTimeout(500)
  expect([...found, ...(await violations(page, 'shift'))]).toEqual([])
}, 60_000)
