import type { Journal } from '../journal.ts'
import type { Platform } from '../platform.ts'

/** Telemetry of some devices: what was acknowledged, and what is stored. */
export interface TelemetryOutcome {
  devices: number
  acknowledged: number
  stored: number
  /** Ids of devices whose counts differ. */
  wrong: readonly string[]
}

/** Every sample of a native device has it. */
const FIELD = 'rssi'
/** The platform answers with no more values at a time. */
const MOST_VALUES = 4_500

/** Asks for the stored values of the devices whose samples the journal has counted. */
export async function compareTelemetry(platform: Platform, journal: Journal): Promise<TelemetryOutcome> {
  const outcome = { devices: 0, acknowledged: 0, stored: 0 }
  const wrong: string[] = []
  for (const [deviceId, { count, from, to }] of journal.samples()) {
    if (count > MOST_VALUES) continue
    const stored = await platform.values(deviceId, FIELD, from, to + 1)
    outcome.devices++
    outcome.acknowledged += count
    outcome.stored += stored
    if (stored !== count) wrong.push(deviceId)
  }
  return { ...outcome, wrong }
}

/** As a line of the report; nothing when there was nothing to look at. */
export function telemetryText({ devices, acknowledged, stored, wrong }: TelemetryOutcome): string[] {
  if (devices === 0) return []
  const line = `Telemetry of ${devices} devices: ${acknowledged} samples acknowledged, ${stored} stored.`
  return wrong.length === 0 ? [line] : [line, `Different: ${wrong.slice(0, 10).join(', ')}`]
}
