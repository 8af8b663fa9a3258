import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { CaseDetail } from '../../server/contract/case.ts'
import { violations } from '../support/axe.ts'
import { voiceOf } from '../support/voice.ts'
import { hold, red, shows } from '../terminal/page.ts'
import {
  admin,
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

test('after a press the terminal announces, answers by itself, and both hear each other', async () => {
  const { page: terminal, residentId } = await terminalOf()
  const desk = await consoleOf()
  const before = await violations(terminal, 'terminal at rest')
  await hold(terminal, red(terminal))
  await shows(terminal, { screen: 'answer', tone: 'received' })
  expect([...before, ...(await violations(terminal, 'terminal after a press'))]).toEqual([])
  const caseId = await claim(desk, residentId)
  await shot(desk, 'console-ready')
  await desk.keyboard.press('c')
  await voiceShows(terminal, 'starting')
  // Nothing is heard before tone and words.
  expect(await terminal.getByTestId('announced').textContent()).toContain('呼叫中心要和您通话')
  expect(await desk.getByTestId('voice').getAttribute('data-phase')).toBe('ringing')
  await shot(terminal, 'terminal-starting')
  await voiceShows(terminal, 'talking')
  await phase(desk, 'talking')
  expect(await terminal.getByTestId('voice-word').textContent()).toBe('在和您通话')
  expect(await terminal.getByTestId('key-sos').isVisible()).toBe(true)
  const [atHome, atDesk] = await Promise.all([loudest(() => heardAtHome(terminal)), loudest(() => heardAtDesk(desk))])
  expect(atHome).toBeGreaterThan(0.01)
  expect(atDesk).toBeGreaterThan(0.01)
  await shot(desk, 'console-talking')
  await shot(terminal, 'terminal-talking')
  expect([
    ...(await violations(desk, 'desk in a call')),
    ...(await violations(terminal, 'terminal in a call')),
  ]).toEqual([])
  expect(await desk.getByTestId('voice-quality').getAttribute('data-quality')).toBe('good')

  await desk.keyboard.press('u')
  await terminal.getByText('对方暂时没有说话').waitFor()
  // The last sound takes a moment to fade from the figures.
  await terminal.waitForTimeout(1_500)
  expect(await loudest(() => heardAtHome(terminal), 2_500)).toBeLessThan(0.005)
  await desk.keyboard.press('u')
  await expect.poll(() => loudest(() => heardAtHome(terminal), 1_500)).toBeGreaterThan(0.01)
  await terminal.getByTestId('voice-mute').click()
  await desk.getByText('对方已静音').waitFor()
  await shot(terminal, 'terminal-muted')
  await terminal.getByTestId('voice-mute').click()

  const { body } = await admin.get<CaseDetail>(`/cases/${caseId}`)
  expect(body.log.map(({ action }) => action)).toEqual(expect.arrayContaining(['call_started', 'call_connected']))
  await desk.keyboard.press('c')
  await voiceShows(terminal, 'over')
  await phase(desk, 'over')
  await terminal.getByTestId('voice').waitFor({ state: 'hidden' })
  await shows(terminal, { screen: 'answer', tone: 'answered' })
  await expect.poll(() => desk.getByTestId('voice-note').textContent()).toContain('通话结束')
  await expect.poll(() => desk.getByTestId('voice-past').count()).toBe(1)
  expect((await voiceOf(admin, caseId)).calls).toMatchObject([{ state: 'ended', reason: 'operator', auto: true }])
}, 90_000)
