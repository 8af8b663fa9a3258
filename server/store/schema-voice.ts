import type { Generated, JSONColumnType } from 'kysely'
import type { ExchangeDirection } from '../contract/exchange.ts'
import type { CallReason, CallState, RecordingMode } from '../contract/voice.ts'
import type { NullableTime, Time } from './column-types.ts'

/** The tables of calls to terminals, their recordings, and a telephone exchange's records, as SQL sees them. */

interface VoiceCallTable {
  call_id: string
  case_id: string
  device_id: string
  operator_id: string
  /** The socket of the desk that it is held at. */
  desk_id: string | null
  state: CallState
  reason: CallReason | null
  auto: boolean
  record: boolean
  started_at: Time
  answered_at: NullableTime
  ended_at: NullableTime
  notice_at: NullableTime
  due_at: NullableTime
}

interface VoiceMessageTable {
  message_id: Generated<number>
  call_id: string
  side: 'terminal' | 'desk'
  body: JSONColumnType<Record<string, unknown>, string, never>
  created_at: Time
}

interface VoiceRecordingTable {
  call_id: string
  content_type: string
  begun_at: Time
  parts: number | null
  sha256: Buffer | null
  finished_at: NullableTime
  expired_at: NullableTime
}

interface VoiceRecordingPartTable {
  call_id: string
  part: number
  body: Buffer
  sha256: Buffer
  at: Time
}

interface VoiceSettingTable {
  version: Generated<number>
  recording: RecordingMode
  retention_days: number
  at: Time
  user_id: string
}

interface ExchangeCallTable {
  external_id: string
  direction: ExchangeDirection
  from_number: string
  to_number: string
  started_at: Time
  answered_at: NullableTime
  ended_at: NullableTime
  recording_url: string | null
  case_id: string | null
  received_at: Time
}

export interface VoiceTables {
  voice_call: VoiceCallTable
  voice_message: VoiceMessageTable
  voice_recording: VoiceRecordingTable
  voice_recording_part: VoiceRecordingPartTable
  voice_setting: VoiceSettingTable
  exchange_call: ExchangeCallTable
}
