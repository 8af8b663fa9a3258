import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { MQTT_PROTOCOLS, TCP_PROTOCOL_TABLE } from '../../gateway/protocols/index.ts'
import type { MqttProtocol, TcpProtocol } from '../../gateway/protocols/protocol.ts'
import type { RegisteredDevice } from '../../server/contract/ports.ts'
import { percentile } from './figures.ts'

/**
 * What devices really send, from the fixtures of the tests, over and over. The protocols take turns round by round: when the
 * machine is slow for some seconds, each loses a round or two and none its median.
 */
const ROUNDS = 9
const ROUND_MS = 200
const NOW = Date.UTC(2026, 10, 24, 10)

interface Message {
  topic: string
  payload: Buffer
}

/** Frames per second of each decoder on one core: finding the address out and decoding; for TCP cutting as well. */
export async function decode(): Promise<object> {
  const runs: Run[] = [
    ...[...MQTT_PROTOCOLS].map(([name, protocol]) => mqttRun(protocol, messagesOf(name))),
    ...[...TCP_PROTOCOL_TABLE].map(([name, protocol]) => tcpRun(protocol, framesOf(name))),
  ]
  const rates = runs.map((): number[] => [])
  // The first round is the compiler's.
  for (const run of runs) rateOf(run)
  for (let round = 0; round < ROUNDS; round++) for (const [at, run] of runs.entries()) rates[at]?.push(rateOf(run))
  return Object.fromEntries(
    runs.map(({ name, frames }, at) => {
      return [name, { frames_per_s: Math.round(percentile(rates[at] ?? [], 0.5)), frames }]
    }),
  )
}

interface Run {
  name: string
  /** Decodes every frame once. */
  once(): void
  frames: number
}

/** Frames a second in one round. */
function rateOf({ once, frames }: Run): number {
  const began = performance.now()
  let done = 0
  for (; performance.now() - began < ROUND_MS; done += frames) once()
  return (done / (performance.now() - began)) * 1000
}

function mqttRun(protocol: MqttProtocol, messages: readonly Message[]): Run {
  const login = { deviceId: 'dev-1', settings: settingsOf(protocol.name), willTopic: null }
  const memory = protocol.createMemory(login)
  const topics = protocol.topicsOf(login, memory)
  const child: RegisteredDevice = {
    deviceId: 'child',
    kind: 'sos_button',
    protocol: protocol.name,
    model: null,
    role: 'sos',
    sources: [],
  }
  const raw = messages.map((message) => ({ ...message, receivedAt: NOW, replayed: false }))
  const once = () => {
    for (const message of raw) {
      const channel = topics.channelOf(message.topic)
      if (channel === null) throw new Error(`${protocol.name}: ${message.topic} is not its own`)
      const address = protocol.addressOf(message, memory)
      protocol.decode(channel, message, { login, child: address === null ? null : child, memory })
    }
  }
  return { name: protocol.name, once, frames: raw.length }
}

function tcpRun(protocol: TcpProtocol, frames: readonly Buffer[]): Run {
  const once = () => {
    for (const frame of frames) for (const cut of protocol.cut(frame).frames) protocol.decode(cut, NOW)
  }
  return { name: protocol.name, once, frames: frames.length }
}

interface Sample {
  topic?: string
  raw: unknown
  raw_hex?: string
  direction?: string
}

function samples(file: string): Sample[] {
  return JSON.parse(readFileSync(join(process.cwd(), `test/fixtures/${file}.json`), 'utf8')) as Sample[]
}

const bytesOf = (raw: unknown): Buffer => Buffer.from(typeof raw === 'string' ? raw : JSON.stringify(raw))

/** A preset's samples are told apart by their topics, which the makers' documents write with placeholders. */
const PRESET_MESSAGES: Record<string, Message[]> = {
  shelly_blu: [
    {
      topic: '5c:c7:c1:f2:e4:7c',
      payload: bytesOf({ BTHome_version: 2, pid: 6, battery: 70, button: 1, rssi: -76, address: '5c:c7:c1:f2:e4:7c' }),
    },
  ],
  shelly_gen1: [
    { topic: 'shellies/shelly1-483FDA91BCEF/input_event/0', payload: bytesOf({ event: 'S', event_cnt: 73 }) },
  ],
  tasmota: [
    { topic: 'stat/tasmota/RESULT', payload: bytesOf({ Button1: { Action: 'SINGLE' } }) },
    {
      topic: 'tele/tasmota/SENSOR',
      payload: bytesOf({ ZbReceived: { '0x099F': { '0500!00': '010000FF0000', LinkQuality: 70 } } }),
    },
  ],
  esphome: [{ topic: 'bedroom-radar/binary_sensor/fall_detected/state', payload: bytesOf('ON') }],
  mapped: [{ topic: 'home/button', payload: bytesOf({ id: 7, press: 'long', battery: 80 }) }],
  native: [
    { topic: 'care/v1/dev-1/event', payload: bytesOf({ id: 'e1', ts: NOW, type: 'sos', battery: 80 }) },
    { topic: 'care/v1/dev-1/telemetry', payload: bytesOf({ ts: NOW, battery: 80, hr: 72, rssi: -70 }) },
  ],
}

function messagesOf(name: string): Message[] {
  const preset = PRESET_MESSAGES[name]
  if (preset) return preset
  const file = name === 'chirpstack' ? 'chirpstack-milesight' : name
  const messages = samples(file)
    .filter(({ topic }) => topic !== undefined)
    .map(({ topic = '', raw }) => ({
      topic: topic
        .replaceAll('<user>', 'dev-1')
        .replaceAll('<device>', 'phone')
        .replace(/^owntracks\/[^/]+/, 'owntracks/dev-1'),
      payload: bytesOf(raw),
    }))
  return name === 'owntracks' ? messages.filter(({ topic }) => topic.startsWith('owntracks/')) : messages
}

/** A frame without a sign of life in it is not what a decoder spends its time on. */
function framesOf(name: string): Buffer[] {
  return samples(name)
    .filter(({ direction }) => direction === undefined || !direction.startsWith('server'))
    .map(({ raw, raw_hex }) =>
      name === 'watch' ? Buffer.from(String(raw), 'latin1') : Buffer.from(raw_hex ?? String(raw), 'hex'),
    )
}

function settingsOf(name: string) {
  if (name !== 'mapped') return {}
  const press = { value: 'press', press: { short: 'single', long: 'long' } }
  const rule = { topic: 'home/{key}', id: { unique: 'id' }, events: [press], telemetry: { battery: 'battery' } }
  return { mapping: { rules: [rule] } }
}
