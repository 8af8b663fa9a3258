import type { DecodedItem } from '../../../server/contract/ports.ts'
import type { EventSignal } from '../../../server/contract/signal.ts'
import { frameId } from '../ids.ts'
import { alarmsIn, isEmergency } from './alarms.ts'
import { type Group, groupsOf } from './groups.ts'
import { readRecords, timeAt } from './records.ts'

/**
 * What a data message holds: alarms first, then the readings of each moment. When the records can't be followed to the
 * end, an alarm may be among what is lost: the rest is an unreadable alarm, unless an emergency was found before.
 * @param isWhole false: the message is shorter than it says
 */
export function dataItems(bytes: Buffer, isWhole: boolean, receivedAt: number): DecodedItem[] {
  const { records, isWhole: isReadable } = readRecords(bytes)
  const { groups, samples } = groupsOf(records)
  const events: EventSignal[] = []
  let hasShortAlarm = false
  for (const group of groups) {
    for (const alarm of group.alarms) {
      if (alarm.length < 4) hasShortAlarm = true
      else events.push(...alarmEvents(alarm, group, receivedAt))
    }
  }
  const items: DecodedItem[] = events.map((event) => ({ kind: 'event', event }))
  if (!isWhole || !isReadable || hasShortAlarm) {
    const alarm = !events.some(({ type, detail }) => isEmergency(type) && detail.stored !== true)
    items.push({ kind: 'unreadable', reason: 'invalid_field', explanation: 'Records end in the middle', alarm })
  }
  for (const { deviceTs, readings } of groups) {
    if (Object.keys(readings).length > 0) items.push({ kind: 'telemetry', sample: { deviceTs, fields: readings } })
  }
  for (const sample of samples) items.push({ kind: 'telemetry', sample })
  return items
}

/** Alarm word (4), time (4, newer pendants only), further bits (4, newer still). */
function alarmEvents(alarm: Buffer, group: Group, receivedAt: number): EventSignal[] {
  const word = alarm.readUInt32LE(0)
  const deviceTs = timeAt(alarm, 4) ?? group.deviceTs
  // The same alarm in another message is the same alarm; without a time of its own the moment's time makes it out.
  const id = frameId([alarm, String(deviceTs)], { deviceTs, receivedAt })
  const detail = detailOf(word, group)
  return alarmsIn(word).map((meaning, index) => ({
    messageId: `${id}:${meaning.type}:${index}`,
    type: meaning.type,
    deviceTs,
    detail: { ...detail, ...meaning.detail },
  }))
}

/** What helps an operator to find the person. */
function detailOf(word: number, { readings, place, cells, wifi, isStored }: Group): Record<string, unknown> {
  const { lat, lon, battery, hdop } = readings
  return {
    alarm: word.toString(16).padStart(8, '0'),
    ...(lat === undefined ? {} : { lat, lon }),
    ...(hdop === undefined ? {} : { hdop }),
    ...(place === null ? {} : { place }),
    ...(battery === undefined ? {} : { battery }),
    cells,
    wifi,
    ...(isStored ? { stored: true } : {}),
  }
}
