import { connectAsync, type MqttClient } from 'mqtt'
import { io, type Socket } from 'socket.io-client'
import type { ServerToClientEvents } from '../contract/push.ts'

/** One test alarm, seen from outside: in as a device's MQTT connection, out at a desk's socket. */
export interface ProbeTarget {
  mqttPort: number
  httpPort: number
  deviceId: string
  secret: string
  /** Of a desk's session. */
  cookie: string
  /** What the device says: a fault, or that it is over. Each changes the case. */
  type: 'device_fault' | 'restore'
  /** Unique among the device's messages. */
  messageId: string
  /** Ms since the epoch. */
  now: number
  timeoutMs: number
}

/** From the publish on, ms. */
export interface ProbeTimes {
  pubackMs: number
  deskMs: number
}

export const PROBE_STEPS = ['desk_connect', 'device_connect', 'puback', 'desk_event'] as const
export type ProbeStep = (typeof PROBE_STEPS)[number]

/** How far it came. */
export class ProbeError extends Error {
  readonly step: ProbeStep
  constructor(step: ProbeStep, cause: unknown) {
    super(`the self-test failed at ${step}`, { cause })
    this.step = step
  }
}

/** Carries one test out. Nothing of it stays open. @throws ProbeError */
export async function probe(target: ProbeTarget): Promise<ProbeTimes> {
  const { timeoutMs, deviceId } = target
  let desk: Socket<ServerToClientEvents> | null = null
  let device: MqttClient | null = null
  try {
    desk = io(`http://127.0.0.1:${target.httpPort}`, {
      extraHeaders: { cookie: target.cookie },
      transports: ['websocket'],
      reconnection: false,
      forceNew: true,
      timeout: timeoutMs,
    })
    await step('desk_connect', helloOf(desk), timeoutMs)
    device = await step('device_connect', connectDevice(target), timeoutMs + 1_000)
    const seen = eventOf(desk)
    const began = performance.now()
    const payload = JSON.stringify({ id: target.messageId, ts: target.now, type: target.type })
    const acknowledged = device
      .publishAsync(`care/v1/${deviceId}/event`, payload, { qos: 1 })
      .then(() => performance.now() - began)
    const told = seen.then(() => performance.now() - began)
    // Whichever comes last; neither may be unheard when the other fails.
    const [pubackMs, deskMs] = await Promise.all([
      step('puback', acknowledged, timeoutMs),
      step('desk_event', told, timeoutMs),
    ])
    return { pubackMs, deskMs }
  } finally {
    desk?.disconnect()
    device?.end(true)
  }
}

function connectDevice({ mqttPort, deviceId, secret, timeoutMs }: ProbeTarget): Promise<MqttClient> {
  return connectAsync(`mqtt://127.0.0.1:${mqttPort}`, {
    username: deviceId,
    password: secret,
    clientId: deviceId,
    reconnectPeriod: 0,
    connectTimeout: timeoutMs,
  })
}

function helloOf(desk: Socket<ServerToClientEvents>): Promise<void> {
  return new Promise((resolve, reject) => {
    desk.once('hello', () => resolve())
    desk.once('connect_error', reject)
  })
}

/** The next event of a self-test; the others are acknowledged as any desk does. */
function eventOf(desk: Socket<ServerToClientEvents>): Promise<void> {
  return new Promise((resolve) => {
    desk.on('case', (event, acknowledge) => {
      acknowledge()
      if (event.purpose === 'self_test') resolve()
    })
  })
}

async function step<T>(name: ProbeStep, work: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs)
  })
  try {
    return await Promise.race([work, late])
  } catch (error) {
    throw new ProbeError(name, error)
  } finally {
    clearTimeout(timer)
  }
}
