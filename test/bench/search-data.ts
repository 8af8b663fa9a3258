import { DIVISIONS, seedDivisions } from '../../server/org/divisions.ts'
import type { Store } from '../../server/store/db.ts'
import { query } from '../support/sql.ts'

/** `BENCH_DATA` names a folder in which the filled database is kept for the next time. */
export const CASES = Number(process.env.BENCH_CASES ?? 1_000_000)
export const RESIDENTS = 100_000
export const NOW = Date.parse('2026-11-15T00:00:00Z')
/** The oldest case; the others follow to the day of `NOW`. */
const SPAN_MINUTES = 1_051_200
const OPERATORS = 20

export const TOWNS = DIVISIONS.filter(({ level }) => level === 'town').map(({ code }) => code)
export const operator = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`

/** 2,000 new cases with their alerts; $1 tells one time from another. */
export const INSERT = `
  with made as (
    insert into alarm_case (case_id, device_id, kind, category, priority, state, version, opened_at, last_signal_at,
      signal_count, cancelled, owner_id, outcome)
    select gen_random_uuid(), 'd' || (1 + $1::int * 2000 % ${RESIDENTS} + n), 'sos', 'emergency', 1, 'new', 1, now(), now(), 1, false,
      null, null
    from generate_series(0, 1999) n returning case_id, device_id
  ) insert into alert (alert_id, case_id, device_id, kind, device_state, first_signal_at, last_signal_at, signal_count)
  select gen_random_uuid(), case_id, device_id, 'sos', 'active', now(), now(), 1 from made`

/** A million cases by hand, keys and indexes of the large tables made at the end: row by row it takes twenty minutes. */
export async function fill(url: string, { db }: Store): Promise<void> {
  await seedDivisions(db)
  for (const statement of CITY) await query(url, statement)
  const later = (await query(url, LATER)) as { off: string; on: string }[]
  for (const { off } of later) await query(url, off)
  // In portions, two at a time, as one would wait for a single one without a sign of life.
  const step = Math.min(CASES, 100_000)
  const starts = Array.from({ length: Math.ceil(CASES / step) }, (_, n) => n * step)
  const worker = async () => {
    for (let from = starts.shift(); from !== undefined; from = starts.shift()) {
      await query(url, portionOf(from, Math.min(from + step, CASES) - 1))
      process.stderr.write(`${from + step} cases filled in\n`)
    }
  }
  await Promise.all([worker(), worker()])
  await query(url, 'select take_over_words(0, max(log_id)) from case_log')
  await query(url, 'update case_words_mark set log_id = to_log_id')
  for (const { on } of later) await query(url, `set maintenance_work_mem = '512MB'; ${on}`)
  await query(url, 'vacuum analyze')
}

/** Indexes, references and the trigger for words of the tables that grow with the cases: how to leave them out and have them back. */
const LATER = `
  with large as (
    select oid from pg_class where oid = any('{alarm_case,alert,case_answer,case_protocol,case_log,case_words}'::regclass[])
  )
  select format('drop index %s', indexrelid::regclass) as off, pg_get_indexdef(indexrelid) as on from pg_index i
  where indrelid in (select oid from large) and not exists (select from pg_constraint where conindid = indexrelid)
  union all
  select format('alter table %s drop constraint %I', conrelid::regclass, conname),
    format('alter table %s add constraint %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) from pg_constraint
  where contype = 'f' and conrelid in (select oid from large)
  union all
  select 'alter table case_log disable trigger keep_words', 'alter table case_log enable trigger keep_words'`

const CITY = [
  `insert into app_user (user_id, username, display_name, role, password_hash, created_at)
   select ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'op' || n, '坐席' || n, 'operator', '-', now()
   from generate_series(0, ${OPERATORS} - 1) n`,
  `insert into home (home_id, division_code, address)
   select 'h' || n, ('{${TOWNS.join(',')}}'::text[])[1 + n % ${TOWNS.length}], '' from generate_series(1, ${RESIDENTS}) n`,
  `insert into resident (resident_id, home_id, name, gender, phone, created_at)
   select 'r' || n, 'h' || n, ('{王,李,张,刘,陈,杨,黄,赵,周,吴}'::text[])[1 + n % 10] || ('{秀英,桂兰,玉珍,建国,德福,美华,淑芬,长根,水生,金莲}'::text[])[1 + n / 10 % 10]
     || case when n % 3 = 0 then '' else ('{甲,乙,丙}'::text[])[1 + n / 100 % 3] end,
     'female', '138' || lpad(n::text, 8, '0'), now() from generate_series(1, ${RESIDENTS}) n`,
  `insert into contact (resident_id, position, name, relation, phone)
   select 'r' || n, 1, '程丽', '女儿', '139' || lpad(n::text, 8, '0') from generate_series(1, ${RESIDENTS}) n`,
  `insert into device (device_id, kind, protocol, resident_id, lifecycle, created_at)
   select 'd' || n, 'sos_button', 'native', 'r' || n, 'in_service', now() from generate_series(1, ${RESIDENTS}) n`,
  `insert into device_life (device_id, at, to_state, resident_id)
   select 'd' || n, timestamptz '2024-11-15', 'in_service', 'r' || n from generate_series(1, ${RESIDENTS}) n`,
  // Operators' shifts of eight hours, around the clock.
  `insert into duty_log (user_id, at, action, from_status, to_status)
   select user_id, day + start + s.after, 'status', s.was, s.became
   from (select user_id, substr(username, 3)::int % 3 * interval '8 h' as start from app_user where username like 'op%') u,
     generate_series(timestamptz '2026-11-14' - interval '730 d', '2026-11-14', interval '1 d') day,
     (values (interval '0', 'off', 'ready'), (interval '4 h', 'ready', 'break'), (interval '4 h 30 min', 'break', 'ready'),
       (interval '8 h', 'ready', 'off')) s (after, was, became)
   order by 2`,
]

const KINDS = `case when n % 200000 = 7 then 'co' else
  ('{sos,sos,sos,fall,fall,help,help,inactivity,battery_low,offline}'::text[])[1 + n % 10] end`
const CATEGORIES = `case when n % 200000 = 7 then 'emergency' else
  ('{emergency,emergency,emergency,emergency,emergency,help,help,care,fault,fault}'::text[])[1 + n % 10] end`
const OUTCOMES = `case when n % 50000 = 11 then 'deceased' when n % 40 = 3 then 'hospital'
  else ('{helped,false_alarm,no_help_needed,advised}'::text[])[1 + n % 4] end`
const CASE_ID = "md5('c' || n)::uuid"
const OWNER = `('00000000-0000-4000-8000-' || lpad((n * 7 % ${OPERATORS})::text, 12, '0'))::uuid`
const OPENED = `timestamptz '2026-11-15' - (${CASES} - n) * interval '1 min' * ${SPAN_MINUTES / CASES}`
const HOME = `(1 + (n::bigint * 7919) % ${RESIDENTS})`
const NOTE = `case when n % 20000 = 5 then '老人对青霉素过敏，已告知医生' else
  ('{已与女儿联系，老人无碍,邻居上门查看，老人在家,老人说按错了，已核实,送人民医院，家属陪同}'::text[])[1 + n % 4] || n end`

/** Of the cases `first` to `last`: themselves, their alerts, answers, protocols, and what was written. */
const portionOf = (first: number, last: number) => `
  insert into alarm_case (case_id, resident_id, device_id, kind, category, priority, state, version, opened_at, last_signal_at,
    signal_count, cancelled, owner_id, outcome)
  select ${CASE_ID}, 'r' || ${HOME}, 'd' || ${HOME}, ${KINDS}, ${CATEGORIES}, 1 + n % 5,
    'closed', 5, ${OPENED}, ${OPENED}, 1, false, ${OWNER}, ${OUTCOMES} from generate_series(${first}, ${last}) n;
  insert into alert (alert_id, case_id, device_id, kind, device_state, first_signal_at, last_signal_at, signal_count, severe)
  select md5('a' || n)::uuid, ${CASE_ID}, 'd' || ${HOME}, ${KINDS}, 'active', ${OPENED}, ${OPENED}, 1, n % 500 = 0
  from generate_series(${first}, ${last}) n;
  insert into case_answer (case_id, category, since, answered_at, operator_id, dispatched_at)
  select ${CASE_ID}, ${CATEGORIES}, ${OPENED}, ${OPENED} + (4 + n % 50 + case when n % 300 = 0 then 300 else 0 end) * interval '1 s',
    ${OWNER}, case when n % 5 = 0 then ${OPENED} + interval '400 s' end from generate_series(${first}, ${last}) n;
  insert into case_protocol (case_id, at, kind, risk, reasons)
  select ${CASE_ID}, ${OPENED}, 'sos', ('{low,normal,high}'::text[])[1 + n % 3], '{}' from generate_series(${first}, ${last}) n;
  insert into case_log (case_id, at, action, actor_id, to_state, version, detail)
  select ${CASE_ID}, ${OPENED} + k * interval '1 min', ('{opened,claim,note,arrive,close}'::text[])[k],
    case when k > 1 then ${OWNER} end, 'closed', k, case when k = 3 then jsonb_build_object('text', ${NOTE}) else '{}' end
  from generate_series(${first}, ${last}) n, generate_series(1, 5) k`
