import { type Kysely, type Migration, sql } from 'kysely'
import { APP_ROLE } from '../db.ts'

/** Talking with a home: calls to its terminal, their recordings, and what a telephone exchange reports. */
export const voiceMigration: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statements of [calls, recordings, telephones, grants, guards, expiry])
      await sql.raw(statements).execute(db)
  },
}

const calls = `
create table voice_call (
  call_id uuid primary key,
  case_id uuid not null references alarm_case,
  device_id text not null references device,
  operator_id uuid not null references app_user,
  -- The socket of the desk that it is held at.
  desk_id text,
  state text not null check (state in ('ringing', 'connected', 'ended', 'failed')),
  reason text,
  -- The terminal may take it by itself.
  auto boolean not null,
  record boolean not null,
  started_at timestamptz not null,
  answered_at timestamptz,
  ended_at timestamptz,
  -- When the terminal had said that the call is recorded.
  notice_at timestamptz,
  -- When it is over by itself: nobody took it, or the desk was not heard of.
  due_at timestamptz,
  check ((state in ('ringing', 'connected')) = (ended_at is null)),
  check ((ended_at is null) = (due_at is not null))
) with (fillfactor = 80);
create unique index voice_call_of_device on voice_call (device_id) where ended_at is null;
create unique index voice_call_of_operator on voice_call (operator_id) where ended_at is null;
create index voice_call_due on voice_call (due_at) where due_at is not null;
create index voice_call_of_case on voice_call (case_id, started_at desc);
-- Words on their way; gone once they are delivered.
create table voice_message (
  message_id bigint generated always as identity primary key,
  call_id uuid not null references voice_call,
  side text not null check (side in ('terminal', 'desk')),
  body jsonb not null,
  created_at timestamptz not null
);
create index voice_message_of_call on voice_message (call_id, side);
`

const recordings = `
create table voice_recording (
  call_id uuid primary key references voice_call,
  content_type text not null,
  begun_at timestamptz not null,
  -- Known once all of it is there.
  parts integer,
  sha256 bytea,
  finished_at timestamptz,
  expired_at timestamptz
);
create table voice_recording_part (
  call_id uuid not null references voice_recording,
  part integer not null check (part between 0 and 1999),
  body bytea not null check (octet_length(body) between 1 and 1048576),
  sha256 bytea not null,
  at timestamptz not null,
  primary key (call_id, part)
);
-- Sound is compressed already.
alter table voice_recording_part alter column body set storage external;
create table voice_setting (
  version bigint generated always as identity primary key,
  recording text not null check (recording in ('off', 'with_notice')),
  retention_days integer not null check (retention_days between 30 and 3650),
  at timestamptz not null,
  user_id uuid not null references app_user
);
`

const telephones = `
alter table resident add column phone text;
create table exchange_call (
  external_id text primary key,
  direction text not null check (direction in ('in', 'out')),
  from_number text not null,
  to_number text not null,
  started_at timestamptz not null,
  answered_at timestamptz,
  ended_at timestamptz,
  recording_url text,
  case_id uuid references alarm_case,
  received_at timestamptz not null
);
create index exchange_call_history on exchange_call (started_at desc, external_id desc);
create index exchange_call_unmatched on exchange_call (started_at desc, external_id desc) where case_id is null;
`

const grants = `
grant select, insert on voice_call, voice_recording, voice_recording_part, voice_setting, exchange_call to ${APP_ROLE};
grant update (desk_id, state, reason, answered_at, ended_at, notice_at, due_at) on voice_call to ${APP_ROLE};
grant select, insert, delete on voice_message to ${APP_ROLE};
grant update (parts, sha256, finished_at) on voice_recording to ${APP_ROLE};
grant update (answered_at, ended_at, recording_url) on exchange_call to ${APP_ROLE};
`

const guards = `
${['voice_call', 'voice_recording', 'exchange_call']
  .map(
    (table) => `create trigger not_deletable before delete or truncate on ${table}
  for each statement execute function refuse_rewrite();`,
  )
  .join('\n')}
create trigger append_only before update or delete or truncate on voice_setting
  for each statement execute function refuse_rewrite();
create trigger append_only before update or truncate on voice_recording_part
  for each statement execute function refuse_rewrite();
`

/** The only way in which sound is deleted: when its time is over, all of a call's at once, and with a mark left behind. */
const expiry = `
create function expire_recordings(before timestamptz) returns integer
language plpgsql security definer set search_path = public as $$
declare expired uuid[];
begin
  if before > now() - interval '30 days' then
    raise exception 'recordings are kept for 30 days at the least' using errcode = 'insufficient_privilege';
  end if;
  update voice_recording set expired_at = now() where expired_at is null and begun_at < before;
  select coalesce(array_agg(call_id), '{}') into expired from voice_recording r
    where expired_at is not null and exists (select from voice_recording_part p where p.call_id = r.call_id);
  delete from voice_recording_part where call_id = any(expired);
  return cardinality(expired);
end $$;
revoke all on function expire_recordings(timestamptz) from public;
grant execute on function expire_recordings(timestamptz) to ${APP_ROLE};
`
