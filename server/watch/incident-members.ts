import { sql, type Transaction } from 'kysely'
import type { CaseFinding } from '../cases/folded.ts'
import type { Reason } from '../contract/explain/explain.ts'
import type { AreaKind } from '../contract/watch.ts'
import type { Database } from '../store/schema.ts'

type Tx = Transaction<Database>

export interface Member {
  incidentId: string
  deviceId: string
  residentId: string | null
  lostAt: number
}

/** Incidents that last, by area as `areasOf` names it. */
export async function openIncidents(tx: Tx): Promise<Map<string, string>> {
  const { rows } = await sql<{ area: string; incident_id: string }>`
    select area_kind || ':' || area_id as area, incident_id from incident where closed_at is null`.execute(tx)
  return new Map(rows.map(({ area, incident_id }) => [area, incident_id]))
}

/**
 * Opens an incident; its case is the finding's. A device of it stands for all: one whose own case, as of a device that
 * belongs to nobody, is not open.
 */
export async function raiseIncident(
  tx: Tx,
  { incidentId, area, deviceIds, reason }: { incidentId: string; area: string; deviceIds: string[]; reason: Reason },
  now: number,
): Promise<CaseFinding> {
  const [kind, ...id] = area.split(':')
  await tx
    .insertInto('incident')
    .values({
      incident_id: incidentId,
      area_kind: kind as AreaKind,
      area_id: id.join(':'),
      opened_at: new Date(now),
      last_loss_at: new Date(now),
    })
    .execute()
  const { rows } = await sql<{ device_id: string }>`
    select device_id from device where device_id = any(${deviceIds}::text[])
    order by (resident_id is null or exists (select from alarm_case c where c.device_id = device.device_id
      and c.resident_id is null and c.state in ('new', 'claimed', 'dispatched', 'on_scene'))), device_id
    limit 1`.execute(tx)
  const deviceId = rows[0]?.device_id
  if (deviceId === undefined) throw new Error('an incident without devices')
  return {
    signalId: null,
    residentId: null,
    incidentId,
    foundAt: now,
    finding: { effect: 'raise', kind: 'area_offline', deviceId, at: now, reason },
  }
}

/** Notes members; one that had left and is lost again is back on the list. */
export async function writeMembers(tx: Tx, members: readonly Member[], now: number): Promise<void> {
  if (members.length === 0) return
  const at = new Date(now)
  const rows = members.map((one) => ({ ...one, lostAt: new Date(one.lostAt).toISOString() }))
  await sql`
    with m as (
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as m("incidentId" uuid, "deviceId" text,
        "residentId" text, "lostAt" timestamptz)
    ), moved as (
      update incident set last_loss_at = ${at} where incident_id in (select "incidentId" from m)
    )
    insert into incident_member (incident_id, device_id, resident_id, lost_at, joined_at)
    select "incidentId", "deviceId", "residentId", "lostAt", ${at} from m
    on conflict (incident_id, device_id) do update set lost_at = excluded.lost_at, joined_at = excluded.joined_at,
      left_at = null`.execute(tx)
}

/** Members that were heard of again, or are told by themselves now. */
export async function leaveIncidents(tx: Tx, deviceIds: readonly string[], now: number): Promise<void> {
  if (deviceIds.length === 0) return
  await sql`
    update incident_member set left_at = ${new Date(now)}
    where left_at is null and device_id = any(${deviceIds}::text[])`.execute(tx)
}
