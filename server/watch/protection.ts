import { type Kysely, sql, type Transaction } from 'kysely'
import type { SupervisionState, UnprotectedReason } from '../contract/watch.ts'
import { CALLING_KINDS, CALLING_ROLES, type Caller, isHub, unprotected } from '../detect/supervision.ts'
import type { Database } from '../store/schema.ts'

type Tx = Transaction<Database>

/** Residents gone over in one round of the walk: 100,000 take about eight minutes. */
const WALKED = 1_000
/** Signals are read again for so long: another node's may be committed later than its time says; ms. */
const OVERLAP_MS = 15_000

/** Residents for whom something may have changed with these devices; a hub speaks for all behind it. */
export async function touchedBy(
  tx: Tx,
  devices: readonly { deviceId: string; residentId: string | null; kind: string }[],
): Promise<string[]> {
  const residents = new Set(devices.flatMap(({ residentId }) => residentId ?? []))
  const hubs = devices.filter(({ kind }) => isHub(kind)).map(({ deviceId }) => deviceId)
  if (hubs.length > 0) {
    const { rows } = await sql<{ resident_id: string }>`
      select distinct resident_id from device where hub_id = any(${hubs}::text[]) and resident_id is not null`.execute(
      tx,
    )
    for (const { resident_id } of rows) residents.add(resident_id)
  }
  return [...residents]
}

interface CallerRow {
  resident_id: string
  calls: boolean
  faulty: boolean
  state: SupervisionState | null
  hub_state: SupervisionState | null
  removed: boolean
  battery: number | null
}

/** Finds out anew who of these residents has no device that can call for help, and writes what has changed. */
export async function protectAgain(tx: Tx, residentIds: readonly string[], now: number): Promise<void> {
  if (residentIds.length === 0) return
  const { rows: devices } = await sql<CallerRow>`
    select device.resident_id, device.lifecycle = 'faulty' as faulty, s.state, hub.state as hub_state,
      s.removed_at is not null as removed, state.battery,
      (device.kind = any(${CALLING_KINDS}::text[]) or coalesce(device.role = any(${CALLING_ROLES}::text[]), false)) as calls
    from device
    left join device_supervision s on s.device_id = device.device_id
    left join device_supervision hub on hub.device_id = device.hub_id
    left join device_state state on state.device_id = device.device_id
    where device.resident_id = any(${residentIds}::text[]) and device.enabled
      and device.lifecycle in ('tested', 'in_service', 'faulty')`.execute(tx)
  const callers = new Map<string, Caller[]>()
  for (const { resident_id, calls, faulty, state, hub_state, removed, battery } of devices) {
    const all = callers.get(resident_id) ?? []
    callers.set(resident_id, all)
    if (calls) all.push({ state: state ?? 'ok', hubState: hub_state, removed, battery, faulty })
  }
  const { rows: before } = await sql<{ resident_id: string; reasons: UnprotectedReason[] }>`
    select resident_id, reasons from resident_protection where resident_id = any(${residentIds}::text[])`.execute(tx)
  const known = new Map(before.map(({ resident_id, reasons }) => [resident_id, reasons]))
  const news = residentIds.flatMap((residentId) => {
    // Who has no device at all is not served yet, and not unprotected.
    const of = callers.get(residentId)
    const reasons = (of === undefined ? null : unprotected(of)) ?? []
    return (known.get(residentId) ?? []).join() === reasons.join() ? [] : [{ residentId, reasons }]
  })
  if (news.length === 0) return
  await sql`
    insert into resident_protection as old (resident_id, unprotected_since, reasons)
    select n."residentId", case when cardinality(n.reasons) > 0 then ${new Date(now)}::timestamptz end, n.reasons
    from jsonb_to_recordset(${JSON.stringify(news)}::jsonb) as n("residentId" text, reasons text[])
    order by 1
    on conflict (resident_id) do update set reasons = excluded.reasons, unprotected_since = case
      when excluded.unprotected_since is null then null
      else coalesce(old.unprotected_since, excluded.unprotected_since) end`.execute(tx)
}

/**
 * What the sweep does not see by itself: devices taken off or put on again since the last round, and, a part of the city
 * at a time, everything that the registry has changed.
 */
export async function protectionRound(db: Kysely<Database>, now: number): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const { rows } = await sql<{ signals_at: Date | null; resident_id: string }>`
      select signals_at, resident_id from supervision_mark for update skip locked`.execute(tx)
    const [mark] = rows
    if (mark === undefined) return
    const removed = await readRemovals(tx, new Date((mark.signals_at?.getTime() ?? now) - OVERLAP_MS))
    const { rows: walked } = await sql<{ resident_id: string }>`
      select resident_id from resident where resident_id > ${mark.resident_id}
      order by resident_id limit ${WALKED}`.execute(tx)
    const walk = walked.map(({ resident_id }) => resident_id)
    await protectAgain(tx, [...new Set([...removed, ...walk])], now)
    const next = walk.length < WALKED ? '' : (walk.at(-1) ?? '')
    await sql`update supervision_mark set signals_at = ${new Date(now)}, resident_id = ${next}`.execute(tx)
  })
}

/** @returns residents whose devices were taken off, or put on again */
async function readRemovals(tx: Tx, since: Date): Promise<string[]> {
  const { rows } = await sql<{ resident_id: string | null }>`
    with newest as (
      select distinct on (device_id) device_id, type, occurred_at from signal
      where received_at > ${since} and type in ('removed', 'worn', 'restore')
      order by device_id, occurred_at desc
    ), turned as (
      update device_supervision s set removed_at = case when n.type = 'removed' then n.occurred_at end
      from newest n where s.device_id = n.device_id and (s.removed_at is null) = (n.type = 'removed')
      returning s.device_id
    )
    select resident_id from turned join device using (device_id) where resident_id is not null`.execute(tx)
  return rows.flatMap(({ resident_id }) => resident_id ?? [])
}
