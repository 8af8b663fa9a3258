import { createHash } from 'node:crypto'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { CaseDetail } from '../../server/contract/case.ts'
import { query } from '../support/sql.ts'
import { voiceOf } from '../support/voice.ts'
import { green, hold, red, shows } from '../terminal/page.ts'
import {
  admin,
  app,
  base,
  caseOf,
  claim,
  consoleOf,
  heardAtDesk,
  heardAtHome,
  leaveRooms,
  loudest,
  phase,
  shot,
  startRooms,
  stopRooms,
  terminalOf,
  voiceShows,
} from './voice-rooms.ts'

beforeAll(() => startRooms(), 60_000)
afterEach(leaveRooms)
afterAll(stopRooms)

test('without a press of its own it rings until somebody taps, and she may hang up', async () => {
  const { page: terminal, residentId, deviceId } = await terminalOf({ language: 'en' })
  const desk = await consoleOf('en')
  await hold(terminal, green(terminal))
  await shows(terminal, { tone: 'received' })
  await claim(desk, residentId)
  // The platform alone says that there is an emergency: what the terminal itself knows counts.
  await query(app.database.url, "update alert set kind = 'sos' where device_id = $1", [deviceId])
  await query(app.database.url, "update alarm_case set category = 'emergency' where device_id = $1", [deviceId])
  await desk.keyboard.press('c')
  await voiceShows(terminal, 'ringing')
  await expect.poll(() => desk.getByTestId('voice-state').textContent()).toContain('Ringing')
  await shot(terminal, 'terminal-ringing-en')
  await shot(desk, 'console-ringing-en')
  expect((await voiceOf(admin, (await caseOf(residentId)).caseId)).calls[0]).toMatchObject({
    auto: true,
    state: 'ringing',
  })
  await terminal.getByTestId('voice-take').click()
  await voiceShows(terminal, 'talking')
  await phase(desk, 'talking')
  expect(await loudest(() => heardAtDesk(desk))).toBeGreaterThan(0.01)
  await shot(terminal, 'terminal-talking-en')
  await shot(desk, 'console-talking-en')
  await terminal.getByTestId('voice-hang-up').click()
  await phase(desk, 'over')
  await expect.poll(() => desk.getByTestId('voice-note').textContent()).toBe('They hung up')
}, 90_000)

test('a terminal without leave to use its microphone is told to the operator in words', async () => {
  const { page: terminal, residentId } = await terminalOf({ hasMicrophone: false })
  const desk = await consoleOf()
  await hold(terminal, red(terminal))
  await shows(terminal, { tone: 'received' })
  await claim(desk, residentId)
  await desk.getByTestId('voice-call').click()
  await expect
    .poll(() => desk.getByTestId('voice-note').textContent(), { timeout: 15_000 })
    .toBe('终端没有麦克风权限，请打电话')
  expect(await terminal.getByTestId('voice').isVisible()).toBe(false)
  await shot(desk, 'console-no-microphone')
}, 60_000)

test('a recording begins after the notice, is stored with its hash, and plays', async () => {
  await admin.send('/voice/settings', { recording: 'with_notice', retentionDays: 180 }, 'application/json', 'PUT')
  const { page: terminal, residentId } = await terminalOf()
  const desk = await consoleOf()
  // The first try to store a part fails: it is said, and tried again.
  let refused = 0
  await desk.route('**/recording/0', (route) => (refused++ === 0 ? route.abort() : route.continue()))
  await hold(terminal, red(terminal))
  await shows(terminal, { tone: 'received' })
  const caseId = await claim(desk, residentId)
  await desk.keyboard.press('c')
  await voiceShows(terminal, 'starting')
  expect(await terminal.getByTestId('announced').textContent()).toContain('通话将被录音')
  await voiceShows(terminal, 'talking')
  expect(await terminal.getByTestId('voice-lines').textContent()).toContain('通话将被录音')
  await phase(desk, 'talking')
  await desk.locator('[data-testid="voice-recording"][data-state="recording"]').waitFor()
  await desk.waitForTimeout(7_000)
  await shot(desk, 'console-recording')
  await shot(terminal, 'terminal-recorded')
  await desk.keyboard.press('c')
  await desk.locator('[data-testid="voice-recording"][data-state="stored"]').waitFor({ timeout: 30_000 })
  expect(refused).toBeGreaterThan(1)
  const [call] = (await voiceOf(admin, caseId)).calls
  expect(call).toMatchObject({ record: true, noticeAt: expect.any(String), recording: { complete: true } })
  const supervisor = await app.signIn('huangyan')
  const heard = await fetch(`${base()}/api/v1/calls/${call?.callId}/recording/listen`, {
    method: 'POST',
    headers: { cookie: supervisor.cookie, 'content-type': 'application/json' },
    body: JSON.stringify({ reason: '抽查' }),
  })
  const sound = Buffer.from(await heard.arrayBuffer())
  expect(createHash('sha256').update(sound).digest('hex')).toBe(call?.recording?.sha256)
  // It plays: a browser decodes it, and it is not silent.
  const decoded = await desk.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
    const buffer = await new AudioContext().decodeAudioData(bytes.buffer)
    return {
      seconds: buffer.duration,
      peak: buffer.getChannelData(0).reduce((most, one) => Math.max(most, Math.abs(one)), 0),
    }
  }, sound.toString('base64'))
  expect(decoded.seconds).toBeGreaterThan(5)
  expect(decoded.peak).toBeGreaterThan(0.02)
}, 120_000)

test('a telephone is dialled from the case, and an offline terminal says to telephone', async () => {
  const { page: terminal, residentId } = await terminalOf()
  const { db } = app.database.store
  const contact = {
    resident_id: residentId,
    position: 1,
    name: '周军',
    relation: '儿子',
    phone: '13912345678',
    note: null,
  }
  await db.insertInto('contact').values(contact).execute()
  const desk = await consoleOf()
  await hold(terminal, red(terminal))
  await shows(terminal, { tone: 'received' })
  await terminal.close()
  const caseId = await claim(desk, residentId)
  await expect
    .poll(() => desk.getByTestId('voice-note').textContent(), { timeout: 40_000 })
    .toBe('家用终端不在线，请打电话')
  expect(await desk.getByTestId('voice-call').isDisabled()).toBe(true)
  await desk.getByTestId('voice-dial').click()
  await desk.getByText('儿子 周军 139****5678').click()
  await expect
    .poll(async () => (await admin.get<CaseDetail>(`/cases/${caseId}`)).body.log.map(({ action }) => action))
    .toContain('dialled')
  await shot(desk, 'console-dial')
}, 90_000)

test('when the way of the sound fails another one is made, and they go on talking', async () => {
  const { page: terminal, residentId } = await terminalOf()
  const desk = await consoleOf()
  await desk.evaluate(() => {
    const Real = window.RTCPeerConnection
    const made: RTCPeerConnection[] = []
    Object.assign(window, { made })
    window.RTCPeerConnection = class extends Real {
      constructor(configuration?: RTCConfiguration) {
        super(configuration)
        made.push(this)
      }
    }
  })
  await hold(terminal, red(terminal))
  await shows(terminal, { tone: 'received' })
  await claim(desk, residentId)
  await desk.keyboard.press('c')
  await phase(desk, 'talking')
  const wayOf = () =>
    desk.evaluate(() => {
      const [connection] = (window as unknown as { made: RTCPeerConnection[] }).made
      return /a=ice-ufrag:(\S+)/.exec(connection?.remoteDescription?.sdp ?? '')?.[1]
    })
  const before = await wayOf()
  expect(before).toEqual(expect.any(String))
  // As the browser tells it when the network has changed.
  await desk.evaluate(() => {
    const [connection] = (window as unknown as { made: RTCPeerConnection[] }).made
    if (connection === undefined) return
    Object.defineProperty(connection, 'iceConnectionState', { configurable: true, get: () => 'failed' })
    connection.oniceconnectionstatechange?.(new Event('iceconnectionstatechange'))
    Reflect.deleteProperty(connection, 'iceConnectionState')
  })
  await expect.poll(wayOf, { timeout: 10_000 }).not.toBe(before)
  await expect.poll(() => desk.getByTestId('voice-state').textContent()).toContain('正在通话')
  expect(await loudest(() => heardAtDesk(desk))).toBeGreaterThan(0.01)
  expect(await loudest(() => heardAtHome(terminal))).toBeGreaterThan(0.01)
  await desk.keyboard.press('c')
  await voiceShows(terminal, 'over')
}, 90_000)
