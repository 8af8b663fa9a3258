import { DEFAULT_SETTINGS, layered, type SettingsLayer } from '../../server/contract/detect-settings.ts'
import type { DetectContext, DeviceTraits, Observation } from '../../server/contract/observation.ts'
import type { SignalType } from '../../server/contract/signal.ts'
import { dayOf } from '../../server/detect/habits.ts'
import { devicesAt, tellingsOf, worn } from '../../simulator/life/devices.ts'
import { observe, startResident, stepResident } from '../../simulator/life/resident.ts'
import { createRandom } from '../../simulator/random.ts'

export const HOUR = 3_600_000
export const DAY = 24 * HOUR
export const MINUTE = 60_000
/** 03:00 in the city, a Sunday. */
export const MORNING = Date.parse('2026-03-01T03:00:00+08:00')

export function device(deviceId: string, kind: string, more: Partial<DeviceTraits> = {}): DeviceTraits {
  return { deviceId, kind, model: null, role: null, room: null, ...more }
}

export function contextOf(
  devices: readonly DeviceTraits[],
  layer: SettingsLayer = {},
  more: Partial<DetectContext> = {},
): DetectContext {
  const settings = layered(DEFAULT_SETTINGS, layer)
  return {
    ...{ residentId: 'r-1', home: null, livesAlone: true, devices, settings, settingsVersion: 3, outages: [] },
    settingsOf: () => settings,
    ...more,
  }
}

let count = 0
export function signal(of: DeviceTraits, type: SignalType, occurredAt: number, receivedAt = occurredAt): Observation {
  count += 1
  return { kind: 'signal', signalId: `s-${count}`, device: of, type, occurredAt, receivedAt, detail: {} }
}

export function sample(of: DeviceTraits, fields: Record<string, number>, occurredAt: number): Observation {
  return { kind: 'sample', device: of, occurredAt, receivedAt: occurredAt, fields }
}

/**
 * What the devices of a simulated resident tell over some days, from noon on, in the order of arrival.
 * @param irregularMs her days lie so much earlier or later, standard deviation
 */
export function live(
  seed: string,
  devices: readonly DeviceTraits[],
  from: number,
  days: number,
  irregularMs = 0,
): Observation[] {
  const random = createRandom(seed)
  const units = devices.map((traits) => {
    const { deviceId, kind, room } = traits
    return { traits, identity: { deviceId, kind, room, secret: '' } }
  })
  const watches = devices.filter(({ kind }) => kind === 'watch')
  const all: Observation[] = []
  let state = startResident(from, random)
  for (let now = from; now < from + days * DAY; now += 30 * MINUTE) {
    const step = stepResident(state, now, random)
    state = step.state
    for (const happening of step.happenings) {
      for (const telling of tellingsOf(happening, state.place, random)) {
        const [type] = telling.types
        if (type === undefined) continue
        for (const { traits } of devicesAt(units, telling))
          all.push(signal(traits, type, happening.at + telling.afterMs))
      }
    }
    if (watches.length === 0) continue
    const seen = observe(state, { lat: 28.4, lon: 117.6 }, now, random)
    state = seen.state
    for (const watch of watches) all.push(sample(watch, worn('watch', {}, seen.body), now))
  }
  const shifts = Array.from({ length: days + 2 }, () => random.noise() * irregularMs)
  return all
    .map((one) => {
      const shift = shifts[dayOf(one.occurredAt) - dayOf(from)] ?? 0
      return { ...one, occurredAt: one.occurredAt + shift, receivedAt: one.receivedAt + shift }
    })
    .sort((a, b) => a.receivedAt - b.receivedAt)
}
