import { afterEach, beforeEach, expect, test } from 'vitest'
import type { WordToTerminal } from '../../server/contract/voice.ts'
import { type Bench, publishPacket, rawLogin, startGateway } from './harness.ts'

/** What terminals and the centre say of calls: passed on, never stored, and in no alarm's way. */

let bench: Bench
beforeEach(async () => {
  bench = await startGateway()
})
afterEach(() => bench.stop())

const END: WordToTerminal = { call: 'c', type: 'end', reason: 'operator' }
const subscribe = (deviceId: string) => ({
  cmd: 'subscribe' as const,
  messageId: 9,
  subscriptions: [{ topic: `care/v1/${deviceId}/voice`, qos: 1 as const }],
})

test('a word is handed on as it came, acknowledged at once, and not stored', async () => {
  const device = await rawLogin(bench, 'dev-1')
  // The store is away: a word does not wait for it.
  bench.store.mode = 'down'
  device.send(publishPacket('care/v1/dev-1/voice-reply', '{"call":"c","type":"ringing"}', 1))
  await device.until('puback')
  expect(bench.spoken).toEqual([['dev-1', '{"call":"c","type":"ringing"}']])
  expect(bench.messages).toEqual([])
  device.end()
})

test('nobody speaks or listens for another device', async () => {
  const device = await rawLogin(bench, 'dev-1')
  device.send(subscribe('dev-2'))
  expect((await device.until('suback')).granted).toEqual([0x80])
  device.send(publishPacket('care/v1/dev-2/voice-reply', '{}', 1))
  await device.untilClosed()
  expect(bench.spoken).toEqual([])
})

test('a word reaches the terminal that listens, and no other', async () => {
  expect(await bench.gateway.links.say('dev-1', END)).toBe(false)
  const device = await rawLogin(bench, 'dev-1')
  // Connected, but it does not listen for calls: an older terminal.
  expect(await bench.gateway.links.say('dev-1', END)).toBe(false)
  device.send(subscribe('dev-1'))
  await device.until('suback')
  const said = bench.gateway.links.say('dev-1', END)
  const packet = await device.until('publish')
  expect(packet).toMatchObject({ topic: 'care/v1/dev-1/voice', qos: 1 })
  expect(JSON.parse(packet.payload.toString())).toEqual(END)
  device.send({ cmd: 'puback', messageId: packet.messageId ?? 0 })
  expect(await said).toBe(true)
  device.end()
})
