import { readFileSync } from 'node:fs'
import { owntracksProtocol } from '../../gateway/protocols/owntracks.ts'
import type { DeviceCommand } from '../../server/contract/command.ts'
import type { DecodedItem } from '../../server/contract/ports.ts'

/** A phone that has logged in as Jane. */

export const NOW = 1_763_900_000_000
export const TST = NOW / 1000 - 60

export interface Sample {
  source: string
  topic: string
  raw: unknown
  expected: { meaning?: string; latitude?: number; longitude?: number; time?: string }
}
export const samples: Sample[] = JSON.parse(
  readFileSync(new URL('../fixtures/owntracks.json', import.meta.url), 'utf8'),
)

interface Options {
  topic?: string
  key?: string
  replayed?: boolean
  willTopic?: string
}

export function phone({ key, willTopic }: Options = {}) {
  const settings = key === undefined ? {} : { encryptionKey: key }
  const login = { deviceId: 'jane', settings, willTopic: willTopic ?? null }
  const memory = owntracksProtocol.createMemory(login)
  return { login, memory, topics: owntracksProtocol.topicsOf(login, memory) }
}

export function decode(raw: unknown, options: Options = {}, { login, memory, topics } = phone(options)): DecodedItem[] {
  const topic = options.topic ?? 'owntracks/jane/nokia'
  const channel = topics.channelOf(topic)
  if (channel === null) throw new Error('not a topic of its own')
  const payload = raw instanceof Uint8Array ? raw : Buffer.from(typeof raw === 'string' ? raw : JSON.stringify(raw))
  const message = { topic, payload, receivedAt: NOW, replayed: options.replayed ?? false }
  return owntracksProtocol.decode(channel, message, { login, child: null, memory })
}

export const EVENT = { topic: 'owntracks/jane/nokia/event' }
export const fieldsOf = (raw: unknown) => {
  const [item] = decode(raw)
  return item?.kind === 'telemetry' ? item.sample.fields : null
}
export const transition = (more: object) => ({
  _type: 'transition',
  desc: 'home',
  tst: TST,
  acc: 20,
  lat: 28.4,
  lon: 117.9,
  ...more,
})

const target = { deviceId: 'jane', protocol: 'owntracks', kind: 'phone', model: null, hubId: null, address: 'jane' }
export const encode = (command: DeviceCommand, memory = phone().memory) =>
  owntracksProtocol.encode(command, target, memory)
