import type { Generated, JSONColumnType } from 'kysely'
import type { AlertKind, CaseCategory, Outcome } from '../contract/kinds.ts'
import type { AUDIT_ORIGINS, AUDIT_STRATA } from '../contract/quality.ts'
import type { AuditResult, SheetAnswer, SheetContent } from '../contract/quality-sheet.ts'
import type { NullableTime, Time } from './column-types.ts'

/** The tables of closed cases' results and of their audits, as SQL sees them. */

interface CaseResultTable {
  case_id: string
  /** Null: it was reopened. */
  closed_at: NullableTime
  /** Who had it until it was closed. */
  operator_id: string | null
  kind: AlertKind
  category: CaseCategory
  outcome: Outcome | null
  /** County, or the city for what lies in none; null: no home is known. */
  area: string | null
  device_kind: string
  model: string | null
}

interface ResultBackfillTable {
  singleton: Generated<boolean>
  /** Cases up to this one are taken over; null: all. */
  case_id: string | null
  to_case_id: string | null
}

interface QualityDrawTable {
  month: string
  drawn_at: Time
  seed: string
  node: string
}

interface QualityDrawOperatorTable {
  month: string
  user_id: string
  cases: number
  due: number
  /** SHA-256 of the ids of the cases that were drawn from, in order, with commas between. */
  digest: string
}

interface QualitySheetTable {
  version: Generated<number>
  content: JSONColumnType<SheetContent, string, never>
  at: Time
  user_id: string | null
  note: string
}

interface QualityAuditTable {
  audit_id: string
  month: string
  case_id: string
  operator_id: string
  origin: (typeof AUDIT_ORIGINS)[number]
  stratum: (typeof AUDIT_STRATA)[number] | null
  place: number | null
  created_at: Time
  /** Who picked it; null: it was drawn. */
  picked_by: string | null
  reason: string | null
  due_at: Time
  state: 'open' | 'completed'
  version: Generated<number>
  sheet_version: number | null
  answers: JSONColumnType<SheetAnswer[], string | undefined, string>
  remark: string | null
  auditor_id: string | null
  completed_at: NullableTime
  score: number | null
  result: AuditResult | null
}

interface QualityAuditLogTable {
  line_id: Generated<number>
  audit_id: string
  at: Time
  user_id: string
  version: number
  state: 'open' | 'completed'
  sheet_version: number
  answers: JSONColumnType<SheetAnswer[], string, never>
  remark: string | null
}

interface QualityCommentTable {
  comment_id: string
  audit_id: string
  at: Time
  user_id: string
  by_operator: boolean
  text: string
}

export interface QualityTables {
  case_result: CaseResultTable
  result_backfill: ResultBackfillTable
  quality_draw: QualityDrawTable
  quality_draw_operator: QualityDrawOperatorTable
  quality_sheet: QualitySheetTable
  quality_audit: QualityAuditTable
  quality_audit_log: QualityAuditLogTable
  quality_comment: QualityCommentTable
}
