import type { Kysely } from 'kysely'
import type { PositionView } from '../../contract/detection.ts'
import { DomainError } from '../../contract/errors.ts'
import type { WanderState } from '../../detect/wandering/state.ts'
import { lastKnown } from '../../detect/wandering.ts'
import type { Database } from '../../store/schema.ts'

/** Where a resident was last known to be, by the tracker that she carries. @throws DomainError not_found: never known */
export async function lastPosition(db: Kysely<Database>, residentId: string): Promise<PositionView> {
  const row = await db
    .selectFrom('detect_state')
    .select('state')
    .where('subject', '=', `resident:${residentId}`)
    .executeTakeFirst()
  const known = lastKnown(row?.state.wandering as WanderState | undefined)
  if (!known) throw new DomainError('not_found', 'No position of this resident is known.')
  const { lat, lon, at, acc, battery, source, deviceId } = known
  return {
    lat,
    lon,
    at: new Date(at).toISOString(),
    accuracyM: acc,
    source: source === 'gps' ? 'satellite' : 'network',
    deviceId,
    batteryPercent: battery,
  }
}
