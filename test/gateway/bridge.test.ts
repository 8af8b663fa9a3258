import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { Aedes, type PublishPacket } from 'aedes'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { BridgeSettings } from '../../server/contract/ports.ts'
import { certificate } from './certificate.ts'
import { type Bench, startGateway, waitFor } from './harness.ts'

/** An outside broker, as a network server has one. */
interface Outside {
  broker: Aedes
  port: number
  /** Packets that clients of it have acknowledged. */
  acknowledged: string[]
  stop(): Promise<void>
}

async function startOutside(options: { port?: number; password?: string; tls?: boolean } = {}): Promise<Outside> {
  const broker = await Aedes.createBroker()
  broker.authenticate = (_client, _username, password, done) => {
    const isRight = options.password === undefined || password?.toString() === options.password
    if (isRight) done(null, true)
    else done(Object.assign(new Error('no'), { returnCode: 5 as const }), null)
  }
  const acknowledged: string[] = []
  broker.on('ack', (packet) => {
    if (packet && 'topic' in packet) acknowledged.push((packet as PublishPacket).topic)
  })
  const server: Server = options.tls ? createTlsServer(certificate(), broker.handle) : createServer(broker.handle)
  server.listen(options.port ?? 0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    broker,
    port: address.port,
    acknowledged,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve))
      await new Promise<void>((resolve) => broker.close(resolve))
      await closed
    },
  }
}

let bench: Bench
let outside: Outside

const settings = (over: Partial<BridgeSettings> = {}): BridgeSettings => ({
  deviceId: 'bridge-1',
  protocol: 'zigbee2mqtt',
  url: `mqtt://127.0.0.1:${outside.port}`,
  username: 'anhu',
  password: 'right',
  clientId: 'anhu-bridge-1',
  ca: null,
  topics: [],
  settings: {},
  ...over,
})

async function bridgeTo(over: Partial<BridgeSettings> = {}): Promise<void> {
  bench.directory.bridges = [settings(over)]
  bench.gateway.links.changed()
  await waitFor(() => bench.gateway.links.bridges()[0]?.state !== 'connecting', 'the first attempt')
}

const status = () => bench.gateway.links.bridges()[0]
const connected = () => waitFor(() => status()?.state === 'connected', 'the connection')
const publish = (topic: string, payload: string, over: Partial<PublishPacket> = {}) =>
  new Promise<void>((resolve, reject) => {
    const packet = { cmd: 'publish', topic, payload, qos: 1, retain: false, dup: false, ...over } as PublishPacket
    outside.broker.publish(packet, (error) => (error ? reject(error) : resolve()))
  })

beforeEach(async () => {
  outside = await startOutside({ password: 'right' })
  bench = await startGateway()
  bench.directory.byAddress.set('zigbee2mqtt bridge-1 床头', {
    deviceId: 'button-1',
    kind: 'sos_button',
    protocol: 'zigbee2mqtt',
    model: null,
    role: 'sos',
    sources: [],
  })
})
afterEach(async () => {
  await bench.stop()
  await outside.stop()
})

describe('bridges', () => {
  it('takes messages of an outside broker, and acknowledges them when they are stored', async () => {
    await bridgeTo()
    await connected()
    expect(bench.presence).toContainEqual(['bridge-1', true])
    bench.store.mode = 'down'
    await publish('zigbee2mqtt/床头', JSON.stringify({ action: 'emergency', battery: 80 }))
    await waitFor(() => bench.messages.length > 0, 'the message')
    expect(bench.messages[0]).toMatchObject({ deviceId: 'bridge-1', protocol: 'zigbee2mqtt' })
    expect(bench.messages[0]?.items.find(({ kind }) => kind === 'event')).toMatchObject({
      deviceId: 'button-1',
      event: { type: 'sos' },
    })
    expect(outside.acknowledged).toEqual([])
    bench.store.recover()
    await waitFor(() => outside.acknowledged.length === 1, 'the acknowledgement')
    expect(status()).toMatchObject({ state: 'connected', messages: 1, reason: null })
  })

  it('comes back when the broker does, and says meanwhile that it waits', async () => {
    await bridgeTo()
    await connected()
    const { port } = outside
    await outside.stop()
    await waitFor(() => status()?.state === 'waiting', 'the loss')
    await waitFor(() => !bench.isConnected('bridge-1'), 'its presence')
    outside = await startOutside({ password: 'right', port })
    await waitFor(() => status()?.state === 'connected', 'the return', 10_000)
    await publish('zigbee2mqtt/床头', JSON.stringify({ action: 'emergency' }))
    await waitFor(() => bench.messages.length === 1, 'the message')
  })

  it('says that it was refused, and is started anew when its settings change', async () => {
    await bridgeTo({ password: 'wrong' })
    await waitFor(() => status()?.state === 'refused', 'the refusal')
    expect(status()?.reason).toBe('not_authorized')
    expect(bench.log.join('\n')).not.toContain('wrong')
    await bridgeTo()
    await connected()
    bench.directory.bridges = []
    bench.gateway.links.changed()
    await waitFor(() => bench.gateway.links.bridges().length === 0, 'its end')
    await waitFor(() => !bench.isConnected('bridge-1'), 'its presence')
  })

  it('an old, retained alarm is no alarm; a live one is', async () => {
    await publish('zigbee2mqtt/床头', JSON.stringify({ action: 'emergency', battery: 80 }), { retain: true })
    await bridgeTo()
    await connected()
    await waitFor(() => bench.messages.length === 1, 'the retained message')
    expect(bench.messages[0]?.items.filter(({ kind }) => kind === 'event' || kind === 'level')).toEqual([])
    await publish('zigbee2mqtt/床头', JSON.stringify({ action: 'emergency', battery: 80 }))
    await waitFor(() => bench.messages.length === 2, 'the live message')
    expect(bench.messages[1]?.items.some(({ kind }) => kind === 'event')).toBe(true)
  })

  it('goes over TLS, and only to a broker whose certificate it can trust', async () => {
    await outside.stop()
    outside = await startOutside({ password: 'right', tls: true })
    const url = `mqtts://localhost:${outside.port}`
    await bridgeTo({ url })
    await waitFor(() => status()?.state === 'waiting', 'the distrust')
    expect(status()?.reason).toMatch(/CERT|SIGN/)
    await bridgeTo({ url, ca: certificate().cert })
    await connected()
  })

  it('one broken setting does not keep the other bridges from starting', async () => {
    bench.directory.bridges = [settings({ deviceId: 'odd', protocol: 'fax' }), settings()]
    bench.gateway.links.changed()
    await waitFor(() => bench.gateway.links.bridges().some(({ state }) => state === 'connected'), 'the good one')
    expect(bench.gateway.links.bridges().map(({ deviceId }) => deviceId)).toEqual(['bridge-1'])
  })
})
