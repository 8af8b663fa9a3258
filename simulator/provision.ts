import { randomBytes } from 'node:crypto'
import type { VirtualDevice, VirtualHome } from '../server/contract/ports.ts'
import { planHome } from './homes.ts'
import type { Platform } from './platform.ts'

export interface ProvisionOptions {
  platform: Platform
  /** Homes of earlier runs. */
  known: readonly VirtualHome[]
  homes: number
  seed: number
  /** Ms since the epoch. */
  now: number
  /** Called now and then with all homes so far, and at the end. */
  save: (homes: VirtualHome[]) => Promise<void>
  onProgress: (done: number, wanted: number) => void
  signal: AbortSignal
}

const SAVE_EVERY = 50
const AT_ONCE = 4

/**
 * Makes sure that the platform knows so many virtual homes, creating what is missing. A home of an earlier run counts
 * only while the platform knows all its devices (its database may be another one by now).
 * @returns exactly the homes asked for, unless aborted
 * @throws PlatformError; what was created until then has been saved
 */
export async function provision(options: ProvisionOptions): Promise<VirtualHome[]> {
  const { platform, homes, seed, now, save, onProgress, signal } = options
  const registered = options.known.length > 0 ? await platform.deviceIds() : new Set<string>()
  const ready = options.known.filter((home) => home.devices.every(({ deviceId }) => registered.has(deviceId)))
  let next = ready.length
  const create = async () => {
    while (next < homes && !signal.aborted) {
      ready.push(await createHome(platform, seed, next++, now))
      onProgress(ready.length, homes)
      if (ready.length % SAVE_EVERY === 0) await save([...ready])
    }
  }
  // All come to their end before the result is saved, even when one fails: what exists must not be forgotten.
  const results = await Promise.allSettled(Array.from({ length: AT_ONCE }, create))
  await save([...ready])
  for (const result of results) if (result.status === 'rejected') throw result.reason
  return ready.slice(0, homes)
}

async function createHome(platform: Platform, seed: number, index: number, now: number): Promise<VirtualHome> {
  // Random, so that a run whose state file is lost does not meet the ids of the run before.
  const label = randomBytes(4).toString('hex')
  const plan = planHome(seed, index, label, now)
  const { lat, lon, town, address, resident } = plan
  const residentId = await platform.createResident({ ...resident, divisionCode: town.code, address })
  const devices: VirtualDevice[] = []
  for (const { deviceId, kind, room } of plan.devices) {
    const secret = await platform.createDevice({ deviceId, kind, protocol: 'native', residentId, room })
    devices.push({ deviceId, secret, kind, room })
  }
  return { homeId: `sim-${label}`, lat, lon, devices }
}
