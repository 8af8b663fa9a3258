import { setTimeout as sleep } from 'node:timers/promises'
import { startBrowser } from '../support/browser.ts'
import { makeDataDir, registerDevices, removeDataDir, SIGN_IN, startServer } from '../support/server-process.ts'
import { latency } from './figures.ts'
import { RawDevice } from './raw-device.ts'

const PRESSES = 50
const PRESS_EVERY_MS = 400

/** Publish → painted row in an operator's Chromium. Browser, server and device share the machine and its clock. */
export async function screen(): Promise<object> {
  // First: without a browser there is nothing to measure, and a server that was started would stay.
  const browser = await startBrowser()
  const dataDir = await makeDataDir()
  const server = await startServer({ dataDir })
  try {
    const registered = await registerDevices(await server.admin(), PRESSES, 'screen')
    const page = await browser.newPage({ viewport: { width: 1366, height: 768 } })
    await page.goto(`http://127.0.0.1:${server.httpPort}/`)
    await page.getByTestId('signin-username').fill(SIGN_IN.username)
    await page.getByTestId('signin-password').fill(SIGN_IN.password)
    await page.getByTestId('signin-submit').click()
    await page.getByTestId('connection-state').waitFor()
    await page.evaluate(WATCH_ROWS)
    await sleep(1_000)
    const pressed: number[] = []
    for (const [n, { deviceId, secret }] of registered.entries()) {
      const device = await RawDevice.open(server.mqttPort, deviceId, secret)
      await sleep(PRESS_EVERY_MS)
      const packet = RawDevice.prepare(`care/v1/${deviceId}/event`, JSON.stringify({ id: String(n), type: 'sos' }))
      pressed.push(Date.now())
      await new Promise((resolve) => device.send(packet, resolve))
      device.close()
    }
    await sleep(1_000)
    const painted = await page.evaluate<number[]>('window.painted')
    if (painted.length !== PRESSES) throw new Error(`of ${PRESSES} presses ${painted.length} were painted`)
    return { paint: latency(painted.map((at, n) => at - (pressed[n] ?? 0))), presses: PRESSES }
  } finally {
    await browser.close()
    await server.kill('SIGTERM')
    await removeDataDir(dataDir)
  }
}

/**
 * In the page: notes when the count of waiting cases has risen and been painted (the second frame after the change). The
 * count stands in the same render as the row, and is there for rows below the fold too.
 */
const WATCH_ROWS = `
  window.painted = []
  const count = document.querySelector('[data-testid="waiting-count"]')
  let seen = Number(count.textContent)
  new MutationObserver(() => {
    const now = Number(count.textContent)
    for (; seen < now; seen++) requestAnimationFrame(() => requestAnimationFrame(() => window.painted.push(Date.now())))
    seen = now
  }).observe(count, { childList: true, subtree: true, characterData: true })
`
