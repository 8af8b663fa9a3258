import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import type { Language } from '../../dashboard/ui/formats.ts'
import { type ApiClient, PASSWORD, startTestApp, type TestApp, type TestAppOptions } from '../support/app.ts'
import { openContext, startBrowser } from '../support/browser.ts'

/** The office pages in Chromium, on the real application and the built pages. */
export interface Office {
  app: TestApp
  admin: ApiClient
  /** Signs in and opens a page of the office. */
  open(path: string, options?: { language?: Language; username?: string }): Promise<Page>
  /** Closes the pages of one test. @returns errors that their scripts have thrown */
  closePages(): Promise<string[]>
  stop(): Promise<void>
}

export async function startOffice(options: TestAppOptions = {}): Promise<Office> {
  const app = await startTestApp({ pagesDir: join(process.cwd(), 'dist/dashboard'), realTime: true, ...options })
  const admin = await app.signIn('admin')
  const browser: Browser = await startBrowser()
  const pages: Page[] = []
  const problems: string[] = []
  return {
    app,
    admin,
    async open(path, { language = 'zh-CN', username = 'admin' } = {}) {
      const context = await openContext(browser, { locale: language })
      await context.addInitScript((chosen) => localStorage.setItem('anhu.language', chosen), language)
      const page = await context.newPage()
      pages.push(page)
      page.on('pageerror', (error) => problems.push(error.message))
      await page.goto(`http://127.0.0.1:${app.httpPort}${path}`)
      await page.getByTestId('signin-username').fill(username)
      await page.getByTestId('signin-password').fill(PASSWORD)
      await page.getByTestId('signin-submit').click()
      await page.getByTestId('user-menu').waitFor()
      return page
    },
    async closePages() {
      await Promise.all(pages.splice(0).map((page) => page.context().close()))
      return problems.splice(0)
    },
    async stop() {
      await browser.close()
      await app.destroy()
    },
  }
}

/** Types into one of antd's searching selects and takes the option with that text. */
export async function pick(page: Page, field: string, text: string, option = text): Promise<void> {
  const input = page.locator(field)
  await input.click()
  await input.fill(text)
  await page.locator('.ant-select-item-option', { hasText: option }).first().click()
}
