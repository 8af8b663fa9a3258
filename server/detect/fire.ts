import type { RuleName } from '../contract/explain/explain.ts'
import type { Assess, Finding } from '../contract/finding.ts'
import type { DetectContext, Observation } from '../contract/observation.ts'
import type { Detector } from './detector.ts'
import { isWorn } from './places.ts'
import { alarmRule } from './reported.ts'

/** JSON, keys are short. */
export interface FireState {
  /** Smoke alarms: device, when, signal. */
  s: readonly Smoke[]
  /** The last reading of great heat: when, °C. */
  h?: readonly [at: number, celsius: number]
  /** Arrival of the last of these. */
  l: number
  /** Found before: 1 a second detector, 2 heat. */
  f: number
}
type Smoke = readonly [deviceId: string, at: number, signalId: string]

/** What comes so close together is of one fire. */
const TOGETHER_MS = 10 * 60_000
/** No weather makes a room so hot; heat detectors (EN 54-5 class A1) act from 54 °C, but hang above the fire. */
const FIRE_C = 45
const MOST_SMOKES = 3
const SECOND_DETECTOR = 1
const HEAT = 2

/** Smoke that something else bears out: a second detector, or great heat. */
export const fire: Detector<FireState> = {
  name: 'fire',
  due: ({ l }) => l + TOGETHER_MS,
  step: (state, seen, context, now) => {
    if (seen === null) return { state: undefined, findings: [] }
    if (seen.kind === 'sample') return heated(state, seen, context, now)
    const rule = alarmRule(seen.type, seen.device.role)
    if (rule?.effect === 'raise' && rule.kind === 'smoke') return smoked(state, seen, context, now)
    if (rule?.effect !== 'restore' || !(rule.kinds === 'all' || rule.kinds.includes('smoke')))
      return { state, findings: [] }
    const left = state?.s.filter(([id]) => id !== seen.device.deviceId)
    if (state === undefined || left?.length === state.s.length) return { state, findings: [] }
    return { state: left?.length || state.h ? { ...state, s: left ?? [] } : undefined, findings: [] }
  },
}

interface Result {
  state: FireState | undefined
  findings: readonly Finding[]
}

function smoked(
  state: FireState | undefined,
  seen: Extract<Observation, { kind: 'signal' }>,
  context: DetectContext,
  now: number,
): Result {
  const { occurredAt: at, signalId, device } = seen
  const { deviceId } = device
  if (state?.s.some(([id, , known]) => id === deviceId || known === signalId)) return { state, findings: [] }
  const near = state?.s.filter(([, when]) => Math.abs(when - at) <= TOGETHER_MS) ?? []
  const smoke: Smoke = [deviceId, at, signalId]
  const next: FireState = { f: 0, ...state, s: [...(state?.s ?? []), smoke].slice(-MOST_SMOKES), l: now }
  const [first] = near
  if (first) {
    const values = { apart: Math.abs(at - first[1]) }
    const telling = worse('dangers.corroborated', values, at, context)
    const findings = [
      telling(deviceId, { signalIds: [first[2]] }),
      ...near.map(([id]) => telling(id, { signalIds: [signalId] })),
    ]
    return { state: { ...next, f: next.f | SECOND_DETECTOR }, findings }
  }
  const heat = state?.h
  if (!heat || Math.abs(heat[0] - at) > TOGETHER_MS) return { state: next, findings: [] }
  const values = { apart: Math.abs(at - heat[0]), value: heat[1] }
  return {
    state: { ...next, f: next.f | HEAT },
    findings: [worse('dangers.smoke_and_heat', values, at, context)(deviceId)],
  }
}

function heated(
  state: FireState | undefined,
  seen: Extract<Observation, { kind: 'sample' }>,
  context: DetectContext,
  now: number,
): Result {
  const { occurredAt: at, device, fields } = seen
  const { temperature: value } = fields
  const { hotC } = context.settingsOf(device.deviceId).dangers
  const isHot = value !== undefined && value >= Math.max(FIRE_C, hotC) && value <= 200 && !isWorn(device)
  if (!isHot || device.role === 'ordinary' || at <= (state?.h?.[0] ?? 0) || now - at > TOGETHER_MS)
    return { state, findings: [] }
  const next: FireState = { s: [], f: 0, ...state, h: [at, value], l: now }
  const near = next.s.filter(([, when]) => Math.abs(when - at) <= TOGETHER_MS)
  const [first] = near
  if (first === undefined || next.f & HEAT) return { state: next, findings: [] }
  const samples = [{ deviceId: device.deviceId, at, fields: { temperature: value } }]
  const telling = worse('dangers.smoke_and_heat', { apart: Math.abs(at - first[1]), value }, at, context)
  return { state: { ...next, f: next.f | HEAT }, findings: near.map(([id]) => telling(id, { samples })) }
}

function worse(rule: RuleName, values: Record<string, number>, at: number, { settingsVersion }: DetectContext) {
  const reason = { rule, values, settingsVersion }
  return (deviceId: string, evidence: Assess['evidence'] = {}): Assess => ({
    effect: 'assess',
    kind: 'smoke',
    deviceId,
    at,
    severe: true,
    reason,
    evidence,
  })
}
