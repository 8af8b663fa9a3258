import { expect } from 'vitest'
import { mappedProtocol, presetProtocols } from '../../gateway/protocols/mapper/index.ts'
import { UNKNOWN_CHANNEL } from '../../gateway/protocols/protocol.ts'
import type { DecodedItem, DeviceSettings } from '../../server/contract/ports.ts'
import { expectStorable } from './storable-items.ts'

/** Logins with a mapping of their own or a preset; everything they tell is checked to be storable. */

export const NOW = 1_763_900_000_000

interface Message {
  at?: number
  replayed?: boolean
}

function receiver(protocol: typeof mappedProtocol, settings: DeviceSettings, willTopic: string | null) {
  const login = { deviceId: 'd1', settings, willTopic }
  const memory = protocol.createMemory(login)
  const topics = protocol.topicsOf(login, memory)
  function receive(topic: string, raw: unknown, { at = NOW, replayed = false }: Message = {}): DecodedItem[] {
    const payload = raw instanceof Uint8Array ? raw : Buffer.from(typeof raw === 'string' ? raw : JSON.stringify(raw))
    const message = { topic, payload, receivedAt: at, replayed }
    const channel = topics.channelOf(topic)
    if (channel === null || channel === UNKNOWN_CHANNEL) throw new Error(`${topic} is ${channel}`)
    const address = protocol.addressOf(message, memory)
    const items = protocol.decode(channel, message, { login, child: null, memory })
    expectStorable(items)
    expect(address).toBe(items.find(({ from }) => from !== undefined)?.from ?? null)
    return items
  }
  return { memory, topics, receive }
}

/** A login with a mapping. */
export const device = (mapping: unknown, willTopic: string | null = null) =>
  receiver(mappedProtocol, { mapping }, willTopic)

/** What a login of a preset receives. */
export function login(name: string) {
  const protocol = presetProtocols.find((preset) => preset.name === name)
  if (protocol === undefined) throw new Error(name)
  return receiver(protocol, {}, null).receive
}

export const one = (rule: object) => device({ rules: [{ topic: 't', ...rule }] })
export const types = (items: DecodedItem[]) =>
  items.map((item) => {
    if (item.kind === 'event') return item.event.type
    return item.kind === 'level' ? `${item.report.level}=${item.report.value}:${item.report.event?.type}` : item.kind
  })
export const eventOf = (items: DecodedItem[]) => {
  const [item] = items
  if (item?.kind !== 'event') throw new Error(`not an event: ${JSON.stringify(item)}`)
  return item.event
}

/** What a message told, in short: `type press/key`, `level=value type`, or fields. */
export const short = (items: DecodedItem[]): unknown[] =>
  items.flatMap((item): unknown[] => {
    if (item.kind === 'event') {
      const { press, key } = item.event.detail
      return [[item.event.type, press, key].filter((part) => part !== undefined).join(' ')]
    }
    if (item.kind === 'level') {
      const { level, value, event, calm } = item.report
      const told = event === null ? '' : ` ${event.type}`
      return [`${level.replace(/~[0-9a-f]+$/, '')}=${value}${told}${calm ? ' calm' : ''}`]
    }
    if (item.kind === 'telemetry') return [item.sample.fields]
    return [item.kind === 'presence' ? `online ${item.online}` : item.kind]
  })
