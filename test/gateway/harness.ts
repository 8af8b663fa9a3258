import { connect as connectTcp, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { hash } from '@node-rs/argon2'
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt'
import { generate, type Packet, parser } from 'mqtt-packet'
import pino from 'pino'
import { Registry } from 'prom-client'
import { createGateway, type Gateway, type GatewayOptions } from '../../gateway/gateway.ts'
import { systemClock } from '../../server/contract/clock.ts'
import type { DeviceCommand } from '../../server/contract/command.ts'
import type {
  BridgeSettings,
  DeliveryResult,
  DeviceCredential,
  InboundMessage,
  Knock,
  RegisteredDevice,
} from '../../server/contract/ports.ts'

/** A real gateway on free ports; only what lies behind its ports is played by the test. */

export interface Bench {
  gateway: Gateway
  port: number
  tlsPort: number | null
  watchPort: number
  pendantPort: number
  registry: Registry
  /** Every message the intake was given, in order. */
  messages: InboundMessage[]
  /** `[deviceId, online]` in order. */
  presence: [string, boolean][]
  /** What terminals said of calls, `[deviceId, payload]` in order. */
  spoken: [string, string][]
  /** Devices that can be sent something, in order. */
  reachable: string[]
  knocks: Knock[]
  /** Lines the gateway logged. */
  log: string[]
  store: {
    /** 'up' stores at once; 'down' lets every message wait; a function decides per message. */
    mode: 'up' | 'down' | ((message: InboundMessage) => Promise<void>)
    /** Everything that waits is stored, and the mode is 'up' again. */
    recover(): void
  }
  directory: {
    devices: Map<string, DeviceCredential>
    mode: 'up' | 'down' | 'hanging'
    lookups: number
    /** Registered devices by `protocol hubId address`; the hub is `-` for one that connects by itself. */
    byAddress: Map<string, RegisteredDevice>
    bridges: BridgeSettings[]
    /** For how long they are held. */
    holdMs: number
    releases: number
  }
  addDevice(deviceId: string, secret?: string, protocol?: string, kind?: string): Promise<void>
  isConnected(deviceId: string): boolean
  /** Sends a command to a device of the native protocol. */
  command(deviceId: string, command?: Partial<DeviceCommand>): Promise<DeliveryResult>
  /** Value of a counter or gauge, summed over the given labels. */
  metric(name: string, labels?: Record<string, string>): Promise<number>
  stop(): Promise<void>
}

export const SECRET = 'correct horse battery staple'
/** Cheap on purpose: the tests log in a lot. */
const COST = { memoryCost: 1024, timeCost: 1 }
const hashes = new Map<string, Promise<string>>()
const hashOf = (secret: string): Promise<string> => {
  const known = hashes.get(secret) ?? hash(secret, COST)
  hashes.set(secret, known)
  return known
}

export async function startGateway(options: Partial<GatewayOptions> = {}): Promise<Bench> {
  const messages: InboundMessage[] = []
  const presence: [string, boolean][] = []
  const log: string[] = []
  const waiting: (() => void)[] = []
  const registry = new Registry()
  const store: Bench['store'] = {
    mode: 'up',
    recover() {
      store.mode = 'up'
      for (const resolve of waiting.splice(0)) resolve()
    },
  }
  const directory: Bench['directory'] = {
    devices: new Map(),
    mode: 'up',
    lookups: 0,
    byAddress: new Map(),
    bridges: [],
    holdMs: 30_000,
    releases: 0,
  }
  const reachable: string[] = []
  const spoken: [string, string][] = []
  const knocks: Knock[] = []
  const gateway = createGateway({
    voice: { heard: (deviceId, payload) => spoken.push([deviceId, Buffer.from(payload).toString()]) },
    host: '127.0.0.1',
    mqttPort: 0,
    mqttsPort: 0,
    watchPort: 0,
    pendantPort: 0,
    tls: null,
    intake: {
      accept(message) {
        messages.push(message)
        if (typeof store.mode === 'function') return store.mode(message)
        return store.mode === 'up' ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))
      },
    },
    devices: {
      async credential(deviceId) {
        directory.lookups++
        if (directory.mode === 'down') throw new Error('connection refused')
        if (directory.mode === 'hanging') await new Promise(() => undefined)
        return directory.devices.get(deviceId) ?? null
      },
      async byAddress(protocol, hubId, address) {
        if (directory.mode === 'down') throw new Error('connection refused')
        return directory.byAddress.get(`${protocol} ${hubId ?? '-'} ${address}`) ?? null
      },
      async holdBridges() {
        if (directory.mode === 'down') throw new Error('connection refused')
        return { bridges: directory.bridges, forMs: directory.holdMs }
      },
      async releaseBridges() {
        directory.releases++
      },
      knocked: (knock) => knocks.push(knock),
    },
    presence: {
      changed: (deviceId, online) => presence.push([deviceId, online]),
      reachable: (deviceId) => reachable.push(deviceId),
    },
    log: pino({ level: 'trace' }, { write: (line) => log.push(line) }),
    registry,
    clock: systemClock,
    ...options,
  })
  const ports = await gateway.start()
  const bench: Bench = {
    gateway,
    port: ports.mqttPort,
    tlsPort: ports.mqttsPort,
    watchPort: ports.watchPort,
    pendantPort: ports.pendantPort,
    registry,
    messages,
    presence,
    spoken,
    reachable,
    knocks,
    log,
    store,
    directory,
    async addDevice(deviceId, secret = SECRET, protocol = 'native', kind = 'sos_button') {
      directory.devices.set(deviceId, { deviceId, kind, protocol, secretHash: await hashOf(secret), settings: {} })
    },
    isConnected: (deviceId) => presence.findLast(([id]) => id === deviceId)?.[1] ?? false,
    command: (deviceId, command = {}) =>
      gateway.links.deliver(
        { deviceId, protocol: 'native', kind: 'sos_button', model: null, hubId: null, address: deviceId },
        { commandId: 'c1', type: 'sound', args: {}, ...command },
      ),
    async metric(name, labels = {}) {
      const metric = registry.getSingleMetric(name)
      if (!metric) throw new Error(`no metric ${name}`)
      const { values } = await metric.get()
      const wanted = Object.entries(labels)
      return values
        .filter((v) => wanted.every(([key, value]) => (v.labels as Record<string, unknown>)[key] === value))
        .reduce((sum, v) => sum + v.value, 0)
    },
    stop: () => gateway.stop(),
  }
  await bench.addDevice('dev-1')
  await bench.addDevice('dev-2')
  return bench
}

/** An `mqtt` client that is connected. */
export function connectDevice(bench: Bench, deviceId: string, options: IClientOptions = {}): Promise<MqttClient> {
  return mqtt.connectAsync(`mqtt://127.0.0.1:${bench.port}`, {
    username: deviceId,
    password: SECRET,
    reconnectPeriod: 0,
    ...options,
  })
}

/** A socket that speaks MQTT packet by packet. */
export class RawClient {
  readonly packets: Packet[] = []
  readonly socket: Duplex
  closed = false
  bytes = Buffer.alloc(0)

  constructor(socket: Duplex) {
    this.socket = socket
    const packets = parser()
    packets.on('packet', (packet) => this.packets.push(packet))
    packets.on('error', () => undefined)
    socket.on('data', (chunk: Buffer) => {
      this.bytes = Buffer.concat([this.bytes, chunk])
      packets.parse(chunk)
    })
    socket.on('error', () => undefined)
    socket.on('close', () => {
      this.closed = true
    })
  }

  send(...packets: (Packet | Buffer)[]): void {
    this.socket.write(Buffer.concat(packets.map((packet) => (Buffer.isBuffer(packet) ? packet : generate(packet)))))
  }

  /** The packets of a kind so far. */
  of<C extends Packet['cmd']>(cmd: C): Extract<Packet, { cmd: C }>[] {
    return this.packets.filter((packet): packet is Extract<Packet, { cmd: C }> => packet.cmd === cmd)
  }

  async until<C extends Packet['cmd']>(cmd: C, count = 1): Promise<Extract<Packet, { cmd: C }>> {
    await waitFor(() => this.of(cmd).length >= count, `${count} ${cmd}`)
    return this.of(cmd)[count - 1]!
  }

  untilClosed(ms = 3_000): Promise<void> {
    return waitFor(() => this.closed, 'close', ms)
  }

  end(): void {
    this.socket.destroy()
  }
}

export function rawConnect(bench: Bench): RawClient {
  const socket: Socket = connectTcp(bench.port, '127.0.0.1')
  return new RawClient(socket)
}

type Connect = Extract<Packet, { cmd: 'connect' }>

export function connectPacket(deviceId: string, more: Partial<Connect> = {}): Connect {
  return {
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion: 4,
    clean: true,
    clientId: `${deviceId}-client`,
    keepalive: 60,
    username: deviceId,
    password: Buffer.from(SECRET),
    ...more,
  }
}

export async function rawLogin(bench: Bench, deviceId: string, more: Partial<Connect> = {}): Promise<RawClient> {
  const client = rawConnect(bench)
  client.send(connectPacket(deviceId, more))
  const { returnCode } = await client.until('connack')
  if (returnCode !== 0) throw new Error(`CONNACK ${returnCode}`)
  return client
}

export function publishPacket(topic: string, payload: string | Buffer, messageId: number, qos: 0 | 1 | 2 = 1): Packet {
  return { cmd: 'publish', topic, payload, messageId, qos, dup: false, retain: false }
}

export async function waitFor(condition: () => boolean | Promise<boolean>, what: string, ms = 3_000): Promise<void> {
  const end = Date.now() + ms
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`waited ${ms} ms for ${what}`)
    await sleep(5)
  }
}

export { sleep }
