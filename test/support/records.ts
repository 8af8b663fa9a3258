import type { Kysely } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import type { CaseEvent } from '../../server/contract/push.ts'
import type { SignalType } from '../../server/contract/signal.ts'
import { commitRecords } from '../../server/intake/commit.ts'
import { createContexts } from '../../server/intake/detection/contexts.ts'
import { createOwners } from '../../server/intake/detection/owners.ts'
import { emptyRecord, type PendingRecord } from '../../server/intake/records.ts'
import type { Database } from '../../server/store/schema.ts'

/** A resident with devices that nobody can log in with. */
export async function addResident(
  db: Kysely<Database>,
  deviceIds: readonly string[],
  name = '周桂兰',
): Promise<string> {
  const residentId = uuidv7()
  const created_at = new Date()
  await db
    .insertInto('resident')
    .values({
      resident_id: residentId,
      home_id: null,
      name,
      gender: 'female',
      birth_date: '1943-05-06',
      ability_level: 3,
      dialect: null,
      created_at,
    })
    .execute()
  for (const device_id of deviceIds) await addDevice(db, device_id, residentId)
  return residentId
}

export async function addDevice(db: Kysely<Database>, deviceId: string, residentId: string | null): Promise<void> {
  await db
    .insertInto('device')
    .values({
      device_id: deviceId,
      kind: 'sos_button',
      protocol: 'native',
      resident_id: residentId,
      room: '卫生间',
      secret_hash: '-',
      created_at: new Date(),
    })
    .execute()
}

/** One decoded event as the intake hands it to the alarm lane. */
export function event(
  deviceId: string,
  type: SignalType,
  at: number,
  over: Partial<PendingRecord['signals'][number]> = {},
): PendingRecord {
  return {
    ...emptyRecord(),
    signals: [
      {
        signalId: uuidv7(),
        deviceId,
        messageId: uuidv7(),
        type,
        deviceTs: at,
        receivedAt: at,
        occurredAt: at,
        protocol: 'native',
        detail: {},
        ...over,
      },
    ],
  }
}

/** Commits records as a node would that has just started; a detector that fails fails the test. */
export function commit(db: Kysely<Database>, records: readonly PendingRecord[], now: number): Promise<CaseEvent[]> {
  return commitRecords({ db, ...newDetection() }, records, now)
}

/** Detection that remembers nothing outside the database. */
export function newDetection() {
  return { contexts: createContexts(), owners: createOwners(), failed: throwFirst }
}

/** What a test does with a detector that could not judge. */
function throwFirst(failures: readonly { error: unknown }[]): void {
  throw failures[0]?.error
}
