import type { DetectSettings } from '../contract/detect-settings.ts'
import type { EvidenceSample, Finding } from '../contract/finding.ts'
import type { DetectContext, Observation } from '../contract/observation.ts'
import type { Detector } from './detector.ts'
import { alarmRule } from './reported.ts'

/** Vital signs beyond a limit, keyed `field|device`. */
export type VitalState = Readonly<Record<string, Beyond>>

interface Beyond {
  k: 'high' | 'low'
  /** Readings beyond: how many, and some of them, the first one and the newest. */
  n: number
  r: readonly Reading[]
  /** The last reading, beyond or not: what was measured before it is not news. */
  t: number
  /** One of them was grossly beyond. */
  g?: 1
  /** Which of the two has been told; the alert stands until it is taken back, also when the other one follows. */
  x?: 'high' | 'low'
  /** Readings within since then. */
  w?: number
}
type Reading = readonly [at: number, value: number]

const FIELDS = ['hr', 'spo2', 'sys', 'dia', 'body_temp'] as const
type Field = (typeof FIELDS)[number]

/** What a living body can have and a sensor can measure; 0, −1 and the like mean that nothing was measured. */
const PLAUSIBLE: Record<Field, readonly [number, number]> = {
  hr: [20, 250],
  spo2: [50, 100],
  sys: [40, 280],
  dia: [20, 200],
  body_temp: [28, 44],
}
/** So far beyond the limit a second reading is enough: low, high. Ours: about where emergency scores (NEWS2) give the most points. */
const GROSS: Record<Field, readonly [number, number]> = {
  hr: [10, 40],
  spo2: [10, 10],
  sys: [20, 40],
  dia: [20, 20],
  body_temp: [2, 1.5],
}
/** Readings farther apart do not follow on one another: a cuff is used once a day. */
const MAX_GAP_MS = 48 * 3_600_000
/** Readings that were stored longer are kept as telemetry and raise nothing now. A night is still worth a care call. */
const LATE_MS = 12 * 3_600_000
const MOST_READINGS = 3

/** Vital signs beyond the resident's limits, after several readings. Raised once, taken back after several within. */
export const vitals: Detector<VitalState> = {
  name: 'vitals',
  due: () => null,
  step: (state, seen, context, now) => {
    if (seen === null) return { state, findings: [] }
    if (seen.kind === 'signal') return { state: state && clearedBy(seen, state), findings: [] }
    if (now - seen.occurredAt > LATE_MS) return { state, findings: [] }
    let next = state ?? {}
    const findings: Finding[] = []
    for (const field of FIELDS) {
      const value = seen.fields[field]
      if (value === undefined || !isPlausible(field, value, seen.fields)) continue
      const step = measured(next, field, value, seen, context)
      next = step.state
      findings.push(...step.findings)
    }
    if (next === state) return { state, findings }
    return { state: Object.keys(next).length === 0 ? undefined : next, findings }
  },
}

type SignalSeen = Extract<Observation, { kind: 'signal' }>
type SampleSeen = Extract<Observation, { kind: 'sample' }>

/** The device has taken its alert back: what is still beyond a limit is told anew. */
function clearedBy({ type, device }: SignalSeen, state: VitalState): VitalState | undefined {
  const rule = alarmRule(type, device.role)
  if (rule?.effect !== 'restore' || !(rule.kinds === 'all' || rule.kinds.includes('vital_sign'))) return state
  const left = Object.entries(state).filter(([key]) => !key.endsWith(`|${device.deviceId}`))
  if (left.length === Object.keys(state).length) return state
  return left.length === 0 ? undefined : Object.fromEntries(left)
}

function isPlausible(field: Field, value: number, { sys, dia }: SampleSeen['fields']): boolean {
  const [lowest, highest] = PLAUSIBLE[field]
  if (value < lowest || value > highest) return false
  const isPressure = field === 'sys' || field === 'dia'
  return !(isPressure && sys !== undefined && dia !== undefined && sys <= dia)
}

interface Step {
  state: VitalState
  findings: readonly Finding[]
}

function measured(state: VitalState, field: Field, value: number, seen: SampleSeen, context: DetectContext): Step {
  const { deviceId } = seen.device
  const key = `${field}|${deviceId}`
  const before = state[key]
  const at = seen.occurredAt
  if (before !== undefined && at <= before.t) return { state, findings: [] }
  const settings = context.settingsOf(deviceId).vitals
  const { low, high } = settings[field]
  const k = high !== null && value > high ? 'high' : low !== null && value < low ? 'low' : null
  if (k === null)
    return before === undefined ? { state, findings: [] } : within(state, key, before, field, value, seen, context)
  const limit = (k === 'high' ? high : low) ?? value
  const isGross = k === 'high' ? value >= limit + GROSS[field][1] : value <= limit - GROSS[field][0]
  const next = beyond(before, k, [at, value], isGross)
  if (next.x === k || !lasts(next, settings)) return { state: { ...state, [key]: next }, findings: [] }
  const first = next.r[0]?.[0] ?? at
  const values = { value, limit, readings: next.n, lasting: at - first }
  const samples = next.r.map(([t, v]): EvidenceSample => ({ deviceId, at: t, fields: { [field]: v } }))
  const reason = { rule: `vitals.${field}_${k}`, values, settingsVersion: context.settingsVersion } as const
  const raise: Finding = { effect: 'raise', kind: 'vital_sign', deviceId, at, reason, evidence: { samples } }
  const told: Beyond = { k, n: next.n, r: [[at, value]], t: at, x: k }
  return { state: { ...state, [key]: told }, findings: [raise] }
}

function beyond(before: Beyond | undefined, k: Beyond['k'], reading: Reading, isGross: boolean): Beyond {
  const [at] = reading
  // Told before: only the end of it is awaited.
  if (before?.x === k) return { ...without(before), k, t: at }
  const isSame = before?.k === k && at - before.t <= MAX_GAP_MS
  const [first, ...others] = isSame ? [...before.r, reading] : [reading]
  const r = first === undefined ? [reading] : [first, ...others.slice(1 - MOST_READINGS)]
  const next: Beyond = { k, n: isSame ? before.n + 1 : 1, r, t: at }
  if (isGross || (isSame && before.g === 1)) next.g = 1
  if (before?.x !== undefined) next.x = before.x
  return next
}

/** The row of readings within is broken. */
function without({ w: _, ...rest }: Beyond): Beyond {
  return rest
}

function lasts({ n, r, t, g }: Beyond, { readings, persistS }: DetectSettings['vitals']): boolean {
  if (g === 1 && n >= Math.min(2, readings)) return true
  return n >= readings && t - (r[0]?.[0] ?? t) >= persistS * 1_000
}

/** A reading within the limits: before it is told it ends the row; afterwards several of them take the alert back. */
function within(
  state: VitalState,
  key: string,
  before: Beyond,
  field: Field,
  value: number,
  seen: SampleSeen,
  context: DetectContext,
): Step {
  const { deviceId } = seen.device
  const { [key]: _, ...others } = state
  if (before.x === undefined) return { state: others, findings: [] }
  const count = (before.w ?? 0) + 1
  const needed = Math.max(1, context.settingsOf(deviceId).vitals.readings - 1)
  const at = seen.occurredAt
  if (count < needed) return { state: { ...state, [key]: { ...before, t: at, w: count } }, findings: [] }
  // One alert stands for all vital signs of a device: it ends with the last of them.
  const isLast = !Object.entries(others).some(([one, { x }]) => one.endsWith(`|${deviceId}`) && x !== undefined)
  if (!isLast) return { state: others, findings: [] }
  const { settingsVersion } = context
  const reason = { rule: `vitals.${field}_within`, values: { value }, settingsVersion } as const
  return {
    state: others,
    findings: [{ effect: 'restore', kinds: ['vital_sign'], byResident: false, deviceId, at, reason }],
  }
}
