import { type RawBuilder, sql } from 'kysely'

/**
 * Whether a case `c` is the area's: its resident's home now lies there, or the area lost its devices. Asked as membership, as
 * the planner takes `like` over joined homes for rare and reads every case first.
 * @param code of a county or town; all below it count
 */
export const isOfArea = (code: string): RawBuilder<boolean> => sql<boolean>`(
  c.resident_id in (select resident_id from resident join home using (home_id) where division_code like ${`${code}%`})
  or c.incident_id in (select incident_id from incident where area_kind = 'division' and area_id like ${`${code}%`}))`
