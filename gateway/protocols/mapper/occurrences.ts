import type { DecodedItem } from '../../../server/contract/ports.ts'
import type { EventSignal } from '../../../server/contract/signal.ts'
import { frameId } from '../ids.ts'
import { storableText } from '../json.ts'
import type { Circumstances } from './circumstances.ts'
import type { CompiledEvent, CompiledLevel, Meaning } from './compile.ts'
import { shortName } from './names.ts'
import { storableWord, wordOf } from './values.ts'

/** Events and levels that a rule finds. Null: there is no value to be found. */

const MAX_LEVEL_NAME = 40
const MAX_DETAIL_TEXT = 200
const NOTHING: Meaning = { type: null, press: null }

/** One value of an event. */
interface Occurrence {
  meaning: Meaning
  word: string
  /** Its place in a list of values, from 1 on; null: it is not in a list. */
  key: number | null
}

export function eventsOf(event: CompiledEvent, here: Circumstances): DecodedItem[] | null {
  if (event.words === null) return told(event, { meaning: event.otherwise ?? NOTHING, word: '', key: null }, here)
  const words = event.words(here.scope)
  const [only] = words
  if (only === undefined) return null
  if (words.length === 1) return occurrenceOf(event, only, null, here)
  return words.flatMap((word, at) => occurrenceOf(event, word, at + 1, here))
}

function occurrenceOf(event: CompiledEvent, word: string | null, key: number | null, here: Circumstances) {
  const meaning = meaningOf(event, word)
  if (word === null || meaning === null) return [unknownWord(event, word, here)]
  return told(event, { meaning, word, key }, here)
}

/** What a word stands for; null: it is not known. An empty text stands for nothing unless it is listed. */
function meaningOf({ meanings, otherwise }: CompiledEvent, word: string | null): Meaning | null {
  if (word === null) return null
  return meanings.get(word) ?? (word === '' ? NOTHING : otherwise)
}

function unknownWord({ place }: CompiledEvent, word: string | null, { message }: Circumstances): DecodedItem {
  const what = word === null ? 'The value' : JSON.stringify(storableWord(word.slice(0, 40)))
  const explanation = `${what} is not one of the words of ${place}`
  return { kind: 'unreadable', reason: 'invalid_field', explanation, alarm: !message.replayed }
}

/** An event, or with a counter the level that stands for it. Old news tells of nothing. */
function told(event: CompiledEvent, occurrence: Occurrence, here: Circumstances): DecodedItem[] {
  const { rule, scope, message } = here
  const { meaning, word, key } = occurrence
  if (message.replayed) return []
  const id = rule.id === null ? null : wordOf(rule.id.get(scope))
  if (rule.id?.kind === 'counter' && id !== null) {
    const level = shortName(storableText(`count:${message.topic}${key === null ? '' : `:${key}`}`), MAX_LEVEL_NAME)
    const value = storableWord(`${id}:${word}`)
    const signal = signalOf(event, occurrence, levelId(level, value, here), here)
    return [{ kind: 'level', report: { level, value, event: signal, calm: signal === null } }]
  }
  if (meaning.type === null) return []
  const signal = signalOf(event, occurrence, messageIdOf(occurrence, id, here), here)
  return signal === null ? [] : [{ kind: 'event', event: signal }]
}

function signalOf(
  event: CompiledEvent,
  { meaning, word, key }: Occurrence,
  messageId: string,
  here: Circumstances,
): EventSignal | null {
  const { type, press } = meaning
  if (type === null) return null
  const detail: Record<string, unknown> = {}
  if (press !== null) detail.press = press
  if (key !== null) detail.key = String(key)
  // A word that the mapping does not list is shown as it came.
  if (word !== '' && !event.meanings.has(word)) detail.value = storableWord(word)
  addDetail(detail, event, here)
  return { messageId, type, deviceTs: here.deviceTs, detail }
}

/** A level tells of its changes only, so each of them is one of its own. */
const levelId = (level: string, value: string, { message }: Circumstances): string =>
  `${level}:${value}:${message.receivedAt}`

/** By the message's own id, else its time; without either each occurrence counts. */
function messageIdOf({ meaning, word, key }: Occurrence, id: string | null, here: Circumstances): string {
  const { rule, message, sequence, from, deviceTs } = here
  const { topic, payload, receivedAt } = message
  const parts = [from ?? '', meaning.type ?? '', word, String(key)]
  // A unique id is the same at any time; a packet's number only for a while.
  if (id !== null) {
    return frameId([...parts, id], { deviceTs: rule.id?.kind === 'unique' ? receivedAt : null, receivedAt })
  }
  if (deviceTs !== null) return frameId([...parts, topic, payload], { deviceTs, receivedAt })
  sequence.last++
  return `${receivedAt}-${sequence.last}`
}

function addDetail(
  shown: Record<string, unknown>,
  { detail }: CompiledEvent,
  { scope, from }: Circumstances,
): Record<string, unknown> {
  if (from !== null) shown.address = from
  for (const { name, get } of detail) {
    const value = get(scope)
    if (typeof value === 'string') shown[name] = storableText(value.slice(0, MAX_DETAIL_TEXT))
    else if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))) shown[name] = value
  }
  return shown
}

export function levelOf(level: CompiledLevel, here: Circumstances): DecodedItem[] | null {
  const { scope, message, deviceTs } = here
  const words = level.words(scope)
  const [word] = words
  if (word === undefined) return null
  const meaning = words.length > 1 ? null : meaningOf(level, word)
  if (word === null || meaning === null) return [unknownWord(level, word, here)]
  const name = level.name(scope.captures)
  // An empty text that is not listed says nothing of the condition.
  if (message.replayed || name === null || (word === '' && !level.meanings.has(word))) return []
  const title = shortName(storableText(name), MAX_LEVEL_NAME)
  const value = storableWord(word)
  const { type } = meaning
  const messageId = levelId(title, value, here)
  const event = type === null ? null : { messageId, type, deviceTs, detail: addDetail({}, level, here) }
  return [{ kind: 'level', report: { level: title, value, event, calm: level.calm.has(word) } }]
}
