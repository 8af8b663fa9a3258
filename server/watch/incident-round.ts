import { sql, type Transaction } from 'kysely'
import type { CaseFinding } from '../cases/folded.ts'
import type { CaseEvent } from '../contract/push.ts'
import { isOver } from '../detect/storm.ts'
import type { Database } from '../store/schema.ts'
import type { WatchDeps } from './deps.ts'
import { recordFindings } from './findings.ts'
import { leaveIncidents } from './incident-members.ts'
import type { Layers } from './settings.ts'
import { claimSupervised, type SupervisedDevice, silentKind, writeSupervision } from './supervised.ts'

/** Of those left over, told by themselves in one transaction. */
const TOLD_BATCH = 100

/**
 * Closes incidents: nearly all devices are back, or the operators have ended the work on it. Those that are still lost are
 * told by themselves, first, so that nobody is forgotten when the list is put away.
 */
export async function incidentRound({ db, layers, committed }: WatchDeps, now: number): Promise<void> {
  for (let more = true; more; ) {
    const result = await db.transaction().execute(async (tx) => closeSome(tx, await layers(tx), now))
    committed(result.events)
    more = result.more
  }
}

interface Lasting {
  incident_id: string
  device_id: string | null
  worked: boolean
  all: number
  lost: number
}

async function closeSome(tx: Transaction<Database>, layers: Layers, now: number) {
  const { rows } = await sql<Lasting>`
    select i.incident_id, c.device_id, c.case_id is not null as worked, m.all, m.lost
    from incident i
    left join alarm_case c on c.incident_id = i.incident_id and c.state in ('new', 'claimed', 'dispatched', 'on_scene')
    cross join lateral (
      select count(*)::int as all, (count(*) filter (where left_at is null))::int as lost
      from incident_member where incident_id = i.incident_id
    ) m
    where i.closed_at is null
    for no key update of i skip locked`.execute(tx)
  const events: CaseEvent[] = []
  const over = rows.find((one) => isOver(one, one.worked))
  if (over === undefined) return { more: false, events }
  const left = await stillLost(tx, over.incident_id, now)
  const findings = left.filter(({ alerted }) => !alerted).map((device) => leftOver(device, layers, now))
  await writeSupervision(
    tx,
    left.map((device) => told(device)),
  )
  await leaveIncidents(
    tx,
    left.map(({ deviceId }) => deviceId),
    now,
  )
  // Another node may hold some of them: then the next round goes on.
  if (left.length === 0 && over.lost > 0) return { more: false, events }
  if (left.length >= over.lost) {
    await sql`update incident set closed_at = ${new Date(now)} where incident_id = ${over.incident_id}`.execute(tx)
    if (over.device_id !== null) findings.push(ended(over.device_id, over, layers, now))
  }
  return { more: true, events: await recordFindings(tx, findings, now) }
}

function stillLost(tx: Transaction<Database>, incidentId: string, now: number): Promise<SupervisedDevice[]> {
  return claimSupervised(
    tx,
    {
      where: sql`s.state = 'lost' and s.device_id in (
      select device_id from incident_member where incident_id = ${incidentId} and left_at is null)
      order by s.device_id limit ${TOLD_BATCH}`,
    },
    now,
  )
}

const told = ({ deviceId, state, since, heardAt }: SupervisedDevice) => ({
  deviceId,
  state,
  since,
  dueAt: null,
  heardAt,
  backAt: null,
  alerted: true,
})

function leftOver(device: SupervisedDevice, layers: Layers, now: number): CaseFinding {
  const { deviceId, residentId } = device
  const values = { silent: now - (device.heardAt ?? device.enrolledAt) }
  const reason = { rule: 'supervision.area_left', values, settingsVersion: layers.of(device).version } as const
  const finding = { effect: 'raise', kind: silentKind(device), deviceId, at: now, reason } as const
  return { signalId: null, residentId, foundAt: now, finding }
}

function ended(deviceId: string, { all, lost }: Lasting, { version }: Layers, now: number): CaseFinding {
  const values = { devices: all, back: all - lost }
  const reason = { rule: 'supervision.area_over', values, settingsVersion: version } as const
  const finding = { effect: 'restore', kinds: ['area_offline'], byResident: false, deviceId, at: now, reason } as const
  return { signalId: null, residentId: null, foundAt: now, finding }
}
