import type { Time } from './column-types.ts'

/** What cases are found by, and devices counted month by month, as SQL sees them. */

interface CaseWordsTable {
  log_id: number
  case_id: string
  /** Each two characters that stand side by side in what was written. */
  pairs: string[]
}

interface CaseWordsMarkTable {
  singleton: boolean
  log_id: number
  to_log_id: number
}

interface DeviceMonthTable {
  /** The month's first day, yyyy-mm-dd. */
  month: string
  /** '' for devices without a place. */
  division_code: string
  devices: number
  online: number
  low_battery: number
  recorded_at: Time
}

export interface SearchTables {
  case_words: CaseWordsTable
  case_words_mark: CaseWordsMarkTable
  device_month: DeviceMonthTable
}
