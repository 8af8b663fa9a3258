import { type Kysely, type Migration, sql } from 'kysely'

/** Supervisors: they run the shift, and may not change accounts or devices. */
export const rolesMigration: Migration = {
  async up(db: Kysely<unknown>) {
    await sql.raw(roles).execute(db)
  },
}

const roles = `
alter table app_user drop constraint app_user_role_check;
alter table app_user add constraint app_user_role_check check (role in ('operator', 'supervisor', 'admin'));
`
