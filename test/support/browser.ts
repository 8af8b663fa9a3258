import { type Browser, chromium } from 'playwright-core'

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
