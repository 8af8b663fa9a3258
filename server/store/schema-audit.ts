import type { Generated, JSONColumnType } from 'kysely'
import type { ChainProblem, SealSource } from '../contract/audit.ts'
import type { NullableTime, Time } from './column-types.ts'

/** The tables of the chain of seals, as SQL sees them. */

interface AuditSealTable {
  seal_no: number
  sealed_at: Time
  from_tx: number
  to_tx: number
  previous: Buffer
  hash: Buffer
}

interface AuditSealPartTable {
  seal_no: number
  source: SealSource
  rows: number
  hash: Buffer
  prints: Buffer
}

interface AuditVerificationTable {
  verification_id: string
  started_at: Time
  started_by: string | null
  finished_at: NullableTime
  seals_done: Generated<number>
  seals_total: Generated<number>
  rows_done: Generated<number>
  ok: boolean | null
  problems: JSONColumnType<ChainProblem[], string | undefined, string>
  failure: string | null
}

export interface AuditTables {
  audit_seal: AuditSealTable
  audit_seal_part: AuditSealPartTable
  audit_verification: AuditVerificationTable
}
