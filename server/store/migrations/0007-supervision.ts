import { type Kysely, type Migration, sql } from 'kysely'
import { APP_ROLE } from '../db.ts'

/**
 * Supervision: until when a device may be silent, who cannot call for help, incidents of an area, what is on test or in
 * maintenance, and when the platform itself was away.
 */
export const supervisionMigration: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statements of [devices, residents, incidents, suppressions, outages, cases, grants, guards]) {
      await sql.raw(statements).execute(db)
    }
  },
}

const devices = `
create table device_supervision (
  device_id text primary key references device,
  state text not null check (state in ('ok', 'late', 'lost', 'behind', 'quiet', 'off')),
  -- When the state was taken.
  since timestamptz not null,
  -- When to look next, without anything having come in; traffic never writes here.
  due_at timestamptz,
  -- What the silence is counted from; of a hub, the moment at which it was back.
  heard_at timestamptz,
  back_at timestamptz,
  -- Supervised since: nobody is late for a test before one interval from here.
  enrolled_at timestamptz not null,
  -- Told by itself, or as a member of an incident.
  alerted boolean not null default false,
  removed_at timestamptz,
  battery_low boolean not null default false,
  test_due_at timestamptz,
  test_overdue boolean not null default false
) with (fillfactor = 80);
create index device_supervision_due on device_supervision (due_at) where due_at is not null;
create index device_supervision_away on device_supervision (state, since) where state in ('late', 'lost', 'behind');
create index device_supervision_battery on device_supervision (device_id) where battery_low;
create index device_supervision_test on device_supervision (test_due_at) where test_due_at is not null;
-- Low batteries are looked for, not waited for.
create index device_state_battery on device_state (battery) where battery is not null;
-- How far the sweep has come: settings that it has seen, signals that it has read, residents that it has gone over.
create table supervision_mark (
  singleton boolean primary key default true check (singleton),
  settings_version bigint not null default 0,
  signals_at timestamptz,
  resident_id text not null default ''
);
insert into supervision_mark default values;
`

const residents = `
create table resident_protection (
  resident_id text primary key references resident,
  -- Null: a device that can call for help works.
  unprotected_since timestamptz,
  reasons text[] not null default '{}'
);
create index resident_unprotected on resident_protection (unprotected_since, resident_id)
  where unprotected_since is not null;
`

const incidents = `
create table incident (
  incident_id uuid primary key,
  area_kind text not null check (area_kind in ('division', 'network')),
  area_id text not null,
  opened_at timestamptz not null,
  last_loss_at timestamptz not null,
  closed_at timestamptz
);
create unique index incident_open on incident (area_kind, area_id) where closed_at is null;
create index incident_history on incident (opened_at desc, incident_id desc);
create table incident_member (
  incident_id uuid not null references incident,
  device_id text not null references device,
  resident_id text references resident,
  lost_at timestamptz not null,
  joined_at timestamptz not null,
  left_at timestamptz,
  primary key (incident_id, device_id)
);
create index incident_member_device on incident_member (device_id) where left_at is null;
`

const suppressions = `
create table suppression (
  suppression_id uuid primary key,
  scope text not null check (scope in ('device', 'resident', 'home', 'division')),
  scope_id text not null,
  kind text not null check (kind in ('on_test', 'maintenance')),
  reason text not null check (reason ~ '\\S'),
  author_id uuid not null references app_user,
  from_at timestamptz not null,
  until_at timestamptz not null,
  ended_at timestamptz,
  ended_by uuid references app_user,
  check (until_at > from_at),
  check (until_at - from_at <= case kind when 'on_test' then interval '8 hours' else interval '72 hours' end)
);
create index suppression_in_force on suppression (until_at) where ended_at is null;
create index suppression_history on suppression (from_at desc, suppression_id desc);
`

const outages = `
-- That a node lives and can write. One row for each, and one for all of them: the last that anybody wrote.
create table node_beat (
  node text primary key,
  beat_at timestamptz not null
) with (fillfactor = 50);
create table beat_head (
  singleton boolean primary key default true check (singleton),
  beat_at timestamptz
) with (fillfactor = 50);
insert into beat_head default values;
create table outage (
  outage_id bigint generated always as identity primary key,
  from_at timestamptz not null,
  to_at timestamptz not null check (to_at > from_at),
  -- Long enough for a list of the residents who may have called in vain, and the list is made.
  listed_at timestamptz
);
create index outage_end on outage (to_at desc);
create index outage_unlisted on outage (outage_id) where listed_at is null;
create table outage_check (
  outage_id bigint not null references outage,
  resident_id text not null references resident,
  -- 0 first: lives alone and needs much help.
  rank smallint not null,
  state text not null check (state in ('open', 'reached', 'unreachable', 'not_needed')),
  user_id uuid references app_user,
  at timestamptz,
  note text,
  primary key (outage_id, resident_id),
  check (state = 'open' or (user_id is not null and at is not null))
) with (fillfactor = 80);
create index outage_check_order on outage_check (outage_id, rank, resident_id);
create table outage_check_log (
  line_id bigint generated always as identity primary key,
  outage_id bigint not null,
  resident_id text not null,
  state text not null,
  user_id uuid not null references app_user,
  at timestamptz not null,
  note text,
  foreign key (outage_id, resident_id) references outage_check
);
`

const cases = `
alter table alarm_case
  -- It is about all devices of an area.
  add column incident_id uuid references incident,
  -- It is kept quiet.
  add column suppression_id uuid references suppression;
create index alarm_case_incident on alarm_case (incident_id) where incident_id is not null;
create index alarm_case_suppressed on alarm_case (suppression_id)
  where suppression_id is not null and state in ('new', 'claimed', 'dispatched', 'on_scene');
`

const grants = `
grant select, insert, update on device_supervision, resident_protection, node_beat to ${APP_ROLE};
grant select, update on supervision_mark, beat_head to ${APP_ROLE};
grant select, insert on incident, incident_member, suppression, outage, outage_check, outage_check_log to ${APP_ROLE};
grant update (last_loss_at, closed_at) on incident to ${APP_ROLE};
grant update (lost_at, joined_at, left_at) on incident_member to ${APP_ROLE};
grant update (ended_at, ended_by) on suppression to ${APP_ROLE};
grant update (listed_at) on outage to ${APP_ROLE};
grant update (state, user_id, at, note) on outage_check to ${APP_ROLE};
grant update (suppression_id) on alarm_case to ${APP_ROLE};
`

const guards = `
${['incident', 'incident_member', 'suppression', 'outage', 'outage_check']
  .map(
    (table) => `create trigger not_deletable before delete or truncate on ${table}
  for each statement execute function refuse_rewrite();`,
  )
  .join('\n')}
create trigger append_only before update or delete or truncate on outage_check_log
  for each statement execute function refuse_rewrite();
`
