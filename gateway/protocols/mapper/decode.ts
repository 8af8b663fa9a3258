import type { DeadLetterReason, DecodedItem } from '../../../server/contract/ports.ts'
import { decodeText, type Parsed, parseJson } from '../json.ts'
import type { RawMessage } from '../protocol.ts'
import type { Sequence } from './circumstances.ts'
import type { CompiledRule, TopicMatch } from './compile.ts'
import { outcomeOf } from './outcome.ts'
import { MAX_PARTS, partsOf, type Scope } from './path.ts'

/**
 * What a message says by a mapping: the first rule that fits decides. A rule fits when its topic, its conditions and its
 * payload's form do, and when it finds something of what it gives. Pure but for the running number. Never throws.
 */
export function decodeMapped(matches: readonly TopicMatch[], message: RawMessage, sequence: Sequence): DecodedItem[] {
  const items: DecodedItem[] = []
  const body = bodiesOf(message.payload)
  let fitted = false
  for (const { rule, captures } of matches) {
    const bare: Scope = { message: undefined, element: undefined, captures }
    if (!rule.onTopic.every((holds) => holds(bare))) continue
    if (rule.ignore && rule.each === null && rule.onPayload.length === 0) return merged(items)
    const read = rule.isText ? body.text() : body.json()
    if (!read.ok) {
      const alarm = mayAlarm(matches, bare) && !message.replayed
      return [...items, { kind: 'unreadable', reason: read.reason, explanation: read.explanation, alarm }]
    }
    const found = apply(rule, { message: read.value, element: read.value, captures }, message, sequence)
    if (found === null) continue
    for (const item of found) items.push(item)
    fitted = true
    if (!rule.goesOn) return merged(items)
  }
  if (!fitted) items.push(notFitting)
  return merged(items)
}

const notFitting: DecodedItem = {
  kind: 'unreadable',
  reason: 'unknown_type',
  explanation: 'No rule of the mapping fits this message',
  alarm: false,
}

/** Whether a message that can't be read could have been an alarm. */
const mayAlarm = (matches: readonly TopicMatch[], bare: Scope): boolean =>
  matches.some(({ rule, captures }) => rule.canAlarm && rule.onTopic.every((holds) => holds({ ...bare, captures })))

/** What the rule gives; null: it does not fit. */
function apply(rule: CompiledRule, scope: Scope, message: RawMessage, sequence: Sequence): DecodedItem[] | null {
  const parts = rule.each === null ? [scope] : partsOf(rule.each, scope)
  const items: DecodedItem[] = []
  let fitting = 0
  let isSomething = false
  for (const part of parts) {
    if (!rule.onPayload.every((holds) => holds(part))) continue
    fitting++
    const found = rule.ignore ? null : outcomeOf(rule, part, message, sequence)
    if (found === null) continue
    isSomething = true
    for (const item of found) items.push(item)
  }
  if (fitting === 0) return null
  if (rule.ignore) return []
  if (!isSomething) return rule.alarmsOnly ? [nothingFound(rule, message)] : null
  if (parts.length >= MAX_PARTS) {
    const alarm = rule.canAlarm && !message.replayed
    items.push({ kind: 'unreadable', reason: 'too_large', explanation: `${MAX_PARTS} parts of it are read`, alarm })
  }
  return items
}

function nothingFound({ place }: CompiledRule, { replayed }: RawMessage): DecodedItem {
  const explanation = `${place} finds nothing of what it looks for`
  return { kind: 'unreadable', reason: 'missing_field', explanation, alarm: !replayed }
}

/** One dead letter speaks for all that can't be read: it keeps the whole message anyway. */
function merged(items: DecodedItem[]): DecodedItem[] {
  if (!items.some(({ kind }) => kind === 'unreadable')) return items
  const bad = items.filter((item) => item.kind === 'unreadable')
  const worst = bad.find(({ alarm }) => alarm) ?? bad[0]
  if (worst === undefined || bad.length === 1) return items
  const one: DecodedItem = { ...worst, explanation: `${worst.explanation} (and ${bad.length - 1} more)` }
  return [...items.filter((item) => item.kind !== 'unreadable'), one]
}

interface Bodies {
  json(): Parsed
  text(): Parsed
}

/** A payload in the two forms, each read when it is first asked for. */
function bodiesOf(payload: Uint8Array): Bodies {
  let json: Parsed | null = null
  let text: Parsed | null = null
  return {
    json: () => (json ??= parseJson(payload)),
    text: () => (text ??= parseText(payload)),
  }
}

function parseText(payload: Uint8Array): Parsed {
  const refuse = (reason: DeadLetterReason, explanation: string): Parsed => ({ ok: false, reason, explanation })
  if (payload.length === 0) return refuse('empty', 'The message is empty')
  const text = decodeText(payload)
  return text === null ? refuse('invalid_utf8', 'The message is not valid UTF-8') : { ok: true, value: text }
}
