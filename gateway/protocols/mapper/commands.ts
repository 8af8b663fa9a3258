import type { DeviceCommand } from '../../../server/contract/command.ts'
import { isReserved, parseTemplate } from '../../../server/contract/mapping-syntax.ts'
import type { MappingCommand } from '../../../server/contract/mapping-types.ts'
import type { CommandTarget } from '../../../server/contract/ports.ts'
import { isRecord } from '../json.ts'
import type { Downlink } from '../protocol.ts'

/** Devices behind one login whose captures are remembered. */
const MAX_ADDRESSES = 200

/** What the topics of the newest messages have captured, by device: commands go back the same way. */
export class Captured {
  readonly #own = new Map<string, string>()
  readonly #byAddress = new Map<string, Map<string, string>>()

  /** @param address null: the login's own device */
  note(address: string | null, captures: readonly ReadonlyMap<string, string>[]): void {
    const known = address === null ? this.#own : this.#of(address)
    for (const one of captures) for (const [name, value] of one) known.set(name, value)
  }

  of(address: string): ReadonlyMap<string, string> {
    return new Map([...this.#own, ...(this.#byAddress.get(address) ?? [])])
  }

  #of(address: string): Map<string, string> {
    const known = this.#byAddress.get(address)
    if (known !== undefined) return known
    if (this.#byAddress.size >= MAX_ADDRESSES) this.#byAddress.clear()
    const made = new Map<string, string>()
    this.#byAddress.set(address, made)
    return made
  }
}

type Values = ReadonlyMap<string, string | number | boolean>

/** The message that carries out a command; none: the mapping has no words for it, or something it needs isn't known. */
export function encodeMapped(
  commands: ReadonlyMap<string, MappingCommand>,
  { commandId, type, args }: DeviceCommand,
  { deviceId, address }: CommandTarget,
  captured: Captured,
): Downlink[] {
  const command = commands.get(type)
  if (command === undefined) return []
  const values: Values = new Map<string, string | number | boolean>([
    ...captured.of(address),
    ...scalarsOf(args),
    ['deviceId', deviceId],
    ['address', address],
    ['commandId', commandId],
    ['type', type],
  ])
  const topic = filled(command.topic, values)
  const payload =
    typeof command.payload === 'string' ? filled(command.payload, values) : filledJson(command.payload, values)
  if (topic === undefined || payload === undefined || !isPublishable(String(topic))) return []
  const text = typeof command.payload === 'string' ? String(payload) : JSON.stringify(payload)
  return [{ topic: String(topic), payload: Buffer.from(text) }]
}

function* scalarsOf(args: object): Iterable<[string, string | number | boolean]> {
  for (const [name, value] of Object.entries(args)) {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') yield [name, value]
  }
}

/** MQTT 3.1.1, 4.7.1: no wildcards in a topic that is published to. */
const isPublishable = (topic: string): boolean => topic !== '' && !/[+#\0]/.test(topic) && !isReserved(topic)

/** A text with its placeholders filled in, a lone one by the value itself; undefined: one is not known. */
function filled(text: string, values: Values): string | number | boolean | undefined {
  const parts = parseTemplate(text).map((part) => (typeof part === 'string' ? part : values.get(part.name)))
  if (parts.length === 1) return parts[0]
  return parts.includes(undefined) ? undefined : parts.join('')
}

/** JSON with the placeholders in its texts filled in, so that a text with quotes in it stays a text. */
function filledJson(value: unknown, values: Values): unknown {
  if (typeof value === 'string') return filled(value, values)
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => filledJson(item, values))
    return items.includes(undefined) ? undefined : items
  }
  if (!isRecord(value)) return value
  const entries = Object.entries(value).map(([key, item]) => [key, filledJson(item, values)] as const)
  return entries.some(([, item]) => item === undefined) ? undefined : Object.fromEntries(entries)
}
