import { type Kysely, type Migration, sql } from 'kysely'
import { APP_ROLE } from '../db.ts'

/** How far the lists after an outage have come, counted as they are worked off: every open page asks every few seconds. */
export const watchMigration: Migration = {
  async up(db: Kysely<unknown>) {
    await sql.raw(counters).execute(db)
  },
}

const counters = `
alter table outage
  add column open integer not null default 0,
  add column reached integer not null default 0,
  add column unreachable integer not null default 0,
  add column not_needed integer not null default 0,
  add column last_check_at timestamptz;
update outage o set open = n.open, reached = n.reached, unreachable = n.unreachable, not_needed = n.not_needed,
  last_check_at = n.last_at
from (
  select outage_id, count(*) filter (where state = 'open') as open, count(*) filter (where state = 'reached') as reached,
    count(*) filter (where state = 'unreachable') as unreachable,
    count(*) filter (where state = 'not_needed') as not_needed, max(at) as last_at
  from outage_check group by outage_id
) n where n.outage_id = o.outage_id;
grant update (open, reached, unreachable, not_needed, last_check_at) on outage to ${APP_ROLE};
`
