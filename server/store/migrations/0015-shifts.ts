import { type Kysely, type Migration, sql } from 'kysely'
import { APP_ROLE } from '../db.ts'

/** The roster, gaps in it, signed handovers, supervisors beside a case, and short messages to a desk. */
export const shiftsMigration: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statements of [roster, gaps, handovers, company, grants, guards]) {
      await sql.raw(statements).execute(db)
    }
  },
}

const roster = `
-- Times are minutes of the day in Asia/Shanghai; an end that is not after the start is on the next day.
create table shift_pattern (
  pattern_id uuid primary key,
  name text not null,
  start_minute integer not null check (start_minute between 0 and 1439),
  end_minute integer not null check (end_minute between 0 and 1439),
  -- [{skill, area, heads}]; null: any.
  required jsonb not null,
  active boolean not null,
  version integer not null check (version > 0),
  updated_at timestamptz not null,
  updated_by uuid references app_user
);
create table shift_pattern_log (
  line_id bigint generated always as identity primary key,
  pattern_id uuid not null references shift_pattern,
  version integer not null,
  at timestamptz not null,
  actor_id uuid references app_user,
  pattern jsonb not null
);
create index shift_pattern_log_pattern on shift_pattern_log (pattern_id, line_id desc);
create table roster_week (
  monday date primary key check (extract(isodow from monday) = 1),
  version integer not null check (version > 0)
);
-- Who is to work when. A row that was taken off the roster stays, with who did it.
create table roster_entry (
  entry_id uuid primary key,
  monday date not null references roster_week,
  day date not null,
  user_id uuid not null references app_user,
  pattern_id uuid not null references shift_pattern,
  start_at timestamptz not null,
  end_at timestamptz not null check (end_at > start_at),
  created_at timestamptz not null,
  created_by uuid references app_user,
  removed_at timestamptz,
  removed_by uuid references app_user
);
create unique index roster_entry_one on roster_entry (user_id, day, pattern_id) where removed_at is null;
create index roster_entry_time on roster_entry (end_at, start_at) where removed_at is null;
create index roster_entry_week on roster_entry (monday) where removed_at is null;
create table roster_log (
  line_id bigint generated always as identity primary key,
  monday date not null references roster_week,
  version integer not null,
  at timestamptz not null,
  actor_id uuid references app_user,
  -- {added: [{userId, day, patternId}], removed: [...], accepted: [conflict]}
  change jsonb not null,
  note text
);
create index roster_log_week on roster_log (monday, line_id desc);
`

const gaps = `
create table duty_gap (
  gap_id uuid primary key,
  -- What it is about; open once at a time.
  key text not null,
  kind text not null check (kind in ('planned', 'late', 'fell_away', 'uncovered')),
  pattern_id uuid references shift_pattern,
  user_id uuid references app_user,
  skill text,
  area text,
  need integer not null,
  have integer not null,
  from_at timestamptz not null,
  until_at timestamptz not null,
  opened_at timestamptz not null,
  closed_at timestamptz,
  closed_why text check (closed_why in ('filled', 'over')),
  check ((closed_at is null) = (closed_why is null))
);
create unique index duty_gap_open on duty_gap (key) where closed_at is null;
create index duty_gap_time on duty_gap (opened_at desc, gap_id desc);
create table duty_gap_seen (
  gap_id uuid not null references duty_gap,
  user_id uuid not null references app_user,
  at timestamptz not null,
  primary key (gap_id, user_id)
);
`

const handovers = `
-- One sheet: what one operator hands over at once.
create table handover (
  handover_id uuid primary key,
  giver_id uuid not null references app_user,
  at timestamptz not null,
  note text
);
create index handover_giver on handover (giver_id, at desc);
create index handover_time on handover (at desc, handover_id desc);
create table handover_case (
  handover_id uuid not null references handover,
  case_id uuid not null references alarm_case,
  -- Null: to the queue, whoever claims it.
  to_id uuid references app_user,
  note text not null,
  state text not null check (state in ('offered', 'accepted', 'declined', 'withdrawn')),
  -- The signature: who and when.
  decided_by uuid references app_user,
  decided_at timestamptz,
  reason text,
  primary key (handover_id, case_id),
  check ((state = 'offered') = (decided_at is null))
);
create unique index handover_case_open on handover_case (case_id) where state = 'offered';
create index handover_case_to on handover_case (to_id, handover_id) where state = 'offered';
create index handover_case_receiver on handover_case (decided_by);
`

const company = `
-- A supervisor who looks over an operator's shoulder.
create table case_assist (
  assist_id uuid primary key,
  case_id uuid not null references alarm_case,
  user_id uuid not null references app_user,
  started_at timestamptz not null,
  ended_at timestamptz
);
create unique index case_assist_open on case_assist (case_id, user_id) where ended_at is null;
-- Short words to one operator's desk about one case.
create table desk_message (
  message_id uuid primary key,
  user_id uuid not null references app_user,
  case_id uuid not null references alarm_case,
  kind text not null check (kind in ('whisper', 'given', 'taken')),
  from_id uuid not null references app_user,
  text text not null,
  at timestamptz not null,
  read_at timestamptz
);
create index desk_message_unread on desk_message (user_id, at) where read_at is null;
`

const grants = `
grant select, insert on shift_pattern, shift_pattern_log, roster_week, roster_entry, roster_log, duty_gap, duty_gap_seen,
  handover, handover_case, case_assist, desk_message to ${APP_ROLE};
grant update (name, start_minute, end_minute, required, active, version, updated_at, updated_by) on shift_pattern
  to ${APP_ROLE};
grant update (version) on roster_week to ${APP_ROLE};
grant update (start_at, end_at, removed_at, removed_by) on roster_entry to ${APP_ROLE};
grant update (need, have, from_at, until_at, closed_at, closed_why) on duty_gap to ${APP_ROLE};
grant update (state, decided_by, decided_at, reason) on handover_case to ${APP_ROLE};
grant update (ended_at) on case_assist to ${APP_ROLE};
grant update (read_at) on desk_message to ${APP_ROLE};
`

const APPEND_ONLY = ['shift_pattern_log', 'roster_log', 'duty_gap_seen', 'handover']
const NOT_DELETABLE = ['shift_pattern', 'roster_entry', 'duty_gap', 'handover_case', 'case_assist', 'desk_message']

const guards = `
${APPEND_ONLY.map(
  (table) => `create trigger append_only before update or delete or truncate on ${table}
  for each statement execute function refuse_rewrite();`,
).join('\n')}
${NOT_DELETABLE.map(
  (table) => `create trigger not_deletable before delete or truncate on ${table}
  for each statement execute function refuse_rewrite();`,
).join('\n')}
-- What was signed, and what is over, is never written again.
create trigger append_only before update on handover_case
  for each row when (old.state <> 'offered') execute function refuse_rewrite();
create trigger append_only before update on duty_gap
  for each row when (old.closed_at is not null) execute function refuse_rewrite();
create trigger append_only before update on roster_entry
  for each row when (old.removed_at is not null) execute function refuse_rewrite();
`
