import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { CaseDetail, CaseSummary } from '../../server/contract/case.ts'
import type { DeskSettingsView } from '../../server/contract/desk-settings.ts'
import { createDeskScene, type DeskScene } from './scene.ts'

let scene: DeskScene
beforeEach(async () => {
  scene = await createDeskScene()
})
afterEach(() => scene.end())

describe('an offer', () => {
  test('goes to one desk, the other one reads who is asked, and the case stays open to both', async () => {
    const { limin, wangfang } = scene
    await scene.ready(limin, wangfang)
    const caseId = await scene.alarm('r1', 'sos')
    const offer = await limin.nextOffer()
    expect(offer).toMatchObject({ caseId, reminded: false })
    expect(offer.expiresAt - offer.offeredAt).toBe(15_000)
    await expect.poll(() => wangfang.board().offers).toMatchObject([{ caseId, displayName: '李敏' }])
    expect(wangfang.offers).toEqual([])
    // Whoever is quicker has it.
    expect((await wangfang.claim(caseId)).body).toMatchObject({ owner: { displayName: '王芳' } })
    await expect.poll(() => limin.over).toContainEqual({ offerId: offer.offerId, caseId })
    expect(await scene.rows()).toMatchObject([{ outcome: 'withdrawn', ended_why: 'taken' }])
  })

  test('does not change the version of the case, and accepting it is a claim', async () => {
    const { limin } = scene
    await scene.ready(limin)
    const caseId = await scene.alarm('r1', 'sos')
    await limin.nextOffer()
    const { body } = await limin.claim(caseId, 1)
    expect(body).toMatchObject({ version: 2, owner: { displayName: '李敏' } })
    expect(await scene.rows()).toMatchObject([{ outcome: 'accepted', ended_why: 'claimed' }])
  })

  test('is reminded after 5 s, passed over after 15 s, then the next is asked; all of it stands in the case', async () => {
    const { limin, wangfang } = scene
    await scene.ready(limin, wangfang)
    const caseId = await scene.alarm('r1', 'sos')
    await limin.nextOffer()
    await scene.after(4_999)
    expect(limin.offers).toHaveLength(1)
    await scene.after(1)
    expect(await limin.nextOffer(2)).toMatchObject({ caseId, reminded: true })
    await scene.after(9_999)
    expect(wangfang.offers).toEqual([])
    await scene.after(1)
    expect(await wangfang.nextOffer()).toMatchObject({ caseId, reminded: false })
    await expect.poll(() => limin.over).toHaveLength(1)
    const { body } = await limin.api.get<CaseDetail>(`/cases/${caseId}`)
    expect(body.case.version).toBe(1)
    expect(body.log.map(({ action, actor }) => [action, actor])).toEqual([
      ['opened', null],
      ['signal', null],
      ['offered', '李敏'],
      ['reminded', '李敏'],
      ['passed', '李敏'],
      ['offered', '王芳'],
    ])
  })

  test('nobody reacts: open to all, and it goes around again', async () => {
    const { limin, wangfang } = scene
    await scene.ready(limin, wangfang)
    const caseId = await scene.alarm('r1', 'sos')
    await limin.nextOffer()
    await scene.after(15_000)
    await wangfang.nextOffer()
    expect(limin.board().openToAll).toEqual([])
    await scene.after(15_000)
    await expect.poll(() => wangfang.board().openToAll).toEqual([caseId])
    await scene.after(1_000)
    expect(await limin.nextOffer(2)).toMatchObject({ caseId, reminded: false })
    expect(limin.board().openToAll).toEqual([caseId])
    await limin.claim(caseId)
    await scene.after(0)
    await expect.poll(() => wangfang.board()).toEqual({ offers: [], openToAll: [] })
  })

  test('a fault that nobody takes rests before it goes around again', async () => {
    const { limin } = scene
    await scene.ready(limin)
    await scene.alarm('r1', 'tamper')
    await limin.nextOffer()
    await scene.after(15_000)
    await scene.after(1_000)
    await scene.after(590_000)
    expect(await scene.rows()).toHaveLength(1)
    await scene.after(10_000)
    await expect.poll(async () => (await scene.rows()).length).toBe(2)
  })

  test('whoever is on a break, busy or in an emergency is not asked; coming back is enough to be asked', async () => {
    const { limin, wangfang } = scene
    await scene.ready(limin, wangfang)
    const first = await scene.alarm('r1', 'sos')
    await limin.nextOffer()
    await limin.claim(first)
    await wangfang.status('break')
    await scene.alarm('r2', 'sos')
    await scene.after(1_000)
    expect(await scene.rows()).toHaveLength(1)
    await wangfang.status('ready')
    await wangfang.nextOffer()
    await wangfang.status('busy')
    await scene.after(0)
    expect((await scene.rows()).at(-1)).toMatchObject({ outcome: 'passed', ended_why: 'not_ready' })
  })

  test('whoever takes another emergency is not asked any more', async () => {
    const { limin, wangfang } = scene
    await scene.ready(limin, wangfang)
    await scene.alarm('r1', 'sos')
    await limin.nextOffer()
    await wangfang.nextOffer(0)
    const second = await scene.alarm('r2', 'sos')
    await wangfang.nextOffer()
    await limin.claim(second)
    await scene.after(1_000)
    await wangfang.nextOffer(2)
    expect(await scene.rows()).toMatchObject([
      { outcome: 'passed', ended_why: 'engaged' },
      { outcome: 'withdrawn', ended_why: 'taken' },
      { outcome: null },
    ])
  })

  test('a desk that loses its line in the middle of an offer is passed over, and asked again when it is back', async () => {
    const { limin, wangfang } = scene
    await scene.ready(limin, wangfang)
    const caseId = await scene.alarm('r1', 'sos')
    await limin.nextOffer()
    await limin.leave()
    await scene.after(5_000)
    expect(await wangfang.nextOffer()).toMatchObject({ caseId })
    expect((await scene.rows())[0]).toMatchObject({ outcome: 'passed', ended_why: 'gone' })
    await limin.join()
    await scene.alarm('r2', 'sos')
    await limin.nextOffer(2)
  })

  test('a page that is loaded anew gets its offer again', async () => {
    const { limin } = scene
    await scene.ready(limin)
    const caseId = await scene.alarm('r1', 'sos')
    const { offerId } = await limin.nextOffer()
    await limin.leave()
    await limin.join()
    expect(await limin.nextOffer(2)).toMatchObject({ offerId, caseId })
    await expect.poll(async () => (await scene.rows())[0]?.shown_at).toBeInstanceOf(Date)
  })

  test('what is suppressed is offered to nobody', async () => {
    const { limin } = scene
    await scene.ready(limin)
    await scene.quiet('r1')
    await scene.alarm('r1', 'sos')
    await scene.after(1_000)
    expect(await scene.rows()).toEqual([])
  })
})

describe('whom', () => {
  test("the resident's last operator, for half an hour", async () => {
    const { limin, wangfang } = scene
    await scene.ready(limin, wangfang)
    const caseId = await scene.alarm('r1', 'sos')
    await limin.nextOffer()
    await wangfang.claim(caseId)
    await wangfang.finish(caseId)
    await scene.after(10 * 60_000)
    await scene.alarm('r1', 'sos')
    await wangfang.nextOffer()
  })

  test('the dialect first; for help only its speakers, until the wait is too long', async () => {
    const { limin, wangfang } = scene
    await scene.profile(wangfang, { dialects: ['弋阳话'] })
    await scene.dialect('r1', '弋阳话')
    await scene.dialect('r2', '弋阳话')
    await scene.ready(limin, wangfang)
    await scene.alarm('r1', 'help')
    await wangfang.nextOffer()
    await scene.alarm('r2', 'help')
    await scene.after(9_000)
    expect(limin.offers).toEqual([])
    await scene.after(1_000)
    await limin.nextOffer()
  })
})

describe('settings', () => {
  test('are changed by supervisors with a history; off stops every offer', async () => {
    const { limin, admin } = scene
    await scene.ready(limin)
    await scene.alarm('r1', 'sos')
    await limin.nextOffer()
    const { body } = await limin.api.get<DeskSettingsView>('/desk/settings')
    const put = (api: typeof admin, version: number, distribution: object) =>
      api.send(
        '/desk/settings',
        { version, settings: { ...body.settings, distribution: { ...body.settings.distribution, ...distribution } } },
        'application/json',
        'PUT',
      )
    expect((await put(limin.api, 0, { on: false })).status).toBe(403)
    expect((await put(admin, 0, { passSeconds: 5 })).body).toMatchObject({
      code: 'invalid_request',
      errors: [{ field: 'distribution.passSeconds' }],
    })
    expect((await put(admin, 0, { on: false })).body).toMatchObject({ version: 1, by: '管理员' })
    expect((await put(admin, 0, { on: true })).body).toMatchObject({ code: 'stale_version', version: 1 })
    await scene.after(1_000)
    expect(await scene.rows()).toMatchObject([{ outcome: 'withdrawn', ended_why: 'stopped' }])
    await scene.after(60_000)
    expect(await scene.rows()).toHaveLength(1)
    const history = await admin.get<{ items: DeskSettingsView[] }>('/desk/settings/history')
    expect(history.body.items).toMatchObject([{ version: 1, settings: { distribution: { on: false } } }])
  })
})

describe('back from a hold', () => {
  test('on top of its priority, marked, and offered: first to whoever held it, then to the others', async () => {
    const { limin, wangfang } = scene
    await scene.ready(limin, wangfang)
    const held = await scene.alarm('r1', 'sos')
    await limin.nextOffer()
    await limin.claim(held)
    await limin.command(held, 'hold', { seconds: 120 })
    await wangfang.status('break')
    const newer = await scene.alarm('r2', 'sos')
    const help = await scene.alarm('r3', 'help')
    const queue = async () =>
      (await limin.api.get<{ items: CaseSummary[] }>('/cases?state=open')).body.items.map(({ caseId }) => caseId)
    expect(await queue()).toEqual([newer, help, held])
    await scene.after(120_001)
    expect(await queue()).toEqual([held, newer, help])
    expect(await limin.nextOffer(2)).toMatchObject({ caseId: held })
    await wangfang.status('ready')
    await wangfang.nextOffer()
    await wangfang.claim(newer)
    await wangfang.finish(newer)
    await scene.after(15_000)
    await scene.after(1_000)
    // Between the two she may have been offered what else waits.
    await expect.poll(() => wangfang.offers.at(-1)?.caseId).toBe(held)
    expect((await wangfang.claim(held)).body).toMatchObject({ owner: { displayName: '王芳' }, returnedAt: null })
    const { body } = await limin.api.get<CaseDetail>(`/cases/${held}`)
    expect(body.log.at(-1)).toMatchObject({ action: 'takeover', actor: '王芳' })
  })

  test('whoever held it takes it up again by a claim or by going on', async () => {
    const { limin } = scene
    await scene.ready(limin)
    const caseId = await scene.alarm('r1', 'sos')
    await limin.claim(caseId)
    await limin.command(caseId, 'hold', { seconds: 5 })
    await scene.after(5_001)
    expect((await limin.claim(caseId)).body).toMatchObject({ returnedAt: null })
    await limin.command(caseId, 'hold', { seconds: 5 })
    await scene.after(5_001)
    await limin.nextOffer(2)
    await limin.command(caseId, 'note', { text: '家属正在赶来' })
    expect((await limin.command(caseId, 'dispatch', { to: '120' })).body).toMatchObject({ returnedAt: null })
    expect((await scene.rows()).at(-1)).toMatchObject({ outcome: 'accepted' })
  })
})
