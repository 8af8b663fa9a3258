import { type Kysely, type Migration, sql } from 'kysely'
import { APP_ROLE } from '../db.ts'

/** Who is on duty, what operators can do, to whom a waiting case is offered, and cases that are back from a hold. */
export const deskMigration: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statements of [duty, profiles, settings, offers, cases, grants, guards]) {
      await sql.raw(statements).execute(db)
    }
  },
}

const STATUSES = `('ready', 'busy', 'break', 'off')`

const duty = `
create table duty (
  user_id uuid primary key references app_user,
  status text not null check (status in ${STATUSES}),
  since timestamptz not null,
  -- Written every few seconds while a desk is connected, never per event.
  seen_at timestamptz,
  gone_at timestamptz,
  muted boolean not null default false,
  idle_since timestamptz
) with (fillfactor = 50);
create table duty_log (
  line_id bigint generated always as identity primary key,
  user_id uuid not null references app_user,
  at timestamptz not null,
  action text not null check (action in ('status', 'muted', 'unmuted')),
  from_status text not null check (from_status in ${STATUSES}),
  to_status text not null check (to_status in ${STATUSES}),
  -- Null: the platform.
  actor_id uuid references app_user,
  reason text
);
create index duty_log_user on duty_log (user_id, at desc);
create index duty_log_time on duty_log (at);
`

const profiles = `
create table operator_profile (
  user_id uuid primary key references app_user,
  skills text[] not null,
  dialects text[] not null,
  -- Division codes; empty: everywhere.
  areas text[] not null,
  version integer not null check (version > 0),
  updated_at timestamptz not null,
  updated_by uuid references app_user
);
create table operator_profile_log (
  line_id bigint generated always as identity primary key,
  user_id uuid not null references app_user,
  at timestamptz not null,
  actor_id uuid references app_user,
  skills text[] not null,
  dialects text[] not null,
  areas text[] not null
);
create index operator_profile_log_user on operator_profile_log (user_id, at desc);
`

const settings = `
create table desk_setting (
  version bigint generated always as identity primary key,
  settings jsonb not null,
  at timestamptz not null,
  user_id uuid references app_user,
  note text
);
`

const offers = `
-- One offer to one operator. The row is its own log: what has ended is never written again.
create table case_offer (
  offer_id uuid primary key,
  case_id uuid not null references alarm_case,
  user_id uuid not null references app_user,
  round integer not null check (round > 0),
  offered_at timestamptz not null,
  remind_due timestamptz not null,
  pass_due timestamptz not null,
  shown_at timestamptz,
  reminded_at timestamptz,
  ended_at timestamptz,
  outcome text check (outcome in ('accepted', 'passed', 'withdrawn')),
  ended_why text,
  check ((ended_at is null) = (outcome is null))
) with (fillfactor = 70);
-- A case is offered to one operator at a time, and an operator is offered one case at a time, whatever the nodes do.
create unique index case_offer_open_case on case_offer (case_id) where ended_at is null;
create unique index case_offer_open_user on case_offer (user_id) where ended_at is null;
create index case_offer_case on case_offer (case_id, offered_at);
create index case_offer_user on case_offer (user_id, offered_at desc);
-- How far a case has been offered around. When all were passed over it is open to all, and offered around again later.
create table case_distribution (
  case_id uuid primary key references alarm_case,
  round integer not null,
  open_at timestamptz,
  again_due timestamptz
);
`

/** The queue's order, as `server/cases/queue-order.ts` and the console have it. */
const RANK = `(case when suppression_id is not null then 2 when state = 'new' or returned_at is not null then 0 else 1 end)`
const BACK = `(case when returned_at is null then 1 else 0 end)`
const OPEN = `state in ('new', 'claimed', 'dispatched', 'on_scene')`

const cases = `
-- Its hold is over and nobody has taken it up again.
alter table alarm_case add column returned_at timestamptz;
drop index alarm_case_queue;
drop index alarm_case_queue_category;
create index alarm_case_queue on alarm_case (${RANK}, priority, ${BACK}, opened_at, case_id) where ${OPEN};
create index alarm_case_queue_category on alarm_case (category, ${RANK}, priority, ${BACK}, opened_at, case_id)
  where ${OPEN};
-- What an operator has in hand.
create index alarm_case_owner on alarm_case (owner_id) where ${OPEN} and owner_id is not null;
-- What an operator did today.
create index case_log_actor on case_log (actor_id, at) where actor_id is not null;
`

const grants = `
grant select, insert on duty, duty_log, operator_profile, operator_profile_log, desk_setting, case_offer,
  case_distribution to ${APP_ROLE};
grant update (status, since, seen_at, gone_at, muted, idle_since) on duty to ${APP_ROLE};
grant update (skills, dialects, areas, version, updated_at, updated_by) on operator_profile to ${APP_ROLE};
grant update (shown_at, reminded_at, ended_at, outcome, ended_why) on case_offer to ${APP_ROLE};
grant update (round, open_at, again_due) on case_distribution to ${APP_ROLE};
grant update (returned_at) on alarm_case to ${APP_ROLE};
`

const guards = `
${['duty_log', 'operator_profile_log', 'desk_setting']
  .map(
    (table) => `create trigger append_only before update or delete or truncate on ${table}
  for each statement execute function refuse_rewrite();`,
  )
  .join('\n')}
create trigger not_deletable before delete or truncate on case_offer
  for each statement execute function refuse_rewrite();
create trigger append_only before update on case_offer
  for each row when (old.ended_at is not null) execute function refuse_rewrite();
`
