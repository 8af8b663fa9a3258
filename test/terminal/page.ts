import type { BrowserContext, Locator, Page } from 'playwright-core'

/** The terminal's page as a person has it. */

export const HELD_MS = 950
/** Behind a press nothing counts for a second. */
export const REST_MS = 1_150

/** Opens the terminal by its QR code's address. */
export async function openTerminal(
  context: BrowserContext,
  base: string,
  login: { deviceId: string; secret: string; phone?: string; language?: 'zh-CN' | 'en' },
): Promise<Page> {
  const page = await context.newPage()
  const { deviceId, secret, phone = '', language = 'zh-CN' } = login
  const fragment = new URLSearchParams({ id: deviceId, key: secret, phone, lang: language })
  await page.goto(`${base}/terminal#${fragment}`)
  return page
}

/** A finger (or the mouse) on a key for so long. */
export async function hold(page: Page, key: Locator, ms = HELD_MS): Promise<void> {
  const box = await key.boundingBox()
  if (box === null) throw new Error('the key is not on the screen')
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
  await page.mouse.down()
  await page.waitForTimeout(ms)
  await page.mouse.up()
}

export const red = (page: Page): Locator => page.getByTestId('key-sos')
export const green = (page: Page): Locator => page.getByTestId('key-help')

/** Waits until the terminal shows this. */
export async function shows(page: Page, state: { screen?: string; tone?: string; online?: boolean }): Promise<void> {
  const wanted = Object.entries(state).map(([name, value]) => `[data-${name}="${value}"]`)
  await page.locator(`#terminal${wanted.join('')}`).waitFor({ timeout: 20_000 })
}
