import { randomBytes } from 'node:crypto'
import type { VirtualDevice, VirtualHome } from '../server/contract/ports.ts'
import { type PlannedHome, planHome } from './homes.ts'
import { KITS, type KitDevice } from './kits.ts'
import { drawKinds, type Mix } from './mix.ts'
import { newTtsPassword } from './peers/tts.ts'
import type { Platform } from './platform.ts'
import { createRandom } from './random.ts'

export interface ProvisionOptions {
  platform: Platform
  /** Homes and network servers of earlier runs. */
  known: readonly VirtualHome[]
  servers: readonly VirtualDevice[]
  homes: number
  mix: Mix
  /** One native device a home, for very many homes. */
  isSmall: boolean
  seed: number
  /** Ms since the epoch. */
  now: number
  /** Called now and then with all homes so far, and at the end. */
  save: (homes: VirtualHome[], servers: VirtualDevice[]) => Promise<void>
  onProgress: (done: number, wanted: number) => void
  signal: AbortSignal
}

export interface Provisioned {
  homes: VirtualHome[]
  /** LoRaWAN network servers that the homes need. */
  servers: VirtualDevice[]
}

const SAVE_EVERY = 50
const AT_ONCE = 4

/**
 * Makes sure that the platform knows so many virtual homes, creating what is missing. A home of an earlier run counts
 * only while the platform knows all its devices (its database may be another one by now), and if it is of the mix.
 * @returns exactly the homes asked for, unless aborted
 * @throws PlatformError; what was created until then has been saved
 */
export async function provision(options: ProvisionOptions): Promise<Provisioned> {
  const { platform, homes, mix, seed, now, isSmall, save, onProgress, signal } = options
  const isKnown = options.known.length > 0 || options.servers.length > 0
  const registered = isKnown ? await platform.deviceIds() : new Set<string>()
  const isThere = ({ deviceId }: VirtualDevice) => registered.has(deviceId)
  const servers = new Servers(platform, options.servers.filter(isThere))
  const known = options.known.filter((home) => home.devices.every(isThere))
  const ready = known.filter((home) => isOf(home, mix, isSmall))
  // What isn't asked for this time is kept for another.
  const others = known.filter((home) => !isOf(home, mix, isSmall))
  let next = ready.length
  let done = ready.length
  // In the order of their plans, whichever is registered first: a home that failed leaves no hole.
  const homesNow = () => ready.filter(() => true)
  const create = async () => {
    while (next < homes && !signal.aborted) {
      const index = next++
      // Random, so that a run whose state file is lost does not meet the ids of the run before.
      const label = randomBytes(4).toString('hex')
      const plan = planHome(seed, index, label, now)
      ready[index] = await createHome(platform, servers, plan, kitOf(plan, mix, isSmall, `${seed}/kit/${index}`))
      onProgress(++done, homes)
      if (done % SAVE_EVERY === 0) await save([...homesNow(), ...others], servers.made)
    }
  }
  // All come to their end before the result is saved, even when one fails: what exists must not be forgotten.
  const results = await Promise.allSettled(Array.from({ length: AT_ONCE }, create))
  await save([...homesNow(), ...others], servers.made)
  for (const result of results) if (result.status === 'rejected') throw result.reason
  const chosen = homesNow().slice(0, homes)
  const used = new Set(chosen.flatMap((home) => home.devices.map(({ hubId }) => hubId)))
  return { homes: chosen, servers: servers.made.filter(({ deviceId }) => used.has(deviceId)) }
}

/** The devices of a home of this mix. */
function kitOf(plan: PlannedHome, mix: Mix, isSmall: boolean, name: string): KitDevice[] {
  const native: KitDevice[] = plan.devices.map((device) => ({ ...device, protocol: 'native' }))
  if (isSmall) return native.slice(0, 1)
  const random = createRandom(name)
  const { label } = plan
  const names = createRandom(`${name}/${label}`)
  return drawKinds(mix, random).flatMap((kind) => KITS.get(kind)?.({ label, random, names }) ?? native)
}

function isOf({ devices }: VirtualHome, mix: Mix, isSmall: boolean): boolean {
  const kinds = new Set<string>(mix.map(({ protocol }) => protocol))
  const isOneNative = devices.length === 1 && (devices[0]?.protocol ?? 'native') === 'native'
  return devices.every(({ protocol = 'native' }) => kinds.has(protocol)) && isSmall === isOneNative
}

async function createHome(
  platform: Platform,
  servers: Servers,
  { label, lat, lon, town, address, resident }: PlannedHome,
  kit: readonly KitDevice[],
): Promise<VirtualHome> {
  const residentId = await platform.createResident({ ...resident, divisionCode: town.code, address })
  const devices: VirtualDevice[] = []
  // Hubs come first in a kit, so that they are there when what is behind them is registered.
  for (const device of kit) devices.push(await register(platform, servers, device, residentId))
  return { homeId: `sim-${label}`, lat, lon, devices }
}

/** Registers a device. One of a LoRaWAN network belongs to no hub there; here its server speaks for it. */
export async function register(
  platform: Platform,
  servers: Servers,
  { server, ...device }: KitDevice,
  residentId: string,
): Promise<VirtualDevice> {
  const speaker = server === undefined ? device.hubId : (await servers.get(server)).deviceId
  const { role, ...known } = device
  const secret = await platform.createDevice({ ...known, residentId, ...(role ? { role } : {}) })
  return { ...known, secret, ...(speaker === undefined ? {} : { hubId: speaker }) }
}

/** The LoRaWAN network servers, of which a city has one each; registered when a home first needs one. */
export class Servers {
  readonly #platform: Platform
  readonly #made: VirtualDevice[]
  readonly #pending = new Map<string, Promise<VirtualDevice>>()

  constructor(platform: Platform, known: readonly VirtualDevice[]) {
    this.#platform = platform
    this.#made = [...known]
  }

  get made(): VirtualDevice[] {
    return [...this.#made]
  }

  get(protocol: 'chirpstack' | 'tts'): Promise<VirtualDevice> {
    const known = this.#made.find((server) => server.protocol === protocol)
    if (known) return Promise.resolve(known)
    const pending = this.#pending.get(protocol) ?? this.#create(protocol)
    this.#pending.set(protocol, pending)
    return pending
  }

  async #create(protocol: 'chirpstack' | 'tts'): Promise<VirtualDevice> {
    const deviceId = `${protocol}-${randomBytes(4).toString('hex')}`
    const kind = protocol === 'tts' ? 'bridge' : 'hub'
    const secret = await this.#platform.createDevice({ deviceId, kind, protocol })
    // The Things Stack is the broker: there it is the platform that logs in.
    const own = { deviceId, kind, protocol, room: null, secret: protocol === 'tts' ? newTtsPassword() : secret }
    this.#made.push(own)
    return own
  }
}
