import type { Kysely } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import type { Database } from '../store/schema.ts'
import { sqlState } from '../store/sql-errors.ts'
import { commitWithin } from './commit.ts'
import { createContexts } from './detection/contexts.ts'
import { createOwners } from './detection/owners.ts'
import { emptyRecord, type PendingRecord, type PendingSignal } from './records.ts'

/** The database's schema is not the one that this program was written for. */
export class SchemaError extends Error {
  constructor(code: string, reason: string) {
    super(
      `The database does not fit this version of Anhu (${code}: ${reason}): an alarm could not be stored. Start the version that made it, or restore a backup.`,
    )
  }
}

class RolledBack extends Error {}

/** With values that are right, the database refuses these only when its tables or rights are other than expected. */
const MISFIT = /^(22|23|42)...$/

/**
 * Commits an alarm of a device that is made up, with all that may come with one, and takes everything back: a migration that
 * was changed after it had run is found at the start, and not by the first person who presses.
 * @throws SchemaError
 */
export async function checkSchema(db: Kysely<Database>, now: number): Promise<void> {
  const deviceId = `check:${uuidv7()}`
  try {
    await db.transaction().execute(async (tx) => {
      await tx
        .insertInto('device')
        .values({ device_id: deviceId, kind: 'sos_button', protocol: 'native', created_at: new Date(now) })
        .execute()
      const deps = { contexts: createContexts(), owners: createOwners() }
      const press = recordOf(deviceId, now)
      await commitWithin(tx, deps, [press], now)
      // Once more, as a device does that got no answer; and again with news: what is there already takes other statements.
      await commitWithin(tx, deps, [{ ...press, deadLetters: [] }], now)
      await commitWithin(tx, deps, [recordOf(deviceId, now + 1)], now)
      throw new RolledBack()
    })
  } catch (error) {
    if (error instanceof RolledBack) return
    const code = sqlState(error)
    if (code !== undefined && MISFIT.test(code) && error instanceof Error) throw new SchemaError(code, error.message)
    throw error
  }
}

function recordOf(deviceId: string, at: number): PendingRecord {
  const signal = (messageId: string): PendingSignal => ({
    signalId: uuidv7(),
    deviceId,
    messageId,
    type: 'sos',
    deviceTs: at,
    receivedAt: at,
    occurredAt: at,
    protocol: 'native',
    detail: {},
  })
  return {
    ...emptyRecord(),
    signals: [signal(`press:${at}`)],
    levels: [{ deviceId, level: 'contact', value: String(at), calm: false, at, signal: signal(`level:${at}`) }],
    replies: [
      { deviceId, commandId: null, type: 'received', detail: {}, at },
      { deviceId, commandId: uuidv7(), type: null, detail: {}, at },
    ],
    deadLetters: [
      {
        deadLetterId: uuidv7(),
        deviceId,
        protocol: 'native',
        topic: '',
        reason: 'invalid_json',
        explanation: '',
        payload: new Uint8Array(),
        receivedAt: at,
      },
    ],
  }
}
