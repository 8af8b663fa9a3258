import type { Generated } from 'kysely'
import type { NullableTime, Time } from './column-types.ts'

/** The tables of drills and self-tests, as SQL sees them. */

interface DrillTable {
  drill_id: string
  title: string
  note: string | null
  division_code: string | null
  author_id: string
  from_at: Time
  until_at: Time
  ended_at: NullableTime
  ended_by: string | null
}

interface DrillResidentTable {
  drill_id: string
  resident_id: string
  virtual: boolean
}

interface DrillParticipantTable {
  drill_id: string
  user_id: string
}

interface SelfTestTable {
  singleton: Generated<boolean>
  due_at: Time
  node: string | null
  last_ok_at: NullableTime
  puback_ms: number | null
  desk_ms: number | null
  failures: Generated<number>
  failed_at: NullableTime
  failure: string | null
  alarmed_at: NullableTime
}

interface SelfTestRunTable {
  run_id: Generated<number>
  at: Time
  node: string
  puback_ms: number | null
  desk_ms: number | null
  failure: string | null
}

interface SelfTestHourTable {
  hour: Time
  runs: number
  failed: number
  median_ms: number | null
  max_ms: number | null
}

export interface DrillTables {
  drill: DrillTable
  drill_resident: DrillResidentTable
  drill_participant: DrillParticipantTable
  self_test: SelfTestTable
  self_test_run: SelfTestRunTable
  self_test_hour: SelfTestHourTable
}
