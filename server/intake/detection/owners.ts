import { type Kysely, sql } from 'kysely'
import type { DeviceTraits } from '../../contract/observation.ts'
import type { Database } from '../../store/schema.ts'

/**
 * How long it is believed whose a device is, when another node has changed it. Signals are stored with the owner of the
 * moment; this is for readings.
 */
const BELIEVED_MS = 30_000
const MOST = 500_000

export interface Owned {
  residentId: string | null
  device: DeviceTraits
}

/** Whose devices are, for readings that come by the thousand. */
export interface Owners {
  /** False: the device is nobody's, so its readings concern no detector. True also when it is not known yet. */
  mayConcern(deviceId: string, now: number): boolean
  /** @returns by device id; one that is not registered is left out */
  load(db: Kysely<Database>, deviceIds: readonly string[], now: number): Promise<ReadonlyMap<string, Owned>>
  /** Devices have changed on this node. */
  forget(): void
}

export function createOwners(): Owners {
  const known = new Map<string, Owned & { at: number }>()
  const peek = (deviceId: string, now: number) => {
    const found = known.get(deviceId)
    return found && now - found.at < BELIEVED_MS ? found : undefined
  }
  return {
    forget: () => known.clear(),
    mayConcern: (deviceId, now) => peek(deviceId, now)?.residentId !== null,
    load: async (db, deviceIds, now) => {
      const found = new Map<string, Owned>()
      for (const deviceId of deviceIds) {
        const owned = peek(deviceId, now)
        if (owned) found.set(deviceId, owned)
      }
      const missing = deviceIds.filter((deviceId) => !found.has(deviceId))
      if (known.size + missing.length > MOST) known.clear()
      for (const [deviceId, owned] of await read(db, missing)) {
        known.set(deviceId, { ...owned, at: now })
        found.set(deviceId, owned)
      }
      return found
    },
  }
}

async function read(db: Kysely<Database>, deviceIds: readonly string[]): Promise<[string, Owned][]> {
  if (deviceIds.length === 0) return []
  const { rows } = await sql<Omit<DeviceTraits, 'deviceId'> & { device_id: string; resident_id: string | null }>`
    select device_id, resident_id, kind, model, role, room from device
    where device_id = any(${[...new Set(deviceIds)]}::text[])`.execute(db)
  return rows.map(({ device_id: deviceId, resident_id: residentId, ...traits }) => [
    deviceId,
    { residentId, device: { deviceId, ...traits } },
  ])
}
