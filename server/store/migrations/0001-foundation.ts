import { type Kysely, type Migration, sql } from 'kysely'
import { APP_ROLE } from '../db.ts'

/**
 * The foundation. Rights are part of the design: the application's role may add to the alarm record and move a case
 * along, but has no right to delete anything of it, nor to rewrite what happened (see `grants`, `guards`).
 */
export const foundationMigration: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statements of [role, places, devices, alarmRecord, outbox, people, grants, guards]) {
      await sql.raw(statements).execute(db)
    }
  },
}

// Roles belong to the whole server: another database of it may be migrating at the same moment.
const role = `
do $$ begin
  if not exists (select from pg_roles where rolname = '${APP_ROLE}') then
    create role ${APP_ROLE} nologin;
  end if;
exception when duplicate_object or unique_violation then null;
end $$;
-- PostgreSQL 16 gives the maker of a role its administration but not its use. An owner who may not give it must have it.
do $$ begin
  execute format('grant ${APP_ROLE} to %I', current_user);
exception when insufficient_privilege then null;
end $$;
grant usage on schema public to ${APP_ROLE};
`

const places = `
create table division (
  code text primary key,
  name text not null,
  level text not null check (level in ('city', 'county', 'town')),
  parent_code text references division
);
-- How a place is named to people: county and town.
create view division_place as
  select division.code,
    nullif(concat_ws(' ', case when county.level = 'county' then county.name end, division.name), '') as place
  from division left join division county on county.code = division.parent_code;
create table home (
  home_id text primary key,
  division_code text references division,
  address text not null,
  access text,
  lat double precision check (lat between -90 and 90),
  lon double precision check (lon between -180 and 180)
);
create table resident (
  resident_id text primary key,
  home_id text references home,
  name text not null,
  gender text not null check (gender in ('female', 'male', 'unknown')),
  birth_date date,
  ability_level smallint check (ability_level between 0 and 4),
  lives_alone boolean not null default false,
  dialect text,
  conditions text[] not null default '{}',
  medicines text[] not null default '{}',
  allergies text[] not null default '{}',
  hazards text[] not null default '{}',
  created_at timestamptz not null
);
create table contact (
  resident_id text not null references resident,
  position smallint not null,
  name text not null,
  relation text not null,
  phone text not null,
  note text,
  primary key (resident_id, position)
);
`

const devices = `
create table device (
  device_id text primary key,
  kind text not null,
  protocol text not null,
  resident_id text references resident,
  room text,
  secret_hash text not null,
  enabled boolean not null default true,
  created_at timestamptz not null
);
create index device_resident on device (resident_id);
-- What changes often lives apart from what is configured.
create table device_state (
  device_id text primary key references device,
  online boolean not null,
  -- The server node that holds, or held, the connection.
  node text not null,
  online_changed_at timestamptz,
  last_seen_at timestamptz,
  battery double precision
) with (fillfactor = 70);
`

const alarmRecord = `
create table signal (
  signal_id uuid primary key,
  device_id text not null references device,
  message_id text not null,
  type text not null,
  device_ts timestamptz,
  received_at timestamptz not null,
  -- Device time where plausible, else receive time.
  occurred_at timestamptz not null,
  resident_id text references resident,
  protocol text not null,
  detail jsonb not null,
  unique (device_id, message_id)
);
create index signal_device_time on signal (device_id, occurred_at desc);

create table dead_letter (
  dead_letter_id uuid primary key,
  device_id text not null,
  protocol text not null,
  topic text not null,
  reason text not null,
  explanation text not null,
  payload bytea not null,
  bytes integer not null,
  received_at timestamptz not null
);
create index dead_letter_time on dead_letter (received_at desc, dead_letter_id desc);

create table alarm_case (
  case_id uuid primary key,
  resident_id text references resident,
  device_id text not null references device,
  kind text not null,
  category text not null,
  priority smallint not null check (priority between 1 and 5),
  state text not null check (state in ('new', 'claimed', 'dispatched', 'on_scene', 'resolved', 'closed')),
  version integer not null check (version > 0),
  opened_at timestamptz not null,
  last_signal_at timestamptz not null,
  signal_count integer not null,
  cancelled boolean not null,
  owner_id uuid,
  claimed_at timestamptz,
  hold_until timestamptz,
  hold_by uuid,
  outcome text,
  resolved_at timestamptz,
  closed_at timestamptz,
  check ((hold_until is null) = (hold_by is null)),
  check (state = 'new' or owner_id is not null),
  check (state not in ('resolved', 'closed') or outcome is not null)
);
-- One resident's alarms belong together: at most one case in work for a resident (or for a device without one).
create unique index alarm_case_open_resident on alarm_case (resident_id)
  where state in ('new', 'claimed', 'dispatched', 'on_scene') and resident_id is not null;
create unique index alarm_case_open_device on alarm_case (device_id)
  where state in ('new', 'claimed', 'dispatched', 'on_scene') and resident_id is null;
create index alarm_case_queue on alarm_case (priority, opened_at, case_id)
  where state in ('new', 'claimed', 'dispatched', 'on_scene');
create index alarm_case_history on alarm_case (resident_id, opened_at desc);
create index alarm_case_opened on alarm_case (opened_at desc, case_id desc);
create index alarm_case_hold on alarm_case (hold_until) where hold_until is not null;

create table alert (
  alert_id uuid primary key,
  case_id uuid not null references alarm_case,
  device_id text not null references device,
  kind text not null,
  device_state text not null check (device_state in ('active', 'restored')),
  first_signal_at timestamptz not null,
  last_signal_at timestamptz not null,
  signal_count integer not null,
  unique (case_id, device_id, kind)
);
-- A signal belongs to one alert at most.
create table alert_signal (
  signal_id uuid primary key references signal,
  alert_id uuid not null references alert
);
create index alert_signal_alert on alert_signal (alert_id);

create table case_log (
  log_id bigint generated always as identity primary key,
  case_id uuid not null references alarm_case,
  at timestamptz not null,
  action text not null,
  actor_id uuid,
  from_state text,
  to_state text not null,
  version integer not null,
  detail jsonb not null
);
create index case_log_case on case_log (case_id, log_id);
create index case_log_claims on case_log (at) where action = 'claim';
`

// The head row is locked until commit, so numbers appear in the order of commits and without holes.
const outbox = `
create table outbox_head (
  singleton boolean primary key default true check (singleton),
  seq bigint not null
);
insert into outbox_head (seq) values (0);
create table outbox (
  seq bigint primary key,
  case_id uuid not null references alarm_case,
  event jsonb not null,
  created_at timestamptz not null
);
`

const people = `
create table app_user (
  user_id uuid primary key,
  username text not null unique,
  display_name text not null,
  role text not null check (role in ('operator', 'admin')),
  password_hash text not null,
  enabled boolean not null default true,
  created_at timestamptz not null
);
create table session (
  token_hash bytea primary key,
  user_id uuid not null references app_user,
  created_at timestamptz not null,
  expires_at timestamptz not null
);
create index session_expiry on session (expires_at);
create table audit (
  audit_id bigint generated always as identity primary key,
  at timestamptz not null,
  user_id uuid,
  action text not null,
  subject text,
  detail jsonb not null
);
`

const grants = `
grant select, insert, update on division, home, resident, contact, device, device_state, app_user to ${APP_ROLE};
grant select, insert on signal, dead_letter, alert_signal, case_log, outbox, audit to ${APP_ROLE};
grant select on division_place to ${APP_ROLE};
grant select, update on outbox_head to ${APP_ROLE};
grant select, insert, delete on session to ${APP_ROLE};
grant select, insert on alarm_case, alert to ${APP_ROLE};
grant update (kind, category, priority, device_id, state, version, last_signal_at, signal_count, cancelled, owner_id,
  claimed_at, hold_until, hold_by, outcome, resolved_at, closed_at) on alarm_case to ${APP_ROLE};
grant update (device_state, last_signal_at, signal_count) on alert to ${APP_ROLE};
`

// Rights bind the application; these bind whoever is logged in as owner by mistake.
const guards = `
create function refuse_rewrite() returns trigger language plpgsql as $$
begin
  raise exception '% on % is not allowed: the alarm record is append-only', tg_op, tg_table_name
    using errcode = 'insufficient_privilege';
end $$;
${['signal', 'dead_letter', 'alert_signal', 'case_log', 'audit']
  .map(
    (table) => `create trigger append_only before update or delete or truncate on ${table}
  for each statement execute function refuse_rewrite();`,
  )
  .join('\n')}
${['alarm_case', 'alert']
  .map(
    (table) => `create trigger not_deletable before delete or truncate on ${table}
  for each statement execute function refuse_rewrite();`,
  )
  .join('\n')}
`
