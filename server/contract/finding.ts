import type { AlertKind, Certainty } from './case.ts'
import type { Reason } from './explain/explain.ts'

/** What a detector concludes. No finding: the observation is kept, nothing more. */
export type Finding = Raise | Restore | Assess

interface Common {
  /** The device that it is about; the alert carries it. */
  deviceId: string
  /** When what was found happened, ms since the epoch. */
  at: number
  reason: Reason
}

/** Raises the alert of this kind, or continues it. */
export interface Raise extends Common {
  effect: 'raise'
  kind: AlertKind
  /** How sure; `confirmed` when not said. */
  certainty?: Certainty
  /** Whoever is concerned does not move, answer or recover. */
  severe?: boolean
  /** What it was found in besides the observation itself. */
  evidence?: Evidence
  /** One of many of the same in a short time: counted on its alert, and told to nobody again. */
  counted?: boolean
}

/** The device or the resident takes these kinds back. Lowers urgency, never closes work. */
export interface Restore extends Common {
  effect: 'restore'
  kinds: readonly AlertKind[] | 'all'
  byResident: boolean
}

/** What was raised is now judged to be surer or less sure, or worse. Changes nothing when there is no such alert. */
export interface Assess extends Common {
  effect: 'assess'
  kind: AlertKind
  certainty?: Certainty
  severe?: boolean
  /** Told once more, also when it changes nothing. */
  again?: boolean
  /** Signals that speak for it or against it. */
  evidence?: Evidence
}

/** What a finding rests on. */
export interface Evidence {
  /** Ids of stored signals, newest last, at most 20. */
  signalIds?: readonly string[]
  /** Positions or readings, oldest first, at most 8. */
  samples?: readonly EvidenceSample[]
}

export interface EvidenceSample {
  deviceId: string
  /** Ms since the epoch. */
  at: number
  /** Names as in telemetry: degrees WGS-84, m, °C, %, beats per minute, mmHg. */
  fields: Record<string, number>
}
