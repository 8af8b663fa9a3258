import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { startTestApp, type TestApp } from '../support/app.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { addTerminal, claimCase, openDesk, startCall, voiceOf } from '../support/voice.ts'

/** Terminal and desk on different nodes, which share nothing but the database. */

let database: TestDatabase
let east: TestApp
let west: TestApp
beforeAll(async () => {
  database = await createTestDatabase()
  east = await startTestApp({ database, node: 'east' })
  west = await startTestApp({ database, node: 'west' })
})
afterAll(async () => {
  await west?.destroy()
  await east?.destroy()
  await database?.drop()
})

test('words find the other node, and a node that ends leaves no call behind', async () => {
  const admin = await east.signIn('admin')
  const terminal = await addTerminal(east, admin, 'nt-1')
  await east.tick()
  await terminal.press()
  const limin = await west.signIn('limin')
  const desk = await openDesk(limin)
  const caseId = await claimCase(limin, terminal.residentId)
  const { status, body } = await startCall(limin, caseId)
  expect(status).toBe(201)
  const call = body.call.callId
  expect(await desk.say({ call, type: 'offer', sdp: 'v=0' })).toEqual({ ok: true })
  await vi.waitFor(async () => {
    await east.tick()
    expect(terminal.words).toMatchObject([{ type: 'offer', call, sdp: 'v=0' }])
  })
  await terminal.say({ call, type: 'answer', sdp: 'v=0 answer' })
  await terminal.say({ call, type: 'connected', notice: false })
  await vi.waitFor(async () => {
    await west.tick()
    expect(desk.words).toMatchObject([{ type: 'answer' }, { type: 'connected' }])
  })

  // The desk's node goes away in the middle of the call: the other one ends it when its time is over.
  desk.socket.disconnect()
  await west.stop()
  east.clock.advance(31_000)
  await east.tick()
  await vi.waitFor(() => expect(terminal.words.at(-1)).toEqual({ call, type: 'end', reason: 'lost' }))
  const operator = await east.signIn('limin')
  expect((await voiceOf(operator, caseId)).calls).toMatchObject([{ state: 'failed', reason: 'lost' }])
})
