import { generate } from 'mqtt-packet'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DEFAULT_LIMITS } from '../../gateway/limits.ts'
import { dummyHashLike, RememberedSecrets } from '../../gateway/secrets.ts'
import { type Bench, connectPacket, rawConnect, rawLogin, SECRET, sleep, startGateway, waitFor } from './harness.ts'

const WRONG = Buffer.from('wrong')

async function returnCode(bench: Bench, more: Parameters<typeof connectPacket>[1], deviceId = 'dev-1') {
  const client = rawConnect(bench)
  client.send(connectPacket(deviceId, more))
  const { returnCode: code } = await client.until('connack')
  if (code !== 0) await client.untilClosed()
  client.end()
  return code
}

describe('login', () => {
  let bench: Bench
  beforeEach(async () => {
    bench = await startGateway()
  })
  afterEach(() => bench.stop())

  it('lets a device in with its secret, and nobody without one', async () => {
    expect(await returnCode(bench, {})).toBe(0)
    expect(await returnCode(bench, { password: WRONG })).toBe(5)
    expect(await returnCode(bench, {}, 'unknown')).toBe(5)
    const { username: _u, password: _p, ...anonymous } = connectPacket('dev-1')
    const client = rawConnect(bench)
    client.send(anonymous)
    expect((await client.until('connack')).returnCode).toBe(5)
    expect(await returnCode(bench, {}, '../dev-1')).toBe(4)
    expect(await returnCode(bench, {}, '$SYS/#')).toBe(4)
    await bench.addDevice('watch-1', SECRET, 'a-protocol-not-over-mqtt')
    expect(await returnCode(bench, {}, 'watch-1')).toBe(5)
    const counted = async (result: string) => bench.metric('anhu_mqtt_logins_total', { result })
    expect([await counted('accepted'), await counted('wrong'), await counted('anonymous')]).toEqual([1, 2, 1])
    expect([await counted('malformed'), await counted('other_protocol')]).toEqual([2, 1])
  })

  it('refuses a CONNECT with a user name but no password', async () => {
    const { password: _p, ...packet } = connectPacket('dev-1')
    const client = rawConnect(bench)
    client.send(packet)
    expect((await client.until('connack')).returnCode).toBe(4)
    client.end()
  })

  it('says "unavailable" while the store is down, and when it does not answer in time', async () => {
    bench.directory.mode = 'down'
    expect(await returnCode(bench, {})).toBe(3)
    bench.directory.mode = 'up'
    expect(await returnCode(bench, {})).toBe(0)
    const slow = await startGateway({ limits: { loginMs: 100 } })
    slow.directory.mode = 'hanging'
    expect(await returnCode(slow, {})).toBe(3)
    expect(await slow.metric('anhu_mqtt_logins_total', { result: 'unavailable' })).toBe(1)
    await slow.stop()
  })

  it('looks the device up each time, and forgets a secret that was changed or a device that was disabled', async () => {
    expect(await returnCode(bench, {})).toBe(0)
    expect(await returnCode(bench, {})).toBe(0)
    expect(bench.directory.lookups).toBe(2)
    await bench.addDevice('dev-1', 'another secret')
    expect(await returnCode(bench, {})).toBe(5)
    expect(await returnCode(bench, { password: Buffer.from('another secret') })).toBe(0)
    bench.directory.devices.delete('dev-1')
    expect(await returnCode(bench, { password: Buffer.from('another secret') })).toBe(5)
  })

  it('limits failures, without locking out the device that holds a right secret', async () => {
    expect(await returnCode(bench, {})).toBe(0)
    const { burst } = DEFAULT_LIMITS.failuresPerAddressAndDevice
    for (let i = 0; i < burst; i++) expect(await returnCode(bench, { password: WRONG })).toBe(5)
    expect(await returnCode(bench, { password: WRONG })).toBe(3)
    const { lookups } = bench.directory
    expect(await returnCode(bench, { password: WRONG })).toBe(3)
    expect(bench.directory.lookups).toBe(lookups)
    expect(await returnCode(bench, {})).toBe(0)
    expect(await returnCode(bench, {}, 'dev-2')).toBe(0)
    expect(await bench.metric('anhu_mqtt_logins_total', { result: 'limited' })).toBe(2)
  })

  it('limits failures of an address over all device ids', async () => {
    const strict = await startGateway({ limits: { failuresPerAddress: { perSecond: 0.01, burst: 3 } } })
    for (const id of ['x1', 'x2', 'x3']) expect(await returnCode(strict, {}, id)).toBe(5)
    expect(await returnCode(strict, {}, 'x4')).toBe(3)
    await strict.stop()
  })

  it('stops verifying when an attempt is one of very many sent at once', async () => {
    const clients = Array.from({ length: 40 }, () => rawConnect(bench))
    for (const client of clients) client.send(connectPacket('dev-1', { password: WRONG }))
    await Promise.all(clients.map((client) => client.until('connack')))
    const codes = clients.map((client) => client.of('connack')[0]?.returnCode)
    expect(codes.filter((code) => code === 5).length).toBeLessThanOrEqual(12)
    expect(codes.every((code) => code === 5 || code === 3)).toBe(true)
  })
})

describe('client ids', () => {
  let bench: Bench
  beforeEach(async () => {
    bench = await startGateway()
  })
  afterEach(() => bench.stop())

  it('rejects an empty id with clean=0, gives one with clean=1', async () => {
    const connect = generate(connectPacket('dev-1', { clientId: '' }))
    // mqtt-packet refuses to make such a packet: the clean session flag is taken out by hand.
    connect[9] = connect[9]! & ~2
    const unclean = rawConnect(bench)
    unclean.send(connect)
    expect((await unclean.until('connack')).returnCode).toBe(2)
    await unclean.untilClosed()
    const [one, two] = [
      await rawLogin(bench, 'dev-1', { clientId: '' }),
      await rawLogin(bench, 'dev-1', { clientId: '' }),
    ]
    expect(bench.gateway.connections().mqtt).toBe(2)
    one.end()
    two.end()
  })

  it('keeps devices with the same factory client id apart', async () => {
    const one = await rawLogin(bench, 'dev-1', { clientId: 'esp32' })
    const two = await rawLogin(bench, 'dev-2', { clientId: 'esp32' })
    await sleep(50)
    expect([one.closed, two.closed]).toEqual([false, false])
    one.end()
    two.end()
  })

  it('takes over for the same device and id, without going offline in between', async () => {
    const will = { topic: 'care/v1/dev-1/status', payload: Buffer.from('offline'), qos: 1 as const, retain: true }
    const old = await rawLogin(bench, 'dev-1', { clientId: 'a', will })
    const fresh = await rawLogin(bench, 'dev-1', { clientId: 'a', will })
    await old.untilClosed()
    await sleep(50)
    expect(fresh.closed).toBe(false)
    expect(bench.presence).toEqual([['dev-1', true]])
    expect(bench.messages).toEqual([])
    expect(bench.gateway.connections().mqtt).toBe(1)
    fresh.end()
    await waitFor(() => bench.messages.length === 1, 'the will of the last connection')
    expect(bench.presence).toEqual([
      ['dev-1', true],
      ['dev-1', false],
    ])
  })

  it('does not let a stranger with the same ids disconnect a device', async () => {
    const device = await rawLogin(bench, 'dev-1', { clientId: 'a' })
    expect(await returnCode(bench, { clientId: 'a', password: WRONG })).toBe(5)
    await sleep(50)
    expect(device.closed).toBe(false)
    device.end()
  })

  it('holds four connections of a device; the newest win', async () => {
    const clients = []
    for (let i = 0; i < 5; i++) clients.push(await rawLogin(bench, 'dev-1', { clientId: `c${i}` }))
    await clients[0]!.untilClosed()
    expect(clients.slice(1).map((client) => client.closed)).toEqual([false, false, false, false])
    expect(await bench.metric('anhu_mqtt_refused_total', { reason: 'too_many_of_device' })).toBe(1)
    for (const client of clients) client.end()
  })

  it('speaks MQTT 3.1 with long ids, and refuses MQTT 5 in its own format', async () => {
    const old = await rawLogin(bench, 'dev-1', { protocolId: 'MQIsdp', protocolVersion: 3, clientId: 'x'.repeat(40) })
    old.end()
    const v5 = rawConnect(bench)
    v5.send(connectPacket('dev-1', { protocolVersion: 5, properties: { sessionExpiryInterval: 60 } }))
    await v5.untilClosed()
    expect([...v5.bytes]).toEqual([0x20, 0x03, 0x00, 0x84, 0x00])
  })

  it('always starts a clean session', async () => {
    const client = rawConnect(bench)
    client.send(connectPacket('dev-1', { clean: false }))
    expect(await client.until('connack')).toMatchObject({ returnCode: 0, sessionPresent: false })
    client.end()
  })
})

describe('secrets', () => {
  it('remembers a bounded number, per device', () => {
    const remembered = new RememberedSecrets(2)
    for (const id of ['a', 'b', 'c']) remembered.remember(id, Buffer.from('s'), `hash-${id}`)
    expect(remembered.matches('a', Buffer.from('s'))).toBeNull()
    expect(remembered.matches('b', Buffer.from('s'))).toBe('hash-b')
    expect(remembered.matches('c', Buffer.from('t'))).toBeNull()
  })

  it('makes a dummy hash of the same cost', () => {
    const real = '$argon2id$v=19$m=4096,t=1,p=1$jFuSxFhTa8NotVkz4i+BGA$PsZ/JEP4ImxyRC2qVWLGDlLrWnpjhg0tsZIRXpBAyxU'
    const dummy = dummyHashLike(real)
    expect(dummy).toMatch(/^\$argon2id\$v=19\$m=4096,t=1,p=1\$[^$]{22}\$[^$]{43}$/)
    expect(dummy).not.toBe(dummyHashLike(real))
    expect(dummyHashLike('md5:abc')).toBeNull()
  })
})
