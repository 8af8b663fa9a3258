import { type Kysely, type Migration, sql } from 'kysely'
import { APP_ROLE } from '../db.ts'

/** When an operator asked for a second person, and nobody has answered yet. */
export const secondAskedMigration: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`alter table alarm_case add column second_asked_at timestamptz`.execute(db)
    await sql`grant update (second_asked_at) on alarm_case to ${sql.id(APP_ROLE)}`.execute(db)
  },
}
