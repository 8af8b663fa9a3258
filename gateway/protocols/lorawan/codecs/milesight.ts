import type { DeviceCommand } from '../../../../server/contract/command.ts'
import type { Codec, Frame } from '../reading.ts'
import { at101Fence } from './milesight-at101.ts'
import {
  ANY_CHANNELS,
  CHANNELS_BY_KIND,
  type Interval,
  MILESIGHT_DEVICES,
  type MilesightDevice,
} from './milesight-devices.ts'
import { decodeTlv } from './milesight-tlv.ts'

/**
 * Codecs of Milesight's devices, and what can be asked of them. Sources: encoders of Milesight-IoT/SensorDecoders, the
 * vendor's pages of downlink commands.
 */

/** The setting of the time between two reports: channel type, unit in s, first byte of the data, and the bounds in s. */
const INTERVALS = {
  seconds: { type: 0x03, unit: 1, lead: [], min: 60, max: 64_800 },
  minutes: { type: 0x8e, unit: 60, lead: [0], min: 60, max: 86_400 },
  minutesOne: { type: 0x8e, unit: 60, lead: [1], min: 60, max: 86_400 },
} as const satisfies Record<Interval, unknown>

function codec(model: string | null, { kind, role, channels: table, interval, closed }: MilesightDevice): Codec {
  return {
    model,
    vendor: 'Milesight',
    kind,
    role: role ?? null,
    decode: (_, bytes) => decodeTlv(table, bytes),
    encode: (command, fPort) => encode(command, fPort, { interval, closed, hasFence: model === 'AT101' }),
  }
}

/** The vendor's port unless it was changed in the device. */
const DEFAULT_PORT = 85

interface Abilities {
  interval: Interval | undefined
  closed: string | undefined
  hasFence: boolean
}

function encode({ type, args }: DeviceCommand, fPort: number | null, able: Abilities): Frame[] {
  const parts: Buffer[] = []
  if (type === 'closed' && able.closed !== undefined) parts.push(Buffer.from(able.closed, 'hex'))
  if (type === 'config') {
    const { intervalSeconds, fence } = args
    if (intervalSeconds !== undefined && able.interval !== undefined) {
      parts.push(intervalSetting(INTERVALS[able.interval], intervalSeconds))
    }
    if (fence !== undefined && able.hasFence) parts.push(at101Fence(fence))
  }
  return parts.length === 0 ? [] : [{ fPort: fPort ?? DEFAULT_PORT, bytes: Buffer.concat(parts) }]
}

function intervalSetting({ type, unit, lead, min, max }: (typeof INTERVALS)[Interval], seconds: number): Buffer {
  const value = Math.round(Math.min(Math.max(seconds, min), max) / unit)
  return Buffer.from([0xff, type, ...lead, value & 0xff, value >> 8])
}

export const MILESIGHT: readonly Codec[] = Object.entries(MILESIGHT_DEVICES).map(([model, row]) => codec(model, row))

const UNKNOWN_MODELS = new Map<string, Codec>(
  CHANNELS_BY_KIND.map(([kind, table]) => [kind, codec(null, { kind, channels: table })]),
)
const UNKNOWN: Codec = codec(null, { kind: 'other', channels: ANY_CHANNELS })

/** Channels by which a device gives itself away. */
const SIGNATURES: Record<string, string> = {
  ff2e: 'WS101',
  ff34: 'WS156',
  '03f8': 'VS373',
  '07b0': 'VS373',
  '06fb': 'VS373',
  '0488': 'AT101',
  '06d9': 'AT101',
  '058e': 'GS101',
}

/** The codec of a Milesight device of unknown model: by its registered kind, else by what it sends. */
export function milesightOf(kind: string | null, bytes: Buffer): Codec {
  return (kind === null ? undefined : UNKNOWN_MODELS.get(kind)) ?? bySignature(bytes) ?? UNKNOWN
}

const find = (model: string): Codec | undefined => MILESIGHT.find((one) => one.model === model)

/** Looks at the first channel after those that many devices have. */
function bySignature(bytes: Buffer): Codec | null {
  let at = 0
  while (at + 2 <= bytes.length) {
    const key = bytes.readUInt16BE(at)
    const model = SIGNATURES[key.toString(16).padStart(4, '0')]
    if (model !== undefined) return find(model) ?? null
    const length = ANY_CHANNELS.get(key)?.length
    if (typeof length !== 'number') return null
    at += 2 + length
  }
  return null
}
