import type { Generated, JSONColumnType } from 'kysely'
import type { CaseCategory } from '../contract/case.ts'
import type { HandoverState, MessageKind } from '../contract/handover.ts'
import type { GapEnd, GapKind, RosterChange, ShiftPattern, ShiftRequirement } from '../contract/roster.ts'
import type { NullableTime, Time } from './column-types.ts'

/** The tables of the roster, its gaps, handovers and supervisors beside a case, as SQL sees them. */

interface ShiftPatternTable {
  pattern_id: string
  name: string
  start_minute: number
  end_minute: number
  required: JSONColumnType<ShiftRequirement[], string, string>
  active: boolean
  version: number
  updated_at: Time
  updated_by: string | null
}

interface ShiftPatternLogTable {
  line_id: Generated<number>
  pattern_id: string
  version: number
  at: Time
  actor_id: string | null
  pattern: JSONColumnType<ShiftPattern, string, string>
}

interface RosterWeekTable {
  /** yyyy-mm-dd */
  monday: string
  version: number
}

interface RosterEntryTable {
  entry_id: string
  monday: string
  day: string
  user_id: string
  pattern_id: string
  start_at: Time
  end_at: Time
  created_at: Time
  created_by: string | null
  removed_at: NullableTime
  removed_by: string | null
}

interface RosterLogTable {
  line_id: Generated<number>
  monday: string
  version: number
  at: Time
  actor_id: string | null
  change: JSONColumnType<RosterChange, string, string>
  note: string | null
}

interface DutyGapTable {
  gap_id: string
  key: string
  kind: GapKind
  pattern_id: string | null
  user_id: string | null
  skill: CaseCategory | null
  area: string | null
  need: number
  have: number
  from_at: Time
  until_at: Time
  opened_at: Time
  closed_at: NullableTime
  closed_why: GapEnd | null
}

interface DutyGapSeenTable {
  gap_id: string
  user_id: string
  at: Time
}

interface HandoverTable {
  handover_id: string
  giver_id: string
  at: Time
  note: string | null
}

interface HandoverCaseTable {
  handover_id: string
  case_id: string
  to_id: string | null
  note: string
  state: HandoverState
  decided_by: string | null
  decided_at: NullableTime
  reason: string | null
}

interface CaseAssistTable {
  assist_id: string
  case_id: string
  user_id: string
  started_at: Time
  ended_at: NullableTime
}

interface DeskMessageTable {
  message_id: string
  user_id: string
  case_id: string
  kind: MessageKind
  from_id: string
  text: string
  at: Time
  read_at: NullableTime
}

export interface ShiftTables {
  shift_pattern: ShiftPatternTable
  shift_pattern_log: ShiftPatternLogTable
  roster_week: RosterWeekTable
  roster_entry: RosterEntryTable
  roster_log: RosterLogTable
  duty_gap: DutyGapTable
  duty_gap_seen: DutyGapSeenTable
  handover: HandoverTable
  handover_case: HandoverCaseTable
  case_assist: CaseAssistTable
  desk_message: DeskMessageTable
}
