import { type Kysely, type Migration, sql } from 'kysely'
import { APP_ROLE } from '../db.ts'

/** Protocols in all their versions, which one a case has, and what was answered. Nothing of it is ever changed. */
export const protocolsMigration: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statements of [tables, grants, guards]) await sql.raw(statements).execute(db)
  },
}

const tables = `
create table protocol (
  protocol_id text primary key check (protocol_id ~ '^[a-z][a-z0-9-]{1,39}$'),
  created_at timestamptz not null
);
create table protocol_version (
  version integer generated always as identity primary key,
  protocol_id text not null references protocol,
  state text not null check (state in ('draft', 'published')),
  number integer,
  -- What it serves, apart from its content: the matrix is asked for without reading all steps.
  kinds text[] not null,
  risks text[] not null,
  content jsonb not null,
  at timestamptz not null,
  user_id uuid references app_user,
  note text,
  check ((state = 'published') = (number is not null)),
  check (user_id is null or state = 'draft' or note ~ '\\S'),
  unique (protocol_id, number)
);
create index protocol_version_history on protocol_version (protocol_id, version desc);
create index protocol_version_published on protocol_version (at) where state = 'published';
-- Which protocol a case has: written when it is first claimed; the version is the one in force when it was opened.
create table case_protocol (
  case_id uuid primary key references alarm_case,
  at timestamptz not null,
  kind text not null,
  risk text not null check (risk in ('low', 'normal', 'high')),
  reasons text[] not null,
  version integer references protocol_version
);
create table case_step (
  step_no bigint generated always as identity primary key,
  case_id uuid not null references alarm_case,
  version integer references protocol_version,
  step_id text not null,
  key smallint not null check (key between 1 and 9),
  at timestamptz not null,
  user_id uuid not null references app_user,
  note text,
  case_version integer not null
);
create index case_step_case on case_step (case_id, step_no);
`

const grants = `
grant select, insert on protocol, protocol_version, case_protocol, case_step to ${APP_ROLE};
`

const guards = ['protocol', 'protocol_version', 'case_protocol', 'case_step']
  .map(
    (table) => `create trigger append_only before update or delete or truncate on ${table}
  for each statement execute function refuse_rewrite();`,
  )
  .join('\n')
