import { type Kysely, type Migration, sql } from 'kysely'
import { APP_ROLE } from '../db.ts'

/** Which node holds a bridge, and where a LoRaWAN network spoke of a device last. */
export const bridgeLeaseMigration: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statements of [leases, routes, grants]) await sql.raw(statements).execute(db)
  },
}

const leases = `
create table bridge_lease (
  device_id text primary key references device,
  node text not null,
  -- By the database's clock, the only one that all nodes share.
  until timestamptz not null
) with (fillfactor = 70);
`

const routes = `
alter table device_state
  -- The hub or bridge that spoke of the device last, and how the device is spoken to through it.
  add column heard_via text,
  add column route jsonb;
`

/** A lease is given up by letting it end: nothing needs to be deleted. */
const grants = `
grant select, insert, update on bridge_lease to ${APP_ROLE};
`
