import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { CaseSummary } from '../../server/contract/case.ts'
import { addMonths, monthOf, monthStart } from '../../server/contract/month.ts'
import type { QualityMonth } from '../../server/contract/quality.ts'
import { seedDivisions } from '../../server/org/divisions.ts'
import { drawDue } from '../../server/quality/draw.ts'
import type { ApiClient } from '../support/app.ts'
import { addResident, commit, event } from '../support/records.ts'
import { query } from '../support/sql.ts'
import { type Office, startOffice } from './office.ts'

const LAST = addMonths(monthOf(Date.now()), -1)
const PERSONS = ['周桂兰', '吴秀英', '欧阳胜男司徒雅芝', '王福贵', '赵玉珍']

let office: Office
let boss: ApiClient
const run = (text: string, values: unknown[] = []) => query(office.app.database.url, text, values)

beforeAll(async () => {
  office = await startOffice()
  const { app } = office
  const [limin, wangfang] = await Promise.all([app.signIn('limin'), app.signIn('wangfang')])
  boss = await app.signIn('huangyan')
  await seedDivisions(app.database.store.db)
  await handled(limin, 'sos', 'hospital')
  await handled(limin, 'help', 'helped')
  await handled(limin, 'help', 'false_alarm')
  await handled(wangfang, 'help', 'helped')
  await handled(boss, 'sos', 'advised')
  await aWeekOfLoad()
  await aMonthAgo()
  // The node's own job may have been quicker.
  await drawDue(app.database.store.db, 'node-1', Date.now())
  expect((await month()).draw).not.toBeNull()
}, 90_000)
afterEach(async () => {
  expect(await office.closePages()).toEqual([])
})
afterAll(() => office?.stop())

let serial = 0
async function handled(who: ApiClient, type: 'sos' | 'help', outcome: string): Promise<void> {
  const device = `quality-${++serial}`
  const { db } = office.app.database.store
  await addResident(db, [device], PERSONS[serial - 1] ?? '')
  await commit(db, [event(device, type, Date.now() - 34_000)], Date.now() - 34_000)
  const { body } = await who.get<{ items: CaseSummary[] }>('/cases?state=open&limit=500')
  let version = 1
  const caseId = body.items.find(({ deviceId }) => deviceId === device)?.caseId
  for (const [action, said] of [
    ['claim', {}],
    ['note', { text: '在卫生间滑倒，清醒，右髋疼', contact: 'made' }],
    ['dispatch', { to: '桃源街道网格员 王建国', text: '带上担架' }],
    ['arrive', {}],
    ['resolve', { outcome, reason: '已由 120 送市立医院，女儿随车' }],
    ['close', {}],
  ] as const) {
    const answer = await who.post(`/cases/${caseId}/${action}`, { version: version++, ...said })
    expect(answer.status).toBe(200)
  }
}

/** Moves all that was closed into the month before, and takes the empty draw back that the start has made. */
async function aMonthAgo(): Promise<void> {
  const middle = new Date(monthStart(LAST) + 12 * 86_400_000)
  await run('update case_result set closed_at = $1', [middle])
  await run('update alarm_case set closed_at = $1 where closed_at is not null', [middle])
  await run("update app_user set created_at = '2026-01-01'")
  await run(`insert into app_user (user_id, username, display_name, role, password_hash, created_at)
    values (gen_random_uuid(), 'chenjing', '陈静', 'operator', '-', '2026-01-01')`)
  await run("insert into home (home_id, division_code, address) values ('h', '361125001', '')")
  await run("update resident set home_id = 'h'")
  await run("update case_result set area = '361125' where category = 'emergency'")
  for (const table of ['quality_draw', 'quality_draw_operator'])
    await run(`alter table ${table} disable trigger append_only`)
  await run('delete from quality_draw_operator')
  await run('delete from quality_draw')
}

/** Two operators by day, one at night, and evenings with too much. */
async function aWeekOfLoad(): Promise<void> {
  await run(`insert into duty_log (user_id, at, action, from_status, to_status)
    select user_id, day + make_interval(hours => case when username = 'limin' then 0 else 8 end + (k - 1) * 8), 'status',
      case k when 1 then 'off' else 'ready' end, case k when 1 then 'ready' else 'off' end
    from app_user, generate_series(date_trunc('day', now()) - interval '20 days', now(), interval '1 day') day,
      generate_series(1, 2) k
    where username in ('limin', 'wangfang') order by 2`)
  await run(`insert into alarm_case (case_id, device_id, kind, category, priority, state, version, opened_at, last_signal_at,
      signal_count, cancelled, owner_id, outcome)
    select gen_random_uuid(), 'quality-1', 'help', 'help', 3, 'closed', 1, at, at, 1, false,
      (select user_id from app_user where username = (array['limin', 'wangfang'])[1 + (n % 2)::int]), 'helped'
    from (select n, date_trunc('day', now()) - n % 20 * interval '1 day' + make_interval(mins => (n * 37 % 1440)::int) as at
      from generate_series(1, 900) n
      union all select n, date_trunc('day', now()) - n % 3 * interval '1 day' - interval '12 hours' + make_interval(mins => (n % 50)::int)
      from generate_series(1, 40) n) c where at < now()`)
  await run(`insert into case_answer (case_id, category, since, answered_at, operator_id)
    select case_id, 'help', opened_at, opened_at, owner_id from alarm_case where version = 1 and outcome = 'helped'`)
}

async function shots(page: Page, name: string): Promise<void> {
  const folder = process.env.SHOTS
  if (!folder) return
  await mkdir(folder, { recursive: true })
  await page.screenshot({ path: join(folder, `quality-${name}.png`) })
}
const fits = async (page: Page) =>
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(1366)
const month = async () => (await boss.get<QualityMonth>(`/quality/months/${LAST}`)).body
const rowOf = (page: Page, name: string) =>
  page.getByTestId('quality-operators').locator(`.ant-table-row:has(td:first-child b:text-is("${name}"))`)

test('the draw of the month, an audit by keyboard alone, and what the operator says to it', async () => {
  const page = await office.open('/centre/quality', { username: 'huangyan' })
  await rowOf(page, '李敏').waitFor()
  expect(await page.getByTestId('quality-done').innerText()).toMatch(/0 \/ 4/)
  expect(await page.getByTestId('quality-draw').innerText()).toMatch(/节点 .+种子 [0-9a-f]{32}/)
  expect(await rowOf(page, '李敏').innerText()).toMatch(/SOS 求救[\s\S]*紧急抽取[\s\S]*待审核[\s\S]*随机抽取/)
  expect(await rowOf(page, '王芳').innerText()).toMatch(/只有 1 起，已全部抽取/)
  expect(await rowOf(page, '陈静').innerText()).toMatch(/没有可抽查的警情/)
  await fits(page)
  await shots(page, 'month')

  await rowOf(page, '李敏').getByTestId('quality-open').first().press('Enter')
  await page.getByTestId('sheet-form').waitFor()
  await page.getByTestId('audit-log').getByText('桃源街道网格员 王建国').waitFor()
  // The first criterion is where the keys go.
  const { keyboard } = page
  await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('name'))).toBe('answered')
  expect(await page.locator('[data-criterion="answered"]').innerText()).toMatch(/等待 3\d 秒 ?后接听/)
  await keyboard.press('2')
  await keyboard.press('1')
  await keyboard.press('ArrowUp')
  await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('name'))).toBe('identity')
  await keyboard.press('2')
  await keyboard.press('2')
  await keyboard.press('Control+Enter')
  // It goes to what is missing.
  await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('name'))).toBe('protocol')
  expect(await page.getByTestId('sheet-score').innerText()).toMatch(/还有 11 项未答/)
  await shots(page, 'audit')
  await keyboard.press('1')
  await keyboard.press('n')
  await keyboard.press('2')
  await keyboard.press('0')
  await keyboard.type('没有告诉老人要等多久')
  await keyboard.press('Enter')
  for (let n = 0; n < 7; n++) await keyboard.press('2')
  await keyboard.type('派得快，话也说得清楚。')
  await keyboard.press('Control+s')
  await page.getByText('草稿已保存').waitFor()
  expect((await month()).operators.flatMap(({ audits }) => audits).filter(({ begun }) => begun)).toHaveLength(1)
  await page.getByTestId('sheet-score').getByText('合格').waitFor()
  await page.locator('#audit-remark').press('Control+Enter')
  await page.locator('.ant-modal-confirm').waitFor()
  await page.locator('.ant-modal-confirm .ant-btn-primary').press('Enter')
  await page.getByTestId('sheet-read').waitFor()
  expect(await page.getByTestId('sheet-read').innerText()).toMatch(/黄燕 于 .* 完成并签名[\s\S]*没有告诉老人要等多久/)
  await shots(page, 'completed')

  const desk = await office.open('/centre/quality', { username: 'limin' })
  await desk.getByTestId('quality-mine').waitFor()
  // Only the completed one, and nothing of what others have.
  await expect.poll(() => desk.locator('.ant-table-row').count()).toBe(1)
  await shots(desk, 'mine')
  await desk.getByTestId('quality-open').press('Enter')
  await desk.getByTestId('sheet-read').waitFor()
  expect(await desk.getByTestId('sheet-form').count()).toBe(0)
  await desk.locator('#audit-comment').fill('当时电话里说了，没有记下来。')
  await desk.getByTestId('audit-send').press('Enter')
  await desk.getByTestId('audit-comment').waitFor()
  expect(await desk.locator('#audit-comment').count()).toBe(0)
  await desk.getByTestId('audit-comments').scrollIntoViewIfNeeded()
  await shots(desk, 'comment')
  await page.getByTestId('audit-back').click()
  await page.reload()
  await expect.poll(() => rowOf(page, '李敏').innerText()).toMatch(/合格[\s\S]*坐席已回复/)
}, 120_000)

test('what is not saved survives leaving the page; the own case is somebody else’s to audit', async () => {
  const page = await office.open('/centre/quality', { username: 'huangyan' })
  await rowOf(page, '王芳').getByTestId('quality-open').press('Enter')
  await page.getByTestId('sheet-form').waitFor()
  await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('name'))).toBe('answered')
  await page.keyboard.press('2')
  await page.getByTestId('audit-back').press('Enter')
  await rowOf(page, '王芳').getByTestId('quality-open').press('Enter')
  await page.locator('[data-criterion="answered"] label[data-chosen]').waitFor()
  await page.getByTestId('audit-back').press('Enter')
  await rowOf(page, '黄燕').getByTestId('quality-open').press('Enter')
  await page.getByTestId('audit-own-case').waitFor()
  expect(await page.getByTestId('sheet-form').count()).toBe(0)
  await shots(page, 'own-case')
}, 60_000)

test('a case is picked by hand with a reason', async () => {
  const page = await office.open('/centre/quality', { username: 'huangyan' })
  await rowOf(page, '李敏').getByTestId('quality-pick').press('Enter')
  await page.getByTestId('pick-reason').waitFor()
  await page.locator('.ant-modal input[type="radio"]:not([disabled])').first().check()
  await page.getByTestId('pick-reason').fill('家属投诉')
  await shots(page, 'pick')
  await page.getByTestId('pick-reason').press('Enter')
  await expect.poll(() => rowOf(page, '李敏').innerText()).toMatch(/手选/)
  expect(await page.getByTestId('quality-done').innerText()).toMatch(/1 \/ 4/)
}, 60_000)

test('outcomes by month and group, the load over the week, and their files', async () => {
  const page = await office.open('/centre/quality/outcomes', { username: 'huangyan' })
  await page.getByRole('combobox', { name: '从' }).click()
  await page.locator('.ant-select-item-option').nth(1).click()
  await page.getByTestId('quality-rows').waitFor()
  expect(await page.getByTestId('quality-tiles').innerText()).toMatch(/归档\s+5[\s\S]*20\.0%[\s\S]*1 \/ 4/)
  await shots(page, 'outcomes')
  await page.getByText('设备型号', { exact: true }).click()
  await expect.poll(() => page.getByTestId('quality-rows').innerText()).toMatch(/未知型号/)
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByTestId('quality-csv').press('Enter')])
  expect(file.suggestedFilename()).toBe('quality-by-device.csv')
  await fits(page)
  await page.getByText('接警负荷', { exact: true }).click()
  await page.getByTestId('load-heat').waitFor()
  expect(await page.getByTestId('load-over').innerText()).toMatch(/▲ \d+/)
  expect(await page.getByTestId('load-heat').locator('td[data-over]').count()).toBeGreaterThan(0)
  expect(await page.getByTestId('load-operators').innerText()).toMatch(/李敏[\s\S]*王芳|王芳[\s\S]*李敏/)
  await fits(page)
  await shots(page, 'load')
  await page.getByTestId('load-worst').scrollIntoViewIfNeeded()
  await shots(page, 'load-below')
  const [hours] = await Promise.all([page.waitForEvent('download'), page.getByTestId('load-hours-csv').press('Enter')])
  expect(hours.suggestedFilename()).toBe('operator-load-hours.csv')
}, 90_000)

test('a changed sheet is published with a reason; what is missing is marked', async () => {
  const page = await office.open('/centre/quality/sheet', { username: 'huangyan' })
  await page.getByTestId('criterion-edit').first().waitFor()
  const before = await page.getByTestId('criterion-edit').count()
  await page.getByTestId('sheet-add').press('Enter')
  await expect.poll(() => page.getByTestId('criterion-edit').count()).toBe(before + 1)
  await page.getByTestId('sheet-note').fill('走失警情增多')
  await page.getByTestId('sheet-publish').press('Enter')
  const added = page.getByTestId('criterion-edit').last()
  await expect
    .poll(() => added.locator('.ant-input-status-error, .ant-input-affix-wrapper-status-error').count())
    .toBe(2)
  await shots(page, 'sheet')
  await added.locator('input').nth(0).fill('走失的报了公安')
  await added.locator('input').nth(2).fill('Told the police of a lost person')
  await page.getByTestId('sheet-publish').press('Enter')
  await page.getByText('已发布第 2 版').waitFor()
}, 60_000)

test('in English; what went wrong is said', async () => {
  const page = await office.open('/centre/quality', { username: 'huangyan', language: 'en' })
  await rowOf(page, '李敏').waitFor()
  await fits(page)
  await shots(page, 'month-en')
  await rowOf(page, '王芳').getByTestId('quality-open').press('Enter')
  await page.getByTestId('sheet-form').waitFor()
  await page.getByTestId('audit-log').waitFor()
  await fits(page)
  await shots(page, 'audit-en')
  let isDown = true
  await page.route('**/api/v1/quality/load**', (route) => (isDown ? route.abort() : route.continue()))
  await page.getByTestId('audit-back').press('Enter')
  await page.getByText('Operator load', { exact: true }).click()
  await page.getByTestId('error-state').waitFor({ timeout: 30_000 })
  isDown = false
  await page.getByTestId('error-state').getByRole('button').press('Enter')
  await page.getByTestId('load-heat').waitFor()
  await shots(page, 'load-en')
  await page.getByText('Outcomes and false alarms', { exact: true }).click()
  await page.getByTestId('quality-tiles').waitFor()
  await shots(page, 'outcomes-en')
}, 90_000)

test.each(['zh-CN', 'en'] as const)(
  'dark is a choice: %s',
  async (language) => {
    const page = await office.open('/centre/quality', { username: 'huangyan', language })
    await page.evaluate(() => localStorage.setItem('anhu.theme.office', 'dark'))
    await page.reload()
    await rowOf(page, '李敏').waitFor()
    expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe('dark')
    await shots(page, `month-dark-${language}`)
    await rowOf(page, '王芳').getByTestId('quality-open').press('Enter')
    await page.getByTestId('sheet-form').waitFor()
    await page.getByTestId('audit-log').waitFor()
    await shots(page, `audit-dark-${language}`)
    for (const view of ['outcomes', 'load', 'sheet']) {
      await page.goto(page.url().replace(/quality\/.*/, `quality/${view}`))
      await page.locator('.levels-tile, [data-testid="criterion-edit"]').first().waitFor()
      await fits(page)
      await shots(page, `${view}-dark-${language}`)
    }
  },
  60_000,
)
