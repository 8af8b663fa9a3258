import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Answers } from '../../gateway/answers.ts'
import { charge, conforms, excessMs, FULL } from '../../gateway/limits.ts'
import { type Bench, publishPacket, rawConnect, rawLogin, sleep, startGateway, waitFor } from './harness.ts'

const TOPIC = 'care/v1/dev-1/telemetry'
const FAST = { perSecond: 1e6, burst: 1e6 }
const burst = (count: number, payload: string | Buffer = '{"battery":50}') =>
  Array.from({ length: count }, (_, i) => publishPacket(TOPIC, payload, (i % 65_535) + 1))

describe('back-pressure', () => {
  let bench: Bench
  afterEach(() => bench.stop())

  it('stops reading above the bound, keeps the client, and takes everything once the store is back', async () => {
    bench = await startGateway({ limits: { waitingPerConnection: 100, messagesPerDevice: FAST } })
    bench.store.mode = 'down'
    const device = await rawLogin(bench, 'dev-1', { keepalive: 1 })
    device.send(...burst(20_000))
    await waitFor(() => bench.messages.length >= 100, 'the bound')
    await sleep(2_500)
    // One chunk of the socket (64 KiB, about 1,500 of these) may be in hand when the bound is met.
    expect(bench.messages.length).toBeLessThan(3_000)
    expect(device.closed).toBe(false)
    bench.store.recover()
    await waitFor(() => device.of('puback').length === 20_000, 'all acknowledgements', 10_000)
    expect(device.of('puback').map((p) => p.messageId)).toEqual(burst(20_000).map((p) => p.messageId))
    expect(await bench.metric('anhu_mqtt_unanswered')).toBe(0)
    device.end()
  })

  it('bounds the bytes that wait, too', async () => {
    bench = await startGateway({ limits: { waitingBytesPerConnection: 200_000, messagesPerDevice: FAST } })
    bench.store.mode = 'down'
    const device = await rawLogin(bench, 'dev-1')
    device.send(...burst(100, Buffer.alloc(50_000, 32)))
    await waitFor(() => bench.messages.length >= 3, 'the bound')
    await sleep(200)
    expect(bench.messages.length).toBeLessThan(10)
    bench.store.recover()
    await waitFor(() => device.of('puback').length === 100, 'all acknowledgements')
    device.end()
  })

  it('bounds all connections together, and other devices go on afterwards', async () => {
    bench = await startGateway({ limits: { waitingTotal: 50, messagesPerDevice: FAST } })
    bench.store.mode = 'down'
    const one = await rawLogin(bench, 'dev-1')
    one.send(...burst(60))
    await waitFor(() => bench.messages.length === 60, 'the first chunk')
    one.send(...burst(60))
    const two = await rawLogin(bench, 'dev-2')
    two.send(publishPacket('care/v1/dev-2/event', '{"id":1,"type":"sos"}', 1))
    await waitFor(() => bench.messages.length === 61, "the other device's message")
    two.send(publishPacket('care/v1/dev-2/event', '{"id":2,"type":"sos"}', 2))
    await sleep(200)
    expect(bench.messages).toHaveLength(61)
    bench.store.recover()
    await waitFor(() => one.of('puback').length === 120 && two.of('puback').length === 2, 'all')
    one.end()
    two.end()
  })

  it('delays a device above its rate and drops nothing', async () => {
    bench = await startGateway({ limits: { messagesPerDevice: { perSecond: 400, burst: 20 } } })
    const device = await rawLogin(bench, 'dev-1', { keepalive: 1 })
    const start = Date.now()
    device.send(...burst(800, Buffer.alloc(2_000, 32)))
    await waitFor(() => device.of('puback').length === 800, 'all acknowledgements', 5_000)
    // 1.95 s less what the last chunk read held (64 KiB are 33 of these).
    expect(Date.now() - start).toBeGreaterThan(1_700)
    device.end()
  })
})

describe('connections', () => {
  let bench: Bench
  afterEach(() => bench.stop())

  it('wants a CONNECT in time', async () => {
    bench = await startGateway({ limits: { connectMs: 200 } })
    const silent = rawConnect(bench)
    const slow = rawConnect(bench)
    slow.send(Buffer.from([0x10, 0x20, 0]))
    await Promise.all([silent.untilClosed(), slow.untilClosed()])
    expect(bench.gateway.connections().mqtt).toBe(0)
  })

  it('limits connections in total and per address', async () => {
    bench = await startGateway({ limits: { connections: 2 } })
    const clients = [rawConnect(bench), rawConnect(bench)]
    await Promise.all(clients.map((c) => waitFor(() => !c.socket.destroyed, 'open')))
    await sleep(30)
    const third = rawConnect(bench)
    await third.untilClosed()
    expect(await bench.metric('anhu_mqtt_refused_total', { reason: 'too_many_connections' })).toBe(1)
    clients[0]!.end()
    await sleep(50)
    const fourth = await rawLogin(bench, 'dev-1')
    fourth.end()
    clients[1]!.end()
    const strict = await startGateway({ limits: { unlimitedAddresses: [], connectionsPerAddress: 1 } })
    const first = await rawLogin(strict, 'dev-1')
    const second = rawConnect(strict)
    await second.untilClosed()
    expect(await strict.metric('anhu_mqtt_refused_total', { reason: 'too_many_from_address' })).toBe(1)
    first.end()
    await strict.stop()
  })

  it('lets new connections of an address wait above their rate, and refuses them when the wait is too long', async () => {
    bench = await startGateway({
      limits: { unlimitedAddresses: [], newConnectionsPerAddress: { perSecond: 10, burst: 1 }, connectMs: 250 },
    })
    const start = Date.now()
    const clients = [rawConnect(bench), rawConnect(bench), rawConnect(bench), rawConnect(bench), rawConnect(bench)]
    await waitFor(() => clients.filter((c) => c.closed).length === 2, 'two refusals')
    expect(await bench.metric('anhu_mqtt_refused_total', { reason: 'new_connections_rate' })).toBe(2)
    expect(Date.now() - start).toBeLessThan(240)
    for (const client of clients) client.end()
  })

  it('tells presence on keep-alive time-out', async () => {
    bench = await startGateway()
    const device = await rawLogin(bench, 'dev-1', { keepalive: 1 })
    expect(bench.isConnected('dev-1')).toBe(true)
    await device.untilClosed(2_500)
    expect(bench.presence).toEqual([
      ['dev-1', true],
      ['dev-1', false],
    ])
    expect(bench.isConnected('dev-1')).toBe(false)
  })
})

describe('commands', () => {
  let bench: Bench
  beforeEach(async () => {
    bench = await startGateway({ limits: { commandMs: 300, drainMs: 400 } })
  })
  afterEach(() => bench.stop())

  const subscribe = async (device: Awaited<ReturnType<typeof rawLogin>>, qos: 0 | 1 | 2 = 1) => {
    device.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'care/v1/dev-1/command', qos }] })
    await device.until('suback')
  }

  it('is delivered when the device acknowledges it', async () => {
    const device = await rawLogin(bench, 'dev-1')
    await subscribe(device)
    const delivered = bench.command('dev-1', { type: 'received' })
    const packet = await device.until('publish')
    expect(packet).toMatchObject({ topic: 'care/v1/dev-1/command', qos: 1, retain: false })
    expect(JSON.parse(packet.payload.toString())).toEqual({ id: 'c1', type: 'received' })
    device.send({ cmd: 'puback', messageId: packet.messageId! })
    expect(await delivered).toBe('delivered')
    device.end()
  })

  it('is not delivered without connection, subscription, acknowledgement, or when the connection ends', async () => {
    const send = () => bench.command('dev-1')
    expect(await send()).toBe('offline')
    const device = await rawLogin(bench, 'dev-1')
    expect(await send()).toBe('offline')
    await subscribe(device)
    expect(await send()).toBe('offline')
    const pending = send()
    device.end()
    expect(await pending).toBe('offline')
    const unsubscribed = await rawLogin(bench, 'dev-1')
    await subscribe(unsubscribed)
    unsubscribed.send({ cmd: 'unsubscribe', messageId: 2, unsubscriptions: ['care/v1/dev-1/command'] })
    await unsubscribed.until('unsuback')
    expect(await send()).toBe('offline')
    unsubscribed.end()
  })

  it('counts as delivered when written, on a QoS 0 subscription', async () => {
    const device = await rawLogin(bench, 'dev-1')
    await subscribe(device, 0)
    expect(await bench.command('dev-1')).toBe('delivered')
    expect((await device.until('publish')).qos).toBe(0)
    device.end()
  })

  it('queues nothing for a device that is away, also with a lasting session', async () => {
    const device = await rawLogin(bench, 'dev-1', { clean: false })
    await subscribe(device)
    device.end()
    await waitFor(() => bench.gateway.connections().mqtt === 0, 'the end')
    expect(await bench.command('dev-1')).toBe('offline')
    const again = await rawLogin(bench, 'dev-1', { clean: false })
    await sleep(50)
    expect(again.of('publish')).toEqual([])
    again.end()
  })

  it('a subscriber that stops reading stalls nobody and is disconnected', async () => {
    const frozen = await rawLogin(bench, 'dev-1')
    await subscribe(frozen)
    frozen.socket.pause()
    const text = 'x'.repeat(200_000)
    const sent = Array.from({ length: 60 }, () => bench.command('dev-1', { args: { text } }))
    const other = await rawLogin(bench, 'dev-2')
    const start = Date.now()
    other.send(publishPacket('care/v1/dev-2/event', '{"id":1,"type":"sos"}', 1))
    await other.until('puback')
    expect(Date.now() - start).toBeLessThan(200)
    expect(await Promise.all(sent)).not.toContain('delivered')
    await waitFor(() => !bench.isConnected('dev-1'), 'the disconnection')
    expect(bench.isConnected('dev-2')).toBe(true)
    frozen.end()
    other.end()
  })
})

describe('Answers', () => {
  it('answers once and in order, and nothing after drop', () => {
    const answers = new Answers()
    const given: number[] = []
    const slots = Array.from({ length: 2_000 }, (_, i) => answers.open(() => given.push(i), 10))
    for (const slot of slots.slice(1).reverse()) answers.settle(slot)
    expect([given.length, answers.waiting, answers.waitingBytes]).toEqual([0, 2_000, 20_000])
    answers.settle(slots[0]!)
    answers.settle(slots[0]!)
    expect(given).toEqual(slots.map((_, i) => i))
    expect([answers.waiting, answers.waitingBytes]).toEqual([0, 0])
    const late = answers.open(() => given.push(-1), 1)
    answers.drop()
    answers.settle(late)
    expect(given).not.toContain(-1)
  })
})

describe('the rate limiter', () => {
  const rate = { perSecond: 10, burst: 3 }
  it('lets a burst pass, then one per interval', () => {
    let state = FULL
    for (let i = 0; i < 3; i++) {
      expect(conforms(state, 1_000, rate)).toBe(true)
      state = charge(state, 1_000, rate)
    }
    expect(conforms(state, 1_000, rate)).toBe(false)
    expect(conforms(state, 1_100, rate)).toBe(true)
    expect(excessMs(charge(state, 1_000, rate), 1_000, rate)).toBe(100)
    expect(conforms(state, 60_000, rate)).toBe(true)
  })
})
