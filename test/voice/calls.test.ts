import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { CaseDetail } from '../../server/contract/case.ts'
import { type ApiClient, startTestApp, type TestApp } from '../support/app.ts'
import {
  addTerminal,
  claimCase,
  type FakeDesk,
  type FakeTerminal,
  openDesk,
  startCall,
  voiceOf,
} from '../support/voice.ts'

/** Calls through the real broker and the real socket: whom may be called, what is passed on, how it ends. */

let app: TestApp
let admin: ApiClient
let limin: ApiClient
let wangfang: ApiClient
let desk: FakeDesk
let numbers = 0

beforeAll(async () => {
  app = await startTestApp({
    env: {
      TURN_URL: 'turn:turn.example.org:3478',
      TURN_SECRET: 'shared',
      ICE_SERVERS: '[{"urls":"stun:s.example.org"}]',
    },
  })
  admin = await app.signIn('admin')
  limin = await app.signIn('limin')
  wangfang = await app.signIn('wangfang')
  desk = await openDesk(limin)
})
afterAll(() => app?.destroy())

const seen = <T>(list: readonly T[], wanted: object) =>
  vi.waitFor(() => expect(list).toContainEqual(expect.objectContaining(wanted)), { timeout: 5_000, interval: 20 })

/** A home whose press limin has claimed. */
async function home(type = 'sos'): Promise<{ terminal: FakeTerminal; caseId: string }> {
  numbers += 1
  const terminal = await addTerminal(app, admin, `vt-${numbers}`)
  // Who is connected where is written by recurring work.
  await app.tick()
  await terminal.press(type)
  return { terminal, caseId: await claimCase(limin, terminal.residentId) }
}

async function ringing(type = 'sos') {
  const { terminal, caseId } = await home(type)
  const { status, body } = await startCall(limin, caseId)
  expect(status).toBe(201)
  const call = body.call.callId
  expect(await desk.say({ call, type: 'offer', sdp: 'v=0 offer' })).toEqual({ ok: true })
  await seen(terminal.words, { call, type: 'offer' })
  return { terminal, caseId, call, started: body }
}

async function talking() {
  const rung = await ringing()
  await rung.terminal.say({ call: rung.call, type: 'answer', sdp: 'v=0 answer' })
  await rung.terminal.say({ call: rung.call, type: 'connected', notice: false })
  await seen(desk.words, { call: rung.call, type: 'connected' })
  return rung
}

const logOf = async (caseId: string) =>
  (await limin.get<CaseDetail>(`/cases/${caseId}`)).body.log.filter(({ action }) => action.startsWith('call_'))

const end = async (call: string) => expect((await limin.post(`/calls/${call}/end`, {})).status).toBe(200)

test('words go both ways, in order, and the case tells of the call without a new version', async () => {
  const { terminal, caseId, call, started } = await ringing()
  const before = (await limin.get<CaseDetail>(`/cases/${caseId}`)).body.case.version
  expect(started.iceServers).toMatchObject([{ urls: 'stun:s.example.org' }, { urls: ['turn:turn.example.org:3478'] }])
  const [offer] = terminal.words
  expect(offer).toMatchObject({ type: 'offer', sdp: 'v=0 offer', case: caseId, auto: true, record: false })
  expect(offer?.type === 'offer' && offer.iceServers[1]).toMatchObject({
    username: expect.stringMatching(new RegExp(`^\\d+:${call}$`)),
  })
  for (let n = 0; n < 5; n++) void desk.say({ call, type: 'ice', candidate: { candidate: `d${n}`, sdpMid: '0' } })
  await seen(terminal.words, { candidate: expect.objectContaining({ candidate: 'd4' }) })
  expect(terminal.words.flatMap((word) => (word.type === 'ice' ? word.candidate?.candidate : []))).toEqual([
    'd0',
    'd1',
    'd2',
    'd3',
    'd4',
  ])
  await terminal.say({ call, type: 'ringing' })
  await terminal.say({ call, type: 'answer', sdp: 'v=0 answer' })
  await terminal.say({ call, type: 'ice', candidate: { candidate: 't0', sdpMLineIndex: 0 } })
  await terminal.say({ call, type: 'muted', muted: true })
  await terminal.say({ call, type: 'connected', notice: false })
  await seen(desk.words, { call, type: 'connected' })
  expect(desk.words.filter((word) => word.call === call).map(({ type }) => type)).toEqual([
    'ringing',
    'answer',
    'ice',
    'muted',
    'connected',
  ])
  app.clock.advance(65_000)
  expect(await desk.say({ call, type: 'end', reason: 'operator' })).toEqual({ ok: true })
  await seen(terminal.words, { call, type: 'end', reason: 'operator' })
  expect((await voiceOf(limin, caseId)).calls).toMatchObject([{ callId: call, state: 'ended', reason: 'operator' }])
  expect(await logOf(caseId)).toMatchObject([
    { action: 'call_started', actor: '李敏', version: before, detail: { callId: call, auto: true } },
    { action: 'call_connected', version: before },
    { action: 'call_ended', version: before, detail: { reason: 'operator', seconds: 65 } },
  ])
  // Nothing of what they told each other stays.
  expect(
    await app.database.store.db.selectFrom('voice_message').selectAll().where('call_id', '=', call).execute(),
  ).toEqual([])
})

test('a wish for help is never taken by itself', async () => {
  const { terminal, call } = await ringing('help')
  expect(terminal.words[0]).toMatchObject({ type: 'offer', auto: false })
  await end(call)
})

test('a press that was taken back is not taken by itself', async () => {
  const { terminal, caseId } = await home()
  await terminal.press('sos_cancel')
  await vi.waitFor(async () => expect((await limin.get<CaseDetail>(`/cases/${caseId}`)).body.case.cancelled).toBe(true))
  const { body } = await startCall(limin, caseId)
  expect(body.call.auto).toBe(false)
  await end(body.call.callId)
})

test('only who has the case may call, and only a terminal of its resident', async () => {
  const { caseId } = await home()
  const other = await home()
  const button = await addTerminal(app, admin, 'vt-button', {
    residentId: other.terminal.residentId,
    kind: 'sos_button',
  })
  await app.tick()
  expect((await startCall(wangfang, caseId)).body).toMatchObject({ status: 409, code: 'not_owner' })
  expect((await startCall(limin, caseId, other.terminal.deviceId)).body).toMatchObject({ code: 'no_terminal' })
  expect((await startCall(limin, other.caseId, button.deviceId)).body).toMatchObject({ code: 'no_terminal' })
  expect((await startCall(limin, '00000000-0000-4000-8000-000000000000')).status).toBe(404)
  expect((await limin.post(`/cases/${caseId}/calls`, { deviceId: 1 })).body).toMatchObject({
    errors: [{ field: 'deviceId' }],
  })
  const { terminal } = other
  await terminal.client.endAsync()
  await vi.waitFor(async () => {
    await app.tick()
    expect((await startCall(limin, other.caseId)).body).toMatchObject({ code: 'terminal_offline' })
  })
  const version = (await limin.get<CaseDetail>(`/cases/${caseId}`)).body.case.version
  await limin.post(`/cases/${caseId}/resolve`, { version, outcome: 'helped', reason: '好了', contact: 'made' })
  expect((await startCall(limin, caseId)).body).toMatchObject({ code: 'wrong_state' })
})

test('an operator and a terminal have one call at a time', async () => {
  const { call, caseId } = await ringing()
  expect((await startCall(limin, caseId)).body).toMatchObject({ code: 'call_open' })
  const second = await home()
  expect((await startCall(limin, second.caseId)).body).toMatchObject({ code: 'call_open' })
  await end(call)
  const again = await startCall(limin, second.caseId)
  expect(again.status).toBe(201)
  await end(again.body.call.callId)
})

test('nobody takes part in somebody else’s call', async () => {
  const { call, terminal } = await talking()
  const stranger = await addTerminal(app, admin, 'vt-stranger')
  const otherDesk = await openDesk(wangfang)
  expect(await otherDesk.say({ call, type: 'muted', muted: true })).toEqual({ ok: false, code: 'not_yours' })
  expect((await wangfang.post(`/calls/${call}/end`, {})).body).toMatchObject({ code: 'not_owner' })
  await stranger.say({ call, type: 'end', reason: 'resident' })
  expect(await desk.say({ call, type: 'alive' })).toEqual({ ok: true })
  expect(terminal.words.some(({ type }) => type === 'muted' || type === 'end')).toBe(false)
  // The broker itself keeps a device from another one's topics.
  await expect(stranger.client.subscribeAsync(`care/v1/${terminal.deviceId}/voice`)).rejects.toThrow()
  await stranger.client.endAsync()
  await end(call)
})

test('what is no word of ours is refused and harms nothing', async () => {
  const { call, terminal } = await ringing()
  for (const word of [
    null,
    'offer',
    { call },
    { call: 'x', type: 'alive' },
    { call, type: 'sing' },
    { call, type: 'offer', sdp: 'x'.repeat(12_001) },
    { call, type: 'offer', sdp: 'v=0', more: 1 },
    { call, type: 'end', reason: 'declined' },
  ]) {
    expect(await desk.say(word as object), JSON.stringify(word)?.slice(0, 60)).toEqual({ ok: false, code: 'invalid' })
  }
  const topic = `care/v1/${terminal.deviceId}/voice-reply`
  await terminal.client.publishAsync(topic, 'x'.repeat(20_000), { qos: 1 })
  await terminal.client.publishAsync(topic, Buffer.from([0xff, 0xfe]), { qos: 1 })
  await terminal.client.publishAsync(topic, '{"call":', { qos: 1 })
  await terminal.say({ call, type: 'answer', sdp: 'v=0 late but well' })
  await seen(desk.words, { call, type: 'answer', sdp: 'v=0 late but well' })
  const letters = await admin.get<{ items: { topic: string }[] }>('/dead-letters?limit=50')
  expect(letters.body.items.filter((one) => one.topic === topic)).toEqual([])
  await end(call)
})

test('a side that floods is cut short, and its alarms are not', async () => {
  const { call, terminal, caseId } = await ringing()
  const answers = await Promise.all(
    Array.from({ length: 150 }, (_, n) => desk.say({ call, type: 'ice', candidate: { candidate: `c${n}` } })),
  )
  expect(answers.filter(({ ok }) => ok).length).toBeLessThan(110)
  expect(answers.at(-1)).toEqual({ ok: false, code: 'too_many' })
  await terminal.press()
  await vi.waitFor(async () => expect((await limin.get<CaseDetail>(`/cases/${caseId}`)).body.case.signalCount).toBe(2))
  await end(call)
})

test('nobody answers for 30 s: it is over, and what was on its way does not ring later', async () => {
  const { caseId, call, terminal } = await ringing()
  app.clock.advance(29_000)
  await app.tick()
  expect((await voiceOf(limin, caseId)).calls[0]?.state).toBe('ringing')
  app.clock.advance(1_500)
  await app.tick()
  await seen(desk.words, { call, type: 'end', reason: 'no_answer' })
  await seen(terminal.words, { call, type: 'end', reason: 'no_answer' })
  expect((await voiceOf(limin, caseId)).calls[0]).toMatchObject({ state: 'failed', reason: 'no_answer' })
  expect(await desk.say({ call, type: 'offer', sdp: 'v=0' })).toEqual({ ok: false, code: 'over' })
  // A terminal that comes too late is told.
  const before = terminal.words.length
  await terminal.say({ call, type: 'answer', sdp: 'v=0' })
  await vi.waitFor(() => expect(terminal.words.length).toBeGreaterThan(before))
  expect(terminal.words.at(-1)).toEqual({ call, type: 'end', reason: 'no_answer' })
})

test('a desk that is not heard of any more loses its call; one that is keeps it', async () => {
  const { caseId, call, terminal } = await talking()
  for (let n = 0; n < 3; n++) {
    app.clock.advance(25_000)
    expect(await desk.say({ call, type: 'alive' })).toEqual({ ok: true })
    await app.tick()
  }
  expect((await voiceOf(limin, caseId)).calls[0]?.state).toBe('connected')
  app.clock.advance(31_000)
  await app.tick()
  await seen(terminal.words, { call, type: 'end', reason: 'lost' })
  expect((await logOf(caseId)).at(-1)).toMatchObject({ action: 'call_ended', detail: { reason: 'lost', seconds: 106 } })
})

test.each([
  ['declined', 'failed'],
  ['no_microphone', 'failed'],
  ['media', 'failed'],
  ['resident', 'ended'],
])('the terminal says %s', async (reason, state) => {
  const { caseId, call, terminal } = await ringing()
  await terminal.say({ call, type: 'end', reason })
  await seen(desk.words, { call, type: 'end', reason })
  expect((await voiceOf(limin, caseId)).calls[0]).toMatchObject({ state, reason })
})

test('a desk that has connected anew goes on with its call', async () => {
  const { call, terminal } = await talking()
  const again = await openDesk(limin)
  expect(await again.say({ call, type: 'alive' })).toEqual({ ok: true })
  await terminal.say({ call, type: 'muted', muted: true })
  await seen(again.words, { call, type: 'muted', muted: true })
  await end(call)
  await seen(again.words, { call, type: 'end', reason: 'operator' })
})

test('every desk hears of a call by an event of its case', async () => {
  const { call, caseId } = await talking()
  const other = await openDesk(wangfang)
  const events: string[] = []
  other.socket.on('case', (event, acknowledge) => {
    events.push(event.caseId)
    acknowledge()
  })
  await end(call)
  await vi.waitFor(() => expect(events).toContain(caseId))
})

test('pages of ours alone may listen', async () => {
  const { headers } = await fetch(`http://127.0.0.1:${app.httpPort}/healthz`)
  expect(headers.get('permissions-policy')).toBe('microphone=(self), camera=(), geolocation=(self)')
  expect(headers.get('content-security-policy')).toContain("media-src 'self' blob:")
})
