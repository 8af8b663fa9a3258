import { type Kysely, type Migration, sql } from 'kysely'
import { APP_ROLE } from '../db.ts'

/**
 * The chain of seals over the audit and the alarm record (docs/adr/0027). Each row keeps the number of the transaction
 * that wrote it: what lies below the oldest transaction that still runs is complete, and no writer waits for another.
 */
export const auditMigration: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statements of [positions, seals, verifications, searches, grants, guards]) {
      await sql.raw(statements).execute(db)
    }
  },
}

const SEALED = ['audit', 'case_log', 'signal']

// The offset is 0 until a dump is restored into a server whose transactions count from a lower number (see align-seals.ts).
// Rows that were there before have 0 and belong to the first seal; a constant default rewrites no table.
const positions = `
create function seal_offset() returns bigint language sql immutable as 'select 0::bigint';
create function seal_position() returns bigint language sql volatile
  as 'select pg_current_xact_id()::text::bigint + seal_offset()';
create function seal_horizon() returns bigint language sql volatile
  as 'select pg_snapshot_xmin(pg_current_snapshot())::text::bigint + seal_offset()';
${SEALED.map(
  (table) => `alter table ${table} add column written_in bigint not null default 0;
alter table ${table} alter column written_in set default seal_position();
create index ${table}_written on ${table} (written_in);`,
).join('\n')}
`

const seals = `
create table audit_seal (
  seal_no bigint primary key check (seal_no > 0),
  sealed_at timestamptz not null,
  -- Rows whose written_in is at least from_tx and below to_tx. Seals follow each other without a hole.
  from_tx bigint not null,
  to_tx bigint not null check (to_tx > from_tx),
  previous bytea not null,
  hash bytea not null
);
create table audit_seal_part (
  seal_no bigint not null references audit_seal,
  source text not null check (source in (${SEALED.map((name) => `'${name}'`).join(', ')})),
  rows integer not null check (rows > 0),
  hash bytea not null,
  -- Four bytes of each row, in order: they prove nothing and show which row is another.
  prints bytea not null,
  primary key (seal_no, source)
);
`

const verifications = `
create table audit_verification (
  verification_id uuid primary key,
  started_at timestamptz not null,
  started_by uuid references app_user,
  finished_at timestamptz,
  seals_done bigint not null default 0,
  seals_total bigint not null default 0,
  rows_done bigint not null default 0,
  -- Null while it runs.
  ok boolean,
  problems jsonb not null default '[]',
  failure text
);
create index audit_verification_time on audit_verification (started_at desc);
`

const searches = `
create index audit_time on audit (at desc, audit_id desc);
create index audit_subject on audit (subject, at desc) where subject is not null;
create index audit_user on audit (user_id, at desc);
create index audit_action on audit (action, at desc);
`

const grants = `
grant select, insert on audit_seal, audit_seal_part, audit_verification to ${APP_ROLE};
grant update (finished_at, seals_done, seals_total, rows_done, ok, problems, failure) on audit_verification to ${APP_ROLE};
`

const guards = `
${['audit_seal', 'audit_seal_part']
  .map(
    (table) => `create trigger append_only before update or delete or truncate on ${table}
  for each statement execute function refuse_rewrite();`,
  )
  .join('\n')}
create trigger not_deletable before delete or truncate on audit_verification
  for each statement execute function refuse_rewrite();
`
