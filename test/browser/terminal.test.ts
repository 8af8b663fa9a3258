import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { CaseSummary } from '../../server/contract/case.ts'
import { type ApiClient, connectDevice, startTestApp, type TestApp } from '../support/app.ts'
import { openContext, startBrowser } from '../support/browser.ts'
import { buildPages } from '../terminal/edge-server.ts'
import { green, hold, openTerminal, REST_MS, red, shows } from '../terminal/page.ts'

/** The home terminal against the real application: what is pressed becomes a case, exactly once. */

let app: TestApp
let admin: ApiClient
let browser: Browser
let pages: Awaited<ReturnType<typeof buildPages>>
const contexts: BrowserContext[] = []
const problems: string[] = []

beforeAll(async () => {
  pages = await buildPages()
  app = await startTestApp({ pagesDir: pages.dir, realTime: true })
  admin = await app.signIn('admin')
  browser = await startBrowser()
})
afterEach(async () => {
  await Promise.all(contexts.splice(0).map((context) => context.close()))
  expect(problems.splice(0)).toEqual([])
})
afterAll(async () => {
  await browser?.close()
  await app?.destroy()
  await pages?.remove()
})

const base = () => `http://127.0.0.1:${app.httpPort}`

async function newContext(options: BrowserContextOptions = {}): Promise<BrowserContext> {
  const context = await openContext(browser, { viewport: { width: 800, height: 480 }, ...options })
  context.on('weberror', (error) => problems.push(error.error().message))
  contexts.push(context)
  return context
}

async function register(deviceId: string): Promise<{ residentId: string; secret: string }> {
  const resident = await admin.post<{ residentId: string }>('/residents', { name: '周桂兰', birthDate: '1943-05-06' })
  const { residentId } = resident.body
  const { status, body } = await admin.post<{ secret: string }>('/devices', {
    deviceId,
    kind: 'terminal',
    protocol: 'native',
    residentId,
    room: '客厅',
  })
  expect(status).toBe(201)
  return { residentId, secret: body.secret }
}

/** A terminal of a resident of its own, connected. */
async function installed(deviceId: string): Promise<{ page: Page; residentId: string; secret: string }> {
  const { residentId, secret } = await register(deviceId)
  const page = await openTerminal(await newContext(), base(), { deviceId, secret, phone: '0793-8223110' })
  await shows(page, { screen: 'home', online: true })
  // From here on the page comes back without network, too.
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
  return { page, residentId, secret }
}

async function casesOf(residentId: string): Promise<CaseSummary[]> {
  const { body } = await admin.get<{ items: CaseSummary[] }>('/cases?state=open')
  return body.items.filter((item) => item.residentId === residentId)
}

test('a held red key becomes an emergency, and the screen says that it was received', async () => {
  const { page, residentId } = await installed('term-1')
  await hold(page, red(page))
  await shows(page, { screen: 'answer', tone: 'received' })
  expect(await page.getByTestId('announced').textContent()).toContain('已收到')
  expect(await casesOf(residentId)).toMatchObject([{ kind: 'sos', category: 'emergency', signalCount: 1 }])
})

test('what the operator does is seen by who pressed, and the replies come back', async () => {
  const { page, residentId } = await installed('term-11')
  const operator = await app.signIn('limin')
  await hold(page, red(page))
  await shows(page, { tone: 'received' })
  const act = async (action: string, body: object = {}) => {
    const [found] = await casesOf(residentId)
    const path = `/cases/${found?.caseId}/${action}`
    const { status, body: answer } = await operator.post<{ version: number }>(path, {
      version: found?.version,
      ...body,
    })
    expect(status, action).toBe(200)
    return { caseId: found?.caseId, answer }
  }
  await act('claim')
  await shows(page, { tone: 'answered' })
  await act('dispatch', { to: '网格员' })
  await shows(page, { tone: 'dispatched' })
  await act('arrive')
  await shows(page, { tone: 'arrived' })
  const commands = async () => {
    const { body } = await admin.get<{ items: { type: string; state: string }[] }>('/devices/term-11/commands')
    return body.items.map(({ type, state }) => `${type} ${state}`).reverse()
  }
  await expect
    .poll(commands)
    .toEqual(['received', 'answered', 'dispatched', 'arrived'].map((type) => `${type} replied`))
})

test('another button of the home is answered on its terminal', async () => {
  const { page, residentId } = await installed('term-12')
  const button = await connectDevice(app, admin, 'button-12', residentId)
  await button.publishAsync('care/v1/button-12/event', JSON.stringify({ id: '1', type: 'sos', ts: Date.now() }), {
    qos: 1,
  })
  await shows(page, { screen: 'answer', tone: 'received' })
  await button.endAsync()
})

test('a held green key asks for help, and can be taken back', async () => {
  const { page, residentId } = await installed('term-2')
  await hold(page, green(page))
  await shows(page, { tone: 'received' })
  expect(await casesOf(residentId)).toMatchObject([{ kind: 'help', cancelled: false }])
  await page.waitForTimeout(REST_MS)
  await hold(page, page.getByTestId('key-cancel'))
  await shows(page, { tone: 'cancelled' })
  await expect.poll(async () => (await casesOf(residentId))[0]?.cancelled).toBe(true)
})

test('a slip calls nobody; a second one is told how', async () => {
  const { page, residentId } = await installed('term-3')
  await hold(page, red(page), 120)
  await page.waitForTimeout(700)
  await hold(page, red(page), 120)
  await expect.poll(() => page.getByTestId('announced').textContent()).toContain('按住不放')
  expect(await casesOf(residentId)).toEqual([])
})

test('the secret leaves the address bar at once, and the login outlives a reload', async () => {
  const { page } = await installed('term-4')
  expect(page.url()).toBe(`${base()}/terminal`)
  await page.reload()
  await shows(page, { screen: 'home', online: true })
  await page.goBack()
  expect(page.url()).not.toContain('key=')
})

test('pressed without network, reloaded, the network back: exactly one case', async () => {
  const { page, residentId } = await installed('term-5')
  const context = page.context()
  await context.setOffline(true)
  await shows(page, { online: false })
  await hold(page, red(page))
  await shows(page, { screen: 'answer', tone: 'trouble' })
  expect(await page.getByTestId('answer').textContent()).toBe('没有网络，已记下')
  expect(await page.getByTestId('phone').getAttribute('href')).toBe('tel:07938223110')
  // The page itself comes from the service worker now.
  await page.reload()
  await shows(page, { screen: 'answer', tone: 'trouble' })
  expect(await casesOf(residentId)).toEqual([])
  await context.setOffline(false)
  await shows(page, { tone: 'received' })
  expect(await casesOf(residentId)).toMatchObject([{ kind: 'sos', signalCount: 1 }])
  await page.reload()
  await shows(page, { tone: 'received', online: true })
  expect(await casesOf(residentId)).toMatchObject([{ signalCount: 1 }])
}, 60_000)

test('reloaded in the very moment of the press it is not lost', async () => {
  const { page, residentId } = await installed('term-6')
  // The connection is held up, so that nothing but what was written down can bring it.
  await page.context().setOffline(true)
  await shows(page, { online: false })
  // As soon as the press has counted, the page goes.
  await page.evaluate(() => {
    const terminal = document.getElementById('terminal') ?? document.body
    new MutationObserver(() => location.reload()).observe(terminal, { attributeFilter: ['data-screen'] })
  })
  const reloaded = page.waitForEvent('load')
  await hold(page, red(page))
  await reloaded
  await shows(page, { screen: 'answer', tone: 'trouble' })
  await page.context().setOffline(false)
  await shows(page, { tone: 'received' })
  expect(await casesOf(residentId)).toMatchObject([{ kind: 'sos', signalCount: 1 }])
}, 60_000)

test('a wrong key is told as what it is, and set right on the service page', async () => {
  const { residentId, secret } = await register('term-7')
  const page = await openTerminal(await newContext(), base(), { deviceId: 'term-7', secret: 'not-this-one' })
  await expect.poll(() => page.getByTestId('strip').textContent()).toContain('登录不对')
  await hold(page, page.getByTestId('clock'), 5_300)
  await page.getByTestId('service-yes').click()
  await page.getByTestId('secret').fill(secret)
  await page.getByTestId('save').click()
  await shows(page, { screen: 'home', online: true })
  await hold(page, red(page))
  await shows(page, { tone: 'received' })
  expect(await casesOf(residentId)).toHaveLength(1)
}, 60_000)

test('set up by hand, in English, with a test that the centre has', async () => {
  const { secret } = await register('term-8')
  const page = await (await newContext({ locale: 'en-GB' })).newPage()
  await page.goto(`${base()}/terminal`)
  await page.getByTestId('device-id').fill('term/8')
  await page.getByTestId('save').click()
  expect(await page.getByRole('alert').textContent()).toContain('Letters, digits')
  await page.getByTestId('device-id').fill('term-8')
  await page.getByTestId('secret').fill(secret)
  await page.getByTestId('save').click()
  await shows(page, { screen: 'home', online: true })
  expect(await page.evaluate(() => document.documentElement.lang)).toBe('en')
  await hold(page, page.getByTestId('clock'), 5_300)
  await page.getByTestId('service-yes').click()
  await page.getByTestId('service-test').click()
  await expect.poll(() => page.getByTestId('service-said').textContent()).toMatch(/The centre has the test/)
  await page.getByTestId('choice-zh-CN').click()
  await expect.poll(() => page.getByTestId('service').textContent()).toContain('安装与检查')
}, 60_000)

test('the battery and a heartbeat reach the platform', async () => {
  await installed('term-9')
  const values = async (field: string) => {
    const { body } = await admin.get<{ items: { value: number }[] }>(`/devices/term-9/telemetry?field=${field}`)
    return body.items.map(({ value }) => value)
  }
  await expect.poll(() => values('uptime_s')).toHaveLength(1)
  // A machine without a battery counts as full and plugged in.
  expect(await values('charging')).toEqual([1])
  expect(await values('battery')).toEqual([100])
})

test('the page keeps to the content security policy, and its worker has the page in its scope', async () => {
  const { page } = await installed('term-10')
  const response = await page.goto(`${base()}/terminal`)
  expect(response?.headers()['content-security-policy']).toContain("default-src 'self'")
  const scope = await page.evaluate(async () => (await navigator.serviceWorker.ready).scope)
  expect(scope).toBe(`${base()}/terminal`)
})
