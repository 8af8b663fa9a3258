import type { Kysely } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import type { SignalType } from '../../server/contract/signal.ts'
import type { PendingRecord } from '../../server/intake/records.ts'
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
    deadLetters: [],
    levels: [],
    replies: [],
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
