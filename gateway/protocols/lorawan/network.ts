import type { DeviceCommand } from '../../../server/contract/command.ts'
import type { CommandReply, CommandTarget, DecodedItem, DeviceRoute } from '../../../server/contract/ports.ts'
import { storableText } from '../json.ts'
import { codecOfModel } from './catalogue.ts'
import { type Codec, type Frame, LAST_APPLICATION_PORT } from './reading.ts'

/** What a LoRaWAN login remembers: where each device was heard, how it is spoken to, and what was last asked of it. */

/** Devices that are remembered; of more, those heard last. */
const MAX_DEVICES = 10_000

interface Heard {
  /** The beginning of the device's topics, up to its name or DevEUI. */
  base: string
  fPort: number | null
  codec: Codec | null
  /** The route that was handed on last. */
  told: DeviceRoute | null
}

export interface NetworkMemory {
  heard: Map<string, Heard>
  asked: Map<string, DeviceCommand>
  /** The topic that was looked at last, and its parts. */
  topic: string
  parts: RegExpExecArray | null
}

export const createNetworkMemory = (): NetworkMemory => ({ heard: new Map(), asked: new Map(), topic: '', parts: null })

/** The parts of a topic, always by the same pattern: channel, address and decoding ask for the same topic in turn. */
export function partsOf(memory: NetworkMemory, topic: string, pattern: RegExp): RegExpExecArray | null {
  if (memory.topic !== topic) {
    memory.parts = pattern.exec(topic)
    memory.topic = topic
  }
  return memory.parts
}

function keepNewest<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key)
  map.set(key, value)
  if (map.size <= MAX_DEVICES) return
  for (const oldest of map.keys()) {
    map.delete(oldest)
    return
  }
}

/** Notes where a device was heard. */
export function hear({ heard }: NetworkMemory, address: string, base: string): void {
  const entry: Heard = heard.get(address) ?? { base, fPort: null, codec: null, told: null }
  entry.base = base
  keepNewest(heard, address, entry)
}

/** Notes how a device that was heard speaks; what a frame doesn't tell stays as it was. */
export function learn({ heard }: NetworkMemory, address: string, fPort: number | null, codec: Codec | null): void {
  const entry = heard.get(address)
  if (entry === undefined) return
  if (fPort !== null && fPort > 0 && fPort <= LAST_APPLICATION_PORT) entry.fPort = fPort
  entry.codec = codec ?? entry.codec
}

/** A topic is an outsider's text: one that the database refuses would keep all other devices' state from being written. */
const MAX_BASE = 300
const isStorable = (base: string): boolean => base.length <= MAX_BASE && storableText(base) === base

/** How a registered device is reached, when that is news; it outlives the login in its record. */
export function routeOf({ heard }: NetworkMemory, address: string, isRegistered: boolean): DecodedItem[] {
  const entry = heard.get(address)
  if (entry === undefined || !isRegistered) return []
  const { base, fPort, told } = entry
  const model = entry.codec?.model ?? null
  if (told?.base === base && told.fPort === fPort && told.model === model) return []
  if (!isStorable(base)) return []
  const route: DeviceRoute = { base, fPort, model }
  entry.told = route
  return [{ from: address, kind: 'facts', facts: { route } }]
}

/** Where and what to send for a command; null where the device was not heard of yet, or can't do it. */
export function framesFor(
  memory: NetworkMemory,
  command: DeviceCommand,
  { address, model, lastHeard }: CommandTarget,
): { base: string; frames: Frame[] } | null {
  const heard = memory.heard.get(address)
  const recorded = lastHeard?.route
  const base = heard?.base ?? recorded?.base
  if (base === undefined) return null
  // A join or a status after a restart tells neither port nor codec.
  const fPort = heard?.fPort ?? recorded?.fPort ?? null
  const codec = codecOfModel(model) ?? heard?.codec ?? codecOfModel(recorded?.model ?? null)
  const frames = codec?.encode?.(command, fPort) ?? []
  if (frames.length === 0) return null
  keepNewest(memory.asked, address, command)
  return { base, frames }
}

/** The reply that a device's acknowledgement is, by the command's id, else to the command that was asked of it last. */
export function acknowledgement(
  { asked }: NetworkMemory,
  address: string,
  commandId: string | null,
  messageId: string,
): CommandReply | null {
  const last = asked.get(address)
  if (commandId === null && last === undefined) return null
  const type = last !== undefined && (commandId === null || commandId === last.commandId) ? last.type : null
  return { commandId: commandId ?? last?.commandId ?? null, type, detail: { acknowledged: true }, messageId }
}
