import { type Kysely, type Migration, sql } from 'kysely'
import { APP_ROLE } from '../db.ts'

/**
 * Detection: what the detectors remember of each subject and when they want to look again, the settings they go by, and
 * why an alert was raised.
 */
export const detectionMigration: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statements of [states, settings, reasons, grants, guards]) await sql.raw(statements).execute(db)
  },
}

const states = `
create table detect_state (
  -- 'resident:…', or 'device:…' of a device that belongs to nobody.
  subject text primary key,
  resident_id text references resident,
  device_id text references device,
  state jsonb not null,
  -- The next deadline; any node may meet it.
  due_at timestamptz,
  version bigint not null,
  check ((resident_id is null) <> (device_id is null))
) with (fillfactor = 60);
create index detect_state_due on detect_state (due_at) where due_at is not null;
`

const settings = `
create table detect_setting (
  version bigint generated always as identity primary key,
  scope text not null check (scope in ('city', 'home', 'resident', 'device')),
  -- '' for the city.
  scope_id text not null,
  -- What differs from the next wider scope; {} inherits all.
  settings jsonb not null,
  at timestamptz not null,
  user_id uuid references app_user,
  note text
);
create index detect_setting_scope on detect_setting (scope, scope_id, version desc);
`

const reasons = `
alter table alert
  add column certainty text not null default 'confirmed' check (certainty in ('possible', 'likely', 'confirmed')),
  add column severe boolean not null default false,
  -- Rule, values, version of the settings. Null: raised before there were reasons.
  add column reason jsonb,
  add column assessment jsonb,
  add column samples jsonb not null default '[]';
-- A signal may raise one alert and speak for another.
alter table alert_signal
  add column part text not null default 'raised' check (part in ('raised', 'evidence')),
  drop constraint alert_signal_pkey,
  add primary key (alert_id, signal_id);
drop index alert_signal_alert;
create index alert_signal_signal on alert_signal (signal_id);
create index signal_resident_time on signal (resident_id, occurred_at desc) where resident_id is not null;
`

const grants = `
grant select, insert, update on detect_state to ${APP_ROLE};
grant select, insert on detect_setting to ${APP_ROLE};
grant update (certainty, severe, reason, assessment, samples) on alert to ${APP_ROLE};
`

const guards = `
create trigger append_only before update or delete or truncate on detect_setting
  for each statement execute function refuse_rewrite();
`
