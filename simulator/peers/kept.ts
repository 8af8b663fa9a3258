import type { Entry } from '../journal.ts'
import { type PeerContext, stopped } from './peer.ts'

/** What a device keeps until the platform has taken it over. */
export interface Kept {
  /** Null: a report, which nobody looks for in the record. */
  entry: Entry | null
  /** What the ledger counts it as. */
  counted: string
  resolve: () => void
  reject: (error: Error) => void
}

/** The platform has acknowledged it. */
export function takenOver({ entry, counted, resolve }: Kept, { ledger, clock }: PeerContext): void {
  ledger.acknowledged(counted)
  if (entry) Object.assign(entry, { acknowledged: true, until: clock.now() })
  resolve()
}

/** The end has come before that. */
export function leftOver({ entry, reject }: Kept): void {
  if (entry) entry.fate = 'waiting'
  reject(stopped())
}
