import type { DeviceKind } from '../server/contract/device.ts'
import { address, elderName, type Gender } from './people.ts'
import { createRandom, type Random } from './random.ts'
import { MAIN_COUNTY, TOWNS, type Town } from './towns.ts'

export interface PlannedDevice {
  deviceId: string
  kind: DeviceKind
  room: string | null
}

/** An invented home: who lives there, where, and which devices hang on its walls. */
export interface PlannedHome {
  /** Names the home in its devices' ids. */
  label: string
  town: Town
  /** Street or village and number, without county and town. */
  address: string
  /** WGS-84 degrees. */
  lat: number
  lon: number
  resident: { name: string; gender: Gender; birthDate: string }
  devices: PlannedDevice[]
}

const HOME = TOWNS.filter((town) => town.code.startsWith(MAIN_COUNTY))
const ELSEWHERE = [...new Set(TOWNS.map((town) => town.code.slice(0, 6)))].filter((county) => county !== MAIN_COUNTY)

/** How far a home lies from its town's position, in degrees; all positions keep this distance from the border. */
const SCATTER = 0.008
const YEAR_MS = 365.25 * 86_400_000

/**
 * The `index`-th home of a seed. It depends on nothing else, so a larger set begins with the smaller one.
 * @param label part of the device ids, e.g. `0007` in `sos-361126-0007`
 * @param now ms since the epoch; ages are 65 to 95 then
 */
export function planHome(seed: number, index: number, label: string, now: number): PlannedHome {
  const random = createRandom(`${seed}/home/${index}`)
  const town = townOf(index, random)
  const gender = random.chance(0.58) ? 'female' : 'male'
  // Homes with emergency devices: most people there are about 80.
  const age = 65 + (random.between(0, 30) + random.between(0, 30)) / 2
  return {
    label,
    town,
    address: address(random, town),
    lat: round(town.lat + random.between(-SCATTER, SCATTER)),
    lon: round(town.lon + random.between(-SCATTER, SCATTER)),
    resident: {
      name: elderName(random, gender),
      gender,
      birthDate: new Date(now - age * YEAR_MS).toISOString().slice(0, 10),
    },
    devices: planDevices(random, town.code.slice(0, 6), label),
  }
}

// Three homes of five lie in the main county; the others go round the other counties.
function townOf(index: number, random: Random): Town {
  const place = index % 5
  if (place !== 2 && place !== 4) return random.pick(HOME)
  const turn = Math.floor(index / 5) * 2 + (place === 4 ? 1 : 0)
  const county = ELSEWHERE[turn % ELSEWHERE.length] ?? MAIN_COUNTY
  return random.pick(TOWNS.filter((town) => town.code.startsWith(county)))
}

const MOST_DEVICES = 5
/** What a home may have beside the button in its bathroom, most usual first. */
const FURTHER: readonly { kind: DeviceKind; room: string | null; probability: number }[] = [
  { kind: 'fall_sensor', room: '卫生间', probability: 0.75 },
  { kind: 'sos_button', room: '床头', probability: 0.4 },
  { kind: 'watch', room: null, probability: 0.3 },
  { kind: 'tracker', room: null, probability: 0.25 },
  { kind: 'door_sensor', room: '大门', probability: 0.5 },
  { kind: 'smoke_sensor', room: '厨房', probability: 0.45 },
]
const PREFIX: Partial<Record<DeviceKind, string>> = {
  sos_button: 'sos',
  fall_sensor: 'fall',
  door_sensor: 'door',
  smoke_sensor: 'smoke',
}

function planDevices(random: Random, county: string, label: string): PlannedDevice[] {
  const chosen: { kind: DeviceKind; room: string | null }[] = [{ kind: 'sos_button', room: '卫生间' }]
  for (const { kind, room, probability } of FURTHER) {
    // Nobody wears a watch and a tracker.
    const worn = kind === 'tracker' && chosen.some((device) => device.kind === 'watch')
    if (random.chance(probability) && !worn && chosen.length < MOST_DEVICES) chosen.push({ kind, room })
  }
  if (chosen.length === 1) chosen.push({ kind: 'fall_sensor', room: '卫生间' })
  return chosen.map(({ kind, room }, index) => {
    const nth = chosen.slice(0, index).filter((device) => device.kind === kind).length + 1
    const deviceId = `${PREFIX[kind] ?? kind}-${county}-${label}${nth > 1 ? `-${nth}` : ''}`
    return { deviceId, kind, room }
  })
}

const round = (degrees: number) => Math.round(degrees * 1e5) / 1e5
