import { foldFindings } from '../../../server/cases/fold.ts'
import { type CaseFinding, type FoldedAlert, type FoldedCase, subjectOf } from '../../../server/cases/folded.ts'
import type { AlertKind } from '../../../server/contract/case.ts'
import {
  type DetectorFailure,
  type DetectState,
  type Judged,
  judge,
  judgeDeadlines,
} from '../../../server/detect/engine.ts'
import type { Expected, Scenario } from '../../../simulator/library/scenario.ts'
import type { Staged } from './stage.ts'

/** An alert that was raised, or raised anew after it had been taken back. */
export interface Raised {
  kind: AlertKind
  deviceId: string
  /** When the platform knew it, ms since the epoch. */
  at: number
}

export interface Outcome {
  findings: readonly CaseFinding[]
  raised: readonly Raised[]
  /** At the end. */
  alerts: readonly FoldedAlert[]
  failures: readonly DetectorFailure[]
  /** The longest that the detectors' states together were as JSON, bytes. */
  stateBytes: number
}

/** `restarts`: nothing but what would be in the database goes on to the next observation. */
export interface RunOptions {
  restarts?: 'every observation' | 'as told'
}

/** Runs a staged scenario through the detectors and its findings into the case record. */
export function runThrough(staged: Staged, { restarts = 'as told' }: RunOptions = {}): Outcome {
  const { observations, context, endsAt } = staged
  const findings: CaseFinding[] = []
  const failures: DetectorFailure[] = []
  let stateBytes = 0
  let state: DetectState = {}
  const note = (judged: Judged) => {
    state = judged.state
    failures.push(...judged.failures)
    for (const { seen, now, finding } of judged.found) {
      const signalId = seen?.kind === 'signal' ? seen.signalId : null
      findings.push({ signalId, residentId: context.residentId, finding, foundAt: now })
    }
  }
  const isEvery = restarts === 'every observation'
  let left = staged.restarts
  for (const [n, observation] of observations.entries()) {
    const due = left.filter((at) => at <= observation.receivedAt)
    if (isEvery || due.length > 0) {
      left = left.slice(due.length)
      const text = JSON.stringify(state)
      stateBytes = Math.max(stateBytes, Buffer.byteLength(text))
      state = JSON.parse(text) as DetectState
    }
    note(judge(state, [observation], context))
    // Often enough to see the largest, seldom enough to cost nothing.
    if (n % 10 === 0) stateBytes = Math.max(stateBytes, Buffer.byteLength(JSON.stringify(state)))
  }
  note(judgeDeadlines(state, context, endsAt))
  stateBytes = Math.max(stateBytes, Buffer.byteLength(JSON.stringify(state)))
  return { findings, failures, stateBytes, ...fold(findings) }
}

/** As the record would have it, with nobody working on the case. */
function fold(findings: readonly CaseFinding[]): { raised: Raised[]; alerts: FoldedAlert[] } {
  const raised: Raised[] = []
  let open = new Map<string, FoldedCase>()
  for (const found of findings) {
    const before = alertsOf(open).filter(({ deviceState }) => deviceState === 'active')
    const changes = foldFindings(open, [found])
    open = new Map([...open, ...changes.map((change) => [subjectOf(change.case), change.case] as const)])
    const isActive = (alert: FoldedAlert) => alert.deviceState === 'active'
    const news = alertsOf(open).filter(
      (alert) => isActive(alert) && !before.some((one) => one.alertId === alert.alertId),
    )
    for (const { kind, deviceId } of news) raised.push({ kind, deviceId, at: found.foundAt })
  }
  return { raised, alerts: alertsOf(open) }
}

const alertsOf = (open: ReadonlyMap<string, FoldedCase>): FoldedAlert[] =>
  [...open.values()].flatMap(({ alerts }) => alerts)

/** What is not as the scenario says: `missed` in time, `false` alarms of other kinds, `misjudged` in the end. */
export interface Problem {
  what: 'missed' | 'false' | 'misjudged' | 'failed'
  kind: AlertKind | null
  text: string
}

export function problemsOf({ expected, tolerated = [] }: Scenario, { truthAt }: Staged, outcome: Outcome): Problem[] {
  const { raised, failures } = outcome
  const known = [...expected.map(({ kind }) => kind), ...tolerated]
  const others = raised.filter(({ kind }) => !known.includes(kind))
  return [
    ...failures.map(({ detector, error }): Problem => ({ what: 'failed', kind: null, text: `${detector}: ${error}` })),
    ...others.map(({ kind, deviceId, at }): Problem => {
      return { what: 'false', kind, text: `${kind} of ${deviceId} ${seconds(at - truthAt)} after the truth` }
    }),
    ...expected.flatMap((one) => problemsWith(one, truthAt, outcome)),
  ]
}

function problemsWith(one: Expected, truthAt: number, { raised, alerts }: Outcome): Problem[] {
  const { kind, within, certainty, severe, restored, count = 1, signals } = one
  const [earliest, latest] = within
  const times = raised.filter((alert) => alert.kind === kind).map(({ at }) => at - truthAt)
  const own = alerts.filter((alert) => alert.kind === kind)
  const problems: Problem[] = []
  const wrong = (what: Problem['what'], text: string) => problems.push({ what, kind, text: `${kind}: ${text}` })
  const first = times[0]
  if (first === undefined) {
    wrong('missed', 'not raised')
    return problems
  }
  if (first > latest) wrong('missed', `raised ${seconds(first)} after the truth, should be by ${seconds(latest)}`)
  if (first < earliest) wrong('false', `raised ${seconds(first)} after the truth, not before ${seconds(earliest)}`)
  if (times.length < count) wrong('missed', `raised ${times.length} times, should be ${count}`)
  if (times.length > count) wrong('false', `raised ${times.length} times, should be ${count}`)
  const isSo = (alert: FoldedAlert) => restored === undefined || (alert.deviceState === 'restored') === restored
  if (!own.every(isSo)) wrong('misjudged', `should be ${restored ? 'taken back' : 'active'} at the end`)
  for (const alert of own) {
    if (certainty !== undefined && alert.certainty !== certainty) {
      wrong('misjudged', `${alert.certainty} at the end, should be ${certainty}`)
    }
    if (severe !== undefined && alert.severe !== severe) wrong('misjudged', `severe ${alert.severe} at the end`)
  }
  const total = own.reduce((sum, { signalCount }) => sum + signalCount, 0)
  if (signals !== undefined && total !== signals) wrong('misjudged', `${total} signals, should be ${signals}`)
  return problems
}

const seconds = (ms: number): string => `${Math.round(ms / 100) / 10} s`
