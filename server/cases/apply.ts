import { v7 as uuidv7 } from 'uuid'
import type { AlertKind, LogAction } from '../contract/case.ts'
import { explainInAll } from '../contract/explain/explain.ts'
import type { Assess, Evidence, EvidenceSample, Raise, Restore } from '../contract/finding.ts'
import type { AlertLink, CaseChange, CaseFinding, FoldedAlert } from './folded.ts'

/** Positions and readings kept with an alert. */
const MOST_SAMPLES = 8

/** Adds an alert to the case, or one more signal to the one of this device and kind. */
export function raise(change: CaseChange, { signalId }: CaseFinding, finding: Raise): CaseChange {
  const { kind, deviceId, at, reason, certainty = 'confirmed', severe = false, evidence, counted = false } = finding
  const { alerts } = change.case
  let alert = alerts.find((one) => one.kind === kind && one.deviceId === deviceId)
  const isNews = alert === undefined || alert.deviceState === 'restored'
  if (!alert) {
    alert = newAlert(finding)
    alerts.push(alert)
  } else {
    if (isNews) Object.assign(alert, { certainty, severe, reason, assessment: null })
    alert.deviceState = 'active'
    alert.lastSignalAt = Math.max(alert.lastSignalAt, at)
    alert.firstSignalAt = Math.min(alert.firstSignalAt, at)
    alert.signalCount += 1
  }
  change.case.signalCount += 1
  if (signalId !== null) link(change, signalId, alert, 'raised')
  addEvidence(change, alert, evidence)
  // Of a runaway device's presses only the first are told; a version that moved would refuse the operator's commands.
  if (counted && !isNews) return change
  const why = explainInAll(reason)
  log(change, 'signal', { kind, deviceId, count: alert.signalCount, at: iso(at), why })
  return change
}

/** Marks what the device or the resident takes back. False: there is nothing of it. */
export function restore(change: CaseChange, finding: Restore): boolean {
  const { kinds, deviceId, at, byResident, reason } = finding
  // A resident's cancel speaks for all her devices; a device's restore for itself alone.
  const meant = change.case.alerts.filter(
    (alert) =>
      (kinds === 'all' || kinds.includes(alert.kind)) &&
      (byResident || alert.deviceId === deviceId) &&
      alert.deviceState === 'active',
  )
  if (meant.length === 0) return byResident && refine(change, finding, kinds)
  for (const alert of meant) alert.deviceState = 'restored'
  const why = explainInAll(reason)
  log(change, byResident ? 'cancelled' : 'restored', {
    kinds: meant.map(({ kind }) => kind),
    deviceId,
    at: iso(at),
    why,
  })
  return true
}

/** Changes how sure and how bad the alerts of this kind are. False: nothing changes, and nothing is to be told again. */
export function assess(change: CaseChange, finding: Assess): boolean {
  const { kind, deviceId, at, certainty, severe, again = false, reason, evidence } = finding
  const ofKind = change.case.alerts.filter((alert) => alert.kind === kind && alert.deviceState === 'active')
  const own = ofKind.filter((alert) => alert.deviceId === deviceId)
  // What another device of the home saw speaks about all alerts of this kind.
  const meant = (own.length > 0 ? own : ofKind).filter(
    (alert) =>
      again ||
      (certainty !== undefined && alert.certainty !== certainty) ||
      (severe !== undefined && alert.severe !== severe),
  )
  if (meant.length === 0) return refine(change, finding, [kind])
  for (const alert of meant) {
    alert.certainty = certainty ?? alert.certainty
    alert.severe = severe ?? alert.severe
    alert.assessment = reason
    addEvidence(change, alert, evidence)
  }
  const why = explainInAll(reason)
  log(change, 'assessed', { kind, deviceId, at: iso(at), certainty, severe, why })
  return true
}

/**
 * A resident's cancel takes the alert back at once, by the device's word. A detector that knows more of the same cancel, in
 * time or late, comes after it and finds nothing active: then the line that tells of the cancel gets its sentence.
 * @returns false: nobody has taken anything back at that moment
 */
function refine(change: CaseChange, { at, reason }: Restore | Assess, kinds: Restore['kinds']): boolean {
  const line = change.log.findLast(({ action, detail }) => action === 'cancelled' && detail.at === iso(at))
  const taken = (line?.detail.kinds ?? []) as AlertKind[]
  const meant = kinds === 'all' ? taken : taken.filter((kind) => kinds.includes(kind))
  if (line === undefined || meant.length === 0) return false
  line.detail = { ...line.detail, why: explainInAll(reason) }
  for (const alert of change.case.alerts) {
    if (meant.includes(alert.kind) && alert.deviceState === 'restored') alert.assessment = reason
  }
  return true
}

function newAlert({ kind, deviceId, at, reason, certainty = 'confirmed', severe = false }: Raise): FoldedAlert {
  return {
    alertId: uuidv7(),
    deviceId,
    kind,
    deviceState: 'active',
    firstSignalAt: at,
    lastSignalAt: at,
    signalCount: 1,
    certainty,
    severe,
    reason,
    assessment: null,
    samples: [],
  }
}

function addEvidence(change: CaseChange, alert: FoldedAlert, evidence: Evidence | undefined): void {
  if (evidence === undefined) return
  for (const signalId of evidence.signalIds ?? []) link(change, signalId, alert, 'evidence')
  alert.samples = newest([...alert.samples, ...(evidence.samples ?? [])])
}

function newest(samples: readonly EvidenceSample[]): EvidenceSample[] {
  return [...samples].sort((a, b) => a.at - b.at).slice(-MOST_SAMPLES)
}

function link({ links }: CaseChange, signalId: string, { alertId }: FoldedAlert, part: AlertLink['part']): void {
  if (links.some((one) => one.signalId === signalId && one.alertId === alertId)) return
  links.push({ signalId, alertId, part })
}

function log(change: CaseChange, action: LogAction, detail: Record<string, unknown>): void {
  if (!change.told) {
    change.told = true
    change.case.version += 1
  }
  const { caseId, state, version } = change.case
  change.log.push({ caseId, action, fromState: state, toState: state, version, detail })
}

const iso = (ms: number): string => new Date(ms).toISOString()
