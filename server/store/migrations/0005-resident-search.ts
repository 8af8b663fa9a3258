import { type Kysely, type Migration, sql } from 'kysely'

/**
 * For the search of residents: by the beginning of an id, and by the last digits of a contact's telephone number, which
 * a country code or somebody's spaces don't change. `text_pattern_ops` serves `like 'x%'` in any collation.
 */
export const residentSearchMigration: Migration = {
  async up(db: Kysely<unknown>) {
    await sql.raw(INDEXES).execute(db)
  },
}

const INDEXES = `
create index resident_by_id_text on resident (resident_id text_pattern_ops);
create index device_by_id_text on device (lower(device_id) text_pattern_ops);
create index contact_by_phone on contact (reverse(regexp_replace(phone, '\\D', '', 'g')) text_pattern_ops);
`
