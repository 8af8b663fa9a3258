import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { DEFAULT_LIMITS } from '../../gateway/limits.ts'
import { type Bench, sleep, startGateway, waitFor } from './harness.ts'
import { type ScriptedBroker, type ScriptedConnection, startScriptedBroker } from './scripted-broker.ts'

let bench: Bench
let outside: ScriptedBroker

beforeEach(async () => {
  outside = await startScriptedBroker()
})
afterEach(async () => {
  await bench.stop()
  await outside.stop()
})

async function start(limits: Partial<typeof DEFAULT_LIMITS> = {}): Promise<ScriptedConnection> {
  bench = await startGateway({ limits })
  bench.directory.bridges = [
    {
      deviceId: 'bridge-1',
      protocol: 'zigbee2mqtt',
      url: `mqtt://127.0.0.1:${outside.port}`,
      username: null,
      password: null,
      clientId: 'anhu-bridge-1',
      ca: null,
      topics: [],
      settings: {},
    },
  ]
  bench.directory.byAddress.set('zigbee2mqtt bridge-1 床头', {
    deviceId: 'sensor-1',
    kind: 'other',
    protocol: 'zigbee2mqtt',
    model: null,
    role: null,
    sources: [],
  })
  bench.gateway.links.changed()
  return connection(1)
}

async function connection(number: number): Promise<ScriptedConnection> {
  const isUp = () => bench.gateway.links.bridges()[0]?.state === 'connected'
  await waitFor(() => outside.connections.length === number && isUp(), `connection ${number}`, 10_000)
  return outside.connections[number - 1]!
}

const TOPIC = 'zigbee2mqtt/床头'
const reading = (n: number) => JSON.stringify({ temperature: n })
const range = (count: number) => Array.from({ length: count }, (_, n) => n + 1)

describe('messages of an outside broker', () => {
  it('are stored concurrently and acknowledged in the order in which they came', async () => {
    const broker = await start()
    const stored: (() => void)[] = []
    bench.store.mode = () => new Promise((resolve) => stored.push(resolve))
    for (const n of range(5)) broker.publish(TOPIC, reading(n), n)
    await waitFor(() => stored.length === 5, 'all five in the store at once')
    for (const resolve of stored.slice(1).reverse()) resolve()
    await sleep(50)
    expect(broker.acknowledged).toEqual([])
    stored[0]!()
    await waitFor(() => broker.acknowledged.length === 5, 'the acknowledgements')
    expect(broker.acknowledged).toEqual([1, 2, 3, 4, 5])
  })

  it('of both qualities of service keep their order, and only QoS 1 is acknowledged', async () => {
    const broker = await start()
    for (const n of range(6)) broker.publish(TOPIC, reading(n), n % 2 === 0 ? n : null)
    await waitFor(() => broker.acknowledged.length === 3, 'the acknowledgements')
    expect(broker.acknowledged).toEqual([2, 4, 6])
    const payloads = bench.messages.map(({ payload }) => Buffer.from(payload).toString())
    expect(payloads).toEqual(range(6).map(reading))
  })

  it('are not acknowledged while the store is down; after a lost connection the broker sends them again', async () => {
    const first = await start()
    bench.store.mode = 'down'
    for (const n of range(3)) first.publish(TOPIC, reading(n), n)
    await waitFor(() => bench.messages.length === 3, 'the messages')
    first.socket.destroy()
    const second = await connection(2)
    for (const n of range(3)) second.publish(TOPIC, reading(n), n, true)
    await waitFor(() => bench.messages.length === 6, 'the messages once more')
    expect(second.acknowledged).toEqual([])
    bench.store.recover()
    await waitFor(() => second.acknowledged.length === 3, 'the acknowledgements')
    expect(second.acknowledged).toEqual([1, 2, 3])
    expect(first.acknowledged).toEqual([])
  })

  it('that can not be stored end the connection, and nothing behind them is acknowledged', async () => {
    const broker = await start()
    const failing = bench.messages.length + 1
    bench.store.mode = async () => {
      if (bench.messages.length === failing + 1) throw new Error('no')
    }
    for (const n of range(4)) broker.publish(TOPIC, reading(n), n)
    await waitFor(() => broker.closed, 'the end of the connection')
    expect(broker.acknowledged.every((id) => id === 1)).toBe(true)
    bench.store.mode = 'up'
    const again = await connection(2)
    for (const n of range(3)) again.publish(TOPIC, reading(n + 1), n + 1, true)
    await waitFor(() => again.acknowledged.length === 3, 'the acknowledgements')
  })

  it.each([
    { what: 'number', limits: { waitingPerConnection: 50 }, most: 50 },
    { what: 'bytes', limits: { waitingBytesPerConnection: 50_000 }, most: 33 },
  ])('in hand are bounded by their $what; the socket is not read meanwhile, and all come in the end', async (one) => {
    const broker = await start(one.limits)
    bench.store.mode = 'down'
    const count = 20_000
    const text = 'x'.repeat(1_000)
    for (const n of range(count)) broker.publish(TOPIC, JSON.stringify({ temperature: n, text }), n)
    await waitFor(() => bench.messages.length >= one.most, 'the bound')
    await sleep(300)
    expect(bench.messages.length).toBe(one.most)
    expect(await bench.metric('anhu_mqtt_unanswered')).toBe(one.most)
    // What the bound keeps out lies with the broker: here in its socket.
    expect(broker.socket.writableLength).toBeGreaterThan(5_000_000)
    bench.store.recover()
    await waitFor(() => broker.acknowledged.length === count, 'the acknowledgements', 20_000)
    expect(broker.acknowledged).toEqual(range(count))
    expect(bench.messages).toHaveLength(count)
    expect(outside.connections).toHaveLength(1)
  })

  it('of an earlier connection that still wait for the store count as well', async () => {
    const first = await start({ waitingPerConnection: 10 })
    bench.store.mode = 'down'
    for (const n of range(20)) first.publish(TOPIC, reading(n), n)
    await waitFor(() => bench.messages.length === 10, 'the bound')
    first.socket.destroy()
    const second = await connection(2)
    for (const n of range(20)) second.publish(TOPIC, reading(n), n, true)
    await sleep(200)
    // One message is taken before it can be known that there is no room.
    expect(bench.messages.length).toBe(11)
    bench.store.recover()
    await waitFor(() => second.acknowledged.length === 20, 'the acknowledgements')
    expect(second.acknowledged).toEqual(range(20))
  })
})

it('a connection that is not read is kept alive', { timeout: 60_000 }, async () => {
  const broker = await start({ waitingPerConnection: 2 })
  bench.store.mode = 'down'
  for (const n of range(3)) broker.publish(TOPIC, reading(n), n)
  await waitFor(() => broker.pings >= 1, 'a ping', 15_000)
  expect(broker.closed).toBe(false)
  bench.store.recover()
  await waitFor(() => broker.acknowledged.length === 3, 'the acknowledgements')
})
