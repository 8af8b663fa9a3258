import type { DecodedItem } from '../../../server/contract/ports.ts'
import type { EventSignal, EventType } from '../../../server/contract/signal.ts'
import { frameId } from '../ids.ts'
import { type Position, readPosition } from './position.ts'
import { alarmsIn, isBatteryLow } from './status.ts'

export interface PositionFrame {
  /** As sent: UD, UD2, WT, AL_LTE… */
  word: string
  fields: readonly string[]
  /** The bytes, for the message id: a watch repeats an alarm unchanged until it is answered. */
  content: Uint8Array
  isAlarm: boolean
  /** Ms since the epoch. */
  receivedAt: number
}

/**
 * What a position frame holds: alarms first (the most urgent first), the battery's state, the readings. An alarm frame
 * that names no reason is a general alarm; one that can't be read is an unreadable alarm. Alarm bits count in every frame.
 */
export function positionItems(frame: PositionFrame): DecodedItem[] {
  const position = readPosition(frame.fields)
  const alarms = alarmEvents(frame, position)
  const items: DecodedItem[] = alarms.map((event) => ({ kind: 'event', event }))
  if (position.problem !== null && (alarms.length === 0 || !frame.isAlarm)) items.push(unreadable(frame, position))
  // Of a frame whose fields are out of place nothing else is believed, except with an alarm, where each hint counts.
  if (position.problem !== null && alarms.length === 0) return items
  const level = batteryLevel(frame, position)
  if (level !== null) items.push(level)
  if (Object.keys(position.readings).length > 0) {
    items.push({ kind: 'telemetry', sample: { deviceTs: position.deviceTs, fields: position.readings } })
  }
  return items
}

function alarmEvents(frame: PositionFrame, position: Position): EventSignal[] {
  const alarms = position.status === null ? [] : alarmsIn(position.status.status)
  const isUnnamed = frame.isAlarm && alarms.length === 0 && position.problem === null
  if (alarms.length === 0 && !isUnnamed) return []
  const id = frameId([frame.content], { deviceTs: position.deviceTs, receivedAt: frame.receivedAt })
  const detail = detailOf(frame, position)
  const event = (type: EventType, more: Readonly<Record<string, string>>): EventSignal => ({
    messageId: `${id}:${type}`,
    type,
    deviceTs: position.deviceTs,
    detail: { ...detail, ...more },
  })
  return isUnnamed ? [event('general_alarm', {})] : alarms.map((alarm) => event(alarm.type, alarm.detail))
}

/** What helps an operator to find the person. */
function detailOf(frame: PositionFrame, position: Position): Record<string, unknown> {
  const { lat, lon, acc, battery } = position.readings
  return {
    ...(position.hasFix ? { lat, lon } : {}),
    ...(acc === undefined ? {} : { acc }),
    ...(battery === undefined ? {} : { battery }),
    fix: position.hasFix,
    status: position.status?.text ?? null,
    cells: position.cells,
    wifi: position.wifi,
    ...(isStored(frame.word) ? { stored: true } : {}),
    ...(position.problem === null ? {} : { unreadable: position.problem }),
  }
}

/** UD2: sent later, from a time without network. */
function isStored(word: string): boolean {
  return /^UD2/i.test(word)
}

/** The battery's state, from frames that tell of now. */
function batteryLevel(frame: PositionFrame, position: Position): DecodedItem | null {
  if (position.status === null || position.problem !== null || isStored(frame.word)) return null
  const isLow = isBatteryLow(position.status.status)
  if (isLow === null) return null
  const value = isLow ? '1' : '0'
  const { battery } = position.readings
  return {
    kind: 'level',
    report: {
      level: 'battery_low',
      value,
      calm: !isLow,
      event: {
        messageId: `battery_low:${value}:${frame.receivedAt}`,
        type: isLow ? 'battery_low' : 'battery_ok',
        deviceTs: position.deviceTs,
        detail: battery === undefined ? {} : { battery },
      },
    },
  }
}

function unreadable({ word, isAlarm }: PositionFrame, { problem }: Position): DecodedItem {
  const explanation = `${word.slice(0, 40)}: the ${problem} can't be read`
  return { kind: 'unreadable', reason: 'invalid_field', explanation, alarm: isAlarm }
}
