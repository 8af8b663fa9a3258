import type { Kysely } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import { DETECTED_FIELDS } from '../../../server/contract/observation.ts'
import { type CommitDeps, commitRecords } from '../../../server/intake/commit.ts'
import { meetDeadlines } from '../../../server/intake/detection/deadlines.ts'
import { occurredAt } from '../../../server/intake/device-time.ts'
import { emptyRecord, type PendingRecord } from '../../../server/intake/records.ts'
import { openStore, type Store } from '../../../server/store/db.ts'
import type { Database } from '../../../server/store/schema.ts'
import type { Message } from '../../../simulator/library/message.ts'
import { perform, type Scenario } from '../../../simulator/library/scenario.ts'
import { newDetection } from '../records.ts'

/** An alert as it stands in the database, with the scenario's device ids. */
export interface RecordedAlert {
  kind: string
  deviceId: string
  deviceState: string
  certainty: string
  severe: boolean
  signalCount: number
  rule: string | null
}

/**
 * Plays a scenario through the transaction that alarms and samples really go through, and the sweep of deadlines between.
 * At each restart of the scenario everything that a node remembers is lost: pool, contexts.
 * @param url of a migrated database
 */
export async function playOnDatabase(url: string, scenario: Scenario, seed: number): Promise<RecordedAlert[]> {
  const { messages, restarts, endsAt } = perform(scenario, seed)
  let node = start(url)
  try {
    const residentId = await install(node.store.db, scenario)
    let left = restarts
    for (const batch of batches(messages)) {
      const now = batch[0]?.receivedAt ?? 0
      const due = left.filter((at) => at <= now)
      if (due.length > 0) {
        left = left.slice(due.length)
        await node.store.close()
        node = start(url)
      }
      await meetDeadlines(node.deps, now - 1)
      await commitRecords(node.deps, [recordOf(scenario, batch)], now)
    }
    await meetDeadlines(node.deps, endsAt)
    return await alertsOf(node.store.db, scenario, residentId)
  } finally {
    await node.store.close()
  }
}

function start(url: string): { store: Store; deps: CommitDeps } {
  const store = openStore({ url, as: 'app', onError: () => undefined })
  return { store, deps: { db: store.db, ...newDetection() } }
}

/** What arrives at the same moment is one message of a hub. */
function batches(messages: readonly Message[]): Message[][] {
  const all: Message[][] = []
  for (const message of messages) {
    const last = all.at(-1)
    if (last?.[0]?.receivedAt === message.receivedAt) last.push(message)
    else all.push([message])
  }
  return all
}

const nameOf = ({ name }: Scenario, deviceId: string): string => `${name}.${deviceId}`

function recordOf(scenario: Scenario, batch: readonly Message[]): PendingRecord {
  const record = emptyRecord()
  for (const message of batch) {
    const { deviceTs, receivedAt, messageId } = message
    const common = {
      deviceId: nameOf(scenario, message.deviceId),
      receivedAt,
      occurredAt: occurredAt(deviceTs, receivedAt),
    }
    if ('fields' in message) {
      const { fields } = message
      if (DETECTED_FIELDS.some((field) => field in fields)) record.samples.push({ ...common, fields: { ...fields } })
    } else {
      const { type, detail } = message
      record.signals.push({
        ...common,
        ...{ signalId: uuidv7(), messageId, type, deviceTs, protocol: 'native', detail: { ...detail } },
      })
    }
  }
  return record
}

async function install(db: Kysely<Database>, scenario: Scenario): Promise<string> {
  const { name, home, settings, deviceSettings = {}, from } = scenario
  const residentId = uuidv7()
  const created_at = new Date(from)
  const { lat = null, lon = null } = home.position ?? {}
  await db
    .insertInto('home')
    .values({ home_id: name, division_code: null, address: '清湖乡', access: null, lat, lon })
    .execute()
  const about = { gender: 'female', birth_date: '1941-02-03', ability_level: 2, dialect: null } as const
  const lives = { home_id: name, lives_alone: home.livesAlone }
  await db
    .insertInto('resident')
    .values({ resident_id: residentId, name: '测试住户', ...about, ...lives, created_at })
    .execute()
  for (const { deviceId, ...traits } of home.devices) {
    const device_id = nameOf(scenario, deviceId)
    await db
      .insertInto('device')
      .values({ device_id, ...traits, protocol: 'native', resident_id: residentId, secret_hash: '-', created_at })
      .execute()
  }
  const layers = [
    { scope: 'resident' as const, scope_id: residentId, settings },
    ...Object.entries(deviceSettings).map(([deviceId, of]) => {
      return { scope: 'device' as const, scope_id: nameOf(scenario, deviceId), settings: of }
    }),
  ]
  for (const { settings: of, ...scope } of layers) {
    if (of === undefined) continue
    const row = { ...scope, settings: JSON.stringify(of), at: created_at, user_id: null, note: null }
    await db.insertInto('detect_setting').values(row).execute()
  }
  return residentId
}

async function alertsOf(db: Kysely<Database>, scenario: Scenario, residentId: string): Promise<RecordedAlert[]> {
  const rows = await db
    .selectFrom('alert')
    .innerJoin('alarm_case', 'alarm_case.case_id', 'alert.case_id')
    .select(['alert.kind', 'alert.device_id', 'device_state', 'certainty', 'severe', 'alert.signal_count', 'reason'])
    .where('alarm_case.resident_id', '=', residentId)
    .orderBy('alert.alert_id')
    .execute()
  return rows.map((row) => ({
    kind: row.kind,
    deviceId: row.device_id.slice(nameOf(scenario, '').length),
    deviceState: row.device_state,
    certainty: row.certainty,
    severe: row.severe,
    signalCount: row.signal_count,
    rule: row.reason?.rule ?? null,
  }))
}
