import { sql, type Transaction } from 'kysely'
import type { CaseFinding } from '../cases/folded.ts'
import { isHub, look } from '../detect/supervision.ts'
import type { Database } from '../store/schema.ts'
import type { WatchDeps } from './deps.ts'
import { recordFindings } from './findings.ts'
import { leaveIncidents } from './incident-members.ts'
import { lastOutageEnd } from './outages.ts'
import { protectAgain, touchedBy } from './protection.ts'
import type { Layers } from './settings.ts'
import {
  claimSupervised,
  eligible,
  type NewSupervision,
  type Picking,
  type SupervisedDevice,
  silentKind,
  writeSupervision,
} from './supervised.ts'

/** Devices looked at in one transaction, and in one sweep. */
const BATCH = 2_000
const MOST = 20_000
/** Of devices that are back: their cases are locked meanwhile, and an alarm must not wait for long. */
const BACK_BATCH = 100

interface Round {
  size: number
  where: Picking['where']
}

/**
 * Looks at the devices whose time has come, and at lost ones that were heard of meanwhile. Most were heard of and get a
 * new time: so traffic costs nothing here. Those that are late are left to `judgeLate`.
 * @returns how many were looked at
 */
export async function lookRound({ db, layers, committed }: WatchDeps, now: number): Promise<number> {
  const at = new Date(now)
  const due: Round = {
    size: BATCH,
    where: sql`s.due_at <= ${at} and s.state in ('ok', 'quiet', 'behind') order by s.due_at limit ${BATCH}`,
  }
  const back: Round = {
    size: BACK_BATCH,
    where: (heard) => sql`s.state in ('late', 'lost')
      and (${heard} > coalesce(s.heard_at, '-infinity') or not ${eligible} or (s.state = 'lost' and s.due_at <= ${at}))
      order by s.since limit ${BACK_BATCH}`,
  }
  let looked = 0
  for (const { size, where } of [due, back]) {
    for (let count = size; count === size && looked < MOST; looked += count) {
      const result = await db.transaction().execute(async (tx) => {
        const devices = await claimSupervised(tx, { where }, now)
        if (devices.length === 0) return { count: 0, events: [] }
        return { count: devices.length, events: await lookAt(tx, devices, await layers(tx), now) }
      })
      committed(result.events)
      count = result.count
    }
  }
  return looked
}

async function lookAt(tx: Transaction<Database>, devices: readonly SupervisedDevice[], layers: Layers, now: number) {
  const outageEnd = await lastOutageEnd(tx)
  const news: NewSupervision[] = []
  const back: SupervisedDevice[] = []
  const touched: SupervisedDevice[] = []
  const findings: CaseFinding[] = []
  for (const device of devices) {
    const { deviceId, alerted, heardAt } = device
    const { settings, version } = layers.of(device)
    const seen = look(device, settings.supervision, outageEnd, now)
    const state = device.isEligible ? seen.state : 'off'
    const isBack = isAway(device.state) && !isAway(state)
    news.push({
      deviceId,
      state,
      since: state === device.state ? device.since : now,
      dueAt: state === 'off' ? null : seen.dueAt,
      heardAt,
      backAt: isBack && isHub(device.kind) ? now : null,
      alerted: alerted && !isBack,
    })
    if (state !== device.state) touched.push(device)
    if (!isBack) continue
    back.push(device)
    if (alerted) findings.push(returned(device, state === 'off', version, now))
  }
  await writeSupervision(tx, news)
  const ids = back.map(({ deviceId }) => deviceId)
  await leaveIncidents(tx, ids, now)
  await protectAgain(tx, await touchedBy(tx, touched), now)
  return recordFindings(tx, findings, now)
}

const isAway = (state: SupervisedDevice['state']): boolean => state === 'late' || state === 'lost'

function returned(device: SupervisedDevice, isGone: boolean, settingsVersion: number, now: number): CaseFinding {
  const at = device.heardAt ?? now
  const silent = Math.max(0, at - (device.heardBefore ?? device.enrolledAt))
  return {
    signalId: null,
    residentId: device.residentId,
    foundAt: now,
    finding: {
      effect: 'restore',
      kinds: [silentKind(device)],
      byResident: false,
      deviceId: device.deviceId,
      at,
      reason: isGone
        ? { rule: 'supervision.gone', values: {}, settingsVersion }
        : { rule: 'supervision.returned', values: { at, silent }, settingsVersion },
    },
  }
}
