import type { RawMessage } from '../protocol.ts'
import type { CompiledRule } from './compile.ts'
import type { Scope } from './path.ts'

/** What there is to know when one rule looks at one part of a message. */
export interface Circumstances {
  rule: CompiledRule
  scope: Scope
  message: RawMessage
  sequence: Sequence
  /** The device behind the login; null: the login's own. */
  from: string | null
  /** Ms since the epoch. */
  deviceTs: number | null
}

/** A running number within a login, for occurrences that carry neither an id nor a time. */
export interface Sequence {
  last: number
}
