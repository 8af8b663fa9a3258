import { type Kysely, sql } from 'kysely'
import type { DeskStats } from '../../contract/api.ts'
import type { Database } from '../../store/schema.ts'
import { isOnline } from './liveness.ts'

export type DeviceCounts = Pick<DeskStats, 'devicesOnline' | 'devicesTotal'>

/** Every desk asks, and to count a city's devices takes about 0.1 s: the answer is good for so long. */
const REMEMBERED_MS = 5_000

/** How many devices are in use, and how many of them can be relied on now. */
export function createDeviceCounts(db: Kysely<Database>): (now: number) => Promise<DeviceCounts> {
  let last: { at: number; counts: Promise<DeviceCounts> } | null = null
  return (now) => {
    if (last === null || now - last.at >= REMEMBERED_MS || now < last.at) last = { at: now, counts: count(db, now) }
    const { counts } = last
    // A failure is told to whoever asked, and not remembered.
    counts.catch(() => {
      if (last?.counts === counts) last = null
    })
    return counts
  }
}

async function count(db: Kysely<Database>, now: number): Promise<DeviceCounts> {
  const { rows } = await sql<DeviceCounts>`
    select count(*) filter (where ${isOnline(now)})::int as "devicesOnline", count(*)::int as "devicesTotal"
    from device
    left join device_state as state on state.device_id = device.device_id
    left join device_state as hub_state on hub_state.device_id = device.hub_id
    where device.enabled and device.lifecycle not in ('in_stock', 'retired')`.execute(db)
  const [row] = rows
  if (!row) throw new Error('a count without a row')
  return row
}
