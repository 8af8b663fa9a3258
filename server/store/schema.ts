import type { Generated, JSONColumnType } from 'kysely'
import type { AvailabilityWindow } from '../contract/availability.ts'
import type { AlertKind, CaseCategory, CaseState, Certainty, LogAction, Outcome } from '../contract/case.ts'
import type { CommandArguments, CommandState, CommandType } from '../contract/command.ts'
import type { SettingScope, SettingsLayer } from '../contract/detect-settings.ts'
import type { DeviceRole, LifecycleState } from '../contract/device.ts'
import type { Reason } from '../contract/explain/explain.ts'
import type { EvidenceSample } from '../contract/finding.ts'
import type { DeviceRoute } from '../contract/ports.ts'
import type { CasePurpose } from '../contract/purpose.ts'
import type { CaseEvent } from '../contract/push.ts'
import type { SignalType } from '../contract/signal.ts'
import type { NullableTime, Time } from './column-types.ts'
import type { AuditTables } from './schema-audit.ts'
import type { CaseFileTables } from './schema-case-file.ts'
import type { DeskTables } from './schema-desk.ts'
import type { DrillTables } from './schema-drills.ts'
import type { EscalationTables } from './schema-escalation.ts'
import type { PeopleTables } from './schema-people.ts'
import type { ProtocolTables } from './schema-protocol.ts'
import type { QualityTables } from './schema-quality.ts'
import type { SearchTables } from './schema-search.ts'
import type { ShiftTables } from './schema-shifts.ts'
import type { VoiceTables } from './schema-voice.ts'
import type { WatchTables } from './schema-watch.ts'

/** The tables as SQL sees them. Rows are not the API: `server/contract` is. */

type Json<T extends object> = JSONColumnType<T, string, string>

interface DivisionTable {
  code: string
  name: string
  level: 'city' | 'county' | 'town'
  parent_code: string | null
}

/** A view. */
interface DivisionPlaceView {
  code: string
  /** County and town. */
  place: string | null
}

interface HomeTable {
  home_id: string
  division_code: string | null
  address: string
  access: string | null
  lat: number | null
  lon: number | null
}

interface ResidentTable {
  resident_id: string
  home_id: string | null
  name: string
  gender: 'female' | 'male' | 'unknown'
  birth_date: string | null
  ability_level: number | null
  lives_alone: Generated<boolean>
  dialect: string | null
  conditions: Generated<string[]>
  medicines: Generated<string[]>
  allergies: Generated<string[]>
  hazards: Generated<string[]>
  phone: Generated<string | null>
  created_at: Time
  file_version: Generated<number>
}

interface ContactTable {
  resident_id: string
  position: number
  name: string
  relation: string
  phone: string
  note: string | null
  windows: JSONColumnType<AvailabilityWindow[], string | undefined, string>
  away_until: NullableTime
}

interface DeviceTable {
  device_id: string
  kind: string
  protocol: string
  resident_id: string | null
  room: string | null
  secret_hash: string | null
  enabled: Generated<boolean>
  created_at: Time
  model: string | null
  role: DeviceRole | null
  hub_id: string | null
  address: string | null
  lifecycle: Generated<LifecycleState>
  note: string | null
  sources: Generated<string[]>
  settings: JSONColumnType<Record<string, unknown>, string | undefined, string>
  sealed_settings: Buffer | null
  version: Generated<number>
}

interface DeviceStateTable {
  device_id: string
  online: boolean
  /** The server node that holds (or held) the connection. */
  node: string
  online_changed_at: NullableTime
  last_seen_at: NullableTime
  battery: number | null
  firmware: string | null
  hardware: string | null
  rssi: number | null
  /** The hub or bridge that spoke of the device last, where that can change. */
  heard_via: string | null
  route: JSONColumnType<DeviceRoute | null, string | null | undefined, string | null>
}

interface BridgeLeaseTable {
  device_id: string
  node: string
  until: Time
}

interface DeviceLifeTable {
  life_id: Generated<number>
  device_id: string
  at: Time
  from_state: LifecycleState | null
  to_state: LifecycleState
  user_id: string | null
  note: string | null
  resident_id: string | null
  room: string | null
}

interface DeviceLevelTable {
  device_id: string
  level: string
  value: string
  changed_at: Time
}

interface UnknownDeviceTable {
  knock_id: string
  /** '' for a device that connected by itself. */
  hub_id: string
  protocol: string
  address: string
  model: string | null
  vendor: string | null
  description: string | null
  suggested_kind: string
  suggested_role: DeviceRole | null
  first_seen_at: Time
  last_seen_at: Time
  messages: number
  last_payload: Buffer
  dismissed_at: NullableTime
  dismissed_by: string | null
  adopted_as: string | null
}

interface DeviceCommandTable {
  command_id: string
  device_id: string
  type: CommandType
  args: Json<CommandArguments>
  state: CommandState
  case_id: string | null
  /** The call that `received` answers. */
  signal_id: string | null
  created_at: Time
  created_by: string | null
  expires_at: Time
  due_at: NullableTime
  attempts: Generated<number>
  sent_at: NullableTime
  replied_at: NullableTime
  reply: JSONColumnType<Record<string, unknown> | null, string | null | undefined, string | null>
  /** The order in which they were given. */
  number: Generated<number>
}

interface SignalTable {
  /** Number of the transaction; see docs/adr/0027. */
  written_in: Generated<number>
  signal_id: string
  device_id: string
  message_id: string
  type: SignalType
  device_ts: NullableTime
  received_at: Time
  occurred_at: Time
  resident_id: string | null
  protocol: string
  detail: Json<Record<string, unknown>>
}

interface DeadLetterTable {
  dead_letter_id: string
  device_id: string
  protocol: string
  topic: string
  reason: string
  explanation: string
  payload: Buffer
  bytes: number
  received_at: Time
}

interface AlarmCaseTable {
  case_id: string
  resident_id: string | null
  device_id: string
  kind: AlertKind
  category: CaseCategory
  priority: number
  state: CaseState
  version: number
  opened_at: Time
  last_signal_at: Time
  signal_count: number
  cancelled: boolean
  owner_id: string | null
  claimed_at: NullableTime
  hold_until: NullableTime
  hold_by: string | null
  outcome: Outcome | null
  resolved_at: NullableTime
  closed_at: NullableTime
  incident_id: string | null
  suppression_id: string | null
  purpose: Generated<CasePurpose>
  drill_id: string | null
  /** When its hold ended without anybody's doing; null once it is worked on again. */
  returned_at: NullableTime
  /** Since when its owner waits for a second person's word. */
  second_asked_at: NullableTime
}

interface AlertTable {
  alert_id: string
  case_id: string
  device_id: string
  kind: AlertKind
  device_state: 'active' | 'restored'
  first_signal_at: Time
  last_signal_at: Time
  signal_count: number
  certainty: Generated<Certainty>
  severe: Generated<boolean>
  reason: JSONColumnType<Reason | null, string | null | undefined, string | null>
  assessment: JSONColumnType<Reason | null, string | null | undefined, string | null>
  samples: JSONColumnType<EvidenceSample[], string | undefined, string>
}

interface AlertSignalTable {
  signal_id: string
  alert_id: string
  part: Generated<'raised' | 'evidence'>
}

interface DetectStateTable {
  subject: string
  resident_id: string | null
  device_id: string | null
  state: Json<Record<string, unknown>>
  due_at: NullableTime
  version: number
}

interface DetectSettingTable {
  version: Generated<number>
  scope: SettingScope
  /** '' for the city. */
  scope_id: string
  settings: Json<SettingsLayer>
  at: Time
  user_id: string | null
  note: string | null
}

interface CaseLogTable {
  /** Number of the transaction; see docs/adr/0027. */
  written_in: Generated<number>
  log_id: Generated<number>
  case_id: string
  at: Time
  action: LogAction
  actor_id: string | null
  from_state: CaseState | null
  to_state: CaseState
  version: number
  detail: Json<Record<string, unknown>>
}

interface OutboxTable {
  seq: number
  case_id: string
  event: JSONColumnType<Omit<CaseEvent, 'seq'>, string, never>
  created_at: Time
}

interface OutboxHeadTable {
  singleton: boolean
  seq: number
}

export interface Database
  extends WatchTables,
    DeskTables,
    AuditTables,
    DrillTables,
    EscalationTables,
    ProtocolTables,
    CaseFileTables,
    SearchTables,
    VoiceTables,
    ShiftTables,
    QualityTables,
    PeopleTables {
  division: DivisionTable
  division_place: DivisionPlaceView
  home: HomeTable
  resident: ResidentTable
  contact: ContactTable
  device: DeviceTable
  device_state: DeviceStateTable
  bridge_lease: BridgeLeaseTable
  device_life: DeviceLifeTable
  device_level: DeviceLevelTable
  unknown_device: UnknownDeviceTable
  device_command: DeviceCommandTable
  signal: SignalTable
  dead_letter: DeadLetterTable
  alarm_case: AlarmCaseTable
  alert: AlertTable
  alert_signal: AlertSignalTable
  detect_state: DetectStateTable
  detect_setting: DetectSettingTable
  case_log: CaseLogTable
  outbox: OutboxTable
  outbox_head: OutboxHeadTable
}
