import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openContext, startBrowser } from '../support/browser.ts'
import { buildPages, EdgeServer } from '../terminal/edge-server.ts'
import { green, hold, openTerminal, REST_MS, red, shows } from '../terminal/page.ts'

/** The home terminal against a broker of the test's own, which can fall silent, go away and send any command. */

const LOGIN = { deviceId: 't-1', secret: 's' }
let browser: Browser
let pages: Awaited<ReturnType<typeof buildPages>>
let edge: EdgeServer
const contexts: BrowserContext[] = []
const problems: string[] = []

beforeAll(async () => {
  pages = await buildPages()
  browser = await startBrowser()
})
beforeEach(async () => {
  edge = new EdgeServer(new Map([['t-1', 's']]), pages.dir)
  await edge.start()
})
afterEach(async () => {
  await Promise.all(contexts.splice(0).map((context) => context.close()))
  await edge.stop()
  expect(problems.splice(0)).toEqual([])
})
afterAll(async () => {
  await browser?.close()
  await pages?.remove()
})

async function newContext(options: BrowserContextOptions = {}): Promise<BrowserContext> {
  const context = await openContext(browser, { viewport: { width: 800, height: 480 }, ...options })
  context.on('weberror', (error) => problems.push(error.error().message))
  contexts.push(context)
  return context
}

async function installed(options: BrowserContextOptions = {}, login: Partial<Parameters<typeof openTerminal>[2]> = {}) {
  const page = await openTerminal(await newContext(options), edge.url, { ...LOGIN, ...login })
  await shows(page, { screen: 'home', online: true })
  return page
}

const answer = (page: Page) => page.getByTestId('answer').textContent()
const events = () => edge.of('t-1', 'event')
const reply = (id: string) => edge.of('t-1', 'reply').find((body) => body.id === id)

test('has anyone heard me: each step is shown, spoken to screen readers, and answered', async () => {
  const page = await installed()
  await hold(page, red(page))
  await shows(page, { tone: 'received' })
  const steps = [
    ['answered', '正在接听'],
    ['dispatched', '有人来了'],
    ['arrived', '到了'],
    ['closed', '办好了'],
  ] as const
  for (const [type, word] of steps) {
    await edge.command('t-1', { id: `c-${type}`, type })
    await shows(page, { tone: type })
    expect(await answer(page)).toBe(word)
    await expect.poll(() => reply(`c-${type}`)).toMatchObject({ ok: true })
  }
  expect(await page.getByTestId('announced').textContent()).toContain('这次呼叫已结束')
  await page.getByTestId('key-understood').click()
  await shows(page, { screen: 'home' })
})

test('not acknowledged, the server gone, the page reloaded: the same press goes out again', async () => {
  const page = await installed()
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
  edge.acknowledges = false
  await hold(page, red(page))
  await expect.poll(() => events().length).toBe(1)
  await shows(page, { tone: 'sending' })
  await edge.stop()
  await page.reload()
  await shows(page, { screen: 'answer', tone: 'trouble' })
  edge.acknowledges = true
  await edge.start()
  await shows(page, { tone: 'received' })
  const ids = new Set(events().map(({ id, ts, type }) => JSON.stringify({ id, ts, type })))
  expect(ids.size).toBe(1)
  expect(await page.evaluate(() => Object.keys(localStorage).filter((name) => name.includes('outbox')))).toEqual([])
}, 60_000)

test('several presses without network go out in their order', async () => {
  const page = await installed()
  await page.context().setOffline(true)
  await shows(page, { online: false })
  await hold(page, green(page))
  await shows(page, { screen: 'answer' })
  await page.waitForTimeout(REST_MS)
  await hold(page, red(page))
  await page.waitForTimeout(REST_MS)
  await hold(page, page.getByTestId('key-cancel'))
  await expect.poll(() => answer(page)).toContain('没有网络')
  await page.context().setOffline(false)
  await shows(page, { tone: 'cancelled', online: true })
  await expect.poll(() => events().map(({ type }) => type)).toEqual(['help', 'sos', 'sos_cancel'])
}, 60_000)

test('messages, ringing, position, settings, and what it can not do', async () => {
  const page = await installed({
    permissions: ['geolocation'],
    geolocation: { latitude: 28.4, longitude: 117.9, accuracy: 12 },
  })
  await edge.command('t-1', { id: 'm1', type: 'message', text: '明天上午 9 点医生来' })
  await shows(page, { screen: 'notice', tone: 'message' })
  expect(await answer(page)).toBe('明天上午 9 点医生来')
  await page.getByTestId('key-understood').click()
  await edge.command('t-1', { id: 's1', type: 'sound', seconds: 60 })
  await shows(page, { screen: 'notice', tone: 'ring' })
  await page.getByTestId('key-understood').click()
  await shows(page, { screen: 'home' })
  await edge.command('t-1', { id: 'l1', type: 'locate' })
  await expect.poll(() => reply('l1')).toMatchObject({ ok: true, lat: 28.4, lon: 117.9, acc: 12 })
  await edge.command('t-1', { id: 'k1', type: 'config', sosNumbers: ['13900001111'] })
  await expect.poll(() => reply('k1')).toMatchObject({ ok: true })
  await edge.command('t-1', { id: 'u1', type: 'reboot' })
  await expect.poll(() => reply('u1')).toMatchObject({ ok: false, reason: 'unsupported' })
  await edge.send('t-1', 'not json')
  await edge.command('t-1', { id: 'm2', type: 'message', text: '还在' })
  await expect.poll(() => answer(page)).toBe('还在')
})

test('a position that was not allowed is refused, and nobody is asked', async () => {
  await installed()
  await edge.command('t-1', { id: 'l1', type: 'locate' })
  await expect.poll(() => reply('l1')).toMatchObject({ ok: false, reason: 'not_allowed' })
})

test('a USB button holds the red key, a short stroke of it does not count', async () => {
  const page = await installed()
  await page.keyboard.press('Enter')
  await page.waitForTimeout(500)
  expect(events()).toEqual([])
  await page.keyboard.down('F1')
  await shows(page, { tone: 'received' })
  await page.keyboard.up('F1')
  await page.waitForTimeout(REST_MS)
  await page.keyboard.down('Enter')
  await expect.poll(() => events().length).toBe(2)
  await page.keyboard.up('Enter')
  expect(events().map(({ type }) => type)).toEqual(['sos', 'sos'])
})

test('wet fingers: several at once, moving, one lost for a moment, make one press', async () => {
  const page = await installed({ hasTouch: true })
  const touch = await page.context().newCDPSession(page)
  const points = (...list: [number, number, number][]) => list.map(([x, y, id]) => ({ x, y, id }))
  const send = (type: 'touchStart' | 'touchMove' | 'touchEnd', touchPoints: ReturnType<typeof points>) =>
    touch.send('Input.dispatchTouchEvent', { type, touchPoints })
  // Two fingers on red, one on green; the last one that is left slides off the key.
  await send('touchStart', points([150, 200, 1]))
  await send('touchStart', points([150, 200, 1], [250, 300, 2]))
  await send('touchStart', points([150, 200, 1], [250, 300, 2], [650, 200, 3]))
  await page.waitForTimeout(200)
  await send('touchEnd', points([150, 200, 1]))
  await send('touchMove', points([600, 20, 1]))
  await shows(page, { screen: 'answer', tone: 'received' })
  await page.waitForTimeout(1_500)
  await send('touchEnd', [])
  await page.waitForTimeout(400)
  expect(events().map(({ type }) => type)).toEqual(['sos'])
  // One finger that the glass loses twice.
  const [x, y] = [150, 420]
  for (const heldMs of [300, 250]) {
    await send('touchStart', points([x, y, 4]))
    await page.waitForTimeout(heldMs)
    await send('touchEnd', [])
    await page.waitForTimeout(60)
  }
  await send('touchStart', points([x, y, 4]))
  await expect.poll(() => events().length).toBe(2)
  await send('touchEnd', [])
})

test('the edge of the screen is key', async () => {
  const page = await installed()
  for (const [x, y, key] of [
    [0, 240, 'key-sos'],
    [5, 478, 'key-sos'],
    [799, 240, 'key-help'],
    [795, 478, 'key-help'],
  ] as const) {
    const found = await page.evaluate(
      ([left, top]) => document.elementFromPoint(left, top)?.closest('.key')?.getAttribute('data-testid'),
      [x, y] as const,
    )
    expect(found).toBe(key)
  }
})

test('of two windows the newer one works, and the older one says so', async () => {
  const first = await installed()
  const second = await first.context().newPage()
  await second.goto(`${edge.url}/terminal`)
  await shows(second, { screen: 'home', online: true })
  await shows(first, { screen: 'elsewhere' })
  await first.getByTestId('key-understood').click()
  await shows(first, { screen: 'home', online: true })
  await shows(second, { screen: 'elsewhere' })
})

test('a browser of 2018 is enough', async () => {
  const context = await newContext()
  await context.addInitScript(() => {
    const drop = (owner: object, ...names: string[]) => {
      for (const name of names) Reflect.deleteProperty(owner, name)
    }
    drop(Navigator.prototype, 'wakeLock', 'getBattery', 'permissions', 'storage', 'serviceWorker', 'locks', 'vibrate')
    drop(
      window,
      'speechSynthesis',
      'structuredClone',
      'queueMicrotask',
      'BroadcastChannel',
      'ResizeObserver',
      'indexedDB',
    )
    drop(Window.prototype, 'indexedDB', 'speechSynthesis', 'AudioContext')
    drop(window, 'AudioContext', 'visualViewport')
    drop(Crypto.prototype, 'randomUUID')
    drop(Array.prototype, 'at', 'flat', 'flatMap', 'findLast', 'toSorted', 'with')
    drop(String.prototype, 'at', 'replaceAll', 'matchAll', 'isWellFormed', 'trimStart')
    drop(Object, 'fromEntries', 'hasOwn', 'groupBy')
    drop(Promise, 'allSettled', 'any', 'withResolvers')
    drop(Element.prototype, 'requestFullscreen', 'replaceChildren')
  })
  const page = await openTerminal(context, edge.url, LOGIN)
  await shows(page, { screen: 'home', online: true })
  await page.context().setOffline(true)
  await hold(page, red(page))
  await shows(page, { screen: 'answer', tone: 'trouble' })
  await page.context().setOffline(false)
  await shows(page, { tone: 'received' })
  expect(events()).toHaveLength(1)
})

test('a new version waits until nobody needs the old one', async () => {
  const context = await newContext()
  const page = await context.newPage()
  await page.clock.install()
  await page.goto(`${edge.url}/terminal#id=t-1&key=s`)
  await page.clock.runFor(3_000)
  await shows(page, { screen: 'home', online: true })
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
  await page.evaluate(() => {
    document.title = 'old'
    Object.assign(window, { isOld: true })
  })
  const path = join(pages.dir, 'terminal/sw.js')
  const script = await readFile(path, 'utf8')
  await writeFile(path, `${script}\n// another version`)
  try {
    await edge.command('t-1', { id: 'm1', type: 'message', text: '请看' })
    await shows(page, { screen: 'notice' })
    const isWaiting = () => page.evaluate(async () => (await navigator.serviceWorker.ready).waiting !== null)
    await page.evaluate(async () => {
      await (await navigator.serviceWorker.ready).update()
    })
    await expect.poll(isWaiting).toBe(true)
    await page.clock.runFor(300_000)
    expect(await isWaiting()).toBe(true)
    await page.getByTestId('key-understood').click()
    await page.clock.runFor(100_000)
    expect(await isWaiting()).toBe(true)
    const reloaded = page.waitForEvent('load')
    await page.clock.runFor(30_000)
    await reloaded
    expect(await page.evaluate(() => 'isOld' in window)).toBe(false)
  } finally {
    await writeFile(path, script)
  }
}, 60_000)

describe('on every screen, in both languages', () => {
  const SCREENS = [
    [800, 480],
    [1024, 600],
    [1280, 800],
    [360, 640],
    [640, 360],
  ] as const

  /** Words that are smaller than 24 px, cut off, or outside the screen. */
  const faults = (page: Page): Promise<string[]> =>
    page.evaluate(() => {
      const found: string[] = []
      for (const element of document.querySelectorAll(
        '#terminal .top *, #terminal .key *, #terminal .stage *, .strip',
      )) {
        const text = Array.from(element.childNodes)
          .filter((node) => node.nodeType === Node.TEXT_NODE)
          .map((node) => node.textContent ?? '')
          .join('')
        const { left, top, right, bottom, width } = element.getBoundingClientRect()
        if (text.trim() === '' || width === 0) continue
        const { fontSize } = getComputedStyle(element)
        if (Number.parseFloat(fontSize) < 24) found.push(`${text}: ${fontSize}`)
        const isOutside = left < -1 || top < -1 || right > innerWidth + 1 || bottom > innerHeight + 1
        if (isOutside && element.closest('.status') === null) found.push(`${text}: outside`)
        const box = element.closest('.face, .told, .strip')?.getBoundingClientRect()
        if (box && (top < box.top - 2 || bottom > box.bottom + 2 || left < box.left - 2 || right > box.right + 2)) {
          found.push(`${text}: cut off`)
        }
      }
      return found
    })

  test.each(
    SCREENS.flatMap(([width, height]) =>
      (['zh-CN', 'en'] as const).map((language) => [width, height, language] as const),
    ),
  )(
    '%i × %i, %s: words are large enough and all of them are there',
    async (width, height, language) => {
      const page = await installed({ viewport: { width, height } }, { language, phone: '0793-8223110' })
      expect(await faults(page)).toEqual([])
      await page.context().setOffline(true)
      await shows(page, { online: false })
      expect(await faults(page)).toEqual([])
      await hold(page, red(page))
      await shows(page, { screen: 'answer', tone: 'trouble' })
      expect(await faults(page)).toEqual([])
      await page.context().setOffline(false)
      await shows(page, { tone: 'received' })
      expect(await faults(page)).toEqual([])
      for (const type of ['answered', 'dispatched', 'arrived', 'closed'] as const) {
        await edge.command('t-1', { id: type, type })
        await shows(page, { tone: type })
        expect(await faults(page)).toEqual([])
      }
    },
    30_000,
  )
})
