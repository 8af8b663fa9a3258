import { v7 as uuidv7 } from 'uuid'
import type { AlertKind, CaseCategory, CaseState, LogAction } from '../contract/case.ts'
import type { Finding } from '../contract/finding.ts'
import { urgencyOf } from './urgency.ts'

/** A stored signal and what was found in it. */
export interface CaseSignal {
  signalId: string
  deviceId: string
  residentId: string | null
  finding: Finding
  occurredAt: number
  receivedAt: number
}

export interface FoldedAlert {
  alertId: string
  deviceId: string
  kind: AlertKind
  deviceState: 'active' | 'restored'
  firstSignalAt: number
  lastSignalAt: number
  signalCount: number
}

/** An open case as loaded, or as it will be written. */
export interface FoldedCase {
  caseId: string
  residentId: string | null
  deviceId: string
  kind: AlertKind
  category: CaseCategory
  priority: number
  state: CaseState
  version: number
  openedAt: number
  lastSignalAt: number
  signalCount: number
  cancelled: boolean
  /** In the order in which they were raised. */
  alerts: FoldedAlert[]
}

export interface LogLine {
  caseId: string
  action: LogAction
  fromState: CaseState | null
  toState: CaseState
  version: number
  detail: Record<string, unknown>
}

export interface CaseChange {
  case: FoldedCase
  isNew: boolean
  log: LogLine[]
  links: { signalId: string; alertId: string }[]
}

/** Whose case a signal belongs to: the resident's, or for a device without one the device's own. */
export function subjectOf(signal: { residentId: string | null; deviceId: string }): string {
  return signal.residentId === null ? `device:${signal.deviceId}` : `resident:${signal.residentId}`
}

/**
 * Folds new signals into the open cases of their subjects: a raise opens a case or joins the open one, as a new alert
 * or as one more signal of an active one; a restore marks alerts and lowers urgency. Work state is never touched.
 * @param open open cases by `subjectOf`
 * @param signals new ones, in the order in which they were received
 * @returns what is to be written, one change per case, each with its version raised by one
 */
export function foldSignals(open: ReadonlyMap<string, FoldedCase>, signals: readonly CaseSignal[]): CaseChange[] {
  const changes = new Map<string, CaseChange>()
  for (const signal of signals) {
    const subject = subjectOf(signal)
    const change = changes.get(subject) ?? begin(open.get(subject))
    const next = apply(change, signal)
    if (next) changes.set(subject, next)
  }
  return [...changes.values()]
}

function begin(existing: FoldedCase | undefined): CaseChange | undefined {
  if (!existing) return undefined
  const copy = { ...existing, version: existing.version + 1, alerts: existing.alerts.map((alert) => ({ ...alert })) }
  return { case: copy, isNew: false, log: [], links: [] }
}

function apply(change: CaseChange | undefined, signal: CaseSignal): CaseChange | undefined {
  const { finding } = signal
  switch (finding.effect) {
    case 'record':
      return undefined
    case 'raise':
      return raise(change ?? openCase(signal, finding.kind), signal, finding.kind)
    case 'restore':
      return change && restore(change, signal, finding)
  }
}

function openCase(signal: CaseSignal, kind: AlertKind): CaseChange {
  const caseId = uuidv7()
  const fresh: FoldedCase = {
    caseId,
    residentId: signal.residentId,
    deviceId: signal.deviceId,
    kind,
    // Set from the alerts as soon as the first one is raised.
    category: 'emergency',
    priority: 1,
    state: 'new',
    version: 1,
    // An alarm ages from when it reached us, also when the store was down meanwhile.
    openedAt: signal.receivedAt,
    lastSignalAt: signal.occurredAt,
    signalCount: 0,
    cancelled: false,
    alerts: [],
  }
  const detail = { kind, deviceId: signal.deviceId }
  const opened: LogLine = { caseId, action: 'opened', fromState: null, toState: 'new', version: 1, detail }
  return { case: fresh, isNew: true, log: [opened], links: [] }
}

function raise(change: CaseChange, signal: CaseSignal, kind: AlertKind): CaseChange {
  const { alerts } = change.case
  let alert = alerts.find((one) => one.kind === kind && one.deviceId === signal.deviceId)
  if (alert) {
    alert.deviceState = 'active'
    alert.lastSignalAt = Math.max(alert.lastSignalAt, signal.occurredAt)
    alert.firstSignalAt = Math.min(alert.firstSignalAt, signal.occurredAt)
    alert.signalCount += 1
  } else {
    alert = {
      alertId: uuidv7(),
      deviceId: signal.deviceId,
      kind,
      deviceState: 'active',
      firstSignalAt: signal.occurredAt,
      lastSignalAt: signal.occurredAt,
      signalCount: 1,
    }
    alerts.push(alert)
  }
  change.case.signalCount += 1
  change.links.push({ signalId: signal.signalId, alertId: alert.alertId })
  log(change, 'signal', { kind, deviceId: signal.deviceId, count: alert.signalCount, at: iso(signal.occurredAt) })
  return settle(change, signal)
}

function restore(
  change: CaseChange,
  signal: CaseSignal,
  finding: Extract<Finding, { effect: 'restore' }>,
): CaseChange | undefined {
  // A resident's cancel speaks for all her devices; a device's restore for itself alone.
  const meant = change.case.alerts.filter(
    (alert) =>
      (finding.kinds === 'all' || finding.kinds.includes(alert.kind)) &&
      (finding.byResident || alert.deviceId === signal.deviceId) &&
      alert.deviceState === 'active',
  )
  if (meant.length === 0) return undefined
  for (const alert of meant) alert.deviceState = 'restored'
  log(change, finding.byResident ? 'cancelled' : 'restored', {
    kinds: meant.map((alert) => alert.kind),
    deviceId: signal.deviceId,
    at: iso(signal.occurredAt),
  })
  return settle(change, signal)
}

function settle(change: CaseChange, signal: CaseSignal): CaseChange {
  Object.assign(change.case, urgencyOf(change.case.alerts))
  change.case.lastSignalAt = Math.max(change.case.lastSignalAt, signal.occurredAt)
  return change
}

function log(change: CaseChange, action: LogAction, detail: Record<string, unknown>): void {
  const { caseId, state, version } = change.case
  change.log.push({ caseId, action, fromState: state, toState: state, version, detail })
}

const iso = (ms: number): string => new Date(ms).toISOString()
