import type { ColumnType } from 'kysely'

/** Read as Date, written as Date. */
export type Time = ColumnType<Date, Date, Date>
export type NullableTime = ColumnType<Date | null, Date | null | undefined, Date | null>
