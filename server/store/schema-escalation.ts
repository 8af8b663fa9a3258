import type { Generated, JSONColumnType } from 'kysely'
import type { AlertKind, CaseCategory } from '../contract/case.ts'
import type { EscalationPolicy } from '../contract/escalation.ts'
import type { Language } from '../contract/explain/template.ts'
import type { REVIEW_REASONS, REVIEW_STATES, ReviewCause } from '../contract/levels.ts'
import type {
  EscalationState,
  NotificationState,
  NotifyChannel,
  NotifyError,
  RecipientKind,
} from '../contract/notify.ts'
import type { NullableTime, Time } from './column-types.ts'

/** The tables of escalation, notifications and service levels, as SQL sees them. */

interface EscalationPolicyTable {
  version: Generated<number>
  category: CaseCategory
  /** '' for all kinds of the category. */
  kind: AlertKind | ''
  /** '' for everywhere. */
  division_code: string
  /** Null: withdrawn. */
  policy: JSONColumnType<EscalationPolicy | null, string | null, never>
  at: Time
  user_id: string | null
  note: string
}

interface EscalationTable {
  case_id: string
  policy_version: number
  state: EscalationState
  /** The next, from 0. */
  step: number
  round: number
  /** What the steps' times are counted from. */
  base_at: Time
  due_at: NullableTime
  ack_until: NullableTime
  ack_by: string | null
  held: Generated<boolean>
  level: Generated<number>
  told_at: NullableTime
  expired: Generated<number>
  /** What it was about when the policy was chosen. */
  kind: AlertKind
  category: CaseCategory
  priority: number
}

interface EscalationCheckTable {
  check_id: Generated<number>
  at: Time
  on_duty: number
  warnings: JSONColumnType<object[], string, never>
}

interface NotificationTable {
  notification_id: string
  case_id: string
  policy_version: number
  step: number
  round: number
  channel: NotifyChannel
  recipient_kind: RecipientKind
  recipient_id: string
  state: NotificationState
  attempts: Generated<number>
  created_at: Time
  due_at: NullableTime
  expires_at: Time
  sent_at: NullableTime
  settled_at: NullableTime
  error: NotifyError | null
  text: string | null
}

interface UserAddressTable {
  user_id: string
  email: string | null
  phone: string | null
  language: Generated<Language>
  changed_at: Time
  changed_by: string
}

interface ResponderGroupTable {
  group_id: string
  name: string
  email: string | null
  phone: string | null
  language: Generated<Language>
  changed_at: Time
  changed_by: string
}

interface CaseAnswerTable {
  case_id: string
  category: CaseCategory
  /** When it began to wait aloud. */
  since: Time
  answered_at: Time
  operator_id: string | null
  /** County, or the city for what lies in none; null: no home is known. */
  area: string | null
  dispatched_at: NullableTime
}

interface AnswerBackfillTable {
  singleton: boolean
  log_id: number
  to_log_id: number
}

interface ReviewTable {
  review_id: string
  case_id: string
  reason: (typeof REVIEW_REASONS)[number]
  since: Time
  answer_seconds: number | null
  answered_by: string | null
  state: (typeof REVIEW_STATES)[number]
  version: Generated<number>
  created_at: Time
  reviewer_id: string | null
  finding: string | null
  cause: ReviewCause | null
  action: string | null
  closed_at: NullableTime
}

interface ReviewLogTable {
  line_id: Generated<number>
  review_id: string
  at: Time
  user_id: string | null
  version: number
  state: (typeof REVIEW_STATES)[number]
  finding: string | null
  cause: ReviewCause | null
  action: string | null
}

export interface EscalationTables {
  escalation_policy: EscalationPolicyTable
  escalation: EscalationTable
  escalation_check: EscalationCheckTable
  notification: NotificationTable
  user_address: UserAddressTable
  responder_group: ResponderGroupTable
  case_answer: CaseAnswerTable
  answer_backfill: AnswerBackfillTable
  review: ReviewTable
  review_log: ReviewLogTable
}
