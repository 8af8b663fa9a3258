import { type Kysely, type Migration, sql } from 'kysely'
import { APP_ROLE } from '../db.ts'

/** What a case shows of a resident beyond the lists: photo, must-see notices, temporary notes, hours of contacts, codes. */
export const caseFileMigration: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statements of [files, notices, grants, guards]) await sql.raw(statements).execute(db)
  },
}

const files = `
-- Of what an office changes in a file; constant defaults rewrite no table.
alter table resident add column file_version integer not null default 1;
alter table contact
  -- [{days, from, to}] in the city's time.
  add column windows jsonb not null default '[]',
  add column away_until timestamptz;
create table resident_photo (
  photo_id uuid primary key,
  resident_id text not null references resident,
  -- Null: the photo was taken out. 307200: the contract's limit.
  image bytea check (octet_length(image) <= 307200),
  media_type text check (media_type in ('image/jpeg', 'image/png', 'image/webp')),
  added_at timestamptz not null,
  added_by uuid not null references app_user,
  check ((image is null) = (media_type is null))
);
-- Compressed already.
alter table resident_photo alter column image set storage external;
create index resident_photo_newest on resident_photo (resident_id, added_at desc, photo_id desc);
create table resident_note (
  note_id uuid primary key,
  resident_id text not null references resident,
  text text not null,
  -- It holds until then; nothing has to happen for it to end.
  until_at timestamptz not null,
  version integer not null default 1,
  created_at timestamptz not null,
  created_by uuid not null references app_user,
  ended_at timestamptz,
  ended_by uuid references app_user
);
create index resident_note_of on resident_note (resident_id, until_at);
create table home_code (
  home_id text primary key references home,
  sealed bytea,
  changed_at timestamptz not null,
  changed_by uuid references app_user
);
create table file_change (
  change_id bigint generated always as identity primary key,
  resident_id text not null references resident,
  at timestamptz not null,
  user_id uuid not null references app_user,
  part text not null,
  before jsonb not null,
  after jsonb not null
);
create index file_change_of on file_change (resident_id, change_id desc);
`

const notices = `
create table resident_notice (
  notice_id uuid primary key,
  resident_id text references resident,
  -- … or for everybody who lives there.
  home_id text references home,
  text text not null,
  created_at timestamptz not null,
  created_by uuid not null references app_user,
  ended_at timestamptz,
  ended_by uuid references app_user,
  check ((resident_id is null) <> (home_id is null))
);
create index resident_notice_resident on resident_notice (resident_id) where resident_id is not null;
create index resident_notice_home on resident_notice (home_id) where home_id is not null;
create table notice_read (
  case_id uuid not null references alarm_case,
  notice_id uuid not null references resident_notice,
  -- Another owner has to read it as well.
  user_id uuid not null references app_user,
  at timestamptz not null,
  primary key (case_id, notice_id, user_id)
);
`

const grants = `
grant select, insert on resident_photo, resident_notice, notice_read, resident_note, file_change to ${APP_ROLE};
grant update (ended_at, ended_by) on resident_notice to ${APP_ROLE};
grant update (until_at, version, ended_at, ended_by) on resident_note to ${APP_ROLE};
grant select, insert, update on home_code to ${APP_ROLE};
`

// What had to be read before a case ended belongs to the alarm record. Photos, notes and a file's history do not: they
// are personal data, which the owner of the database must be able to take out lawfully.
const guards = `
create trigger not_deletable before delete or truncate on resident_notice
  for each statement execute function refuse_rewrite();
create trigger append_only before update or delete or truncate on notice_read
  for each statement execute function refuse_rewrite();
`
