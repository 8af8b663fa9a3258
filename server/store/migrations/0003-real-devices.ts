import { type Kysely, type Migration, sql } from 'kysely'
import { APP_ROLE } from '../db.ts'

/**
 * Devices as homes have them: behind hubs and network servers, with a model, a role and a life of their own; what a
 * device keeps repeating; who knocks without being registered; and commands on their way to devices.
 */
export const realDevicesMigration: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statements of [devices, levels, unknownDevices, commands, grants, guards]) {
      await sql.raw(statements).execute(db)
    }
  },
}

const devices = `
alter table device
  -- Devices behind a hub, and those known by the id in their frames, never log in.
  alter column secret_hash drop not null,
  add column model text,
  add column role text,
  add column hub_id text references device,
  -- What its protocol calls it: a Zigbee name, a DevEUI, a watch's id.
  add column address text,
  add column lifecycle text not null default 'in_service'
    check (lifecycle in ('in_stock', 'installed', 'tested', 'in_service', 'faulty', 'retired')),
  add column note text,
  add column sources text[] not null default '{}',
  add column settings jsonb not null default '{}',
  -- Sealed with the key of this installation: keys and passwords that have to be used, not only compared.
  add column sealed_settings bytea,
  add column version integer not null default 1,
  add check (hub_id is null or address is not null),
  add check (hub_id <> device_id);
-- A retired device leaves its address to the next one: the same hardware may come back under a new id.
create unique index device_behind_hub on device (hub_id, address) where hub_id is not null and lifecycle <> 'retired';
create unique index device_by_address on device (protocol, address)
  where hub_id is null and address is not null and lifecycle <> 'retired';
create index device_hub on device (hub_id) where hub_id is not null;
alter table device_state
  add column firmware text,
  add column hardware text,
  add column rssi double precision;
-- The home adaptation's record: who brought a device where, tested it, took it away.
create table device_life (
  life_id bigint generated always as identity primary key,
  device_id text not null references device,
  at timestamptz not null,
  from_state text,
  to_state text not null,
  user_id uuid references app_user,
  note text,
  resident_id text references resident,
  room text
);
create index device_life_device on device_life (device_id, life_id);
`

const levels = `
create table device_level (
  device_id text not null references device,
  level text not null,
  value text not null,
  changed_at timestamptz not null,
  primary key (device_id, level)
) with (fillfactor = 70);
-- For whoever compares what was sent with what was recorded.
create index signal_received on signal (received_at desc, signal_id desc);
`

const unknownDevices = `
create table unknown_device (
  knock_id uuid primary key,
  -- '' for a device that connected by itself.
  hub_id text not null,
  protocol text not null,
  address text not null,
  model text,
  vendor text,
  description text,
  suggested_kind text not null,
  suggested_role text,
  first_seen_at timestamptz not null,
  last_seen_at timestamptz not null,
  messages bigint not null,
  last_payload bytea not null,
  dismissed_at timestamptz,
  dismissed_by uuid references app_user,
  adopted_as text references device,
  unique (hub_id, protocol, address)
) with (fillfactor = 70);
create index unknown_device_open on unknown_device (last_seen_at desc, knock_id desc) where adopted_as is null;
`

const commands = `
create table device_command (
  command_id uuid primary key,
  device_id text not null references device,
  type text not null,
  args jsonb not null,
  state text not null check (state in ('queued', 'sent', 'replied', 'expired', 'unsupported')),
  case_id uuid references alarm_case,
  -- The call that "received" answers.
  signal_id uuid references signal,
  created_at timestamptz not null,
  created_by uuid references app_user,
  expires_at timestamptz not null,
  -- When to try (again); any node may.
  due_at timestamptz,
  attempts integer not null default 0,
  sent_at timestamptz,
  replied_at timestamptz,
  reply jsonb,
  -- The order in which they were given; several may be given in one moment.
  number bigint generated always as identity
) with (fillfactor = 70);
create index device_command_due on device_command (due_at) where state = 'queued';
create index device_command_expiry on device_command (expires_at) where state = 'queued';
create index device_command_device on device_command (device_id, number desc);
`

const grants = `
grant select, insert, update on device_level, unknown_device to ${APP_ROLE};
grant select, insert on device_life, device_command to ${APP_ROLE};
grant update (state, due_at, attempts, sent_at, replied_at, reply) on device_command to ${APP_ROLE};
`

const guards = `
create trigger append_only before update or delete or truncate on device_life
  for each statement execute function refuse_rewrite();
create trigger not_deletable before delete or truncate on device_command
  for each statement execute function refuse_rewrite();
`
