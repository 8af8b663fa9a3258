import { type Kysely, type Migration, sql } from 'kysely'

/** The language in which somebody is written to and called. */
export const messageLanguageMigration: Migration = {
  async up(db: Kysely<unknown>) {
    for (const table of ['user_address', 'responder_group']) {
      await sql`alter table ${sql.table(table)}
        add column language text not null default 'zh-CN' check (language in ('zh-CN', 'en'))`.execute(db)
    }
  },
}
