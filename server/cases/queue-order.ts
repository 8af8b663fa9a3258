import { sql } from 'kysely'

/**
 * The order of the queue, the same as the console's (`dashboard/console/queue-order.ts`): those that wait, those in hand,
 * a drill's after all real ones, those that nobody is told of; within each by priority, back from a hold first, then the
 * oldest. The indexes of migration 0019 have exactly these expressions. `c` is the case.
 */
export const QUEUE_RANK = sql<number>`(case when c.suppression_id is not null then 4 else
  (case when c.purpose = 'real' then 0 else 2 end)
  + (case when c.state = 'new' or c.returned_at is not null then 0 else 1 end) end)`
/** 0: back from a hold. */
export const QUEUE_BACK = sql<number>`(case when c.returned_at is null then 1 else 0 end)`
