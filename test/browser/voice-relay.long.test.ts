import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Coturn, startCoturn } from '../support/coturn.ts'
import { hold, red, shows } from '../terminal/page.ts'
import {
  claim,
  consoleOf,
  heardAtDesk,
  heardAtHome,
  leaveRooms,
  loudest,
  phase,
  startRooms,
  stopRooms,
  terminalOf,
  voiceShows,
} from './voice-rooms.ts'

/** Home and centre in networks that do not reach each other: all sound goes through a real TURN server. */

let turn: Coturn
beforeAll(async () => {
  turn = await startCoturn()
  await startRooms({ env: { TURN_URL: turn.url, TURN_SECRET: turn.secret }, relayOnly: true })
}, 60_000)
afterEach(leaveRooms)
afterAll(async () => {
  await stopRooms()
  await turn.stop()
})

test('both hear each other through the TURN server, with a login made for this call', async () => {
  const { page: terminal, residentId } = await terminalOf()
  const desk = await consoleOf()
  await hold(terminal, red(terminal))
  await shows(terminal, { screen: 'answer', tone: 'received' })
  await claim(desk, residentId)
  await desk.keyboard.press('c')
  await voiceShows(terminal, 'talking')
  await phase(desk, 'talking')
  expect(await loudest(() => heardAtHome(terminal))).toBeGreaterThan(0.01)
  expect(await loudest(() => heardAtDesk(desk))).toBeGreaterThan(0.01)
  const logins = new Set(
    [...turn.log().matchAll(/user <(\d+:[^>]+)>.*ALLOCATE processed, success/g)].map(([, who]) => who),
  )
  expect(logins.size).toBe(1)
  await desk.keyboard.press('c')
  await voiceShows(terminal, 'over')
}, 90_000)
