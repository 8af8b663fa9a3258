import { type Browser, type BrowserContext, type BrowserContextOptions, chromium } from 'playwright-core'

/** Chromium of this machine, silent towards the outside. */
export const CHROMIUM = {
  executablePath: '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
}

export function startBrowser(): Promise<Browser> {
  return chromium.launch(CHROMIUM)
}

/**
 * A desk of its own, as somebody has it whose system asks for less motion: a click on what still grows or slides may
 * go down on one thing and up on another, and then nothing was clicked.
 */
export function openContext(browser: Browser, options: BrowserContextOptions = {}): Promise<BrowserContext> {
  const desk = { viewport: { width: 1366, height: 768 }, locale: 'zh-CN', reducedMotion: 'reduce' } as const
  return browser.newContext({ ...desk, ...options })
}
