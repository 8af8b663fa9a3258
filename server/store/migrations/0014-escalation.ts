import { type Kysely, type Migration, sql } from 'kysely'
import { APP_ROLE } from '../db.ts'
import { DEFAULT_POLICIES } from './0014-policies.ts'

/** Escalation and its policies, notifications, the facts that service levels are counted from, reviews. */
export const escalationMigration: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statements of [escalation, notifications, answers, reviews, grants, guards]) {
      await sql.raw(statements).execute(db)
    }
    for (const [category, policy] of Object.entries(DEFAULT_POLICIES)) {
      await sql`
        insert into escalation_policy (category, kind, division_code, policy, at, user_id, note)
        values (${category}, '', '', ${JSON.stringify(policy)}::jsonb, now(), null, 'as delivered')`.execute(db)
    }
  },
}

const escalation = `
-- Each row is one publication; the newest of a scope is in force.
create table escalation_policy (
  version bigint generated always as identity primary key,
  category text not null check (category in ('emergency', 'help', 'care', 'fault')),
  kind text not null default '',
  division_code text not null default '',
  policy jsonb,
  at timestamptz not null,
  user_id uuid references app_user,
  note text not null check (note ~ '\\S'),
  -- The last one of all can not be taken away.
  check (policy is not null or kind <> '' or division_code <> '')
);
create index escalation_policy_scope on escalation_policy (category, kind, division_code, version desc);

create table escalation (
  case_id uuid primary key references alarm_case,
  policy_version bigint not null references escalation_policy,
  state text not null check (state in ('pending', 'acknowledged', 'exhausted', 'ended')),
  step smallint not null,
  round smallint not null,
  base_at timestamptz not null,
  due_at timestamptz,
  ack_until timestamptz,
  ack_by uuid,
  -- It is silent until the end of a hold.
  held boolean not null default false,
  level smallint not null default 0,
  told_at timestamptz,
  expired integer not null default 0,
  kind text not null,
  category text not null,
  priority smallint not null,
  check (state in ('pending', 'acknowledged') or due_at is null),
  check (state <> 'pending' or due_at is not null)
) with (fillfactor = 80);
create index escalation_due on escalation (due_at) where due_at is not null;
create index escalation_running on escalation (priority, level desc, case_id) where state <> 'ended';

create table escalation_check (
  check_id bigint generated always as identity primary key,
  at timestamptz not null,
  on_duty integer not null,
  warnings jsonb not null
);
create index escalation_check_newest on escalation_check (at desc);
`

const notifications = `
create table notification (
  notification_id uuid primary key,
  case_id uuid not null references alarm_case,
  policy_version bigint not null references escalation_policy,
  step smallint not null,
  round smallint not null,
  channel text not null check (channel in ('desk', 'email', 'sms', 'voice', 'webhook')),
  recipient_kind text not null check (recipient_kind in ('desks', 'user', 'contact', 'group', 'system')),
  -- An id; of a contact the place in the resident's order. Addresses are looked up when it is sent.
  recipient_id text not null,
  state text not null check (state in ('queued', 'sent', 'delivered', 'failed', 'cancelled')),
  attempts smallint not null default 0,
  created_at timestamptz not null,
  due_at timestamptz,
  expires_at timestamptz not null,
  sent_at timestamptz,
  settled_at timestamptz,
  error text,
  text text,
  check ((state = 'queued') = (due_at is not null))
) with (fillfactor = 80);
create index notification_due on notification (due_at) where state = 'queued';
create index notification_queued_case on notification (case_id) where state = 'queued';
create index notification_case on notification (case_id, notification_id desc);
create index notification_newest on notification (notification_id desc);
create index notification_failed on notification (notification_id desc) where state = 'failed';

create table user_address (
  user_id uuid primary key references app_user,
  email text,
  phone text,
  changed_at timestamptz not null,
  changed_by uuid not null references app_user
);
create table responder_group (
  group_id text primary key,
  name text not null check (name ~ '\\S'),
  email text,
  phone text,
  changed_at timestamptz not null,
  changed_by uuid not null references app_user
);
`

// Written with the answer and the dispatch. Counting a million cases from the log takes seconds, from here a tenth of it.
const answers = `
create table case_answer (
  case_id uuid primary key references alarm_case,
  category text not null,
  since timestamptz not null,
  answered_at timestamptz not null,
  operator_id uuid,
  area text,
  dispatched_at timestamptz
);
create index case_answer_since on case_answer (since)
  include (category, answered_at, operator_id, area, dispatched_at);
-- Answers given before are taken over in small steps by a recurring job, so that no start waits for it.
create table answer_backfill (
  singleton boolean primary key default true check (singleton),
  log_id bigint not null,
  to_log_id bigint not null
);
insert into answer_backfill (log_id, to_log_id) select 0, coalesce(max(log_id), 0) from case_log;
`

const reviews = `
create table review (
  review_id uuid primary key,
  case_id uuid not null unique references alarm_case,
  reason text not null check (reason in ('late_answer', 'unanswered')),
  since timestamptz not null,
  answer_seconds integer,
  answered_by uuid,
  state text not null check (state in ('open', 'closed')),
  version integer not null default 1,
  created_at timestamptz not null,
  reviewer_id uuid references app_user,
  finding text,
  cause text,
  action text,
  closed_at timestamptz,
  check (state = 'open' or (finding is not null and cause is not null and action is not null and reviewer_id is not null
    and closed_at is not null))
);
create index review_open on review (created_at desc, review_id desc) where state = 'open';
create index review_newest on review (created_at desc, review_id desc);
create table review_log (
  line_id bigint generated always as identity primary key,
  review_id uuid not null references review,
  at timestamptz not null,
  user_id uuid references app_user,
  version integer not null,
  state text not null,
  finding text,
  cause text,
  action text
);
create index review_log_review on review_log (review_id, line_id);
`

const grants = `
grant select, insert on escalation_policy, escalation, escalation_check, notification, case_answer, review, review_log
  to ${APP_ROLE};
grant update (policy_version, state, step, round, base_at, due_at, ack_until, ack_by, held, level, told_at, expired, kind,
  category, priority) on escalation to ${APP_ROLE};
grant update (state, attempts, due_at, sent_at, settled_at, error, text) on notification to ${APP_ROLE};
grant select, insert, update on user_address, responder_group to ${APP_ROLE};
grant update (dispatched_at) on case_answer to ${APP_ROLE};
grant select, update on answer_backfill to ${APP_ROLE};
grant update (answer_seconds, answered_by, state, version, reviewer_id, finding, cause, action, closed_at) on review
  to ${APP_ROLE};
`

const guards = `
${['escalation_policy', 'escalation_check', 'review_log']
  .map(
    (table) => `create trigger append_only before update or delete or truncate on ${table}
  for each statement execute function refuse_rewrite();`,
  )
  .join('\n')}
${['escalation', 'notification', 'case_answer', 'review']
  .map(
    (table) => `create trigger not_deletable before delete or truncate on ${table}
  for each statement execute function refuse_rewrite();`,
  )
  .join('\n')}
`
