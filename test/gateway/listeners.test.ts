import { createServer, type Server } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { connect as connectTls } from 'node:tls'
import mqtt from 'mqtt'
import { Server as SocketServer } from 'socket.io'
import { io } from 'socket.io-client'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import WebSocket from 'ws'
import { sourceKey } from '../../gateway/sources.ts'
import { certificate } from './certificate.ts'
import { type Bench, connectPacket, RawClient, SECRET, startGateway } from './harness.ts'

describe('TLS', () => {
  it('serves MQTT, and answers a wrong secret before it closes', async () => {
    const { cert, key } = certificate()
    const bench = await startGateway({ tls: { cert, key, ca: null } })
    const url = `mqtts://127.0.0.1:${bench.tlsPort}`
    const options = { username: 'dev-1', ca: cert, servername: 'localhost', reconnectPeriod: 0 }
    const device = await mqtt.connectAsync(url, { ...options, password: SECRET })
    await device.publishAsync('care/v1/dev-1/event', '{"id":1,"type":"sos"}', { qos: 1 })
    expect(bench.messages).toHaveLength(1)
    await device.endAsync()
    await expect(mqtt.connectAsync(url, { ...options, password: 'wrong' })).rejects.toThrow(/not authorized/i)
    const v5 = new RawClient(connectTls({ host: '127.0.0.1', port: bench.tlsPort!, ca: cert, servername: 'localhost' }))
    v5.send(connectPacket('dev-1', { protocolVersion: 5 }))
    await v5.untilClosed()
    expect([...v5.bytes]).toEqual([0x20, 0x03, 0x00, 0x84, 0x00])
    await bench.stop()
  })
})

describe('WebSocket', () => {
  let bench: Bench
  let http: Server
  let sockets: SocketServer
  let origin: string
  beforeEach(async () => {
    bench = await startGateway()
    http = createServer((_request, response) => response.end('page'))
    sockets = new SocketServer(http)
    bench.gateway.handleWebSocket(http)
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
    origin = `127.0.0.1:${(http.address() as AddressInfo).port}`
  })
  afterEach(async () => {
    await bench.stop()
    await sockets.close()
  })

  it('serves MQTT at /mqtt beside Socket.IO and pages', async () => {
    const device = await mqtt.connectAsync(`ws://${origin}/mqtt`, {
      username: 'dev-1',
      password: SECRET,
      reconnectPeriod: 0,
    })
    await device.publishAsync('care/v1/dev-1/event', '{"id":1,"type":"sos"}', { qos: 1 })
    expect(bench.messages[0]?.deviceId).toBe('dev-1')
    const browser = io(`http://${origin}`, { transports: ['websocket'] })
    await new Promise<void>((resolve, reject) => {
      browser.on('connect', resolve)
      browser.on('connect_error', reject)
    })
    expect(await (await fetch(`http://${origin}/`)).text()).toBe('page')
    // Engine.IO ends upgrades that nobody has answered after one second: ours must still be there.
    await new Promise((resolve) => setTimeout(resolve, 1_200))
    expect([device.connected, browser.connected]).toEqual([true, true])
    browser.close()
    await device.endAsync()
  })

  it('wants the subprotocol mqtt and binary frames', async () => {
    const without = new WebSocket(`ws://${origin}/mqtt`)
    const [error] = await new Promise<[Error]>((resolve) => without.once('error', (e) => resolve([e])))
    expect(error.message).toContain('400')
    const text = new WebSocket(`ws://${origin}/mqtt`, ['mqtt'])
    await new Promise((resolve) => text.once('open', resolve))
    expect(text.protocol).toBe('mqtt')
    text.send('words')
    const code = await new Promise((resolve) => text.once('close', resolve))
    expect([1003, 1006]).toContain(code)
  })

  it('limits what may be sent before CONNECT, also within one frame', async () => {
    for (const bytes of [Buffer.alloc(1_000_000, 0x10), Buffer.from([0x10, 0xff, 0xff, 0x7f])]) {
      const ws = new WebSocket(`ws://${origin}/mqtt`, ['mqtt'])
      ws.on('error', () => undefined)
      await new Promise((resolve) => ws.once('open', resolve))
      const closed = new Promise((resolve) => ws.once('close', resolve))
      ws.send(bytes)
      await closed
    }
    expect(await bench.metric('anhu_mqtt_refused_total', { reason: 'packet_too_large' })).toBeGreaterThanOrEqual(1)
    expect(bench.gateway.connections().mqtt).toBe(0)
  })

  it('refuses MQTT 5 and wrong secrets with an answer', async () => {
    const options = { username: 'dev-1', reconnectPeriod: 0 }
    await expect(mqtt.connectAsync(`ws://${origin}/mqtt`, { ...options, password: 'wrong' })).rejects.toThrow(
      /authorized/i,
    )
    const v5 = { ...options, password: SECRET, protocolVersion: 5 as const }
    await expect(mqtt.connectAsync(`ws://${origin}/mqtt`, v5)).rejects.toThrow(/protocol version/i)
  })
})

describe('start', () => {
  it('rejects when the port is taken', async () => {
    const taken = createTcpServer()
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
    const { port } = taken.address() as AddressInfo
    await expect(startGateway({ mqttPort: port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
    await new Promise((resolve) => taken.close(resolve))
  })
})

describe('sourceKey', () => {
  it('counts an IPv6 /64 as one address', () => {
    expect(sourceKey('::ffff:10.1.2.3')).toBe('10.1.2.3')
    expect(sourceKey('10.1.2.3')).toBe('10.1.2.3')
    expect(sourceKey('::1')).toBe('::1')
    expect(sourceKey('2001:db8::1')).toBe('2001:db8:0:0::/64')
    expect(sourceKey('2001:0DB8:0:0:ffff::2')).toBe('2001:db8:0:0::/64')
    expect(sourceKey('fe80::1%eth0')).toBe('fe80:0:0:0::/64')
  })
})
