import type { Kysely } from 'kysely'
import type { PositionView } from '../../contract/position.ts'
import type { WanderState } from '../../detect/wandering/state.ts'
import { lastKnown } from '../../detect/wandering.ts'
import type { Database } from '../../store/schema.ts'

/** Where a resident was last known to be, by the tracker that she carries; null: never known. */
export async function lastPosition(db: Kysely<Database>, residentId: string): Promise<PositionView | null> {
  const row = await db
    .selectFrom('detect_state')
    .select('state')
    .where('subject', '=', `resident:${residentId}`)
    .executeTakeFirst()
  const known = lastKnown(row?.state.wandering as WanderState | undefined)
  if (!known) return null
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
