import { join } from 'node:path'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { expect } from 'vitest'
import type { CaseSummary } from '../../server/contract/case.ts'
import { type ApiClient, PASSWORD, startTestApp, type TestApp } from '../support/app.ts'
import { CHROMIUM, openContext } from '../support/browser.ts'
import { openTerminal, shows } from '../terminal/page.ts'

/** Console and home terminal talk for real: Chromium's own microphone (a beep each second), real WebRTC, real sound. */

export let app: TestApp
export let admin: ApiClient
let browser: Browser
const contexts: BrowserContext[] = []
const problems: string[] = []
let homes = 0
let relayOnly = false

export interface RoomOptions {
  env?: Record<string, string>
  /** As if no two networks reached each other: nothing but a TURN server's addresses are tried. */
  relayOnly?: boolean
}

export async function startRooms({ env = {}, relayOnly: only = false }: RoomOptions = {}): Promise<void> {
  relayOnly = only
  app = await startTestApp({ pagesDir: join(process.cwd(), 'dist/dashboard'), realTime: true, env })
  admin = await app.signIn('admin')
  browser = await chromium.launch({
    ...CHROMIUM,
    args: [...CHROMIUM.args, '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
  })
}

/** Closes the pages of one test; none of their scripts may have thrown. */
export async function leaveRooms(): Promise<void> {
  await Promise.all(contexts.splice(0).map((context) => context.close()))
  expect(problems.splice(0)).toEqual([])
}

export async function stopRooms(): Promise<void> {
  await browser?.close()
  await app?.destroy()
}

export const base = () => `http://127.0.0.1:${app.httpPort}`
type Language = 'zh-CN' | 'en'

async function newContext(width: number, height: number, hasMicrophone: boolean): Promise<BrowserContext> {
  const permissions = hasMicrophone ? ['microphone'] : []
  const context = await openContext(browser, { viewport: { width, height }, permissions })
  if (relayOnly) await context.addInitScript(tryRelaysOnly)
  context.on('weberror', (error) => problems.push(error.error().message))
  contexts.push(context)
  return context
}

function tryRelaysOnly(): void {
  const Own = window.RTCPeerConnection
  window.RTCPeerConnection = class extends Own {
    constructor(config: RTCConfiguration = {}) {
      super({ ...config, iceTransportPolicy: 'relay' })
    }
  }
}

export async function terminalOf(options: { hasMicrophone?: boolean; language?: Language } = {}) {
  homes += 1
  const deviceId = `voice-${homes}`
  const { body: resident } = await admin.post<{ residentId: string }>('/residents', {
    name: '周桂兰',
    birthDate: '1943-05-06',
  })
  const device = { deviceId, kind: 'terminal', protocol: 'native', residentId: resident.residentId, room: '客厅' }
  const { body } = await admin.post<{ secret: string }>('/devices', device)
  const context = await newContext(800, 480, options.hasMicrophone ?? true)
  const page = await openTerminal(context, base(), {
    deviceId,
    secret: body.secret,
    language: options.language ?? 'zh-CN',
  })
  await shows(page, { screen: 'home', online: true })
  return { page, deviceId, residentId: resident.residentId }
}

export async function consoleOf(language: Language = 'zh-CN'): Promise<Page> {
  const context = await newContext(1366, 768, true)
  const page = await context.newPage()
  await page.addInitScript((chosen) => localStorage.setItem('anhu.language', chosen), language)
  await page.goto(`${base()}/`)
  await page.getByTestId('signin-username').fill('limin')
  await page.getByTestId('signin-password').fill(PASSWORD)
  await page.getByTestId('signin-submit').click()
  await page.getByTestId('connection-state').waitFor()
  return page
}

export async function caseOf(residentId: string): Promise<CaseSummary> {
  const { body } = await admin.get<{ items: CaseSummary[] }>('/cases?state=open')
  const found = body.items.find((item) => item.residentId === residentId)
  if (found === undefined) throw new Error('no case')
  return found
}

/** The operator opens the resident's case and claims it, all by keys but the choice. */
export async function claim(desk: Page, residentId: string): Promise<string> {
  await expect
    .poll(async () =>
      (await admin.get<{ items: CaseSummary[] }>('/cases?state=open')).body.items.map((item) => item.residentId),
    )
    .toContain(residentId)
  const { caseId } = await caseOf(residentId)
  await desk.locator(`[data-testid="queue-row"][data-case-id="${caseId}"]`).click()
  await desk.locator(`[data-testid="case"][data-case-id="${caseId}"]`).waitFor()
  await desk.keyboard.press(' ')
  await expect.poll(async () => (await caseOf(residentId)).state).toBe('claimed')
  // The button follows the case.
  await expect
    .poll(() => desk.getByTestId('voice-note').textContent(), { timeout: 10_000 })
    .not.toMatch(/接警后|Claim the case/)
  await desk.waitForTimeout(300)
  return caseId
}

export const phase = (desk: Page, name: string) =>
  desk.locator(`[data-testid="voice"][data-phase="${name}"]`).waitFor({ timeout: 20_000 })
export const voiceShows = (terminal: Page, name: string) =>
  terminal.locator(`[data-testid="voice"][data-phase="${name}"]`).waitFor({ timeout: 20_000 })
export const heardAtHome = async (terminal: Page) =>
  Number(await terminal.getByTestId('voice').getAttribute('data-heard'))
export const heardAtDesk = async (desk: Page) =>
  Number(await desk.getByTestId('voice-heard').getAttribute('data-level'))

/** The loudest of some looks: the fake microphone beeps once a second. */
export async function loudest(look: () => Promise<number>, ms = 3_000): Promise<number> {
  let most = 0
  for (const end = Date.now() + ms; Date.now() < end; ) {
    most = Math.max(most, await look())
    await new Promise((resolve) => setTimeout(resolve, 150))
  }
  return most
}

export async function shot(page: Page, name: string): Promise<void> {
  if (process.env.SHOTS) await page.screenshot({ path: join(process.env.SHOTS, `${name}.png`) })
}
