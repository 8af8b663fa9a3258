import { type Kysely, type Migration, sql } from 'kysely'

/** Statistics of alarms by device model, and queues by category of call. */
export const statisticsMigration: Migration = {
  async up(db: Kysely<unknown>) {
    await sql.raw(indexes).execute(db)
  },
}

const indexes = `
create index alert_kind_time on alert (kind, first_signal_at);
create index case_log_cancels on case_log (at) where action = 'cancelled';
-- A care call must not be looked for behind the thousands of faults of a power cut.
create index alarm_case_queue_category on alarm_case (category, priority, opened_at, case_id)
  where state in ('new', 'claimed', 'dispatched', 'on_scene');
create index alarm_case_category on alarm_case (category, opened_at desc, case_id desc);
`
