import { type Kysely, type Migration, sql } from 'kysely'
import { APP_ROLE } from '../db.ts'

/** What cases are found by, words of their logs included, and devices counted for the months' reports. */
export const searchMigration: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statements of [words, indexes, months, grants, guards]) await sql.raw(statements).execute(db)
  },
}

/** Lines in which somebody wrote something for everybody to read. Whispers are for one person. */
const WRITTEN = `('note', 'dispatch', 'arrive', 'resolve', 'close', 'reopen', 'hold', 'takeover', 'step', 'contact_called',
  'reassigned', 'handover_offered')`

// Chinese has no spaces, and trigrams find no word of two characters: pairs do. A table of its own, so that an upgrade does
// not build an index over the whole log while alarms wait; lines from before are taken over in steps by a recurring job.
const words = `
create function word_pairs(words text) returns text[] language sql immutable strict parallel safe as $$
  select coalesce(array_agg(distinct pair), '{}') from (
    select c || lead(c) over (order by n) as pair from string_to_table(lower(words), null) with ordinality as s(c, n)
  ) p where pair is not null and pair !~ '\\s'
$$;
create function log_words(detail jsonb) returns text language sql stable parallel safe as $$
  select lower(concat_ws(' | ', detail->>'text', detail->>'reason', detail->>'note', detail->>'to'))
$$;
create table case_words (
  log_id bigint primary key references case_log,
  case_id uuid not null references alarm_case,
  pairs text[] not null
);
create index case_words_pairs on case_words using gin (pairs);
create index case_words_case on case_words (case_id);
create function keep_words() returns trigger language plpgsql as $$
declare pairs text[] := word_pairs(log_words(new.detail));
begin
  if pairs <> '{}' then
    insert into case_words (log_id, case_id, pairs) values (new.log_id, new.case_id, pairs) on conflict do nothing;
  end if;
  return null;
end $$;
-- What alarms write is none of it: for them only the condition is looked at.
create trigger keep_words after insert on case_log for each row
  when (new.action in ${WRITTEN}) execute function keep_words();
create table case_words_mark (
  singleton boolean primary key default true check (singleton),
  log_id bigint not null,
  to_log_id bigint not null
);
insert into case_words_mark (log_id, to_log_id) select 0, coalesce(max(log_id), 0) from case_log;
create function take_over_words(from_log bigint, to_log bigint) returns void language sql as $$
  insert into case_words (log_id, case_id, pairs)
  select log_id, case_id, pairs from (
    select log_id, case_id, word_pairs(log_words(detail)) as pairs from case_log
    where log_id > from_log and log_id <= to_log and action in ${WRITTEN}
  ) l where pairs <> '{}'
  on conflict do nothing
$$;
`

// Those with a condition cost an alarm nothing: a new case has no owner and no outcome.
const indexes = `
create index alarm_case_kind on alarm_case (kind, opened_at desc, case_id desc);
create index alarm_case_number on alarm_case ((right(case_id::text, 6)));
create index alarm_case_of_owner on alarm_case (owner_id, opened_at desc, case_id desc) where owner_id is not null;
create index alarm_case_outcome on alarm_case (outcome, opened_at desc, case_id desc) where outcome is not null;
create index alarm_case_resolved on alarm_case (opened_at desc, case_id desc) where state = 'resolved';
create index alert_device on alert (device_id, case_id);
create index alert_severe on alert (case_id) where severe;
create index case_log_closes on case_log (actor_id, case_id) where action = 'close';
create index case_answer_seconds on case_answer ((answered_at - since) desc, case_id desc);
create index case_protocol_risk on case_protocol (risk, case_id);
create index resident_by_phone on resident (reverse(regexp_replace(phone, '\\D', '', 'g')) text_pattern_ops)
  where phone is not null;
`

// The last count of a month stays: whether a device was there at its end is written down nowhere else.
const months = `
create table device_month (
  month date not null,
  division_code text not null,
  devices integer not null,
  online integer not null,
  low_battery integer not null,
  recorded_at timestamptz not null,
  primary key (month, division_code)
);
`

const grants = `
grant select, insert on case_words to ${APP_ROLE};
grant select, update on case_words_mark to ${APP_ROLE};
grant select, insert, update on device_month to ${APP_ROLE};
`

const guards = `
create trigger append_only before update or delete or truncate on case_words
  for each statement execute function refuse_rewrite();
create trigger not_deletable before delete or truncate on device_month
  for each statement execute function refuse_rewrite();
`
