import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  type Bench,
  connectDevice,
  connectPacket,
  publishPacket,
  rawConnect,
  rawLogin,
  SECRET,
  sleep,
  startGateway,
  waitFor,
} from './harness.ts'

const run = promisify(execFile)
const SOS = JSON.stringify({ id: 'a1', type: 'sos', ts: 1_763_000_000_000 })
const EVENT = 'care/v1/dev-1/event'

describe('publishing', () => {
  let bench: Bench
  beforeEach(async () => {
    bench = await startGateway()
  })
  afterEach(() => bench.stop())

  it('acknowledges only after the message is stored', async () => {
    bench.store.mode = 'down'
    const device = await rawLogin(bench, 'dev-1')
    device.send(publishPacket(EVENT, SOS, 7))
    await waitFor(() => bench.messages.length === 1, 'the message')
    await sleep(100)
    expect(device.of('puback')).toEqual([])
    expect(await bench.metric('anhu_mqtt_unanswered')).toBe(1)
    bench.store.recover()
    expect((await device.until('puback')).messageId).toBe(7)
    expect(await bench.metric('anhu_mqtt_unanswered')).toBe(0)
    expect(bench.messages[0]).toMatchObject({
      deviceId: 'dev-1',
      protocol: 'native',
      topic: EVENT,
      items: [{ kind: 'event', event: { messageId: 'a1', type: 'sos', deviceTs: 1_763_000_000_000 } }],
    })
    expect(Buffer.from(bench.messages[0]!.payload).toString()).toBe(SOS)
    device.end()
  })

  it('is reached by mosquitto_pub', async () => {
    const args = ['-h', '127.0.0.1', '-p', String(bench.port), '-u', 'dev-1', '-P', SECRET, '-q', '1']
    await run('mosquitto_pub', [...args, '-t', EVENT, '-m', SOS])
    expect(bench.messages.map((m) => m.items[0]?.kind)).toEqual(['event'])
    await expect(run('mosquitto_pub', [...args, '-V', 'mqttv5', '-t', EVENT, '-m', SOS])).rejects.toThrow()
    expect(bench.messages).toHaveLength(1)
  })

  it('answers one client in the order of its messages, whatever order they are stored in', async () => {
    const resolvers: (() => void)[] = []
    bench.store.mode = () => new Promise((resolve) => resolvers.push(resolve))
    const device = await rawLogin(bench, 'dev-1')
    device.send(...[1, 2, 3, 4, 5].map((id) => publishPacket(EVENT, SOS, id)))
    await waitFor(() => resolvers.length === 5, 'five messages')
    for (const index of [4, 2, 1]) resolvers[index]!()
    await sleep(50)
    expect(device.of('puback')).toEqual([])
    resolvers[0]!()
    await device.until('puback', 3)
    resolvers[3]!()
    await device.until('puback', 5)
    expect(device.of('puback').map((p) => p.messageId)).toEqual([1, 2, 3, 4, 5])
    device.end()
  })

  it('takes a backlog sent behind CONNECT without waiting for CONNACK', async () => {
    const device = rawConnect(bench)
    const backlog = Array.from({ length: 150 }, (_, i) => publishPacket(EVENT, SOS, i + 1))
    device.send(connectPacket('dev-1'), ...backlog)
    await device.until('puback', 150)
    device.send(publishPacket(EVENT, SOS, 151))
    await device.until('puback', 151)
    expect(device.of('puback').map((p) => p.messageId)).toEqual(Array.from({ length: 151 }, (_, i) => i + 1))
    device.end()
  })

  it('stores QoS 0 without an acknowledgement', async () => {
    const device = await rawLogin(bench, 'dev-1')
    device.send(publishPacket(EVENT, SOS, 0, 0), { cmd: 'pingreq' })
    await device.until('pingresp')
    expect(bench.messages).toHaveLength(1)
    expect(device.packets.map((p) => p.cmd)).toEqual(['connack', 'pingresp'])
    device.end()
  })

  it('stores a QoS 2 message once, also when it is repeated before PUBREL', async () => {
    const device = await rawLogin(bench, 'dev-1')
    device.send(publishPacket(EVENT, SOS, 9, 2))
    await device.until('pubrec')
    device.send({ ...publishPacket(EVENT, SOS, 9, 2), dup: true } as never)
    await device.until('pubrec', 2)
    device.send({ cmd: 'pubrel', messageId: 9 })
    await device.until('pubcomp')
    expect(bench.messages).toHaveLength(1)
    device.send(publishPacket(EVENT, SOS, 9, 2))
    await device.until('pubrec', 3)
    expect(bench.messages).toHaveLength(2)
    device.end()
  })

  it('stores the message of a client that leaves before the answer', async () => {
    bench.store.mode = 'down'
    const device = await rawLogin(bench, 'dev-1')
    device.send(publishPacket(EVENT, SOS, 7))
    await waitFor(() => bench.messages.length === 1, 'the message')
    device.end()
    await waitFor(() => bench.gateway.connections().mqtt === 0, 'the end')
    bench.store.recover()
    const again = await rawLogin(bench, 'dev-1')
    again.send(publishPacket(EVENT, SOS, 8))
    expect((await again.until('puback')).messageId).toBe(8)
    expect(await bench.metric('anhu_mqtt_unanswered')).toBe(0)
    again.end()
  })

  it('keeps a client connected while the store is down: pings are answered, keep-alive does not run out', async () => {
    bench.store.mode = 'down'
    const device = await rawLogin(bench, 'dev-1', { keepalive: 1 })
    device.send(publishPacket(EVENT, SOS, 1))
    for (let i = 1; i <= 5; i++) {
      device.send({ cmd: 'pingreq' })
      await device.until('pingresp', i)
      await sleep(500)
    }
    expect(device.closed).toBe(false)
    expect(device.of('puback')).toEqual([])
    bench.store.recover()
    await device.until('puback')
    device.end()
  })

  it('closes the connection when the intake gives up, without an acknowledgement', async () => {
    bench.store.mode = () => Promise.reject(new Error('stopping'))
    const device = await rawLogin(bench, 'dev-1')
    device.send(publishPacket(EVENT, SOS, 1))
    await device.untilClosed()
    expect(device.of('puback')).toEqual([])
    bench.store.mode = () => {
      throw new Error('a fault')
    }
    const other = await rawLogin(bench, 'dev-2')
    other.send(publishPacket('care/v1/dev-2/event', SOS, 1))
    await other.untilClosed()
    expect(other.of('puback')).toEqual([])
  })

  it('leaves unanswered messages unanswered on shutdown, and sends no wills', async () => {
    bench.store.mode = 'down'
    const will = { topic: 'care/v1/dev-1/status', payload: Buffer.from('offline'), qos: 1 as const, retain: true }
    const device = await rawLogin(bench, 'dev-1', { will })
    device.send(publishPacket(EVENT, SOS, 1))
    await waitFor(() => bench.messages.length === 1, 'the message')
    await bench.stop()
    bench.store.recover()
    await device.untilClosed()
    await sleep(50)
    expect(device.of('puback')).toEqual([])
    expect(bench.messages).toHaveLength(1)
    expect(bench.presence).toEqual([
      ['dev-1', true],
      ['dev-1', false],
    ])
  })

  it('survives clients that come and go while the store is slow, and stores everything it took', async () => {
    bench.store.mode = () => new Promise((resolve) => setTimeout(resolve, Math.random() * 40))
    const acknowledged: number[] = []
    for (let round = 0; round < 40; round++) {
      const device = await rawLogin(bench, round % 2 ? 'dev-1' : 'dev-2', { clientId: `c${round % 7}` })
      const topic = `care/v1/${round % 2 ? 'dev-1' : 'dev-2'}/event`
      device.send(
        ...Array.from({ length: 20 }, (_, i) =>
          publishPacket(topic, JSON.stringify({ id: round * 100 + i, type: 'sos' }), i + 1, i % 3 === 0 ? 2 : 1),
        ),
      )
      await sleep(round % 5 === 0 ? 50 : 5)
      acknowledged.push(...device.of('puback').map((p) => round * 100 + p.messageId! - 1))
      if (round % 2) device.end()
    }
    await sleep(100)
    const stored = new Set(bench.messages.map((m) => (m.items[0]?.kind === 'event' ? m.items[0].event.messageId : '')))
    expect(acknowledged.length).toBeGreaterThan(20)
    for (const id of acknowledged) expect(stored.has(String(id))).toBe(true)
    expect(await bench.metric('anhu_mqtt_unanswered')).toBe(0)
  })

  it('retains nothing, and takes a retained publish for a live message', async () => {
    const device = await connectDevice(bench, 'dev-1')
    await device.publishAsync(EVENT, SOS, { qos: 1, retain: true })
    await device.publishAsync('care/v1/dev-1/command', '{"type":"sound"}', { qos: 1, retain: true })
    expect(bench.messages[0]?.items[0]).toMatchObject({ kind: 'event', event: { type: 'sos' } })
    const received: string[] = []
    device.on('message', (topic) => received.push(topic))
    await device.subscribeAsync('care/v1/dev-1/command', { qos: 1 })
    await sleep(100)
    expect(received).toEqual([])
    await device.endAsync()
  })

  it('sends the will of a broken connection through the intake, and none after DISCONNECT', async () => {
    const will = {
      topic: 'care/v1/dev-1/status',
      payload: Buffer.from('{"state":"offline"}'),
      qos: 1,
      retain: true,
    } as const
    const device = await rawLogin(bench, 'dev-1', { will })
    device.end()
    await waitFor(() => bench.messages.length === 1, 'the will')
    expect(bench.messages[0]?.items).toEqual([{ kind: 'presence', online: false, deviceId: 'dev-1' }])
    const polite = await rawLogin(bench, 'dev-1', { will })
    polite.send({ cmd: 'disconnect' })
    await polite.untilClosed()
    await sleep(50)
    expect(bench.messages).toHaveLength(1)
  })

  it("never takes a will for another device's topic", async () => {
    const will = { topic: 'care/v1/dev-2/event', payload: Buffer.from(SOS), qos: 1, retain: false } as const
    const device = await rawLogin(bench, 'dev-1', { will })
    device.end()
    await waitFor(() => bench.gateway.connections().mqtt === 0, 'the end')
    await sleep(50)
    expect(bench.messages).toEqual([])
    expect(await bench.metric('anhu_mqtt_refused_total', { reason: 'will_not_allowed' })).toBe(1)
  })

  it('counts messages by channel and keeps payloads and secrets out of the log', async () => {
    const device = await connectDevice(bench, 'dev-1')
    await device.publishAsync(EVENT, SOS, { qos: 1 })
    await device.publishAsync('care/v1/dev-1/telemetry', '{"battery":80}', { qos: 1 })
    await device.publishAsync('care/v1/dev-1/telemetry', 'personal-words', { qos: 1 })
    await device.endAsync()
    expect(await bench.metric('anhu_mqtt_messages_total', { channel: 'event' })).toBe(1)
    expect(await bench.metric('anhu_mqtt_messages_total', { channel: 'telemetry' })).toBe(2)
    expect(await bench.metric('anhu_mqtt_messages_total')).toBe(3)
    expect(bench.log.join()).not.toContain('personal-words')
    expect(bench.log.join()).not.toContain(SECRET)
  })
})
