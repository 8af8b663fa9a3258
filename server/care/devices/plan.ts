import { isIP } from 'node:net'
import {
  type DeviceRole,
  type LifecycleState,
  LORAWAN_PROTOCOLS,
  type NewDevice,
  TCP_PROTOCOLS,
} from '../../contract/device.ts'
import { modelOf } from '../../contract/device-models.ts'
import { OWN_DEVICES } from '../../contract/purpose.ts'

/** What a new device is to be: the rules of registration. Pure; what is known of others comes in. */

export interface FieldProblem {
  field: string
  message: string
}

export interface HubFacts {
  kind: string
  protocol: string
  lifecycle: LifecycleState
}

export interface Known {
  hub(hubId: string): HubFacts | undefined
  hasResident(residentId: string): boolean
}

export interface PlannedDevice {
  deviceId: string
  kind: string
  protocol: string
  hubId: string | null
  address: string | null
  residentId: string | null
  room: string | null
  model: string | null
  role: DeviceRole | null
  note: string | null
  sources: string[]
  lifecycle: LifecycleState
  /** Whether it logs in itself. */
  hasSecret: boolean
}

/** Protocols that are only spoken by hubs, for the devices behind them. */
const HUB_ONLY: readonly string[] = ['zigbee2mqtt']
/** Protocols in which a login can only speak for itself. */
const NEVER_FOR_OTHERS: readonly string[] = ['native', 'owntracks']

export const isHubKind = (kind: string): boolean => kind === 'hub' || kind === 'bridge'

/** How a device gets to us. */
type Way = 'behind_hub' | 'tcp' | 'lorawan' | 'login'

function wayOf(kind: string, protocol: string, hubId: string | null): Way {
  if (hubId !== null) return 'behind_hub'
  if (TCP_PROTOCOLS.includes(protocol)) return 'tcp'
  return LORAWAN_PROTOCOLS.includes(protocol) && !isHubKind(kind) ? 'lorawan' : 'login'
}

/** Fills in what was left out, and names everything that is wrong at once. */
export function planDevice(device: NewDevice, known: Known): { planned: PlannedDevice; problems: FieldProblem[] } {
  const { deviceId, kind } = device
  const hubId = text(device.hubId)
  const residentId = text(device.residentId)
  const hub = hubId === null ? undefined : known.hub(hubId)
  const protocol = hub?.protocol ?? device.protocol
  const way = wayOf(kind, protocol, hubId)
  const model = modelOf(text(device.model))
  const address = addressFor(way, deviceId, protocol, text(device.address))
  const sources = device.sources ?? []
  const problems = [
    ...(OWN_DEVICES.includes(deviceId) ? [problem('deviceId', 'is an id of the platform itself')] : []),
    ...hubProblems(device, protocol, hubId, hub),
    ...(way === 'behind_hub' && address === null ? [problem('address', NEEDS_ADDRESS)] : []),
    ...(residentId === null || known.hasResident(residentId) ? [] : [problem('residentId', UNKNOWN_RESIDENT)]),
    ...modelProblems(device.model),
    ...sourceProblems(sources),
  ]
  const planned: PlannedDevice = {
    deviceId,
    kind,
    protocol,
    hubId,
    address,
    residentId,
    room: text(device.room),
    model: model?.model ?? null,
    role: device.role === undefined ? defaultRole(kind, model?.role ?? null) : device.role,
    note: text(device.note),
    sources: [...sources],
    lifecycle: residentId === null ? 'in_stock' : 'in_service',
    hasSecret: way === 'login',
  }
  return { planned, problems }
}

export const NEEDS_ADDRESS = 'what its hub or protocol calls it is needed'
export const UNKNOWN_RESIDENT = 'unknown resident; GET /residents lists them'

/** An emergency key stands for an emergency, unless its model is known to be something else. */
function defaultRole(kind: string, ofModel: DeviceRole | null): DeviceRole | null {
  return ofModel ?? (kind === 'sos_button' ? 'sos' : null)
}

/** What a device is known by, as it is stored; null for one that is known by its login. */
export function addressFor(way: Way, deviceId: string, protocol: string, given: string | null): string | null {
  const address = given ?? (way === 'tcp' || way === 'lorawan' ? deviceId : null)
  return address !== null && LORAWAN_PROTOCOLS.includes(protocol) ? devEui(address) : address
}

/** The address of a device that is there already, after a change; null only where none is needed. */
export function changedAddress(
  { device_id, kind, protocol, hub_id }: { device_id: string; kind: string; protocol: string; hub_id: string | null },
  given: string | null,
): { address: string | null; problems: FieldProblem[] } {
  const way = wayOf(kind, protocol, hub_id)
  const problems = way === 'login' || given !== null ? [] : [problem('address', NEEDS_ADDRESS)]
  return { address: given === null ? null : addressFor(way, device_id, protocol, given), problems }
}

/** A DevEUI in the form it is looked up by: small letters, without the dashes or colons of some labels. */
function devEui(address: string): string {
  const bare = address.toLowerCase().replace(/[-:\s]/g, '')
  return /^[0-9a-f]{16}$/.test(bare) ? bare : address.toLowerCase()
}

function hubProblems(
  { deviceId, kind }: NewDevice,
  protocol: string,
  hubId: string | null,
  hub: HubFacts | undefined,
): FieldProblem[] {
  if (hubId === null) {
    if (isHubKind(kind) && TCP_PROTOCOLS.includes(protocol)) {
      return [problem('protocol', 'no hub speaks this: each device connects by itself')]
    }
    return HUB_ONLY.includes(protocol) && !isHubKind(kind)
      ? [problem('hubId', 'a device of this protocol is behind a hub: name the hub')]
      : []
  }
  if (isHubKind(kind)) return [problem('hubId', 'a hub or bridge is behind nothing')]
  if (hubId === deviceId) return [problem('hubId', 'a device is not behind itself')]
  if (hub === undefined) return [problem('hubId', 'unknown hub; GET /devices?kind=hub lists them')]
  if (!isHubKind(hub.kind)) return [problem('hubId', 'is neither a hub nor a bridge')]
  if (hub.lifecycle === 'retired') return [problem('hubId', 'this hub is retired')]
  return NEVER_FOR_OTHERS.includes(hub.protocol) ? [problem('hubId', 'this hub speaks only for itself')] : []
}

export function modelProblems(model: string | null | undefined): FieldProblem[] {
  const key = text(model)
  return key === null || modelOf(key) !== null ? [] : [problem('model', 'unknown model; GET /device-models lists them')]
}

export function sourceProblems(sources: readonly string[]): FieldProblem[] {
  return sources.flatMap((source, n) => (isCidr(source) ? [] : [problem(`sources.${n}`, 'is no address or network')]))
}

function isCidr(source: string): boolean {
  const [address = '', prefix, ...more] = source.split('/')
  const family = isIP(address)
  if (family === 0 || more.length > 0) return false
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128))
}

const problem = (field: string, message: string): FieldProblem => ({ field, message })

/** Trimmed; null when there is nothing. */
export function text(value: string | null | undefined): string | null {
  return value?.trim() || null
}
