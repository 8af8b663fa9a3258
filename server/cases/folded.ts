import type { AlertKind, CaseCategory, CaseState, Certainty, LogAction } from '../contract/case.ts'
import type { Reason } from '../contract/explain/explain.ts'
import type { EvidenceSample, Finding } from '../contract/finding.ts'
import type { CasePurpose } from '../contract/purpose.ts'

/** A finding, whom it concerns and what it was found in. */
export interface CaseFinding {
  /** Null: found at a deadline, or in telemetry. */
  signalId: string | null
  residentId: string | null
  finding: Finding
  /** The incident that a case opened by it is about. */
  incidentId?: string
  /** When it was known, ms since the epoch. */
  foundAt: number
}

export interface FoldedAlert {
  alertId: string
  deviceId: string
  kind: AlertKind
  deviceState: 'active' | 'restored'
  firstSignalAt: number
  lastSignalAt: number
  signalCount: number
  certainty: Certainty
  severe: boolean
  /** Why it was raised, and the latest judgement of it. */
  reason: Reason | null
  assessment: Reason | null
  samples: readonly EvidenceSample[]
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
  /** It is about all devices of an area. */
  incidentId: string | null
  /** What keeps it quiet. */
  suppressionId: string | null
  purpose: CasePurpose
  drillId: string | null
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

/** `raised`: the signal raised or continued the alert. `evidence`: it speaks for or against it. */
export interface AlertLink {
  signalId: string
  alertId: string
  part: 'raised' | 'evidence'
}

export interface CaseChange {
  case: FoldedCase
  isNew: boolean
  log: LogLine[]
  links: AlertLink[]
  /** Somebody is to be told. Otherwise only counters moved, and the version stays, so that no operator's command is refused. */
  told: boolean
}

/** Whose case it belongs to: the resident's, or for a device without one the device's own. */
export function subjectOf(of: { residentId: string | null; deviceId: string }): string {
  return of.residentId === null ? `device:${of.deviceId}` : `resident:${of.residentId}`
}
