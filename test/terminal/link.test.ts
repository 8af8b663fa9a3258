import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { backOffMs } from '../../dashboard/terminal/mqtt/back-off.ts'
import { Link, type LinkOptions, type Socket } from '../../dashboard/terminal/mqtt/link.ts'
import { type LinkState, linkAfter } from '../../dashboard/terminal/mqtt/link-view.ts'
import { EdgeServer } from './edge-server.ts'

const LOGIN = { deviceId: 't-1', secret: 's', clientId: 'terminal-1' }
let edge: EdgeServer
let link: Link
const states: LinkState[] = []
const acknowledged: string[] = []
const commands: string[] = []
const words: string[] = []
let hasNetwork = true

function options(over: Partial<LinkOptions> = {}): LinkOptions {
  return {
    open: () => new WebSocket(`${edge.url.replace('http', 'ws')}/mqtt`, 'mqtt') as unknown as Socket,
    hasNetwork: () => hasNetwork,
    onState: (state) => states.push(state),
    onAcknowledged: (key) => acknowledged.push(key),
    onCommand: (payload) => commands.push(payload),
    onVoice: (payload) => words.push(payload),
    now: () => performance.now(),
    random: () => 0,
    ...over,
  }
}

const until = (holds: () => boolean) => vi.waitFor(() => expect(holds()).toBe(true), { timeout: 5_000, interval: 10 })
const send = (key: string) => link.send({ key, channel: 'event', payload: JSON.stringify({ id: key, type: 'sos' }) })
const eventIds = () => edge.of('t-1', 'event').map(({ id }) => id)

beforeEach(async () => {
  for (const list of [states, acknowledged, commands, words]) list.length = 0
  hasNetwork = true
  edge = new EdgeServer(new Map([['t-1', 's']]))
  await edge.start()
  link = new Link(options())
})
afterEach(async () => {
  link.stop()
  await edge.stop()
})

test('it logs in, tells that it is there, and leaves a will that says when it is gone', async () => {
  link.start(LOGIN)
  await until(() => states.at(-1) === 'online')
  await until(() => edge.of('t-1', 'status').length === 1)
  expect(edge.received[0]).toMatchObject({ retain: true, body: { state: 'online' } })
  expect(edge.logins).toEqual(['terminal-1'])
  link.stop()
  await until(() => edge.of('t-1', 'status').length === 2)
  expect(edge.received.at(-1)).toMatchObject({ retain: true, body: { state: 'offline' } })
})

test('what is given before there is a connection is sent in order, and told when it is stored', async () => {
  for (const key of ['a', 'b', 'c']) send(key)
  link.start(LOGIN)
  await until(() => acknowledged.length === 3)
  expect(eventIds()).toEqual(['a', 'b', 'c'])
  expect(acknowledged).toEqual(['a', 'b', 'c'])
})

test('what was not acknowledged goes out again on the next connection, marked as a repetition', async () => {
  link.start(LOGIN)
  await until(() => states.at(-1) === 'online')
  edge.acknowledges = false
  send('a')
  await until(() => eventIds().length === 1)
  await edge.stop()
  await until(() => states.at(-1) === 'unreachable')
  expect(acknowledged).toEqual([])
  edge.acknowledges = true
  await edge.start()
  await until(() => acknowledged.length === 1)
  expect(edge.received.filter(({ topic }) => topic.endsWith('/event')).map(({ dup }) => dup)).toEqual([false, true])
})

test('a press does not wait for the next attempt', async () => {
  await edge.stop()
  link.stop()
  link = new Link(options({ random: () => 1 }))
  link.start(LOGIN)
  // Later attempts are seconds apart by then.
  await until(() => states.length >= 4)
  await edge.start()
  const began = performance.now()
  send('a')
  link.kick()
  await until(() => acknowledged.length === 1)
  expect(performance.now() - began).toBeLessThan(1_500)
}, 20_000)

test('a refused login is told from a server that is away and from a device without network', async () => {
  link.start({ ...LOGIN, secret: 'wrong' })
  await until(() => states.at(-1) === 'refused')
  await edge.stop()
  link.start(LOGIN)
  await until(() => states.at(-1) === 'unreachable')
  hasNetwork = false
  link.networkLost()
  expect(states.at(-1)).toBe('no_network')
})

test('words about calls come by their own topic, and go out by another', async () => {
  link.start(LOGIN)
  await until(() => states.at(-1) === 'online')
  await edge.send('t-1', '{"call":"1","type":"end"}', 'voice')
  await until(() => words.length === 1)
  expect(words).toEqual(['{"call":"1","type":"end"}'])
  expect(commands).toEqual([])
  link.send({ key: 'voice:1', channel: 'voice-reply', payload: '{"call":"1","type":"ringing"}' })
  await until(() => edge.of('t-1', 'voice-reply').length === 1)
})

test('commands arrive and are acknowledged', async () => {
  link.start(LOGIN)
  await until(() => states.at(-1) === 'online')
  await sleep(50)
  await edge.command('t-1', { id: 'c1', type: 'answered' })
  await until(() => commands.length === 1)
  expect(JSON.parse(commands[0] ?? '')).toEqual({ id: 'c1', type: 'answered' })
})

test('a newer reading takes the place of an older one that waits', async () => {
  for (const battery of [1, 2, 3]) {
    link.send({ key: 'telemetry:', channel: 'telemetry', payload: JSON.stringify({ battery }) })
  }
  link.start(LOGIN)
  await until(() => acknowledged.length === 1)
  expect(edge.of('t-1', 'telemetry')).toEqual([{ battery: 3 }])
})

test('a connection that is silent after a question is given up', async () => {
  let shift = 0
  link = new Link(options({ now: () => performance.now() + shift }))
  link.start(LOGIN)
  await until(() => states.at(-1) === 'online')
  await sleep(50)
  edge.acknowledges = false
  send('a')
  await until(() => eventIds().length === 1)
  shift = 60_000
  edge.acknowledges = true
  await until(() => acknowledged.length === 1)
  expect(states).toEqual(['online', 'unreachable', 'online'])
})

test('attempts are at most ten seconds apart, and never all at once', () => {
  const least = Array.from({ length: 20 }, (_, n) => backOffMs(n, 0))
  const most = Array.from({ length: 20 }, (_, n) => backOffMs(n, 0.999_999))
  expect(least.slice(0, 6)).toEqual([250, 500, 1_000, 2_000, 4_000, 5_000])
  expect(Math.max(...most)).toBeLessThanOrEqual(10_000)
  for (const [n, ms] of least.entries()) expect(most[n]).toBeGreaterThan(ms)
})

test('an outage is as long as it is, however many attempts it has', () => {
  let view = linkAfter({ state: 'online', since: 0 }, 'unreachable', 100)
  view = linkAfter(view, 'no_network', 200)
  view = linkAfter(view, 'unreachable', 300)
  expect(view).toEqual({ state: 'unreachable', since: 100 })
  expect(linkAfter(view, 'online', 400)).toEqual({ state: 'online', since: 400 })
})
