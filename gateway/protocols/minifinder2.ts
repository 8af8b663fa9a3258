import type { DeadLetterReason, DecodedItem } from '../../server/contract/ports.ts'
import { storableText } from './json.ts'
import { commandOf, encodeCommand } from './minifinder2/commands.ts'
import { cutFrames, type Frame, frameOf, MAX_FRAME_BYTES, parseFrame, TYPE } from './minifinder2/frames.ts'
import { dataItems } from './minifinder2/items.ts'
import { type Entry, readRecords } from './minifinder2/records.ts'
import type { TcpFrame, TcpProtocol } from './protocol.ts'

/**
 * EView pendants (EV-04, EV-07B, MiniFinder Pico and Nano and many brands) over TCP. Sources: EView's protocol documents
 * and server example, Traccar's experience with real devices.
 */
export const minifinder2Protocol: TcpProtocol = {
  name: 'minifinder2',
  channels: ['data', 'config', 'service', 'reply', 'unknown'],
  maxFrameBytes: MAX_FRAME_BYTES,
  cut: cutFrames,
  decode: decodeMinifinder2,
  encode: encodeCommand,
}

const KEY = { id: 0x01, time: 0x12, configId: 0x03, firmware: 0x1a, module: 0x1b } as const

/** Decodes one frame. Never throws. `receivedAt` in ms since the epoch. */
export function decodeMinifinder2(bytes: Buffer, receivedAt: number): TcpFrame {
  const frame = parseFrame(bytes)
  if (frame === null) {
    const items = [unreadable('missing_field', 'The frame has no type')]
    return { address: null, channel: 'unknown', items, reply: null, header: {} }
  }
  const { records } = readRecords(frame.records)
  return {
    address: idIn(records, frame.type === TYPE.config ? KEY.configId : KEY.id),
    channel: channelOf(frame.type),
    items: itemsOf(frame, records, receivedAt),
    // Wanted is wanted: also of a frame whose CRC is wrong or whose records end early. It is kept, as an unreadable alarm at
    // the least, and a pendant that gets no answer sends the same bytes for ever and nothing newer.
    reply: frame.wantsAnswer ? replyTo(frame, records, receivedAt) : null,
    header: { index: String(frame.index) },
  }
}

function channelOf(type: number): string {
  switch (type) {
    case TYPE.data:
      return 'data'
    case TYPE.config:
      return 'config'
    case TYPE.service:
    case TYPE.firmware:
      return 'service'
    case TYPE.response:
    case TYPE.control:
      return 'reply'
    default:
      return 'unknown'
  }
}

function itemsOf(frame: Frame, records: readonly Entry[], receivedAt: number): DecodedItem[] {
  switch (frame.type) {
    case TYPE.data:
      return dataItems(frame.records, frame.isWhole, receivedAt)
    case TYPE.config:
      return factsIn(records)
    case TYPE.service:
    case TYPE.firmware:
      return []
    case TYPE.response:
      return replyItems(frame, receivedAt)
    case TYPE.control:
      return saidItems(frame, records, receivedAt)
    default:
      return [unreadable('unknown_type', `Unknown type ${frame.type}`)]
  }
}

function unreadable(reason: DeadLetterReason, explanation: string): DecodedItem {
  return { kind: 'unreadable', reason, explanation, alarm: false }
}

const ID = /^[0-9A-Za-z]{1,32}$/

function idIn(records: readonly Entry[], key: number): string | null {
  const id = textOf(records, key)
  return ID.test(id) ? id : null
}

function textOf(records: readonly Entry[], key: number): string {
  const value = records.find((record) => record.key === key)?.value
  return value === undefined ? '' : value.toString('latin1').replaceAll('\0', '').trim()
}

/** Of a pendant's settings only what it is; they also hold numbers and passwords. */
function factsIn(records: readonly Entry[]): DecodedItem[] {
  const firmware = storableText(textOf(records, KEY.firmware)).slice(0, 64)
  const hardware = storableText(textOf(records, KEY.module)).slice(0, 64)
  if (firmware === '' && hardware === '') return []
  const facts = { ...(firmware === '' ? {} : { firmware }), ...(hardware === '' ? {} : { hardware }) }
  return [{ kind: 'facts', facts }]
}

/** A response's only key is its code; 0 is success. */
function replyItems({ index, records }: Frame, receivedAt: number): DecodedItem[] {
  const code = records[1] ?? null
  const messageId = `reply:${index}:${receivedAt}`
  const detail = { code, ok: code === 0 }
  return [{ kind: 'reply', reply: { commandId: null, type: commandOf(index), detail, messageId } }]
}

const LONGEST_SAID = 200

/** System control in the other direction: what the pendant says, as text, to something that it was told. */
function saidItems({ index }: Frame, records: readonly Entry[], receivedAt: number): DecodedItem[] {
  return records.map(({ key, value }, place) => {
    const said = storableText(value.toString('utf8').replaceAll('\0', '').slice(0, LONGEST_SAID))
    const messageId = `control:${index}:${place}:${receivedAt}`
    return { kind: 'reply', reply: { commandId: null, type: commandOf(index), detail: { key, said }, messageId } }
  })
}

const SUCCESS = Buffer.from([TYPE.response, 0x01, 0x00])

/** A request for the time gets it, everything else "received". */
function replyTo({ type, index }: Frame, records: readonly Entry[], receivedAt: number): Buffer {
  if (type !== TYPE.service || !records.some((record) => record.key === KEY.time)) return frameOf(index, SUCCESS)
  const body = Buffer.from([TYPE.service, 0x05, KEY.time, 0, 0, 0, 0])
  body.writeUInt32LE(Math.floor(receivedAt / 1000) >>> 0, 3)
  return frameOf(index, body)
}
