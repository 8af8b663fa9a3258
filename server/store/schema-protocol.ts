import type { Generated, JSONColumnType } from 'kysely'
import type { AlertKind } from '../contract/kinds.ts'
import type { ProtocolContent, RiskLevel, RiskReason } from '../contract/protocol.ts'
import type { Time } from './column-types.ts'

/** The tables of protocols and of what was answered in a case, as SQL sees them. All are append-only. */

interface ProtocolTable {
  protocol_id: string
  created_at: Time
}

interface ProtocolVersionTable {
  version: Generated<number>
  protocol_id: string
  state: 'draft' | 'published'
  /** Counts the published ones. */
  number: number | null
  kinds: AlertKind[]
  risks: RiskLevel[]
  content: JSONColumnType<ProtocolContent, string, never>
  at: Time
  /** Null: as delivered. */
  user_id: string | null
  note: string | null
}

interface CaseProtocolTable {
  case_id: string
  at: Time
  kind: AlertKind
  risk: RiskLevel
  reasons: RiskReason[]
  /** Null: there was none. */
  version: number | null
}

interface CaseStepTable {
  step_no: Generated<number>
  case_id: string
  /** The protocol's; null: the general fallback. */
  version: number | null
  step_id: string
  key: number
  at: Time
  user_id: string
  note: string | null
  /** The case's version that the answer made. */
  case_version: number
}

export interface ProtocolTables {
  protocol: ProtocolTable
  protocol_version: ProtocolVersionTable
  case_protocol: CaseProtocolTable
  case_step: CaseStepTable
}
