import { type Kysely, type Migration, sql } from 'kysely'
import { APP_ROLE } from '../db.ts'

/** What a case is for (docs/adr/0028): real, a drill's, or the platform's own test of itself; drills; self-tests. */
export const drillsMigration: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statements of [drills, cases, selfTests, suppressions, queue, people, grants, guards]) {
      await sql.raw(statements).execute(db)
    }
  },
}

const drills = `
create table drill (
  drill_id uuid primary key,
  title text not null check (title ~ '\\S'),
  note text,
  division_code text references division,
  author_id uuid not null references app_user,
  from_at timestamptz not null,
  until_at timestamptz not null,
  ended_at timestamptz,
  ended_by uuid references app_user,
  check (until_at > from_at),
  check (until_at - from_at <= interval '8 hours')
);
create index drill_in_force on drill (until_at) where ended_at is null;
create index drill_history on drill (from_at desc, drill_id desc);
create table drill_resident (
  drill_id uuid not null references drill,
  resident_id text not null references resident,
  -- Nobody lives there: whatever its devices say during the drill belongs to it.
  virtual boolean not null,
  primary key (drill_id, resident_id)
);
create index drill_resident_resident on drill_resident (resident_id);
create table drill_participant (
  drill_id uuid not null references drill,
  user_id uuid not null references app_user,
  primary key (drill_id, user_id)
);
`

const cases = `
alter table alarm_case
  add column purpose text not null default 'real' check (purpose in ('real', 'drill', 'self_test')),
  add column drill_id uuid references drill;
create index alarm_case_drill on alarm_case (drill_id) where drill_id is not null;
`

const selfTests = `
create table self_test (
  singleton boolean primary key default true check (singleton),
  -- When one is due; whichever node finds it first carries it out.
  due_at timestamptz not null,
  node text,
  last_ok_at timestamptz,
  puback_ms real,
  desk_ms real,
  failures integer not null default 0,
  failed_at timestamptz,
  failure text,
  -- Since when it is told as a fault.
  alarmed_at timestamptz
) with (fillfactor = 50);
create table self_test_run (
  run_id bigint generated always as identity primary key,
  at timestamptz not null,
  node text not null,
  puback_ms real,
  desk_ms real,
  failure text
);
create index self_test_run_time on self_test_run (at);
create table self_test_hour (
  hour timestamptz primary key,
  runs integer not null,
  failed integer not null,
  median_ms real,
  max_ms real
);
`

// The self-test's case is kept quiet by a suppression like any other, but one that doesn't end.
const suppressions = `
do $$ declare name text; begin
  for name in select conname from pg_constraint where conrelid = 'suppression'::regclass and contype = 'c'
    and pg_get_constraintdef(oid) like '%until_at - from_at%' loop
    execute format('alter table suppression drop constraint %I', name);
  end loop;
end $$;
alter table suppression add constraint suppression_length check (scope_id = 'anhu-selftest'
  or until_at - from_at <= case kind when 'on_test' then interval '8 hours' else interval '72 hours' end);
`

// A drill's cases come after all real ones.
const RANK = `(case when suppression_id is not null then 4 else
  (case when purpose = 'real' then 0 else 2 end)
  + (case when state = 'new' or returned_at is not null then 0 else 1 end) end)`
const BACK = `(case when returned_at is null then 1 else 0 end)`
const OPEN = `state in ('new', 'claimed', 'dispatched', 'on_scene')`
const queue = `
drop index alarm_case_queue;
drop index alarm_case_queue_category;
create index alarm_case_queue on alarm_case (${RANK}, priority, ${BACK}, opened_at, case_id) where ${OPEN};
create index alarm_case_queue_category on alarm_case (category, ${RANK}, priority, ${BACK}, opened_at, case_id)
  where ${OPEN};
`

const people = `
-- An account of the platform's own: it never signs in with a password.
alter table app_user add column service boolean not null default false;
`

const grants = `
grant select, insert on drill, drill_resident, drill_participant to ${APP_ROLE};
grant update (ended_at, ended_by) on drill to ${APP_ROLE};
grant update (purpose) on alarm_case to ${APP_ROLE};
grant select, insert, update on self_test, self_test_hour to ${APP_ROLE};
grant select, insert, delete on self_test_run to ${APP_ROLE};
`

const guards = `
${['drill', 'drill_resident', 'drill_participant']
  .map(
    (table) => `create trigger not_deletable before delete or truncate on ${table}
  for each statement execute function refuse_rewrite();`,
  )
  .join('\n')}
`
