import { v7 as uuidv7 } from 'uuid'
import { explainInAll } from '../contract/explain/explain.ts'
import type { Finding, Raise } from '../contract/finding.ts'
import { assess, raise, restore } from './apply.ts'
import { type CaseChange, type CaseFinding, type FoldedCase, type LogLine, subjectOf } from './folded.ts'
import { urgencyOf } from './urgency.ts'

/**
 * Folds findings into the open cases of their subjects: a raise opens a case or joins the open one, as a new alert or as
 * one more signal of an active one; a restore marks alerts and lowers urgency; an assessment changes how sure and how bad.
 * Work state is never touched.
 * @param open open cases by `subjectOf`
 * @param findings in the order in which they were found
 * @returns what is to be written, one change per case, each with its version raised by one if somebody is to be told
 */
export function foldFindings(open: ReadonlyMap<string, FoldedCase>, findings: readonly CaseFinding[]): CaseChange[] {
  const changes = new Map<string, CaseChange>()
  for (const found of findings) {
    const subject = subjectOf({ residentId: found.residentId, deviceId: found.finding.deviceId })
    const change = changes.get(subject) ?? begin(open.get(subject))
    const next = apply(change, found)
    if (next) changes.set(subject, next)
  }
  return [...changes.values()]
}

function begin(existing: FoldedCase | undefined): CaseChange | undefined {
  if (!existing) return undefined
  const copy = { ...existing, alerts: existing.alerts.map((alert) => ({ ...alert })) }
  return { case: copy, isNew: false, log: [], links: [], told: false }
}

function apply(change: CaseChange | undefined, found: CaseFinding): CaseChange | undefined {
  const { finding } = found
  switch (finding.effect) {
    case 'raise':
      return settle(raise(change ?? openCase(found, finding), found, finding), finding)
    case 'restore':
      return change && restore(change, finding) ? settle(change, finding) : change
    case 'assess':
      return change && assess(change, finding) ? settle(change, finding) : change
  }
}

function openCase({ residentId, foundAt, incidentId }: CaseFinding, { kind, deviceId, at, reason }: Raise): CaseChange {
  const caseId = uuidv7()
  const fresh: FoldedCase = {
    caseId,
    residentId,
    deviceId,
    kind,
    // Set from the alerts as soon as the first one is raised.
    category: 'emergency',
    priority: 1,
    state: 'new',
    version: 1,
    // An alarm ages from when it reached us, also when the store was down meanwhile.
    openedAt: foundAt,
    lastSignalAt: at,
    signalCount: 0,
    cancelled: false,
    incidentId: incidentId ?? null,
    suppressionId: null,
    // Decided when it is written.
    purpose: 'real',
    drillId: null,
    alerts: [],
  }
  const detail = { kind, deviceId, why: explainInAll(reason) }
  const opened: LogLine = { caseId, action: 'opened', fromState: null, toState: 'new', version: 1, detail }
  return { case: fresh, isNew: true, log: [opened], links: [], told: true }
}

function settle(change: CaseChange, { at }: Finding): CaseChange {
  Object.assign(change.case, urgencyOf(change.case.alerts))
  change.case.lastSignalAt = Math.max(change.case.lastSignalAt, at)
  return change
}
