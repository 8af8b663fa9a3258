import { type Kysely, type Migration, sql } from 'kysely'
import { APP_ROLE } from '../db.ts'
import { DEFAULT_SHEET } from './0021-sheet.ts'

/** Results of closed cases, the monthly draw, scoring sheets in all their versions, and audits. */
export const qualityMigration: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statements of [results, draws, audits, grants, guards]) await sql.raw(statements).execute(db)
    await sql`
      insert into quality_sheet (content, at, user_id, note)
      values (${JSON.stringify(DEFAULT_SHEET)}::jsonb, now(), null, 'as delivered')`.execute(db)
  },
}

// Written when a case is closed. With area and device in it a month of a large city is counted from one index.
const results = `
create table case_result (
  case_id uuid primary key references alarm_case,
  closed_at timestamptz,
  operator_id uuid references app_user,
  kind text not null,
  category text not null,
  outcome text,
  area text,
  device_kind text not null,
  model text
) with (fillfactor = 90);
create index case_result_closed on case_result (closed_at)
  include (operator_id, kind, category, outcome, area, device_kind, model, case_id) where closed_at is not null;
create index case_result_operator on case_result (operator_id, closed_at desc, case_id desc) where closed_at is not null;
-- What was closed before is taken over in small steps by a recurring job, so that no start waits for it.
create table result_backfill (
  singleton boolean primary key default true check (singleton),
  case_id uuid,
  to_case_id uuid
);
insert into result_backfill (case_id, to_case_id)
  select case when exists (select from alarm_case) then '00000000-0000-0000-0000-000000000000'::uuid end,
    (select case_id from alarm_case order by case_id desc limit 1);
-- The load of operators is counted by when cases were answered.
create index case_answer_answered on case_answer (answered_at) include (operator_id);
`

const draws = `
create table quality_draw (
  month text primary key check (month ~ '^20\\d\\d-(0[1-9]|1[0-2])$'),
  drawn_at timestamptz not null,
  seed text not null check (seed ~ '^[0-9a-f]{32}$'),
  node text not null
);
create table quality_draw_operator (
  month text not null references quality_draw,
  user_id uuid not null references app_user,
  cases integer not null,
  due integer not null,
  digest text not null,
  primary key (month, user_id)
);
create table quality_sheet (
  version integer generated always as identity primary key,
  content jsonb not null,
  at timestamptz not null,
  user_id uuid references app_user,
  note text not null check (note ~ '\\S')
);
`

const audits = `
create table quality_audit (
  audit_id uuid primary key,
  month text not null check (month ~ '^20\\d\\d-(0[1-9]|1[0-2])$'),
  case_id uuid not null references alarm_case,
  operator_id uuid not null references app_user,
  origin text not null check (origin in ('drawn', 'picked')),
  stratum text check (stratum in ('emergency', 'any')),
  place integer,
  created_at timestamptz not null,
  picked_by uuid references app_user,
  reason text,
  due_at timestamptz not null,
  state text not null check (state in ('open', 'completed')),
  version integer not null default 1 check (version > 0),
  sheet_version integer references quality_sheet,
  answers jsonb not null default '[]',
  remark text,
  auditor_id uuid references app_user,
  completed_at timestamptz,
  score double precision,
  result text check (result in ('passed', 'below', 'failed')),
  unique (month, case_id, origin),
  check ((origin = 'drawn') = (place is not null and stratum is not null)),
  check ((origin = 'picked') = (picked_by is not null and reason is not null)),
  check ((state = 'completed') = (completed_at is not null and result is not null)),
  check (state = 'open' or (sheet_version is not null and auditor_id is not null)),
  -- Nobody judges himself.
  check (auditor_id is null or auditor_id <> operator_id)
);
-- A place is drawn once.
create unique index quality_audit_place on quality_audit (month, operator_id, place) where origin = 'drawn';
create index quality_audit_open on quality_audit (due_at) where state = 'open';
create index quality_audit_operator on quality_audit (operator_id, completed_at desc, audit_id desc)
  where state = 'completed';
create index quality_audit_case on quality_audit (case_id);
create table quality_audit_log (
  line_id bigint generated always as identity primary key,
  audit_id uuid not null references quality_audit,
  at timestamptz not null,
  user_id uuid not null references app_user,
  version integer not null,
  state text not null,
  sheet_version integer not null,
  answers jsonb not null,
  remark text
);
create index quality_audit_log_audit on quality_audit_log (audit_id, line_id);
create table quality_comment (
  comment_id uuid primary key,
  audit_id uuid not null references quality_audit,
  at timestamptz not null,
  user_id uuid not null references app_user,
  by_operator boolean not null,
  text text not null check (text ~ '\\S')
);
create index quality_comment_audit on quality_comment (audit_id, at);
-- Whoever was audited answers once.
create unique index quality_comment_operator on quality_comment (audit_id) where by_operator;
`

const grants = `
grant select, insert on case_result, quality_draw, quality_draw_operator, quality_sheet, quality_audit, quality_audit_log,
  quality_comment to ${APP_ROLE};
grant update (closed_at, operator_id, kind, category, outcome, area, device_kind, model) on case_result to ${APP_ROLE};
grant select, update on result_backfill to ${APP_ROLE};
grant update (state, version, sheet_version, answers, remark, auditor_id, completed_at, score, result) on quality_audit
  to ${APP_ROLE};
`

const guards = `
${['quality_draw', 'quality_draw_operator', 'quality_sheet', 'quality_audit_log', 'quality_comment']
  .map(
    (table) => `create trigger append_only before update or delete or truncate on ${table}
  for each statement execute function refuse_rewrite();`,
  )
  .join('\n')}
${['case_result', 'quality_audit']
  .map(
    (table) => `create trigger not_deletable before delete or truncate on ${table}
  for each statement execute function refuse_rewrite();`,
  )
  .join('\n')}
-- What was signed is never written again.
create trigger append_only before update on quality_audit
  for each row when (old.state = 'completed') execute function refuse_rewrite();
`
