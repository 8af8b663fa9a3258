import { sql, type Transaction } from 'kysely'
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
import { claimSupervised, type SupervisedDevice, silentKind, writeSupervision } from './supervised.ts'

/** Late devices weighed together. */
const WEIGHED = 10_000
/** Told by themselves in one transaction: their cases are locked meanwhile, and an alarm must not wait for long. */
const TOLD_BATCH = 100

/**
 * Judges the late devices: one by one, or as an incident of their area. One node at a time does it, because it needs to
 * see all that is late; the claim lasts as long as the transaction.
 */
export async function judgeLate(deps: WatchDeps, now: number): Promise<void> {
  for (let told = TOLD_BATCH; told === TOLD_BATCH; ) {
    const result = await deps.db.transaction().execute(async (tx) => {
      const { rows: claim } = await sql`select 1 from supervision_mark for update skip locked`.execute(tx)
      if (claim.length === 0) return { told: 0, events: [] }
      return judge(tx, await deps.layers(tx), now)
    })
    deps.committed(result.events)
    told = result.told
  }
}

async function judge(tx: Transaction<Database>, layers: Layers, now: number) {
  const late = await claimSupervised(tx, () => sql`s.state = 'late' order by s.since limit ${WEIGHED}`, now)
  if (late.length === 0) return { told: 0, events: [] }
  const outageEnd = await lastOutageEnd(tx)
  const { storms } = layers.city
  // What was heard of since, or is behind a silent hub by now, is left to the next look.
  const still = late.filter((one) => {
    const { settings } = layers.of(one)
    return one.isEligible && look(one, settings.supervision, outageEnd, now).state === 'late'
  })
  const recent = await toldSince(tx, now - storms.windowS * 1000, now)
  const lasting = await openIncidents(tx)
  const losses = [...still.map((one) => lossOf(one, false)), ...recent.map((one) => lossOf(one, true))]
  const grouping = groupLosses(losses, new Set(lasting.keys()), storms, now)
  const known = new Map([...still, ...recent].map((one) => [one.deviceId, one]))
  const isLate = new Set(still.map(({ deviceId }) => deviceId))

  const findings: CaseFinding[] = []
  const members: Member[] = []
  const lost: SupervisedDevice[] = []
  const memberOf = (deviceId: string, incidentId: string) => {
    const device = known.get(deviceId)
    if (device === undefined) return
    members.push({ incidentId, deviceId, residentId: device.residentId, lostAt: device.since })
    if (isLate.has(deviceId)) lost.push(device)
  }
  for (const { deviceId, area } of grouping.joins) {
    const incidentId = lasting.get(area)
    if (incidentId !== undefined) memberOf(deviceId, incidentId)
  }
  for (const { area, deviceIds } of grouping.opens) {
    const incidentId = uuidv7()
    for (const deviceId of deviceIds) memberOf(deviceId, incidentId)
    const values = { devices: deviceIds.length, window: storms.windowS * 1000, limit: storms.devices }
    const reason: Reason = { rule: 'supervision.area', values, settingsVersion: layers.version }
    findings.push(await raiseIncident(tx, { incidentId, area, deviceIds, reason }, now))
  }
  const alone = grouping.alone.slice(0, TOLD_BATCH).flatMap((deviceId) => known.get(deviceId) ?? [])
  const behind = await countBehind(tx, alone)
  for (const device of alone) {
    findings.push(silent(device, { layers, outageEnd, now, behind: behind.get(device.deviceId) ?? 0 }))
  }
  await writeSupervision(tx, [
    ...lost.map((one) => asLost(one, false, now)),
    ...alone.map((one) => asLost(one, true, now)),
  ])
  await writeMembers(tx, members, now)
  await protectAgain(tx, await touchedBy(tx, [...lost, ...alone]), now)
  return { told: alone.length, events: await recordFindings(tx, findings, now) }
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
    () => sql`s.state = 'lost' and s.alerted and s.since > ${new Date(since)} and not exists (
      select from incident_member m where m.device_id = s.device_id and m.left_at is null)
      order by s.since desc limit ${WEIGHED}`,
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
export function silent(device: SupervisedDevice, { layers, outageEnd, now, behind }: Judging): CaseFinding {
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
export async function countBehind(
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
