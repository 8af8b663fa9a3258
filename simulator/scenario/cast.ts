import { randomBytes } from 'node:crypto'
import type { VirtualDevice, VirtualHome } from '../../server/contract/ports.ts'
import { planHome } from '../homes.ts'
import type { KitDevice } from '../kits.ts'
import type { Platform } from '../platform.ts'
import { register, Servers } from '../provision.ts'
import { createRandom, type Random } from '../random.ts'
import type { Scenario, ScenarioDevice, Target } from './scenario.ts'

/** The homes and devices of a scenario as they were registered: the names in the file, and the ids there. */
export interface Cast {
  homes: ReadonlyMap<string, VirtualHome>
  devices: ReadonlyMap<Target, string>
}

/**
 * Registers the homes of a scenario, new ones each time.
 * @param now ms since the epoch
 * @throws PlatformError
 */
export async function castScenario(
  scenario: Scenario,
  platform: Platform,
  seed: number,
  now: number,
): Promise<{ homes: VirtualHome[]; servers: VirtualDevice[]; cast: Cast }> {
  const servers = new Servers(platform, [])
  const homes = new Map<string, VirtualHome>()
  const ids = new Map<Target, string>()
  for (const [index, { home, devices }] of scenario.homes.entries()) {
    const label = randomBytes(4).toString('hex')
    const random = createRandom(`${seed}/scenario/${label}`)
    const { resident, town, address, lat, lon } = planHome(seed, index, label, now)
    const residentId = await platform.createResident({ ...resident, divisionCode: town.code, address })
    const made: VirtualDevice[] = []
    for (const [n, device] of devices.entries()) {
      const registered = await register(platform, servers, kitDevice(device, label, n, random), residentId)
      made.push(registered)
      ids.set(`${home}/${device.device}`, registered.deviceId)
    }
    homes.set(home, { homeId: `sim-${label}`, lat, lon, devices: made })
  }
  return { homes: [...homes.values()], servers: servers.made, cast: { homes, devices: ids } }
}

const idOf = (name: string, label: string): string => `${name}-${label}`

function kitDevice(device: ScenarioDevice, label: string, n: number, random: Random): KitDevice {
  const { protocol, kind, room, model, role, behind } = device
  const address = addressOf(device, label, n, random)
  return {
    ...{ deviceId: idOf(device.device, label), protocol, kind, room },
    ...(model === null ? {} : { model }),
    ...(role === null ? {} : { role }),
    ...(behind === null ? {} : { hubId: idOf(behind, label) }),
    ...(address === null ? {} : { address }),
    ...(protocol === 'chirpstack' || protocol === 'tts' ? { server: protocol } : {}),
  }
}

/** What the protocol calls it, where nobody has given it a name. */
function addressOf({ protocol, device, name, behind }: ScenarioDevice, label: string, n: number, random: Random) {
  if (name !== null) return name
  const digits = (count: number) => Array.from({ length: count }, () => random.integer(0, 9)).join('')
  const bytes = (count: number) =>
    Array.from({ length: count }, () => random.integer(0, 255).toString(16).padStart(2, '0'))
  switch (protocol) {
    case 'watch':
      return `8${digits(9)}`
    case 'minifinder2':
      return `86${digits(13)}`
    case 'chirpstack':
    case 'tts':
      return `24e124${label}${n.toString(16).padStart(2, '0')}`
    case 'shelly_blu':
      return behind === null ? null : bytes(6).join(':')
    default:
      return behind === null ? null : device
  }
}
