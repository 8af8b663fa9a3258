import { isUtf8 } from 'node:buffer'
import type { DecodedItem, RegisteredDevice } from '../../../server/contract/ports.ts'
import type { EventSignal, EventType } from '../../../server/contract/signal.ts'
import { isRecord, parseJson, storableText, toNumber, toTime } from '../json.ts'
import type { RawMessage } from '../protocol.ts'
import { ACTION_ATTRIBUTES, actionWord, pressOf } from './actions.ts'
import { isAlarmAttribute, isEndpoint } from './attributes.ts'
import { DRILL, isTest, levelOf, meaningOf } from './levels.ts'
import type { Zigbee2MqttMemory } from './memory.ts'
import { PERCENT, READINGS, readingOf } from './readings.ts'
import type { Subject } from './topics.ts'
import { isTwin, type Source } from './twins.ts'
import { unreadable } from './unreadable.ts'

type State = Record<string, unknown>

/** One state message in the making. */
interface StateMessage {
  message: RawMessage
  memory: Zigbee2MqttMemory
  child: RegisteredDevice | null
  subject: Subject
  source: Source
  state: State
  deviceTs: number | null
  items: DecodedItem[]
}

/** Above so many levels, none that is named by an endpoint is read: no device has so many. */
const MAX_ENDPOINT_LEVELS = 64
const MAX_LEVEL_NAME = 40

/** A device's state: JSON on its own topic, or one attribute as plain text below it. */
export function decodeState(
  message: RawMessage,
  subject: Subject,
  memory: Zigbee2MqttMemory,
  child: RegisteredDevice | null,
): DecodedItem[] {
  // An empty message clears a retained one.
  if (message.payload.length === 0) return []
  const state =
    subject.attribute === null ? stateOf(message, subject) : attributeOf(message, subject, subject.attribute)
  if ('kind' in state) return [state.item]
  const { value } = state
  const source = subject.attribute === null ? 'json' : 'plain'
  const deviceTs = value.last_seen === undefined ? null : toTime(value.last_seen)
  return readState({ message, memory, child, subject, source, state: value, deviceTs, items: [] })
}

type Read = { value: State } | { kind: 'unreadable'; item: DecodedItem }

function stateOf({ payload, replayed }: RawMessage, { address }: Subject): Read {
  const parsed = parseJson(payload)
  if (parsed.ok && isRecord(parsed.value)) return { value: parsed.value }
  const [reason, explanation] = parsed.ok
    ? (['not_an_object', 'The state of a device is a JSON object'] as const)
    : ([parsed.reason, parsed.explanation] as const)
  // It may have been a call for help.
  return { kind: 'unreadable', item: unreadable(reason, explanation, !replayed, address) }
}

function attributeOf({ payload, replayed }: RawMessage, { address }: Subject, attribute: string): Read {
  if (isUtf8(payload)) {
    const text = Buffer.from(payload).toString('utf8')
    return { value: { [attribute]: ACTION_ATTRIBUTES.has(attribute) ? text : plainValue(text) } }
  }
  const isAlarm = !replayed && isAlarmAttribute(attribute)
  const item = unreadable('invalid_utf8', 'The message is not valid UTF-8', isAlarm, address)
  return { kind: 'unreadable', item }
}

/** Plain text as the value it would be in JSON; Zigbee2MQTT writes null as an empty text. */
function plainValue(text: string): unknown {
  if (text === 'true') return true
  if (text === 'false') return false
  return toNumber(text) ?? text
}

/** Everything that is told: occurrences first, then conditions, then measurements. */
function readState(told: StateMessage): DecodedItem[] {
  const { state, items, message } = told
  const fields: Record<string, number> = {}
  let hasFields = false
  if (!message.replayed) readActions(told)
  for (const key of Object.keys(state)) {
    const raw = state[key]
    if (raw === null || raw === undefined) continue
    const measured = READINGS.get(key)
    if (measured !== undefined) {
      const value = readingOf(measured, raw)
      if (value === null) continue
      fields[measured.field] = value
      hasFields = true
    } else if (!message.replayed) readLevel(told, key, raw)
  }
  if (hasFields) {
    items.push({ from: told.subject.address, kind: 'telemetry', sample: { deviceTs: told.deviceTs, fields } })
  }
  return items
}

function readActions(told: StateMessage): void {
  const { state, items, subject } = told
  for (const attribute of ACTION_ATTRIBUTES) {
    const raw = state[attribute]
    if (raw === null || raw === undefined || raw === false) continue
    if (typeof raw !== 'string' && typeof raw !== 'number') {
      items.push(unreadable('invalid_field', `${attribute} must be a word`, true, subject.address))
      continue
    }
    const word = actionWord(raw)
    // `click` is what old versions call the same action.
    if (word === null) continue
    readAction(told, word)
    break
  }
}

function readAction(told: StateMessage, word: string): void {
  const { memory, child, subject, source, message, items } = told
  const calls = child?.role === 'sos' || child?.role === 'help'
  const offIsRelease = memory.devices.get(subject.name)?.offIsRelease ?? false
  const press = pressOf(word, { calls, offIsRelease })
  if (press === null || isTwin(memory.twins, subject.name, word, source, message.receivedAt)) return
  memory.occurrences = (memory.occurrences + 1) % Number.MAX_SAFE_INTEGER
  const messageId = `${message.receivedAt}-${memory.occurrences}`
  items.push({ from: subject.address, kind: 'event', event: event(told, messageId, press.type, press.detail) })
}

function readLevel(told: StateMessage, key: string, raw: unknown): void {
  const { subject, memory, child, state, items, message } = told
  const property = propertyOf(key)
  if (property === null) return
  const known = memory.devices.get(subject.name)
  if (property === 'alarm' && known?.alarmIsOutput) return
  const found = levelOf(property, key, child, known?.discovered.model ?? null)
  if (found === null || (key !== property && items.length >= MAX_ENDPOINT_LEVELS)) return
  const { level, row } = found
  const meaning = meaningOf(row, raw)
  if (meaning === null) return
  const isDrill = row.isTestable && !meaning.calm && isTest(state.test)
  const { value, event: type, calm } = isDrill ? DRILL : meaning
  const detail = { property: key, value: typeof raw === 'string' ? storableText(raw.slice(0, MAX_LEVEL_NAME)) : raw }
  const signal = type === null ? null : event(told, `${level}=${value}@${message.receivedAt}`, type, detail)
  items.push({ from: subject.address, kind: 'level', report: { level, value, event: signal, calm } })
}

/** The property that a key is of: the key itself, or what stands before the name of an endpoint; null: no level. */
function propertyOf(key: string): string | null {
  if (isAlarmAttribute(key)) return key
  const end = key.lastIndexOf('_')
  if (end < 3 || key.length > MAX_LEVEL_NAME || !isEndpoint(key.slice(end + 1))) return null
  return key.slice(0, end)
}

/** An event with what an operator wants to know of the device beside it. */
function event(
  { state, deviceTs }: StateMessage,
  messageId: string,
  type: EventType,
  detail: Record<string, unknown>,
): EventSignal {
  const battery = readingOf(PERCENT, state.battery)
  return { messageId, type, deviceTs, detail: battery === null ? detail : { ...detail, battery } }
}
