import type { Generated } from 'kysely'
import type {
  AreaKind,
  CheckState,
  SupervisionState,
  SuppressionKind,
  SuppressionScope,
  UnprotectedReason,
} from '../contract/watch.ts'
import type { NullableTime, Time } from './column-types.ts'

/** The tables of supervision, incidents, suppression and outages, as SQL sees them. */

interface DeviceSupervisionTable {
  device_id: string
  state: SupervisionState
  since: Time
  due_at: NullableTime
  heard_at: NullableTime
  /** Of a hub: when it was back. */
  back_at: NullableTime
  enrolled_at: Time
  alerted: Generated<boolean>
  removed_at: NullableTime
  battery_low: Generated<boolean>
  test_due_at: NullableTime
  test_overdue: Generated<boolean>
}

interface SupervisionMarkTable {
  singleton: boolean
  settings_version: number
  signals_at: NullableTime
  resident_id: string
}

interface ResidentProtectionTable {
  resident_id: string
  unprotected_since: NullableTime
  reasons: Generated<UnprotectedReason[]>
}

interface IncidentTable {
  incident_id: string
  area_kind: AreaKind
  area_id: string
  opened_at: Time
  last_loss_at: Time
  closed_at: NullableTime
}

interface IncidentMemberTable {
  incident_id: string
  device_id: string
  resident_id: string | null
  lost_at: Time
  joined_at: Time
  left_at: NullableTime
}

interface SuppressionTable {
  suppression_id: string
  scope: SuppressionScope
  scope_id: string
  kind: SuppressionKind
  reason: string
  author_id: string
  from_at: Time
  until_at: Time
  ended_at: NullableTime
  ended_by: string | null
}

interface NodeBeatTable {
  node: string
  beat_at: Time
}

interface BeatHeadTable {
  singleton: boolean
  beat_at: NullableTime
}

interface OutageTable {
  outage_id: Generated<number>
  from_at: Time
  to_at: Time
  listed_at: NullableTime
  open: Generated<number>
  reached: Generated<number>
  unreachable: Generated<number>
  not_needed: Generated<number>
  last_check_at: NullableTime
}

interface OutageCheckTable {
  outage_id: number
  resident_id: string
  rank: number
  state: CheckState
  user_id: string | null
  at: NullableTime
  note: string | null
}

interface OutageCheckLogTable {
  line_id: Generated<number>
  outage_id: number
  resident_id: string
  state: CheckState
  user_id: string
  at: Time
  note: string | null
}

export interface WatchTables {
  device_supervision: DeviceSupervisionTable
  supervision_mark: SupervisionMarkTable
  resident_protection: ResidentProtectionTable
  incident: IncidentTable
  incident_member: IncidentMemberTable
  suppression: SuppressionTable
  node_beat: NodeBeatTable
  beat_head: BeatHeadTable
  outage: OutageTable
  outage_check: OutageCheckTable
  outage_check_log: OutageCheckLogTable
}
