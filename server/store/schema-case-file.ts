import type { Generated, JSONColumnType } from 'kysely'
import type { FilePart, PhotoType } from '../contract/case-file.ts'
import type { NullableTime, Time } from './column-types.ts'

/** The tables of residents' files beyond the lists, as SQL sees them. */

interface ResidentPhotoTable {
  photo_id: string
  resident_id: string
  /** Null: the photo was taken out. */
  image: Buffer | null
  media_type: PhotoType | null
  added_at: Time
  added_by: string
}

interface ResidentNoticeTable {
  notice_id: string
  resident_id: string | null
  home_id: string | null
  text: string
  created_at: Time
  created_by: string
  ended_at: NullableTime
  ended_by: string | null
}

interface NoticeReadTable {
  case_id: string
  notice_id: string
  user_id: string
  at: Time
}

interface ResidentNoteTable {
  note_id: string
  resident_id: string
  text: string
  until_at: Time
  version: Generated<number>
  created_at: Time
  created_by: string
  ended_at: NullableTime
  ended_by: string | null
}

interface HomeCodeTable {
  home_id: string
  /** Sealed for `home:` and its id; null: there is none any more. */
  sealed: Buffer | null
  changed_at: Time
  changed_by: string | null
}

interface FileChangeTable {
  change_id: Generated<number>
  resident_id: string
  at: Time
  user_id: string
  part: FilePart
  before: JSONColumnType<Record<string, unknown>, string, never>
  after: JSONColumnType<Record<string, unknown>, string, never>
}

export interface CaseFileTables {
  resident_photo: ResidentPhotoTable
  resident_notice: ResidentNoticeTable
  notice_read: NoticeReadTable
  resident_note: ResidentNoteTable
  home_code: HomeCodeTable
  file_change: FileChangeTable
}
