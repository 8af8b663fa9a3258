import { setTimeout as sleep } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { startBrowser } from '../support/browser.ts'
import { embeddedUrl } from '../support/record-audit.ts'
import { makeDataDir, removeDataDir, SIGN_IN, startServer } from '../support/server-process.ts'
import { query } from '../support/sql.ts'
import { latency } from './figures.ts'

const RESIDENTS = 1_000
const CASES = 10_000
const OPEN = 200
const ROUNDS = 60
/** Between two presses: an operator reads. */
const LOOK_MS = 500

/**
 * From the key press to the painted case in an operator's Chromium: to a case beside the open one, which was fetched ahead,
 * and to one that nothing pointed at. Browser and server share the machine.
 */
export async function caseScreen(): Promise<object> {
  // First: without a browser there is nothing to measure, and a server that was started would stay.
  const browser = await startBrowser()
  const dataDir = await makeDataDir()
  const server = await startServer({ dataDir })
  try {
    for (const statement of CITY) await query(await embeddedUrl(dataDir), statement)
    const page = await browser.newPage({ viewport: { width: 1366, height: 768 } })
    await page.goto(`http://127.0.0.1:${server.httpPort}/`)
    await page.getByTestId('signin-username').fill(SIGN_IN.username)
    await page.getByTestId('signin-password').fill(SIGN_IN.password)
    await page.getByTestId('signin-submit').click()
    await page.getByTestId('queue-row').first().waitFor()
    await page.evaluate(WATCH)
    await sleep(1_500)
    await page.keyboard.press('ArrowDown')
    await sleep(2_000)
    await page.evaluate('window.painted = []')
    const beside = await round(page, () => page.keyboard.press('ArrowDown'))
    // End jumps to the last row, Home to the first: neither was pointed at, and what was fetched is forgotten in between.
    const far = await round(page, (n) => page.evaluate(`window.jump(${n})`))
    const detail = await timesOfDetail(page)
    return { beside: latency(beside), far: latency(far), request: latency(detail), cases: CASES, residents: RESIDENTS }
  } finally {
    await browser.close()
    await server.kill('SIGTERM')
    await removeDataDir(dataDir)
  }
}

async function round(page: Page, press: (n: number) => Promise<unknown>): Promise<number[]> {
  for (let n = 0; n < ROUNDS; n++) {
    await press(n)
    await sleep(LOOK_MS)
  }
  await sleep(1_000)
  const painted = await page.evaluate<number[]>('window.painted.splice(0)')
  if (painted.length !== ROUNDS) throw new Error(`of ${ROUNDS} cases ${painted.length} were painted`)
  return painted
}

/** How long the one request took, as the browser saw it. */
const timesOfDetail = (page: Page): Promise<number[]> =>
  page.evaluate<number[]>(
    `performance.getEntriesByType('resource').filter((one) => /\\/cases\\/[0-9a-f-]{36}$/.test(one.name)).map((one) => one.duration)`,
  )

/**
 * In the page: from a key (or a click on a row) until another case's facts are in the document and painted, which is the
 * second frame after.
 */
const WATCH = `
  performance.setResourceTimingBufferSize(5000)
  window.painted = []
  let begun = null
  const shown = () => document.querySelector('[data-testid="facts"]')?.dataset.caseId
  const begin = () => { begun = { at: performance.now(), before: shown() } }
  addEventListener('keydown', begin, true)
  new MutationObserver(() => {
    if (begun === null || shown() === undefined || shown() === begun.before) return
    const { at } = begun
    begun = null
    requestAnimationFrame(() => requestAnimationFrame(() => window.painted.push(performance.now() - at)))
  }).observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ['data-case-id'] })
  window.jump = async (n) => {
    const list = document.querySelector('.queue-list')
    list.scrollTop = ((n * 37) % 190) * 82
    await new Promise((done) => setTimeout(done, 150))
    const rows = [...document.querySelectorAll('[data-testid="queue-row"]')]
    const row = rows.find((one) => one.dataset.caseId !== shown() && one.getAttribute('aria-selected') !== 'true')
    begin()
    row.click()
  }
`

const CITY = [
  `insert into home (home_id, address, access, lat, lon)
   select 'h' || n, '桃源街道状元路 ' || n || ' 号', '密码钥匙盒在门右', 28.4 + n * 0.0001, 117.4 from generate_series(1, ${RESIDENTS}) n`,
  `insert into resident (resident_id, home_id, name, gender, birth_date, ability_level, lives_alone, dialect, conditions,
     medicines, allergies, hazards, created_at)
   select 'r' || n, 'h' || n, '周桂兰' || n, 'female', '1943-05-06', 3, true, '弋阳话', '{高血压,房颤,骨质疏松}',
     '{"氨氯地平 5mg","华法林 3mg"}', '{青霉素}', '{"服抗凝药, 跌倒须防内出血"}', now() from generate_series(1, ${RESIDENTS}) n`,
  `insert into contact (resident_id, position, name, relation, phone, windows)
   select 'r' || n, p, '程丽', '女儿', '13900002208', '[{"days":[1,2,3,4,5,6,7],"from":"08:00","to":"22:00"}]'
   from generate_series(1, ${RESIDENTS}) n, generate_series(1, 4) p`,
  `insert into device (device_id, kind, protocol, resident_id, room, created_at)
   select 'd' || n || '-' || k, (array['sos_button', 'fall_sensor', 'hub'])[k], 'native', 'r' || n, '卧室', now()
   from generate_series(1, ${RESIDENTS}) n, generate_series(1, 3) k`,
  `insert into alarm_case (case_id, resident_id, device_id, kind, category, priority, state, version, opened_at,
     last_signal_at, signal_count, cancelled, owner_id, outcome)
   select md5('c' || n)::uuid, 'r' || (1 + n % ${RESIDENTS}), 'd' || (1 + n % ${RESIDENTS}) || '-1', 'sos', 'emergency', 1,
     case when n < ${OPEN} then 'new' else 'closed' end, 4, now() - n * interval '11 min', now() - n * interval '11 min', 1, false,
     case when n < ${OPEN} then null else (select user_id from app_user limit 1) end,
     case when n < ${OPEN} then null else 'false_alarm' end
   from generate_series(0, ${CASES} - 1) n`,
  `insert into alert (alert_id, case_id, device_id, kind, device_state, first_signal_at, last_signal_at, signal_count)
   select md5('a' || case_id)::uuid, case_id, device_id, kind, 'active', opened_at, opened_at, 1 from alarm_case`,
  `insert into case_log (case_id, at, action, to_state, version, detail)
   select case_id, opened_at, (array['opened', 'signal', 'assessed', 'signal'])[v], 'new', v, '{"kind":"sos","count":1}'
   from alarm_case, generate_series(1, 4) v`,
  `insert into resident_notice (notice_id, resident_id, text, created_at, created_by)
   select md5('n' || n)::uuid, 'r' || n, '左耳听不到', now(), (select user_id from app_user limit 1)
   from generate_series(1, ${RESIDENTS}, 3) n`,
  `insert into resident_note (note_id, resident_id, text, until_at, created_at, created_by)
   select md5('t' || n)::uuid, 'r' || n, '电梯检修', now() + interval '1 day', now(), (select user_id from app_user limit 1)
   from generate_series(1, ${RESIDENTS}, 2) n`,
  'analyze',
]
