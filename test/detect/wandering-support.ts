import { type DetectSettings, layered, type SettingsLayer } from '../../server/contract/detect-settings.ts'
import type { Fence } from '../../server/contract/fence.ts'
import type { DetectContext, DeviceTraits, Observation } from '../../server/contract/observation.ts'
import type { SignalType } from '../../server/contract/signal.ts'
import type { Detector } from '../../server/detect/detector.ts'
import { type DetectState, type Found, judge, judgeDeadlines } from '../../server/detect/engine.ts'
import { wandering } from '../../server/detect/wandering.ts'
import { offset } from '../../simulator/geo.ts'

export const HOME = { lat: 28.5812, lon: 112.3456 }
/** Saturday 2026-11-28 10:00 in the city. */
export const T0 = Date.UTC(2026, 10, 28, 2)
export const S = 1_000
export const MIN = 60_000
export const HOUR = 3_600_000

export const DETECTORS = [wandering as Detector<unknown>]

export const circle = (radiusM = 500, more: Partial<Fence> = {}): Fence =>
  ({ fenceId: 'area', name: '小区', shape: 'circle', center: null, radiusM, schedule: null, ...more }) as Fence

const traits = (deviceId: string, kind: string, role: DeviceTraits['role'] = null): DeviceTraits => ({
  ...{ deviceId, kind, role, model: null, room: null },
})

export const DEVICES: readonly DeviceTraits[] = [
  traits('watch-1', 'watch'),
  traits('phone-1', 'phone'),
  traits('door-1', 'door_sensor', 'entrance'),
  traits('hall-1', 'motion_sensor'),
  traits('bed-1', 'bed_sensor'),
]
const deviceOf = (deviceId: string) =>
  DEVICES.find((one) => one.deviceId === deviceId) ?? traits(deviceId, deviceId.replace(/-.*/, ''))

export function context(
  own: NonNullable<SettingsLayer['wandering']> = {},
  more: Partial<DetectContext> = {},
): DetectContext {
  const settings: DetectSettings = layered({ wandering: { enabled: true, fences: [circle()], ...own } })
  return {
    residentId: 'r1',
    home: HOME,
    livesAlone: true,
    devices: DEVICES,
    settings,
    settingsOf: () => settings,
    settingsVersion: 7,
    ...more,
  }
}

interface FixOptions {
  device?: string
  acc?: number | null
  /** Came in so much later, ms. */
  late?: number
  fields?: Record<string, number>
}

/** A position so many metres north and east of home, `at` ms after the beginning. */
export function fix(at: number, north: number, east = 0, options: FixOptions = {}): Observation {
  const { device = 'watch-1', acc = 10, late = 0, fields = {} } = options
  const { lat, lon } = offset(HOME, north, east)
  const occurredAt = T0 + at
  return {
    kind: 'sample',
    device: deviceOf(device),
    occurredAt,
    receivedAt: occurredAt + late,
    fields: { lat, lon, ...(acc === null ? {} : { acc }), ...fields },
  }
}

export function signal(at: number, type: SignalType, device: string, late = 0): Observation {
  const occurredAt = T0 + at
  const signalId = `${type}-${at}`
  return {
    kind: 'signal',
    signalId,
    device: deviceOf(device),
    type,
    occurredAt,
    receivedAt: occurredAt + late,
    detail: {},
  }
}

/** Everything found in the observations, in order of arrival, and up to `until` ms after the beginning. */
export function run(observations: readonly Observation[], of: DetectContext, until?: number, before: DetectState = {}) {
  const sorted = [...observations].sort((a, b) => a.receivedAt - b.receivedAt)
  const first = judge(before, sorted, of, DETECTORS)
  const rest = until === undefined ? null : judgeDeadlines(first.state, of, T0 + until, DETECTORS)
  const failures = [...first.failures, ...(rest?.failures ?? [])]
  if (failures.length > 0) throw failures[0]?.error
  return { state: rest?.state ?? first.state, found: [...first.found, ...(rest?.found ?? [])] }
}

/** Findings in short: `+00:02 raise wander wandering.outside confirmed`. */
export function told(found: readonly Found[]): string[] {
  return found.map(({ now, finding }) => {
    const after = Math.round((now - T0) / S)
    const clock = `${String(Math.floor(after / 60)).padStart(2, '0')}:${String(after % 60).padStart(2, '0')}`
    const kinds = finding.effect === 'restore' ? String(finding.kinds) : finding.kind
    const certainty = finding.effect === 'restore' ? undefined : finding.certainty
    const severe = finding.effect === 'restore' || finding.severe === undefined ? undefined : `severe=${finding.severe}`
    return [clock, finding.effect, kinds, finding.reason.rule, finding.deviceId, certainty, severe]
      .filter(Boolean)
      .join(' ')
  })
}
