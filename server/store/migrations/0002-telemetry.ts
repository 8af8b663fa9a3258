import { type Kysely, type Migration, sql } from 'kysely'
import { APP_ROLE } from '../db.ts'

/**
 * Telemetry in PostgreSQL: one row per device and time, partitioned by UTC day, in a schema that the application's role
 * owns, because it makes and drops partitions while running. (The alarm record stays in `public`, where it may not.)
 */
export const telemetryMigration: Migration = {
  async up(db: Kysely<unknown>) {
    await sql.raw(`create schema telemetry authorization ${APP_ROLE}`).execute(db)
    for (const statement of [table, ensureDay, dropBefore]) await sql.raw(statement).execute(db)
    await sql.raw(owners).execute(db)
  },
}

// All fields of a sample in one row: half the rows and index entries of one row per measurement, twice as fast.
const table = `
create table telemetry.sample (
  device_id text not null,
  ts timestamptz not null,
  fields jsonb not null,
  primary key (device_id, ts)
) partition by range (ts)`

// Attaching takes SHARE UPDATE EXCLUSIVE on the parent; CREATE TABLE … PARTITION OF would take ACCESS EXCLUSIVE and so
// stop every write and wait for the longest query (PostgreSQL documentation, 5.12.2.2 Partition Maintenance).
const ensureDay = `
create function telemetry.ensure_day(day date) returns void language plpgsql as $$
declare
  part text := 'sample_' || to_char(day, 'YYYYMMDD');
begin
  if to_regclass('telemetry.' || part) is not null then return; end if;
  perform pg_advisory_xact_lock(hashtext('telemetry.ensure_day'));
  -- Not to_regclass: an advisory lock does not refresh the cache that answered it a moment ago.
  if exists (select from pg_class where relname = part and relnamespace = 'telemetry'::regnamespace) then return; end if;
  execute format('create table telemetry.%I (like telemetry.sample including all)', part);
  execute format('alter table telemetry.sample attach partition telemetry.%I for values from (%L) to (%L)',
    part, day || ' 00:00:00+00', (day + 1) || ' 00:00:00+00');
end $$`

// Dropping needs the parent for a moment: wait at most two seconds for it, the next hour tries again.
const dropBefore = `
create function telemetry.drop_before(day date) returns integer language plpgsql as $$
declare
  part regclass;
  dropped integer := 0;
begin
  if not pg_try_advisory_xact_lock(hashtext('telemetry.drop_before')) then return 0; end if;
  perform set_config('lock_timeout', '2s', true);
  for part in
    select i.inhrelid::regclass from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'telemetry.sample'::regclass and c.relname < 'sample_' || to_char(day, 'YYYYMMDD')
    order by c.relname
  loop
    execute format('drop table %s', part);
    dropped := dropped + 1;
  end loop;
  return dropped;
end $$`

const owners = `
alter table telemetry.sample owner to ${APP_ROLE};
alter function telemetry.ensure_day(date) owner to ${APP_ROLE};
alter function telemetry.drop_before(date) owner to ${APP_ROLE};`
