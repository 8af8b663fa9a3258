import { setTimeout as sleep } from 'node:timers/promises'
import type { Browser, CDPSession, Page } from 'playwright-core'

const ROW_HEIGHT = 82

export interface PagePaints {
  /** When a case's row was first in view and painted, ms since the epoch. */
  rows: ReadonlyMap<string, number>
  /** Between two animation frames, ms. */
  gaps: number[]
  /** Tasks of 50 ms and more, as the browser counts them, ms. */
  longTasks: number[]
}

export interface DeskPage {
  page: Page
  /** From now on paints are noted and the view follows the end of the list, where new cases stand. */
  watch(): Promise<void>
  paints(): Promise<PagePaints>
  /** `caseId` of every row that is drawn while the list is scrolled through from top to end, and how many the page counts. */
  readThrough(): Promise<{ ids: Set<string>; counted: number }>
  /** Key (arrow down) to painted selection, ms. */
  walk(presses: number): Promise<number[]>
  /** Key to painted character in the note's field, ms. */
  type(text: string): Promise<number[]>
}

/** The console in Chromium, signed in. */
export async function openDeskPage(
  browser: Browser,
  base: string,
  account: { username: string; password: string },
): Promise<DeskPage> {
  const page = await browser.newPage({ viewport: { width: 1366, height: 768 } })
  await page.goto(base)
  await page.getByTestId('signin-username').fill(account.username)
  await page.getByTestId('signin-password').fill(account.password)
  await page.getByTestId('signin-submit').click()
  await page.getByTestId('waiting-count').waitFor()
  await page.evaluate(PROBES)
  const spliced = () => page.evaluate<number[]>('desk.keys.splice(0)')
  return {
    page,
    watch: async () => {
      await page.evaluate('desk.watch()')
    },
    paints: async () => {
      const { rows, gaps, longTasks } = await page.evaluate<{
        rows: [string, number][]
        gaps: number[]
        longTasks: number[]
      }>('({ rows: [...desk.rows], gaps: desk.gaps, longTasks: desk.longTasks })')
      return { rows: new Map(rows), gaps, longTasks }
    },
    readThrough: async () => {
      await page.evaluate('desk.follow = false')
      const ids = new Set<string>()
      const height = await page.evaluate<number>("document.querySelector('.queue-space').offsetHeight")
      for (let top = 0; top < height; top += 5 * ROW_HEIGHT) {
        const seen = await page.evaluate<string[]>(`desk.at(${top})`)
        for (const id of seen) ids.add(id)
      }
      const counted = Number(await page.locator('[data-testid="queue-tab-all"] b').textContent())
      return { ids, counted }
    },
    walk: async (presses) => {
      await page.evaluate("desk.follow = false; document.querySelector('.queue-list').scrollTop = 0")
      await page.keyboard.press('ArrowDown')
      await sleep(1_000)
      await spliced()
      for (let n = 0; n < presses; n++) {
        await page.keyboard.press('ArrowDown')
        await sleep(150)
      }
      return spliced()
    },
    type: async (text) => {
      const field = page.getByTestId('dialog-text')
      // A claim that is under way holds the key back.
      for (let n = 0; n < 10 && !(await field.isVisible()); n++) {
        await page.keyboard.press('m')
        await sleep(1_000)
      }
      await sleep(300)
      await spliced()
      await page.keyboard.type(text, { delay: 60 })
      await sleep(200)
      const painted = await spliced()
      await page.keyboard.press('Escape')
      return painted
    },
  }
}

/** A sampled CPU profile of the page while `run` runs, as Chrome's own tools read it. */
export async function profiled(page: Page, run: () => Promise<void>): Promise<unknown> {
  const session: CDPSession = await page.context().newCDPSession(page)
  await session.send('Profiler.enable')
  await session.send('Profiler.setSamplingInterval', { interval: 500 })
  await session.send('Profiler.start')
  await run()
  return (await session.send('Profiler.stop')).profile
}

/**
 * In the page. A row counts as painted in the second animation frame after it is in the document and in view: the first one
 * belongs to the frame that draws it, the second begins after that was handed to the compositor.
 */
const PROBES = `
  window.desk = {
    rows: new Map(), gaps: [], longTasks: [], keys: [], follow: true,
    watch() {
      desk.follow = true
      const known = new Set([...document.querySelectorAll('[data-testid="queue-row"]')].map((row) => row.dataset.caseId))
      const list = () => document.querySelector('.queue-list')
      const look = () => {
        const box = list()
        if (!box) return
        if (desk.follow && box.scrollTop + box.clientHeight < box.scrollHeight - 1) box.scrollTop = box.scrollHeight
        const { top, bottom } = box.getBoundingClientRect()
        const fresh = []
        for (const row of box.querySelectorAll('[data-testid="queue-row"]')) {
          const id = row.dataset.caseId
          if (known.has(id)) continue
          const at = row.getBoundingClientRect()
          if (at.bottom <= top || at.top >= bottom) continue
          known.add(id)
          fresh.push(id)
        }
        if (fresh.length === 0) return
        requestAnimationFrame(() => requestAnimationFrame(() => {
          const now = Date.now()
          for (const id of fresh) desk.rows.set(id, now)
        }))
      }
      new MutationObserver(look).observe(document.querySelector('.queue'), { childList: true, subtree: true, attributes: true, attributeFilter: ['style'] })
      addEventListener('scroll', look, true)
      let last = performance.now()
      const frame = (now) => { desk.gaps.push(now - last); last = now; requestAnimationFrame(frame) }
      requestAnimationFrame((now) => { last = now; requestAnimationFrame(frame) })
      new PerformanceObserver((found) => { for (const one of found.getEntries()) desk.longTasks.push(one.duration) }).observe({ entryTypes: ['longtask'] })
    },
    async at(top) {
      const list = document.querySelector('.queue-list')
      list.scrollTop = top
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(done))))
      return [...list.querySelectorAll('[data-testid="queue-row"]')].map((row) => row.dataset.caseId)
    },
  }
  addEventListener('keydown', (event) => {
    const begun = event.timeStamp
    requestAnimationFrame(() => requestAnimationFrame(() => desk.keys.push(performance.now() - begun)))
  }, true)
`
