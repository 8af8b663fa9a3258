import type { DeviceKind, DeviceView, Protocol } from '../../../server/contract/device.ts'

/** How a device comes to the platform, as an installer sees it. Pure. */
export type Way = 'login' | 'hub' | 'behind' | 'lorawan' | 'tcp' | 'bridge'

/** The ways of each protocol, the usual one first. */
export const WAYS: Record<Protocol, readonly [Way, ...Way[]]> = {
  native: ['login'],
  zigbee2mqtt: ['behind', 'hub'],
  owntracks: ['login'],
  chirpstack: ['lorawan', 'hub', 'bridge'],
  tts: ['lorawan', 'bridge'],
  watch: ['tcp'],
  minifinder2: ['tcp'],
  mapped: ['login', 'hub', 'behind', 'bridge'],
  shelly_blu: ['behind', 'hub'],
  shelly_gen1: ['login'],
  tasmota: ['login', 'hub', 'behind'],
  esphome: ['login'],
}

/** Which fields a way needs besides the id. */
export const NEEDS: Record<Way, { kind: DeviceKind | null; hub: boolean; address: boolean; sources: boolean }> = {
  login: { kind: null, hub: false, address: false, sources: false },
  hub: { kind: 'hub', hub: false, address: false, sources: false },
  behind: { kind: null, hub: true, address: true, sources: false },
  lorawan: { kind: null, hub: false, address: true, sources: false },
  tcp: { kind: null, hub: false, address: true, sources: true },
  bridge: { kind: 'bridge', hub: false, address: false, sources: false },
}

/** The kind that a form begins with. */
export const USUAL_KIND: Record<Protocol, DeviceKind> = {
  native: 'sos_button',
  zigbee2mqtt: 'sos_button',
  owntracks: 'phone',
  chirpstack: 'sos_button',
  tts: 'sos_button',
  watch: 'watch',
  minifinder2: 'pendant',
  mapped: 'other',
  shelly_blu: 'button',
  shelly_gen1: 'button',
  tasmota: 'button',
  esphome: 'fall_sensor',
}

const LORAWAN: readonly string[] = ['chirpstack', 'tts']
const TCP: readonly string[] = ['watch', 'minifinder2']

/** The way of a device that is registered already. */
export function wayOf({ kind, protocol, hubId }: Pick<DeviceView, 'kind' | 'protocol' | 'hubId'>): Way {
  if (kind === 'bridge') return 'bridge'
  if (kind === 'hub') return 'hub'
  if (TCP.includes(protocol)) return 'tcp'
  if (hubId !== null) return 'behind'
  return LORAWAN.includes(protocol) ? 'lorawan' : 'login'
}

/** Which words describe an address. */
export type AddressForm = 'behind' | 'behindZigbee' | 'lorawan' | 'watch' | 'minifinder2'

export function addressForm(protocol: Protocol, way: Way): AddressForm {
  if (way === 'lorawan') return 'lorawan'
  if (protocol === 'watch' || protocol === 'minifinder2') return protocol
  return protocol === 'zigbee2mqtt' ? 'behindZigbee' : 'behind'
}

/** What an address must look like; null: anything. */
export const ADDRESS_PATTERN: Record<AddressForm, RegExp | null> = {
  behind: null,
  behindZigbee: null,
  lorawan: /^[0-9a-f]{16}$/i,
  watch: /^([0-9]{10}|[0-9]{15})$/,
  minifinder2: /^[0-9]{15}$/,
}

/** An address as it is to be stored: pasted DevEUIs come with separators and in capitals. */
export function tidyAddress(text: string, form: AddressForm): string {
  const trimmed = text.trim()
  if (form === 'lorawan') return trimmed.replaceAll(/[\s:-]/g, '').toLowerCase()
  return form === 'watch' || form === 'minifinder2' ? trimmed.replaceAll(/[\s-]/g, '') : trimmed
}

/** As in the contract's `DeviceId`. */
export const DEVICE_ID = /^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$/

/** As in the contract's `Cidr`. */
export const CIDR = /^[0-9a-fA-F.:]{2,39}(\/[0-9]{1,3})?$/

const ID_PREFIX: Record<AddressForm, string> = {
  behind: '',
  behindZigbee: '',
  lorawan: 'lora-',
  watch: 'watch-',
  minifinder2: 'pendant-',
}

/** An id made of the address, or empty when nothing useful is left of it. */
export function suggestId(address: string, form: AddressForm): string {
  const plain = tidyAddress(address, form).replaceAll(/[^A-Za-z0-9_.:-]+/g, '-')
  const id = ID_PREFIX[form] + plain.replace(/^[^A-Za-z0-9]+/, '').replace(/-+$/, '')
  return id === ID_PREFIX[form] ? '' : id.slice(0, 64)
}
