import type { EventType } from '../../../server/contract/signal.ts'

/**
 * The status word of a position: state in the low 16 bits, alarms in the high ones (Beesure/SeTracker server protocol,
 * Appendix I). Bits 1 to 4 are left out: fence and movement are better known from positions, and bit 3 ("watch state",
 * called worn by some) is set in real frames that report the watch as taken off.
 */

const LOW_BATTERY_STATE = 1 << 0
const LOW_BATTERY_ALARM = 1 << 17

interface Alarm {
  mask: number
  type: EventType
  detail: Readonly<Record<string, string>>
}

/**
 * The most urgent first; what takes an alarm back stands before what raises it. A 4G watch of some makes sets SOS when it is taken off its charger; it can't be told apart.
 */
const ALARMS: readonly Alarm[] = [
  { mask: 1 << 16, type: 'sos', detail: {} },
  { mask: 1 << 21, type: 'fall', detail: {} },
  { mask: 1 << 19, type: 'wander_end', detail: { fence: 'enter', by: 'device' } },
  { mask: 1 << 18, type: 'wander', detail: { fence: 'exit', by: 'device' } },
  { mask: 1 << 22, type: 'vital_sign', detail: { sign: 'hr' } },
  { mask: 1 << 20, type: 'removed', detail: {} },
  { mask: LOW_BATTERY_ALARM, type: 'battery_low', detail: {} },
]
const ALARM_MASK = ALARMS.reduce((mask, alarm) => mask | alarm.mask, 0)
const STATE_MASK = 0x1f

/** Every alarm bit that is set, the most urgent first. */
export function alarmsIn(status: number): readonly Alarm[] {
  return (status & ALARM_MASK) === 0 ? [] : ALARMS.filter((alarm) => (status & alarm.mask) !== 0)
}

/** The battery as a lasting state; null: this frame reports it as an alarm already. */
export function isBatteryLow(status: number): boolean | null {
  return (status & LOW_BATTERY_ALARM) !== 0 ? null : (status & LOW_BATTERY_STATE) !== 0
}

export interface Status {
  /** As sent. */
  text: string
  status: number
  /** It stands where it belongs. */
  isInPlace: boolean
}

const STATUS_FIELD = 16
const FULL_STATUS = /^[0-9A-Fa-f]{8}$/
/** Old makes send four digits, without the alarms; some may leave out leading zeros. */
const SHORT_STATUS = /^[0-9A-Fa-f]{1,7}$/

/**
 * The status of a position's fields. In a frame whose fields are out of place it is looked for: eight hex digits that set
 * an alarm and nothing but known bits, which no cell number, date or coordinate does. Null: not found.
 */
export function readStatus(fields: readonly string[]): Status | null {
  const text = fields[STATUS_FIELD] ?? ''
  if (FULL_STATUS.test(text)) return { text, status: Number.parseInt(text, 16), isInPlace: true }
  const found = fields.find(isAlarmStatus)
  if (found !== undefined) return { text: found, status: Number.parseInt(found, 16), isInPlace: false }
  const hasMoved = fields.slice(STATUS_FIELD - 4, STATUS_FIELD + 5).some((field) => FULL_STATUS.test(field))
  if (hasMoved || !SHORT_STATUS.test(text)) return null
  return { text, status: Number.parseInt(text, 16), isInPlace: true }
}

function isAlarmStatus(text: string): boolean {
  if (!FULL_STATUS.test(text)) return false
  const status = Number.parseInt(text, 16)
  return (status & ALARM_MASK) !== 0 && (status & ~(ALARM_MASK | STATE_MASK)) === 0
}
