import type { Generated, JSONColumnType } from 'kysely'
import type { CaseCategory } from '../contract/case.ts'
import type { DutyStatus, OfferEnd, OfferOutcome } from '../contract/desk.ts'
import type { DeskSettings } from '../contract/desk-settings.ts'
import type { NullableTime, Time } from './column-types.ts'

/** The tables of duty, operators' profiles and the distribution of cases, as SQL sees them. */

interface DutyTable {
  user_id: string
  status: DutyStatus
  since: Time
  /** When a desk of hers was last seen connected; null after signing out. */
  seen_at: NullableTime
  /** Since when no desk is connected, as far as its node knows; null while one is. */
  gone_at: NullableTime
  muted: Generated<boolean>
  /** Since when she has nothing new to do: the last claim or end of work. */
  idle_since: NullableTime
}

interface DutyLogTable {
  line_id: Generated<number>
  user_id: string
  at: Time
  action: 'status' | 'muted' | 'unmuted'
  from_status: DutyStatus
  to_status: DutyStatus
  actor_id: string | null
  reason: string | null
}

interface OperatorProfileTable {
  user_id: string
  skills: CaseCategory[]
  dialects: string[]
  areas: string[]
  version: number
  updated_at: Time
  updated_by: string | null
}

interface OperatorProfileLogTable {
  line_id: Generated<number>
  user_id: string
  at: Time
  actor_id: string | null
  skills: CaseCategory[]
  dialects: string[]
  areas: string[]
}

interface DeskSettingTable {
  version: Generated<number>
  settings: JSONColumnType<DeskSettings, string, string>
  at: Time
  user_id: string | null
  note: string | null
}

interface CaseOfferTable {
  offer_id: string
  case_id: string
  user_id: string
  round: number
  offered_at: Time
  remind_due: Time
  pass_due: Time
  /** The desk said that it shows it. */
  shown_at: NullableTime
  reminded_at: NullableTime
  ended_at: NullableTime
  outcome: OfferOutcome | null
  ended_why: OfferEnd | null
}

interface CaseDistributionTable {
  case_id: string
  round: number
  open_at: NullableTime
  again_due: NullableTime
}

export interface DeskTables {
  duty: DutyTable
  duty_log: DutyLogTable
  operator_profile: OperatorProfileTable
  operator_profile_log: OperatorProfileLogTable
  desk_setting: DeskSettingTable
  case_offer: CaseOfferTable
  case_distribution: CaseDistributionTable
}
