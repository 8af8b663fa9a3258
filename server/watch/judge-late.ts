import { type RawBuilder, sql, type Transaction } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import type { CaseFinding } from '../cases/folded.ts'
import type { Reason } from '../contract/explain/explain.ts'
import { areasOf, groupLosses, type Loss } from '../detect/storm.ts'
import { isHub, look } from '../detect/supervision.ts'
import type { Database } from '../store/schema.ts'
import type { WatchDeps } from './deps.ts'
import { recordFindings } from './findings.ts'
import { type Member, openIncidents, raiseIncident, writeMembers } from './incident-members.ts'
import { lastOutageEnd } from './outages.ts'
import { protectAgain, touchedBy } from './protection.ts'
import type { Layers } from './settings.ts'
import {
  claimSupervised,
  type NewSupervision,
  type SupervisedDevice,
  silentKind,
  writeSupervision,
} from './supervised.ts'

/** Late devices weighed together. */
const WEIGHED = 10_000
/** Told by themselves in one transaction: their cases are locked meanwhile, and an alarm must not wait for long. */
const TOLD_BATCH = 100

/**
 * Judges the late devices: those that make an incident together first, then the others one by one. One node at a time
 * weighs, because it has to see all that is late; the claim lasts as long as that transaction.
 */
export async function judgeLate({ db, layers, committed }: WatchDeps, now: number): Promise<void> {
  const weighed = await db.transaction().execute(async (tx) => {
    const { rows: claim } = await sql`select 1 from supervision_mark for update skip locked`.execute(tx)
    if (claim.length === 0) return { alone: [], events: [] }
    return weigh(tx, await layers(tx), now)
  })
  committed(weighed.events)
  for (let n = 0; n < weighed.alone.length; n += TOLD_BATCH) {
    const ids = weighed.alone.slice(n, n + TOLD_BATCH)
    committed(await db.transaction().execute(async (tx) => tellAlone(tx, ids, await layers(tx), now)))
  }
}

async function weigh(tx: Transaction<Database>, layers: Layers, now: number) {
  const late = await stillLate(tx, sql`true order by s.since limit ${WEIGHED}`, layers, now)
  if (late.length === 0) return { alone: [], events: [] }
  const { storms } = layers.city
  const recent = await toldSince(tx, now - storms.windowS * 1000, now)
  const lasting = await openIncidents(tx)
  const losses = [...late.map((one) => lossOf(one, false)), ...recent.map((one) => lossOf(one, true))]
  const { joins, opens, alone } = groupLosses(losses, new Set(lasting.keys()), storms, now)
  const known = new Map([...late, ...recent].map((one) => [one.deviceId, one]))
  const members: Member[] = []
  const join = (deviceId: string, incidentId: string | undefined) => {
    const device = known.get(deviceId)
    if (device === undefined || incidentId === undefined) return
    members.push({ incidentId, deviceId, residentId: device.residentId, lostAt: device.since })
  }
  for (const { deviceId, area } of joins) join(deviceId, lasting.get(area))
  const findings: CaseFinding[] = []
  for (const { area, deviceIds } of opens) {
    const incidentId = uuidv7()
    const values = { devices: deviceIds.length, window: storms.windowS * 1000, limit: storms.devices }
    const reason: Reason = { rule: 'supervision.area', values, settingsVersion: layers.version }
    findings.push(await raiseIncident(tx, { incidentId, area, deviceIds, reason }, now))
    for (const deviceId of deviceIds) join(deviceId, incidentId)
  }
  const joined = new Set(members.map(({ deviceId }) => deviceId))
  const lost = late.filter(({ deviceId }) => joined.has(deviceId))
  await writeSupervision(
    tx,
    lost.map((one) => asLost(one, false, now)),
  )
  await writeMembers(tx, members, now)
  await protectAgain(tx, await touchedBy(tx, lost), now)
  return { alone, events: await recordFindings(tx, findings, now) }
}

async function tellAlone(tx: Transaction<Database>, ids: readonly string[], layers: Layers, now: number) {
  const alone = await stillLate(tx, sql`s.device_id = any(${ids}::text[])`, layers, now)
  const outageEnd = await lastOutageEnd(tx)
  const behind = await countBehind(tx, alone)
  const findings = alone.map((device) =>
    silent(device, { layers, outageEnd, now, behind: behind.get(device.deviceId) ?? 0 }),
  )
  await writeSupervision(
    tx,
    alone.map((one) => asLost(one, true, now)),
  )
  await protectAgain(tx, await touchedBy(tx, alone), now)
  return recordFindings(tx, findings, now)
}

/** The late ones of these. What is not late any more, or is behind a silent hub by now, is noted as what it is. */
async function stillLate(tx: Transaction<Database>, which: RawBuilder<unknown>, layers: Layers, now: number) {
  const claimed = await claimSupervised(tx, { where: sql`s.state = 'late' and ${which}` }, now)
  if (claimed.length === 0) return []
  const outageEnd = await lastOutageEnd(tx)
  const late: SupervisedDevice[] = []
  const others: NewSupervision[] = []
  for (const one of claimed) {
    const { deviceId, kind, heardAt } = one
    const { state, dueAt } = look(one, layers.of(one).settings.supervision, outageEnd, now)
    if (state === 'late' && one.isEligible) late.push(one)
    else if (state !== 'late') {
      const backAt = isHub(kind) && state === 'ok' ? now : null
      others.push({ deviceId, state, since: now, dueAt, heardAt, backAt, alerted: false })
    }
  }
  await writeSupervision(tx, others)
  return late
}

function lossOf({ deviceId, since, divisionCode, hubId, kind }: SupervisedDevice, told: boolean): Loss {
  // A hub is no part of its own network: that it is lost is told of itself.
  return { deviceId, at: since, areas: areasOf(divisionCode, isHub(kind) ? null : hubId), told }
}

const asLost = ({ deviceId, heardAt }: SupervisedDevice, alerted: boolean, now: number) =>
  ({ deviceId, state: 'lost', since: now, dueAt: null, heardAt, backAt: null, alerted }) as const

/** Devices that were told by themselves lately and belong to no incident: with others they may make one. */
function toldSince(tx: Transaction<Database>, since: number, now: number): Promise<SupervisedDevice[]> {
  return claimSupervised(
    tx,
    {
      where: sql`s.state = 'lost' and s.alerted and s.since > ${new Date(since)} and not exists (
      select from incident_member m where m.device_id = s.device_id and m.left_at is null)
      order by s.since desc limit ${WEIGHED}`,
    },
    now,
  )
}

interface Judging {
  layers: Layers
  outageEnd: number | null
  now: number
  /** Devices behind it. */
  behind: number
}

/** The finding that a device is silent, with the sentence for what it is. */
function silent(device: SupervisedDevice, { layers, outageEnd, now, behind }: Judging): CaseFinding {
  const { settings, version } = layers.of(device)
  const { allowedMs } = look(device, settings.supervision, outageEnd, now)
  const values = { silent: now - (device.heardAt ?? device.enrolledAt), allowed: allowedMs ?? 0 }
  return {
    signalId: null,
    residentId: device.residentId,
    foundAt: now,
    finding: {
      effect: 'raise',
      kind: silentKind(device),
      deviceId: device.deviceId,
      at: now,
      reason: {
        rule: ruleOf(device),
        values: isHub(device.kind) ? { ...values, behind } : values,
        settingsVersion: version,
      },
    },
  }
}

function ruleOf({ kind, heardAt }: SupervisedDevice): Reason['rule'] {
  if (kind === 'bridge') return 'supervision.bridge'
  if (kind === 'hub') return 'supervision.hub'
  return heardAt === null ? 'supervision.never' : 'supervision.late'
}

/** How many devices are behind each of these hubs. */
async function countBehind(
  tx: Transaction<Database>,
  devices: readonly SupervisedDevice[],
): Promise<Map<string, number>> {
  const hubs = devices.filter(({ kind }) => isHub(kind)).map(({ deviceId }) => deviceId)
  if (hubs.length === 0) return new Map()
  const { rows } = await sql<{ hub_id: string; n: number }>`
    select hub_id, count(*)::int as n from device
    where hub_id = any(${hubs}::text[]) and lifecycle <> 'retired' group by hub_id`.execute(tx)
  return new Map(rows.map(({ hub_id, n }) => [hub_id, n]))
}
