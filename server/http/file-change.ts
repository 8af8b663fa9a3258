import type { Transaction } from 'kysely'
import { tellOpenCases } from '../cases/tell-open.ts'
import { audit } from '../org/audit.ts'
import type { Database } from '../store/schema.ts'
import type { HttpDeps } from './deps.ts'

type Work<T> = (tx: Transaction<Database>) => Promise<T>

/**
 * Changes a resident's file. The change, its line in the audit and the word to the desks that have an open case of theirs
 * are committed together or not at all.
 */
export async function changeFile<T>(
  { db, clock, committed }: Pick<HttpDeps, 'db' | 'clock' | 'committed'>,
  by: { userId: string; action: string },
  residentId: string,
  work: Work<T>,
): Promise<T> {
  const now = clock.now()
  const { result, events } = await db.transaction().execute(async (tx) => {
    const result = await work(tx)
    await audit(tx, { ...by, subject: residentId }, now)
    return { result, events: await tellOpenCases(tx, residentId, now) }
  })
  committed(events)
  return result
}
