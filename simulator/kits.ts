import type { DeviceKind, DeviceRole, Protocol } from '../server/contract/device.ts'
import type { Random } from './random.ts'
import { MILESIGHT_MODELS } from './wire/milesight.ts'
import { ZIGBEE_MODELS } from './wire/zigbee.ts'

/** A device as it is to be registered, before the platform knows it. */
export interface KitDevice {
  deviceId: string
  kind: DeviceKind
  protocol: Protocol
  room: string | null
  model?: string
  role?: DeviceRole
  address?: string
  /** Its hub within the kit. */
  hubId?: string
  /** A network server speaks for it, which serves many homes. */
  server?: 'chirpstack' | 'tts'
}

interface KitContext {
  /** Names the home in the ids of its devices; eight hexadecimal digits for LoRaWAN. */
  label: string
  /** For what the home has. */
  random: Random
  /** For addresses, which must not come again with the next home of the same seed. */
  names: Random
}

type Kit = (context: KitContext) => KitDevice[]
type Line = readonly [model: string, room: string, probability: number]

/** Several buttons, one of which a home has. */
const BUTTONS = ['TS0215A_sos', 'HS1EB', 'SEB01ZB']
const RADARS = ['MIR-HE200-TY', 'HS2FD-EF1-3.0']
const ZIGBEE: readonly Line[] = [
  ['MCCGQ11LM', '大门', 0.8],
  ['RTCGQ11LM', '客厅', 0.8],
  ['RTCGQ11LM', '厨房', 0.4],
  ['SPM915', '卧室', 0.3],
  ['HS1SA', '厨房', 0.6],
  ['HS1CG-E', '厨房', 0.3],
  ['SJCGQ11LM', '卫生间', 0.3],
  ['HS1CA-E', '卧室', 0.2],
]
const LORAWAN: readonly Line[] = [
  ['WS101', '床头', 1],
  ['VS373', '卫生间', 0.7],
  ['WS301', '大门', 0.6],
  ['WS202', '客厅', 0.5],
  ['WS303', '卫生间', 0.3],
  ['GS101', '厨房', 0.3],
  ['AT101', '随身', 0.3],
]

const chosen = (lines: readonly Line[], random: Random): Line[] => lines.filter(([, , chance]) => random.chance(chance))

/** What a home of each kind has; the native one is planned in homes.ts. */
export const KITS: ReadonlyMap<Protocol, Kit> = new Map<Protocol, Kit>([
  ['zigbee2mqtt', zigbee],
  ['chirpstack', (context) => lorawan('chirpstack', context)],
  ['tts', (context) => lorawan('tts', context)],
  ['watch', single('watch', 'watch', 'GPS watch', ({ names }) => digits(names, 10))],
  ['minifinder2', single('minifinder2', 'pendant', 'EV07B', ({ names }) => `86${digits(names, 13)}`)],
  ['owntracks', single('owntracks', 'phone', 'OwnTracks')],
  ['shelly_gen1', single('shelly_gen1', 'sos_button')],
  ['tasmota', single('tasmota', 'sos_button')],
  ['esphome', single('esphome', 'fall_sensor', 'seeed_mr60fda2')],
  ['shelly_blu', shellyBlu],
])

function zigbee({ label, random }: KitContext): KitDevice[] {
  const hubId = `z2m-${label}`
  const lines: Line[] = [
    [random.pick(BUTTONS), '床头', 1],
    [random.pick(RADARS), '卫生间', 1],
    ...chosen(ZIGBEE, random),
  ]
  const hub: KitDevice = { deviceId: hubId, kind: 'hub', protocol: 'zigbee2mqtt', room: null, model: 'Zigbee2MQTT' }
  return [hub, ...lines.map((line, at) => zigbeeChild(line, at, hubId, label, random))]
}

/** Names as people give them: with a slash, a space, an accent, or the address of the chip. */
const NAMES = [
  (room: string, n: number) => `${room}/传感器 ${n}`,
  (room: string, n: number) => `${room} ${n}`,
  (_: string, n: number) => `Détecteur ${n}`,
  (_: string, n: number) => `0x00158d0005${n.toString(16).padStart(6, '0')}`,
]

function zigbeeChild([model, room]: Line, at: number, hubId: string, label: string, random: Random): KitDevice {
  const { kind, role } = ZIGBEE_MODELS.get(model) ?? { kind: 'other' as const, role: null }
  const address = random.pick(NAMES)(room, at + 1)
  const deviceId = `z-${label}-${at + 1}`
  return { deviceId, kind, protocol: 'zigbee2mqtt', room, model, address, hubId, ...(role ? { role } : {}) }
}

/** Milesight's part of the EUI space, then the home and the number of the device. */
const OUI = '24e124'

function lorawan(server: 'chirpstack' | 'tts', { label, random }: KitContext): KitDevice[] {
  return chosen(LORAWAN, random).map(([model, room], at) => {
    const { kind, role } = MILESIGHT_MODELS.get(model) ?? { kind: 'other' as const, role: null }
    const address = `${OUI}${label.slice(0, 8).padStart(8, '0')}${at.toString(16).padStart(2, '0')}`
    const deviceId = `lora-${label}-${at + 1}`
    return { deviceId, kind, protocol: server, room, model, address, server, ...(role ? { role } : {}) }
  })
}

function single(protocol: Protocol, kind: DeviceKind, model?: string, address?: (context: KitContext) => string): Kit {
  return (context) => [
    {
      deviceId: `${protocol.replace('_', '-')}-${context.label}`,
      ...{ kind, protocol, room: kind === 'fall_sensor' ? '卫生间' : kind === 'sos_button' ? '床头' : null },
      ...(model ? { model } : {}),
      ...(kind === 'sos_button' ? { role: 'sos' as const } : {}),
      ...(address ? { address: address(context) } : {}),
    },
  ]
}

function shellyBlu({ label, names }: KitContext): KitDevice[] {
  const hubId = `blu-${label}`
  const mac = () => Array.from({ length: 6 }, () => names.integer(0, 255).toString(16).padStart(2, '0')).join(':')
  const common = { protocol: 'shelly_blu', hubId } as const
  return [
    { deviceId: hubId, kind: 'hub', protocol: 'shelly_blu', room: null, model: 'Shelly BLU Gateway' },
    { ...common, deviceId: `${hubId}-1`, kind: 'sos_button', room: '床头', address: mac(), role: 'sos' },
    { ...common, deviceId: `${hubId}-2`, kind: 'door_sensor', room: '大门', address: mac() },
  ]
}

const digits = (random: Random, count: number): string =>
  String(random.integer(1, 9)) + Array.from({ length: count - 1 }, () => random.integer(0, 9)).join('')
