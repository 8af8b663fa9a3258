import type { EventType } from '../../server/contract/signal.ts'
import { STATUS, type WatchPosition } from '../wire/watch.ts'
import type { Reading } from './peer.ts'

/** What it can raise, and the bit that says so. */
export const ALARMS: Partial<Record<EventType, number>> = {
  sos: STATUS.sos,
  fall: STATUS.fall,
  wander: STATUS.fenceExit,
  wander_end: STATUS.fenceEntry,
  removed: STATUS.takenOff,
  vital_sign: STATUS.heartRate,
  battery_low: STATUS.batteryAlarm,
}
/** Words of the platform that the watch carries out and answers with the same word. */
export const COMMANDS: ReadonlySet<string> = new Set(
  'CR FIND MESSAGE UPLOAD SOS1 SOS2 SOS3 FALLDOWN LSSET REMOVE'.split(' '),
)

const LOW_BATTERY = 15

/**
 * What a position frame says, from the newest measurement.
 * @param ts ms since the epoch
 * @param bits alarm bits of the status word
 */
export function positionOf(newest: Reading | null, tumbles: number, ts: number, bits: number): WatchPosition {
  const { lat, lon, speed = 0, course = 0, alt = 60, acc = 15, sats = 0 } = newest?.fields ?? {}
  const { battery = 80, steps = 0, rssi = -70 } = newest?.fields ?? {}
  const isMoving = speed > 1
  const low = battery < LOW_BATTERY ? STATUS.lowBattery : 0
  return {
    ts,
    place: lat === undefined || lon === undefined ? null : { lat, lon },
    ...{ speed, course, alt, acc, sats, battery, steps: Math.round(steps), tumbles },
    gsm: Math.max(1, Math.min(100, Math.round((rssi + 113) * 1.6))),
    status: bits | low | (isMoving ? 0 : STATUS.still),
  }
}
