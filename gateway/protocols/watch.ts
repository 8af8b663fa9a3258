import type { DeadLetterReason, DecodedItem } from '../../server/contract/ports.ts'
import { storableText } from './json.ts'
import type { TcpFrame, TcpProtocol } from './protocol.ts'
import { positionItems } from './watch/alarm.ts'
import { encodeCommand } from './watch/commands.ts'
import { cutFrames, MAX_FRAME_BYTES } from './watch/frames.ts'
import { frameOf, parseFrame, type WatchFrame } from './watch/header.ts'
import { looksLikePosition } from './watch/position.ts'
import { SAME, WORDS, type Word } from './watch/words.ts'

/**
 * GPS watches that speak the "watch" protocol over TCP (3G-ELEC, Beesure, SeTracker and many others). Sources: the
 * vendor's Beesure/SeTracker server protocol, and what Traccar has learned of real devices.
 */
export const watchProtocol: TcpProtocol = {
  name: 'watch',
  channels: ['alarm', 'position', 'heartbeat', 'health', 'service', 'reply', 'unknown'],
  maxFrameBytes: MAX_FRAME_BYTES,
  cut: cutFrames,
  decode: decodeWatch,
  encode: encodeCommand,
}

const ALARM_WORD = /^AL/i
const POSITION_WORD = /^(?:UD|WT)/i
const ALARM_SOMEWHERE = /\*AL[0-9A-Z_]*(?:[,\]]|$)/
const MAX_REPLY_DETAIL = 200

/** Decodes one frame. Never throws. `receivedAt` in ms since the epoch. */
export function decodeWatch(frame: Buffer, receivedAt: number): TcpFrame {
  const parsed = parseFrame(frame)
  if (parsed === null) return withoutHeader(frame)
  const { word } = parsed
  if (ALARM_WORD.test(word)) {
    // Always answered: a watch that gets no answer repeats the alarm for ever. The server sends it once the alarm is stored.
    return framed(parsed, 'alarm', positionsIn(parsed, true, receivedAt), 'AL')
  }
  if (POSITION_WORD.test(word)) return framed(parsed, 'position', positionsIn(parsed, false, receivedAt), null)
  const known = WORDS.get(word.toUpperCase())
  if (known !== undefined)
    return framed(parsed, known.channel, wordItems(known, parsed, receivedAt), replyTo(known, parsed))
  return unknownWord(parsed, receivedAt)
}

function framed(parsed: WatchFrame, channel: string, items: DecodedItem[], reply: string | null): TcpFrame {
  const { manufacturer, id, index } = parsed.header
  return {
    address: id,
    channel,
    items,
    reply: reply === null ? null : frameOf(parsed.header, reply),
    header: index === null ? { manufacturer, id } : { manufacturer, id, index },
  }
}

/** It doesn't say who sends, but an alarm is one all the same: the connection knows the watch from earlier frames. */
function withoutHeader(frame: Buffer): TcpFrame {
  const alarm = ALARM_SOMEWHERE.test(frame.toString('latin1', 0, 256))
  const items = [unreadable('missing_field', 'The frame has no readable manufacturer and id', alarm)]
  return { address: null, channel: alarm ? 'alarm' : 'unknown', items, reply: null, header: {} }
}

function unreadable(reason: DeadLetterReason, explanation: string, alarm: boolean): DecodedItem {
  return { kind: 'unreadable', reason, explanation, alarm }
}

function positionsIn({ word, content }: WatchFrame, isAlarm: boolean, receivedAt: number): DecodedItem[] {
  const fields = content.toString('latin1').split(',')
  return positionItems({ word, fields, content, isAlarm, receivedAt })
}

function valuesOf({ content }: WatchFrame): string[] {
  return content.toString('utf8').split(',').slice(1)
}

function wordItems(word: Word, parsed: WatchFrame, receivedAt: number): DecodedItem[] {
  const items: DecodedItem[] = []
  if (word.readings !== undefined) {
    const fields = word.readings(valuesOf(parsed))
    if (Object.keys(fields).length > 0) items.push({ kind: 'telemetry', sample: { deviceTs: null, fields } })
  }
  if (word.facts !== undefined) {
    const facts = word.facts(valuesOf(parsed))
    if (Object.keys(facts).length > 0) items.push({ kind: 'facts', facts })
  }
  if (word.answers !== undefined) {
    const said = storableText(valuesOf(parsed).join(',').slice(0, MAX_REPLY_DETAIL))
    const detail = said === '' ? { word: parsed.word } : { word: parsed.word, said }
    // Two commands of a kind get the same answer twice, so each one counts.
    const messageId = `reply:${parsed.word}:${receivedAt}`
    items.push({ kind: 'reply', reply: { commandId: null, type: word.answers, detail, messageId } })
  }
  return items
}

/** `TK,1` and `TK,0` are answers themselves: to a voice message from the platform. */
const VOICE_ANSWER = /^TK,[01]$/

function replyTo({ reply }: Word, { word, content }: WatchFrame): string | null {
  if (reply === undefined || (content.length === 4 && VOICE_ANSWER.test(content.toString('latin1')))) return null
  return reply === SAME ? word : reply
}

/** A word of no known meaning: a position if it looks like one, else kept for whoever has to find out what it is. */
function unknownWord(parsed: WatchFrame, receivedAt: number): TcpFrame {
  const { word, content } = parsed
  if (content.length === 0) return framed(parsed, 'unknown', [unreadable('empty', 'The frame is empty', false)], null)
  const fields = content.toString('latin1', 0, 2048).split(',')
  // PP (two watches that touch) has a time of its own before the position.
  for (const shift of [0, 1]) {
    const shifted = fields.slice(shift)
    if (!looksLikePosition(shifted)) continue
    const items = positionItems({ word, fields: shifted, content, isAlarm: false, receivedAt })
    return framed(parsed, 'position', items, null)
  }
  const explanation = `Unknown word ${JSON.stringify(storableText(word.slice(0, 40)))}`
  return framed(parsed, 'unknown', [unreadable('unknown_type', explanation, false)], null)
}
