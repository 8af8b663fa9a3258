import { sql, type Transaction } from 'kysely'
import type { CaseFinding } from '../cases/folded.ts'
import type { AlertKind } from '../contract/case.ts'
import type { Reason } from '../contract/explain/explain.ts'
import { batteryTurn, PROOFS, testDue } from '../detect/supervision.ts'
import type { Database } from '../store/schema.ts'
import type { WatchDeps } from './deps.ts'
import { recordFindings } from './findings.ts'
import { protectAgain, touchedBy } from './protection.ts'
import type { Layers } from './settings.ts'
import { claimSupervised, type Picking, type SupervisedDevice } from './supervised.ts'

/** Devices in one transaction: their cases are locked meanwhile, and an alarm must not wait for long. */
const BATCH = 100
/** Transactions in one round. */
const MOST = 50
/** An overdue test is looked for again after so long, ms; a test itself takes the alert back at once. */
const TEST_AGAIN_MS = 3_600_000

type Tx = Transaction<Database>
type Round = (tx: Tx, layers: Layers, now: number) => Promise<{ changed: number; findings: CaseFinding[] }>

/** Low and charged batteries. */
export const batteryRound = (deps: WatchDeps, now: number) => rounds(deps, [lowBatteries, chargedBatteries], now)
/** Devices that should have been tested. */
export const testRound = (deps: WatchDeps, now: number) => rounds(deps, [tests], now)

async function rounds({ db, layers, committed }: WatchDeps, all: readonly Round[], now: number): Promise<void> {
  for (const round of all) {
    for (let n = 0, changed = BATCH; n < MOST && changed === BATCH; n++) {
      const result = await db.transaction().execute(async (tx) => {
        const found = await round(tx, await layers(tx), now)
        return { changed: found.changed, events: await recordFindings(tx, found.findings, now) }
      })
      committed(result.events)
      changed = result.changed
    }
  }
}

// The lowest first: with a limit of their own some are looked at in vain, and must not keep the others waiting.
const lowBatteries: Round = (tx, layers, now) =>
  batteries(
    tx,
    layers,
    now,
    () => sql`not s.battery_low and s.state <> 'off'
    and state.battery < ${layers.highestBatteryLimit} order by state.battery limit ${BATCH}`,
  )
const chargedBatteries: Round = (tx, layers, now) =>
  batteries(
    tx,
    layers,
    now,
    () => sql`s.battery_low and s.state <> 'off'
    and state.battery > ${layers.lowestBatteryLimit} order by state.battery desc limit ${BATCH}`,
  )

async function batteries(tx: Tx, layers: Layers, now: number, where: Picking['where']) {
  const devices = await claimSupervised(tx, { where }, now)
  const turned = devices.flatMap((device) => {
    const { battery, batteryLow } = device
    if (battery === null) return []
    const { settings, version } = layers.of(device)
    const low = batteryTurn(batteryLow, battery, settings.supervision)
    return low === null ? [] : [{ device, battery, low, limit: settings.supervision.batteryLowPercent, version }]
  })
  if (turned.length === 0) return { changed: 0, findings: [] }
  await sql`
    update device_supervision s set battery_low = not battery_low
    where device_id = any(${turned.map(({ device }) => device.deviceId)}::text[])`.execute(tx)
  await protectAgain(
    tx,
    await touchedBy(
      tx,
      turned.map(({ device }) => device),
    ),
    now,
  )
  const findings = turned.map(({ device, battery, low, limit, version }) =>
    low
      ? raised(device, 'battery_low', ['supervision.battery', { battery, limit }, version], now)
      : restored(device, 'battery_low', ['supervision.battery_ok', { battery }, version], now),
  )
  return { changed: turned.length, findings }
}

const tests: Round = async (tx, layers, now) => {
  const where = sql`s.test_due_at <= ${new Date(now)} and s.state <> 'off' order by s.test_due_at limit ${BATCH}`
  const devices = await claimSupervised(tx, { where }, now)
  if (devices.length === 0) return { changed: 0, findings: [] }
  const proofs = await lastProofs(tx, devices)
  const findings: CaseFinding[] = []
  const rows = devices.map((device) => {
    const { settings, version } = layers.of(device)
    const { begin = 0, proof = 0 } = proofs.get(device.deviceId) ?? {}
    const last = Math.max(proof, begin, device.enrolledAt)
    const due = testDue(device.kind, last, settings.supervision)
    const overdue = due !== null && due <= now
    if (overdue && !device.testOverdue) {
      const values = { silent: now - last, days: settings.supervision.testDays }
      findings.push(raised(device, 'test_overdue', ['supervision.test', values, version], now))
    }
    if (!overdue && device.testOverdue) {
      findings.push(restored(device, 'test_overdue', ['supervision.tested', { at: last }, version], now))
    }
    const again = overdue ? now + TEST_AGAIN_MS : due
    return { deviceId: device.deviceId, dueAt: again === null ? null : new Date(again).toISOString(), overdue }
  })
  await sql`
    update device_supervision s set test_due_at = n."dueAt", test_overdue = n.overdue
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as n("deviceId" text, "dueAt" timestamptz, overdue boolean)
    where s.device_id = n."deviceId"`.execute(tx)
  return { changed: devices.length, findings }
}

/** When each device last proved that it works, and when it was last brought into use; ms since the epoch. */
async function lastProofs(tx: Tx, devices: readonly SupervisedDevice[]) {
  const ids = devices.map(({ deviceId }) => deviceId)
  const { rows } = await sql<{ device_id: string; proof: Date | null; begin: Date | null }>`
    select d as device_id, (
        select occurred_at from signal where device_id = d and type = any(${PROOFS}::text[])
        order by occurred_at desc limit 1
      ) as proof, (
        select max(at) from device_life where device_id = d and to_state in ('tested', 'in_service')
      ) as begin
    from unnest(${ids}::text[]) d`.execute(tx)
  return new Map(
    rows.map(({ device_id, proof, begin }) => [
      device_id,
      { proof: proof?.getTime() ?? 0, begin: begin?.getTime() ?? 0 },
    ]),
  )
}

type Why = readonly [rule: Reason['rule'], values: Reason['values'], settingsVersion: number]

function raised({ deviceId, residentId }: SupervisedDevice, kind: AlertKind, why: Why, now: number): CaseFinding {
  const finding = { effect: 'raise', kind, deviceId, at: now, reason: reasonOf(why) } as const
  return { signalId: null, residentId, foundAt: now, finding }
}

function restored({ deviceId, residentId }: SupervisedDevice, kind: AlertKind, why: Why, now: number): CaseFinding {
  const finding = {
    effect: 'restore',
    kinds: [kind],
    byResident: false,
    deviceId,
    at: now,
    reason: reasonOf(why),
  } as const
  return { signalId: null, residentId, foundAt: now, finding }
}

const reasonOf = ([rule, values, settingsVersion]: Why): Reason => ({ rule, values, settingsVersion })
