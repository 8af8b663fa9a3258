import { type DetectSettings, layered, type SettingsLayer } from '../../server/contract/detect-settings.ts'
import type { DetectContext, DeviceTraits, Observation } from '../../server/contract/observation.ts'
import type { SignalType } from '../../server/contract/signal.ts'
import type { Detector } from '../../server/detect/detector.ts'
import { type DetectState, type Found, type Judged, judge, judgeDeadlines } from '../../server/detect/engine.ts'

/** Ten in the morning, city time. */
export const START = Date.parse('2026-11-28T10:00:00+08:00')
export const SECOND = 1_000
export const MINUTE = 60_000
export const HOUR = 3_600_000

export function device(deviceId: string, kind: string, over: Partial<DeviceTraits> = {}): DeviceTraits {
  return { deviceId, kind, model: null, role: null, room: null, ...over }
}

/** A watch, for whatever does not say which device it is. */
export const WATCH = device('watch', 'watch')

interface Home extends Partial<Omit<DetectContext, 'settings' | 'settingsOf'>> {
  /** On top of the settings as delivered. */
  settings?: SettingsLayer
  /** On top of those, by device. */
  deviceSettings?: Readonly<Record<string, SettingsLayer>>
}

/** A resident who lives alone in Yiyang, with the settings as delivered. */
export function context({ settings = {}, deviceSettings = {}, ...over }: Home = {}): DetectContext {
  const inForce = layered(settings)
  const settingsOf = (deviceId: string): DetectSettings => layered(settings, deviceSettings[deviceId] ?? {})
  return {
    residentId: 'r1',
    home: { lat: 28.4046, lon: 117.436 },
    livesAlone: true,
    devices: [WATCH],
    settings: inForce,
    settingsOf,
    settingsVersion: 7,
    ...over,
  }
}

type SignalSeen = Extract<Observation, { kind: 'signal' }>
type SampleSeen = Extract<Observation, { kind: 'sample' }>

/** A stored signal that reaches us at once. Its id is made from device, type and time: told twice it is the same one. */
export function signal(type: SignalType, at: number, over: Partial<SignalSeen> = {}): SignalSeen {
  const { deviceId } = over.device ?? WATCH
  const signalId = `${deviceId}-${type}-${over.occurredAt ?? at}`
  return { kind: 'signal', signalId, device: WATCH, type, occurredAt: at, receivedAt: at, detail: {}, ...over }
}

/** A sample that reaches us at once. */
export function sample(
  fields: Readonly<Record<string, number>>,
  at: number,
  over: Partial<SampleSeen> = {},
): SampleSeen {
  return { kind: 'sample', device: WATCH, occurredAt: at, receivedAt: at, fields, ...over }
}

/**
 * Judges observations in the order of their arrival, then meets the deadlines up to `until`.
 * @param before what is remembered from before
 */
export function run(
  detectors: readonly Detector<unknown>[],
  observations: readonly Observation[],
  of: DetectContext,
  until: number,
  before: DetectState = {},
): Judged {
  const first = judge(before, inOrder(observations), of, detectors)
  const then = judgeDeadlines(first.state, of, until, detectors)
  return {
    state: then.state,
    found: [...first.found, ...then.found],
    failures: [...first.failures, ...then.failures],
  }
}

/** The same with a restart after each observation: what is remembered goes through JSON, and deadlines are looked for often. */
export function runWithRestarts(
  detectors: readonly Detector<unknown>[],
  observations: readonly Observation[],
  of: DetectContext,
  until: number,
): Judged {
  let state: DetectState = {}
  const found: Found[] = []
  const failures: Judged['failures'][number][] = []
  const take = (judged: Judged) => {
    state = JSON.parse(JSON.stringify(judged.state)) as DetectState
    found.push(...judged.found)
    failures.push(...judged.failures)
  }
  for (const seen of inOrder(observations)) {
    take(judgeDeadlines(state, of, seen.receivedAt - 1, detectors))
    take(judge(state, [seen], of, detectors))
  }
  take(judgeDeadlines(state, of, until, detectors))
  return { state, found, failures }
}

/** As they reach the platform. */
export function inOrder(observations: readonly Observation[]): Observation[] {
  return [...observations].sort((a, b) => a.receivedAt - b.receivedAt)
}

/** What was found, each as `effect kind rule`, for a restore the kinds. */
export function told({ found }: Pick<Judged, 'found'>): string[] {
  return found.map(({ finding }) => {
    const what = finding.effect !== 'restore' ? finding.kind : finding.kinds === 'all' ? 'all' : finding.kinds.join('+')
    return `${finding.effect} ${what} ${finding.reason.rule}`
  })
}

/** Moments that lie so far apart. */
export function after(gaps: readonly number[], from = START): number[] {
  return gaps.map((_, n) => gaps.slice(0, n + 1).reduce((sum, gap) => sum + gap, from))
}
