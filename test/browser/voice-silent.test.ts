import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { hold, red, shows } from '../terminal/page.ts'
import { claim, consoleOf, leaveRooms, phase, shot, startRooms, stopRooms, terminalOf } from './voice-rooms.ts'

beforeAll(() => startRooms(), 60_000)
afterEach(leaveRooms)
afterAll(stopRooms)

/** As a browser whose autoplay rule refuses until somebody presses. */
const refuseToPlay = (page: Page) =>
  page.evaluate(() => {
    const play = HTMLMediaElement.prototype.play
    let isAsked = false
    addEventListener('pointerdown', () => {
      isAsked = true
    })
    HTMLMediaElement.prototype.play = function (this: HTMLMediaElement) {
      return isAsked ? play.call(this) : Promise.reject(new DOMException('no press yet', 'NotAllowedError'))
    }
  })

test('a sound that a browser does not play is said on both sides, with what to do, until it plays', async () => {
  const { page: terminal, residentId } = await terminalOf()
  const desk = await consoleOf()
  await hold(terminal, red(terminal))
  await shows(terminal, { screen: 'answer', tone: 'received' })
  await claim(desk, residentId)
  await refuseToPlay(terminal)
  await refuseToPlay(desk)
  await desk.keyboard.press('c')
  await phase(desk, 'talking')
  await desk.getByTestId('voice-her-silent').waitFor()
  expect(await terminal.getByTestId('voice-lines').textContent()).toContain('请点一下屏幕')
  expect(await desk.getByTestId('voice-silent').textContent()).toContain('您听不到对方')
  await shot(desk, 'console-silent')
  await shot(terminal, 'terminal-silent')
  await desk.getByTestId('voice-play').click()
  await desk.getByTestId('voice-silent').waitFor({ state: 'detached' })
  await terminal.getByTestId('voice-word').click()
  await desk.getByTestId('voice-her-silent').waitFor({ state: 'detached' })
  expect(await terminal.getByTestId('voice-lines').textContent()).not.toContain('请点一下屏幕')
  await desk.keyboard.press('c')
  await phase(desk, 'over')
}, 60_000)
