import type { AlertKind } from './case.ts'

/** What a detector found in a signal. */
export type Finding =
  /** Raises (or continues) the alert of this kind. */
  | { effect: 'raise'; kind: AlertKind }
  /** The device or the resident takes these kinds back. Lowers urgency, never closes work. */
  | { effect: 'restore'; kinds: readonly AlertKind[] | 'all'; byResident: boolean }
  /** Kept, nothing more. */
  | { effect: 'record' }
