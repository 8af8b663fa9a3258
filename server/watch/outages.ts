import { type Kysely, sql, type Transaction } from 'kysely'
import { CALLING_KINDS, CALLING_ROLES } from '../detect/supervision.ts'
import type { Database } from '../store/schema.ts'

/** When nobody has written for longer than this, the platform was away; ms. */
const AWAY_MS = 30_000
/** From so long an outage on every resident who may have called in vain is asked; ms. */
const LISTED_FROM_MS = 60_000

/**
 * Notes that this node lives and can write. If nobody did for too long before, that was an outage of our own, or of the
 * database: it is recorded, once, as all nodes go through one row.
 */
export async function beat(db: Kysely<Database>, node: string, now: number): Promise<void> {
  const at = new Date(now)
  await db.transaction().execute(async (tx) => {
    const { rows } = await sql<{ beat_at: Date | null }>`select beat_at from beat_head for update`.execute(tx)
    const last = rows[0]?.beat_at ?? null
    if (last !== null && now - last.getTime() > AWAY_MS) {
      await tx.insertInto('outage').values({ from_at: last, to_at: at }).execute()
    }
    // Another node's clock may be a little ahead.
    await sql`update beat_head set beat_at = greatest(beat_at, ${at})`.execute(tx)
    await tx
      .insertInto('node_beat')
      .values({ node, beat_at: at })
      .onConflict((conflict) => conflict.column('node').doUpdateSet({ beat_at: at }))
      .execute()
  })
}

/** The end of the platform's last outage, ms since the epoch, or null. */
export async function lastOutageEnd(tx: Transaction<Database>): Promise<number | null> {
  const row = await tx
    .selectFrom('outage')
    .select((eb) => eb.fn.max('to_at').as('end'))
    .executeTakeFirst()
  return (row?.end as Date | null | undefined)?.getTime() ?? null
}

/** Makes the lists of outages that are long enough; any node may. One statement each, whatever the city's size. */
export async function listResidents(db: Kysely<Database>, now: number): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const { rows } = await sql<{ outage_id: number }>`
      select outage_id from outage
      where listed_at is null and to_at - from_at >= ${LISTED_FROM_MS} * interval '1 millisecond'
      order by outage_id for no key update skip locked`.execute(tx)
    for (const { outage_id } of rows) {
      const { numAffectedRows = 0n } = await sql`
        insert into outage_check (outage_id, resident_id, rank, state)
        select ${outage_id}::bigint, resident_id,
          case when lives_alone then 0 else 2 end + case when coalesce(ability_level, 0) >= 3 then 0 else 1 end, 'open'
        from resident r
        where exists (
          select from device d where d.resident_id = r.resident_id and d.enabled
            and d.lifecycle in ('tested', 'in_service')
            and (d.kind = any(${CALLING_KINDS}::text[]) or d.role = any(${CALLING_ROLES}::text[]))
        )`.execute(tx)
      await sql`
        update outage set listed_at = ${new Date(now)}, open = ${Number(numAffectedRows)} where outage_id = ${outage_id}::bigint`.execute(
        tx,
      )
    }
  })
}
