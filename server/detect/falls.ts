import { CERTAINTIES, type Certainty } from '../contract/case.ts'
import { modelOf } from '../contract/device-models.ts'
import type { RuleName } from '../contract/explain/explain.ts'
import type { Assess, Finding } from '../contract/finding.ts'
import type { DetectContext, DeviceTraits, Observation } from '../contract/observation.ts'
import type { SignalType } from '../contract/signal.ts'
import type { Detector, Step } from './detector.ts'
import { type Signs, weigh } from './fall-signs.ts'
import { isWorn } from './places.ts'
import { alarmRule } from './reported.ts'

/** JSON, keys are short. */
export interface FallState {
  /** The fall that is being watched. */
  w?: Watched
  /** The last call for help, in case that a fall is told of after it: device, when, arrival, signal. */
  s?: readonly [deviceId: string, at: number, arrival: number, signalId: string]
  /** The last movement in the home, in case that a fall is told of late: when, device, type, signal. */
  l?: readonly [at: number, deviceId: string, type: SignalType, signalId: string]
}

interface Watched {
  /** Who told of it: device, when, signal, how sure (index in `CERTAINTIES`). */
  f: readonly Report[]
  /** Arrival of the first report. Deadlines run from here, and nothing that is repeated moves them. */
  a: number
  /** What has been judged already: 1 stillness, 2 recovery. */
  j: number
  /** Two devices agree. */
  x?: 1
  /** When she was seen to be on her feet again. */
  u?: number
  g: Signs
}
type Report = readonly [deviceId: string, at: number, signalId: string, sure: number]

const STILL = 1
const RECOVERY = 2
const CONFIRMED = CERTAINTIES.indexOf('confirmed')
/** So long after the last deadline movement still tells that she got up; then people have come to look. */
const WATCH_MS = 30 * 60_000
/** Of a fall that reaches us so late nobody can say that stillness followed; whether she has got up is asked from then on. */
const LATE_MS = 60_000
const MOST_REPORTS = 3

/**
 * What follows a fall. The fall itself is told at once (`reported`): the time to cancel delays nothing. Stillness and a
 * second device make it surer and worse, movement makes it less sure, and only the device or the resident takes it back.
 */
export const falls: Detector<FallState> = {
  name: 'falls',
  step: (state, seen, context, now) => {
    if (seen === null) return deadlines(state ?? {}, context, now)
    if (seen.kind === 'signal') {
      const rule = alarmRule(seen.type, seen.device.role)
      if (rule?.effect === 'raise' && rule.kind === 'fall') return fell(state ?? {}, rule.certainty, seen, context, now)
      if (rule?.effect === 'raise' && rule.kind === 'sos') return called(state ?? {}, seen, context, now)
      if (rule?.effect === 'restore' && state !== undefined) {
        const isCancel = rule.byResident
        if (isCancel) return cancelled(state, seen, context)
        if (rule.kinds === 'all' || rule.kinds.includes('fall')) return cleared(state, seen)
      }
      if (state?.w && rule?.effect === 'raise' && rule.kind === 'inactivity')
        return motionless(state, state.w, seen, context)
    }
    return state?.w ? watched(state, state.w, seen, context) : remember(state, seen)
  },
  due: (state, context) => {
    const due = [...dueOfWatch(state, context)]
    if (state.s) due.push(state.s[2] + context.settings.falls.corroborationS * 1_000)
    return due.length === 0 ? null : Math.min(...due)
  },
}

type SignalSeen = Extract<Observation, { kind: 'signal' }>
type Stepped = Step<FallState>

/** Told of by a device: a new fall, one more report of the watched one, or the same again. */
function fell(state: FallState, certainty: Certainty, seen: SignalSeen, context: DetectContext, now: number): Stepped {
  const { deviceId } = seen.device
  // A clock that runs ahead must not hide what is seen next.
  const at = Math.min(seen.occurredAt, now)
  const sure = CERTAINTIES.indexOf(certainty)
  const report: Report = [deviceId, at, seen.signalId, sure]
  const { w } = state
  const own = w?.f.find(([id]) => id === deviceId)
  const again = assess('falls.again', { at }, at, context, { certainty })
  if (w === undefined || (w.u !== undefined && at > w.u)) {
    const next: Watched = { f: [report], a: now, j: now - at > LATE_MS ? STILL : 0, g: {} }
    const told = corroborate(state, next, report, context, own && sure > 0 ? [again(deviceId)] : [])
    return seenBefore(told, at, context)
  }
  if (own === undefined) {
    if (w.f.length >= MOST_REPORTS) return { state, findings: [] }
    return corroborate(state, { ...w, f: [...w.f, report] }, report, context, [])
  }
  // "Maybe" and then "yes" from one sensor.
  if (sure <= own[3] || w.u !== undefined) return { state, findings: [] }
  const reports = w.f.map((one): Report => (one === own ? [own[0], own[1], own[2], sure] : one))
  return { state: { ...state, w: { ...w, f: reports } }, findings: [again(deviceId)] }
}

/** Movement of which it is not known yet what it means. Once in half a minute is often enough. */
const REMEMBER_MS = 30_000
const MOVEMENT: ReadonlySet<SignalType> = new Set(['motion', 'bed_enter', 'door_open', 'door_close', 'button'])

function remember(state: FallState | undefined, seen: Observation): Stepped {
  if (seen.kind !== 'signal' || !MOVEMENT.has(seen.type)) return { state, findings: [] }
  const { occurredAt, device, type, signalId } = seen
  const [last, lastDevice] = state?.l ?? [0, '']
  const isSame = lastDevice === device.deviceId && occurredAt < last + REMEMBER_MS
  if (occurredAt <= last || isSame) return { state, findings: [] }
  return { state: { ...state, l: [occurredAt, device.deviceId, type, signalId] }, findings: [] }
}

/** A fall that is told of after what happened later: the movement that is known already counts like any other. */
function seenBefore(told: Stepped, at: number, context: DetectContext): Stepped {
  const { state, findings } = told
  const [movedAt, deviceId, type, signalId] = state?.l ?? []
  const device = context.devices.find((one) => one.deviceId === deviceId)
  if (!state?.w || !device || movedAt === undefined || movedAt < at || !type || !signalId) return told
  const seen = { kind: 'signal', signalId, device, type, occurredAt: movedAt, receivedAt: movedAt, detail: {} } as const
  const next = watched(state, state.w, seen, context)
  return { state: next.state, findings: [...findings, ...next.findings] }
}

/** Another device of the home tells of a fall, or calls for help, at about the same time. */
function corroborate(
  state: FallState,
  w: Watched,
  [deviceId, at, signalId]: Report,
  context: DetectContext,
  before: readonly Finding[],
): Stepped {
  const withinMs = context.settings.falls.corroborationS * 1_000
  const isNear = (id: string, when: number) => id !== deviceId && Math.abs(when - at) <= withinMs
  const others = w.f.filter(([id, when]) => isNear(id, when))
  const call = state.s && isNear(state.s[0], state.s[1]) ? state.s : undefined
  if (others.length === 0 && call === undefined) return { state: { ...state, w }, findings: before }
  const [first] = others
  const apart = Math.abs(at - (first?.[1] ?? call?.[1] ?? at))
  const telling = assess('falls.corroborated', { apart }, at, context, { certainty: 'confirmed' })
  const findings = [
    telling(deviceId, [first?.[2] ?? call?.[3] ?? signalId]),
    ...others.map(([id]) => telling(id, [signalId])),
  ]
  const near = new Set([deviceId, ...others.map(([id]) => id)])
  return { state: { ...state, w: { ...w, f: confirmed(w.f, near), x: 1 } }, findings: [...before, ...findings] }
}

/** A call for help: remembered for a fall that may be told of later, and weighed with one that was. */
function called(state: FallState, seen: SignalSeen, context: DetectContext, now: number): Stepped {
  const { signalId, occurredAt: at, device } = seen
  const { deviceId } = device
  const isKnown = state.s?.[3] === signalId
  const next: FallState = isKnown ? state : { ...state, s: [deviceId, at, now, signalId] }
  if (!state.w || isKnown) return { state: next, findings: [] }
  const withinMs = context.settings.falls.corroborationS * 1_000
  const { f, x } = state.w
  const meant = f.filter(
    ([id, when, , sure]) => id !== deviceId && Math.abs(when - at) <= withinMs && (sure < CONFIRMED || x === undefined),
  )
  const { state: after } = watched(next, state.w, seen, context)
  if (meant.length === 0 || !after?.w) return { state: after, findings: [] }
  const findings = meant.map(([id, when]) =>
    assess('falls.corroborated', { apart: Math.abs(when - at) }, at, context, { certainty: 'confirmed' })(id, [
      signalId,
    ]),
  )
  const near = new Set(meant.map(([id]) => id))
  return { state: { ...after, w: { ...after.w, f: confirmed(after.w.f, near), x: 1 } }, findings }
}

/**
 * The resident takes it back. In time that is an answer; later it is one that somebody should hear in person, so an alarm
 * key's cancel only makes the fall less sure. Either way she has answered, and the case stays open.
 */
function cancelled(state: FallState, seen: SignalSeen, context: DetectContext): Stepped {
  const { w } = state
  const [first] = w?.f ?? []
  const { occurredAt: at, device } = seen
  if (w === undefined || first === undefined) return { state: undefined, findings: [] }
  // One that was stored from before says nothing about this fall.
  if (at < first[1]) return { state, findings: [] }
  const within = context.settingsOf(first[0]).falls.cancelWindowS * 1_000
  const values = { after: at - first[1], within }
  if (at - first[1] > within) {
    const telling = assess('falls.cancelled_late', values, at, context, { certainty: 'possible', severe: false })
    return { state: undefined, findings: w.f.map(([id]) => telling(id, [seen.signalId])) }
  }
  const reason = { rule: 'falls.cancelled_in_time', values, settingsVersion: context.settingsVersion } as const
  const { deviceId } = device
  return {
    state: undefined,
    findings: [{ effect: 'restore', kinds: ['fall'], byResident: true, deviceId, at, reason }],
  }
}

/** A device sees nobody on the floor any more: it speaks for itself. */
function cleared(state: FallState, { device, occurredAt }: SignalSeen): Stepped {
  const { w, ...rest } = state
  const left = w?.f.filter(([id, at]) => id !== device.deviceId || at > occurredAt) ?? []
  if (w === undefined || left.length === w.f.length) return { state, findings: [] }
  if (left.length > 0) return { state: { ...rest, w: { ...w, f: left } }, findings: [] }
  return { state: rest.s === undefined && rest.l === undefined ? undefined : rest, findings: [] }
}

/** The device that told of the fall says itself that nothing moves. */
function motionless(
  state: FallState,
  w: Watched,
  { device, occurredAt: at, signalId }: SignalSeen,
  context: DetectContext,
): Stepped {
  const own = w.f.find(([id, when]) => id === device.deviceId && at >= when)
  if (own === undefined || w.u !== undefined || (w.j & STILL && own[3] === CONFIRMED)) return { state, findings: [] }
  const telling = assess('falls.motionless', { at }, at, context, { certainty: 'confirmed', severe: true })
  const next = { ...w, j: w.j | STILL, f: confirmed(w.f, new Set([own[0]])) }
  return { state: { ...state, w: next }, findings: [telling(own[0], [signalId])] }
}

/** Looks whether something moves. */
function watched(state: FallState, w: Watched, seen: Observation, context: DetectContext): Stepped {
  if (w.u !== undefined) return { state, findings: [] }
  const ids = new Set(w.f.map(([id]) => id))
  const rooms = context.devices.flatMap((one) =>
    ids.has(one.deviceId) && !isWorn(one) && one.room !== null ? [one.room] : [],
  )
  const { signs, up } = weigh(w.g, seen, Math.max(...w.f.map(([, at]) => at)), rooms, context)
  if (signs === w.g && up === null) return { state, findings: [] }
  if (up === null) return { state: { ...state, w: { ...w, g: signs } }, findings: [] }
  const at = seen.occurredAt
  const certainty = w.x === 1 ? 'likely' : 'possible'
  const telling = assess(up.rule, up.values, at, context, { certainty, severe: false, evidence: up.evidence })
  const f = w.f.map(([id, when, signalId]): Report => [id, when, signalId, CERTAINTIES.indexOf(certainty)])
  return { state: { ...state, w: { ...w, f, u: at, g: {} } }, findings: w.f.map(([id]) => telling(id)) }
}

function dueOfWatch({ w }: FallState, context: DetectContext): number[] {
  const [first] = w?.f ?? []
  if (w === undefined || first === undefined) return []
  const { stillnessS, noRecoveryS } = context.settingsOf(first[0]).falls
  const due = [w.a + noRecoveryS * 1_000 + WATCH_MS]
  if (w.u !== undefined) return due
  if (!(w.j & STILL)) due.push(w.a + stillnessS * 1_000)
  if (!(w.j & RECOVERY)) due.push(w.a + noRecoveryS * 1_000)
  return due
}

function deadlines(state: FallState, context: DetectContext, now: number): Stepped {
  const findings: Finding[] = []
  let { w, s } = state
  if (s && s[2] + context.settings.falls.corroborationS * 1_000 <= now) s = undefined
  const [first] = w?.f ?? []
  if (w && first) {
    const { stillnessS, noRecoveryS } = context.settingsOf(first[0]).falls
    if (w.u === undefined && !(w.j & STILL) && w.a + stillnessS * 1_000 <= now) {
      const isStill = w.g.m === undefined && showsMovement(w, context)
      findings.push(...stillness(w, isStill, now, context))
      w = { ...w, j: w.j | STILL, f: isStill ? w.f.map(surer) : w.f }
    }
    if (w.u === undefined && !(w.j & RECOVERY) && w.a + noRecoveryS * 1_000 <= now) {
      findings.push(...noRecovery(w, now, context))
      w = { ...w, j: w.j | RECOVERY }
    }
    if (w.a + noRecoveryS * 1_000 + WATCH_MS <= now) w = undefined
  }
  const { l } = state
  const left: FallState = { ...(w && { w }), ...(s && { s }), ...(l && { l }) }
  return { state: w || s || l ? left : undefined, findings }
}

/** Nothing has moved since: only somebody who would have seen it can say so. A "maybe" becomes likely, no more. */
function stillness(w: Watched, isStill: boolean, now: number, context: DetectContext): Finding[] {
  if (w.g.m !== undefined) return []
  return w.f.map((report) => {
    const [id, since] = report
    const values = { since, lasting: now - since }
    const certainty = sureness(isStill ? surer(report) : report)
    if (isStill) return assess('falls.still', values, now, context, { certainty, severe: true })(id)
    return assess('falls.unwatched', values, now, context, { certainty })(id)
  })
}

const surer = ([id, at, signalId, sure]: Report): Report => [id, at, signalId, Math.min(sure + 1, CONFIRMED)]
const sureness = ([, , , sure]: Report): Certainty => CERTAINTIES[sure] ?? 'likely'

function noRecovery(w: Watched, now: number, context: DetectContext): Finding[] {
  const seen = w.g.m
  return w.f.map(([id, since]) => {
    const values = { since, lasting: now - since }
    if (seen !== undefined) return assess('falls.not_up', { ...values, seen }, now, context, { again: true })(id)
    const rule = showsMovement(w, context) ? 'falls.no_recovery' : 'falls.no_recovery_unwatched'
    return assess(rule, values, now, context, { severe: true, again: true })(id)
  })
}

/** Whether the home has something that would have shown movement: silence of anything else proves nothing. */
function showsMovement({ g }: Watched, { devices }: DetectContext): boolean {
  return g.b !== undefined || devices.some(seesMovement)
}

function seesMovement({ kind, model }: DeviceTraits): boolean {
  if (kind !== 'motion_sensor' && kind !== 'fall_sensor') return false
  return modelOf(model)?.reports.includes('motion') ?? true
}

function confirmed(reports: readonly Report[], of?: ReadonlySet<string>): Report[] {
  return reports.map((one): Report => (of && !of.has(one[0]) ? one : [one[0], one[1], one[2], CONFIRMED]))
}

type Judgement = Pick<Assess, 'certainty' | 'severe' | 'again' | 'evidence'>

/** An assessment of a device's fall, with the signals that it rests on. */
function assess(
  rule: RuleName,
  values: Readonly<Record<string, string | number>>,
  at: number,
  { settingsVersion }: DetectContext,
  judgement: Judgement,
): (deviceId: string, signalIds?: readonly string[]) => Assess {
  const reason = { rule, values, settingsVersion }
  return (deviceId, signalIds) => ({
    effect: 'assess',
    kind: 'fall',
    deviceId,
    at,
    reason,
    ...judgement,
    ...(signalIds && { evidence: { signalIds } }),
  })
}
