import type { DeadLetterReason, DecodedItem } from '../../../server/contract/ports.ts'
import { frameId } from '../ids.ts'
import { isRecord, parseJson, storableText, toNumber, toTime } from '../json.ts'
import { open, type PhoneKey } from './encryption.ts'

/**
 * What the app's messages mean, by their `_type`. Pure. Source: OwnTracks booklet, "JSON" (docs/tech/json.md). A `_type`
 * that is not in the table says nothing that is kept.
 */

export interface MessageContext {
  /** The topic of transitions: what can't be read there may be somebody leaving home. */
  onEventTopic: boolean
  /** Ms since the epoch. */
  receivedAt: number
  replayed: boolean
  key: PhoneKey
  /** Within a message that was encrypted: there it can't be again. */
  opened: boolean
}

type Fields = Readonly<Record<string, unknown>>
type Reader = (message: Fields, context: MessageContext) => DecodedItem[]

/** Messages in one message, at most. */
const MAX_MESSAGES = 1_000
/** A position less exact than this (m) helps nobody to find the phone. */
const USABLE_ACC_M = 5_000
/** With a transition a position only tells where the fence was crossed, so it must be more exact. */
const USABLE_CROSSING_ACC_M = 1_000
const HPA_PER_KPA = 10
const MAX_NAME = 100

/** Regions whose name begins so are the resident's home: leaving is wandering. */
const HOME = /^(?:home|家)/i

/** True for the name of a region that is the resident's home. */
export const isHome = (region: string): boolean => HOME.test(region.trim())

/** Decodes a payload: one message, or an array of them. Never throws. */
export function decodePayload(payload: Uint8Array, context: MessageContext): DecodedItem[] {
  const parsed = parseJson(payload)
  if (!parsed.ok) return [unreadable(parsed.reason, parsed.explanation, context.onEventTopic, context)]
  const { value } = parsed
  if (!Array.isArray(value)) return decodeMessage(value, context)
  const items = value.slice(0, MAX_MESSAGES).flatMap((message: unknown) => decodeMessage(message, context))
  if (value.length > MAX_MESSAGES) {
    const explanation = `${value.length} messages in one; ${MAX_MESSAGES} are read`
    items.push(unreadable('too_large', explanation, context.onEventTopic, context))
  }
  return merged(items)
}

/** One dead letter speaks for all that can't be read: it keeps the whole message anyway. */
function merged(items: DecodedItem[]): DecodedItem[] {
  const bad = items.filter((item) => item.kind === 'unreadable')
  const [first] = bad
  if (first === undefined || bad.length === 1) return items
  const explanation = `${first.explanation} (and ${bad.length - 1} more)`
  const one = { ...first, explanation, alarm: bad.some(({ alarm }) => alarm) }
  return [...items.filter((item) => item.kind !== 'unreadable'), one]
}

function decodeMessage(message: unknown, context: MessageContext): DecodedItem[] {
  const refuse = (reason: DeadLetterReason, explanation: string) => [
    unreadable(reason, explanation, context.onEventTopic, context),
  ]
  if (!isRecord(message)) return refuse('not_an_object', 'A message is a JSON object')
  const { _type: type } = message
  if (typeof type !== 'string') return refuse('missing_field', '_type is missing')
  return READERS.get(type)?.(message, context) ?? []
}

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['location', location],
  ['transition', transition],
  ['steps', steps],
  // The broker publishes it when it has lost the phone.
  ['lwt', () => [{ kind: 'presence', online: false }]],
  ['encrypted', encrypted],
])

function unreadable(
  reason: DeadLetterReason,
  explanation: string,
  alarm: boolean,
  { replayed }: MessageContext,
): DecodedItem {
  return { kind: 'unreadable', reason, explanation, alarm: alarm && !replayed }
}

function location(message: Fields): DecodedItem[] {
  return telemetry(message, { ...readingsOf(message), ...positionOf(message, USABLE_ACC_M) })
}

function steps(message: Fields): DecodedItem[] {
  // -1: the phone counts none.
  return telemetry(message, within('steps', message.steps, 0, Number.MAX_SAFE_INTEGER))
}

function telemetry(message: Fields, fields: Record<string, number>): DecodedItem[] {
  if (Object.keys(fields).length === 0) return []
  return [{ kind: 'telemetry', sample: { deviceTs: toTime(message.tst), fields } }]
}

/** Somebody has entered or left a region. The home's is an alarm or its end; of others only the position is kept. */
function transition(message: Fields, context: MessageContext): DecodedItem[] {
  const { event, desc } = message
  const position = positionOf(message, USABLE_CROSSING_ACC_M)
  const readings = telemetry(message, position)
  if (event !== 'enter' && event !== 'leave') {
    return [...readings, unreadable('invalid_field', 'event must be "enter" or "leave"', true, context)]
  }
  if (typeof desc !== 'string') {
    const explanation = 'desc is missing: this region could be the home'
    return [...readings, unreadable('missing_field', explanation, event === 'leave', context)]
  }
  if (!isHome(desc) || context.replayed) return readings
  const { receivedAt } = context
  const deviceTs = toTime(message.tst)
  const messageId = frameId(['transition', textOf(message.rid), desc, event, textOf(message.tst)], {
    deviceTs,
    receivedAt,
  })
  const type = event === 'leave' ? 'wander' : 'wander_end'
  const detail = { region: storableText(desc.slice(0, MAX_NAME)), event, ...position }
  return [{ kind: 'event', event: { messageId, type, deviceTs, detail } }, ...readings]
}

const textOf = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '')

function encrypted(message: Fields, context: MessageContext): DecodedItem[] {
  const refuse = (explanation: string) => [unreadable('invalid_field', explanation, context.onEventTopic, context)]
  if (context.opened) return refuse('Encrypted twice')
  const opened = open(message.data, context.key)
  if (!opened.ok) return refuse(`An encrypted message can't be read: ${opened.explanation}`)
  return decodePayload(opened.text, { ...context, opened: true })
}

/** `bs`: 0 unknown, 1 unplugged, 2 charging, 3 full (so plugged in). */
const CHARGING: ReadonlyMap<unknown, number> = new Map([
  [1, 0],
  [2, 1],
  [3, 1],
])

function readingsOf(message: Fields): Record<string, number> {
  const charging = CHARGING.get(message.bs)
  const pressure = reading(message.p)
  return {
    ...within('battery', message.batt, 0, 100),
    ...(charging === undefined ? {} : { charging }),
    ...(pressure === null || pressure <= 0 ? {} : within('pressure', pressure * HPA_PER_KPA, 0, 2_000)),
  }
}

/** The position with what belongs to it, or nothing: a beacon's transition says 0,0, and `acc` 0 means no fix. */
function positionOf(message: Fields, usableAcc: number): Record<string, number> {
  const lat = reading(message.lat)
  const lon = reading(message.lon)
  if (lat === null || lon === null || Math.abs(lat) > 90 || Math.abs(lon) > 180) return {}
  if (lat === 0 && lon === 0) return {}
  const acc = reading(message.acc)
  if (acc !== null && (acc === 0 || acc > usableAcc)) return {}
  const isHeightKnown = (reading(message.vac) ?? 0) >= 0
  return {
    lat,
    lon,
    ...within('acc', acc, 0, usableAcc),
    ...(isHeightKnown ? within('alt', message.alt, -500, 20_000) : {}),
    ...within('speed', message.vel, 0, 2_000),
    ...within('course', message.cog, 0, 360),
  }
}

function within(name: string, value: unknown, min: number, max: number): Record<string, number> {
  const number = reading(value)
  return number === null || number < min || number > max ? {} : { [name]: number }
}

const reading = (value: unknown): number | null => (typeof value === 'boolean' ? null : toNumber(value))
