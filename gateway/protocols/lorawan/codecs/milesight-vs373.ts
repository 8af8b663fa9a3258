import type { EventType } from '../../../../server/contract/signal.ts'
import { type Detail, event, flagLevel, level, type Reading } from '../reading.ts'
import { type Channel, type Channels, channel, channels, number, skip } from './milesight-tlv.ts'

/**
 * Milesight VS373, a radar under the ceiling that sees falls, presence in the bed and breathing. Firmware 1.0.1 and 1.0.2
 * differ in their channels. Source: vs373-decoder.js of Milesight-IoT/SensorDecoders (where its README disagrees, the
 * decoder holds) and the vendor's page of downlink commands.
 */

/** [status triggered, status ended] of the alarm types 0 to 8. */
const ALARMS: readonly { name: string; on: EventType; off: EventType | null }[] = [
  { name: 'fall', on: 'fall', off: 'fall_clear' },
  { name: 'motionless', on: 'inactivity', off: 'motion' },
  { name: 'dwell', on: 'inactivity', off: 'motion' },
  { name: 'out_of_bed', on: 'leave_bed', off: 'bed_enter' },
  { name: 'occupied', on: 'motion', off: null },
  { name: 'vacant', on: 'vacant', off: null },
  { name: 'bradypnea', on: 'vital_sign', off: 'vital_clear' },
  { name: 'tachypnea', on: 'vital_sign', off: 'vital_clear' },
  { name: 'lying_down', on: 'fall_suspected', off: 'fall_clear' },
]
const FIRST_OF_BREATHING = 6
const LAST_OF_BREATHING = 7
const STATUS = { deactivated: 2, ignored: 3, report: 4 } as const
/** "None" in the fields of alarms that don't use them. */
const NO_ALARM_ID = 0xffff
const NO_REGION = 0xff

/**
 * Alarm id (2), type (1), status (1), region (1). A status or type that is not known counts as an alarm.
 * @param at ms since the epoch of a stored one
 */
function readAlarm(bytes: Buffer, offset: number, at: number | null): Reading[] {
  const id = bytes.readUInt16LE(offset)
  const type = bytes.readUInt8(offset + 2)
  const status = bytes.readUInt8(offset + 3)
  const region = bytes.readUInt8(offset + 4)
  const alarm = ALARMS[type]
  const detail: Detail = { alarm: alarm?.name ?? type }
  if (id !== NO_ALARM_ID) detail.alarmId = id
  if (usesRegion(type) && region !== NO_REGION) detail.region = region
  if (at !== null) detail.stored = true
  const ended = status === STATUS.deactivated || status === STATUS.ignored
  if (status === STATUS.ignored) detail.ignored = true
  else if (status !== 1 && !ended) detail.status = status
  if (alarm === undefined) return ended ? [] : [event('general_alarm', detail, at)]
  if (status === STATUS.report && isBreathing(type)) return []
  const told = ended ? alarm.off : alarm.on
  return told === null ? [] : [event(told, detail, at)]
}

const isBreathing = (type: number): boolean => type >= FIRST_OF_BREATHING && type <= LAST_OF_BREATHING
const usesRegion = (type: number): boolean => type === 3 || isBreathing(type)

/** What the room looks like: 0 normal, 1 vacant, 2 in bed, 3 out of bed, 4 fall. The alarm of having left the bed for
 * too long comes by itself, so leaving it is only remembered here. */
function readRoom(status: number): Reading[] {
  const readings = [flagLevel('fall', status === 4)]
  if (status <= 4) readings.push(flagLevel('occupancy', status !== 1))
  if (status === 2) readings.push(level('bed', { value: 'in', event: 'bed_enter', calm: true }))
  if (status === 3) readings.push(level('bed', { value: 'out', event: null, calm: true }))
  return readings
}

/** Room status, target status, then the seconds of presence now and today in numbers of this many bytes. */
const room = (size: 2 | 3): Channel =>
  channel(
    2 + 2 * size,
    (bytes, at, { readings, fields }) => {
      readings.push(...readRoom(bytes.readUInt8(at)))
      fields.target_status = bytes.readUInt8(at + 1)
      fields.use_time_now = bytes.readUIntLE(at + 2, size)
      fields.use_time_today = bytes.readUIntLE(at + 2 + size, size)
    },
    true,
  )

/** Seconds since somebody left the bed, per region. */
const outOfBed = (first: number, count: number, size: 2 | 3): Channel =>
  channel(count * size, (bytes, at, { fields }) => {
    for (let i = 0; i < count; i++)
      fields[`region_${first + i}_out_of_bed_time`] = bytes.readUIntLE(at + i * size, size)
  })

/** 1 nobody to measure, 2 normal, 3 tachypnea, 4 bradypnea, 5 not measurable; then breaths per minute × 100. */
const BREATHING: Channel = channel(
  3,
  (bytes, at, { readings, fields }) => {
    const status = bytes.readUInt8(at)
    if (status === 2) readings.push(level('breathing', { value: 'normal', event: 'vital_clear', calm: true }))
    if (status === 3 || status === 4) {
      const value = status === 3 ? 'tachypnea' : 'bradypnea'
      readings.push(level('breathing', { value, event: 'vital_sign', calm: false }, { alarm: value }))
    }
    if (status >= 2 && status <= 4) fields.resp = bytes.readUInt16LE(at + 1) / 100
  },
  true,
)

const MAX_REGIONS = 6

/** Echoes of settings, by their bytes of data; on channel f8 a byte more tells whether it was taken. */
const SETTINGS: Record<string, number> = {
  '10': 1,
  '48': 1,
  '49': 9,
  '4a': 5,
  '4b': 9,
  '4c': 5,
  '4d': 1,
  '4e': 1,
  '4f': 12,
  '50': 2,
  '51': 6,
  '52': 3,
  '53': 3,
  '56': 2,
  '85': 2,
  '86': 1,
  '87': 1,
  '91': 5,
  b1: 7,
  b2: 3,
  b3: 1,
  b4: 3,
  b5: 6,
}
const ECHOES = Object.fromEntries(
  Object.entries(SETTINGS).flatMap(([type, length]) => [
    [`f9${type}`, skip(length)],
    [`f8${type}`, skip(length + 1)],
  ]),
)

export const VS373_CHANNELS: Channels = channels(ECHOES, {
  '0175': number('battery', 'u8'),
  '03f8': room(2),
  '07b0': room(3),
  // Here 1 is vacant; in 0ab3 it is occupied.
  '04f9': channel(4, (bytes, at, { fields }) => {
    for (let i = 0; i < 4; i++) fields[`region_${i + 1}_occupancy`] = bytes.readUInt8(at + i) === 1 ? 0 : 1
  }),
  '09b2': skip(6),
  '0ab3': channel(5, (bytes, at, { fields }) => {
    const regions = Math.min(bytes.readUInt8(at), MAX_REGIONS)
    for (let i = 0; i < regions; i++) fields[`region_${i + 1}_occupancy`] = (bytes.readUInt32LE(at + 1) >>> i) & 1
  }),
  '05fa': outOfBed(1, 4, 2),
  '0bb4': outOfBed(1, 3, 3),
  '0cb4': outOfBed(4, 3, 3),
  '06fb': channel(5, (bytes, at, { readings }) => void readings.push(...readAlarm(bytes, at, null)), true),
  '08b1': BREATHING,
  '20ce': channel(
    9,
    (bytes, at, { readings }) => void readings.push(...readAlarm(bytes, at + 4, bytes.readUInt32LE(at) * 1000)),
    true,
  ),
})
