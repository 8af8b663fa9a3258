import type { DeviceModelView } from './device.ts'
import { LORAWAN_MODELS } from './device-models/lorawan.ts'
import { BUTTON_SECONDS, CELLULAR_SECONDS, MAINS_SECONDS } from './device-models/model.ts'
import { NATIVE_MODELS } from './device-models/native.ts'
import { WEARABLE_MODELS } from './device-models/wearables.ts'
import { WIFI_MODELS } from './device-models/wifi.ts'
import { ZIGBEE_MODELS } from './device-models/zigbee.ts'

/** The catalogue: what is known of the devices that homes have. A new one is a line in the table of its family. */
export const DEVICE_MODELS: readonly DeviceModelView[] = [
  ...ZIGBEE_MODELS,
  ...LORAWAN_MODELS,
  ...WEARABLE_MODELS,
  ...WIFI_MODELS,
  ...NATIVE_MODELS,
]

const BY_KEY = new Map(DEVICE_MODELS.map((model) => [model.model.toLowerCase(), model]))

/**
 * The model with this key, whatever its case. Zigbee2MQTT names several of a kind in one, as in `HS1EB/HS1EB-E`: then the
 * first that is known.
 */
export function modelOf(key: string | null): DeviceModelView | null {
  if (key === null) return null
  const whole = key.trim().toLowerCase()
  for (const name of [whole, ...whole.split('/')]) {
    const model = BY_KEY.get(name.trim())
    if (model !== undefined) return model
  }
  return null
}

/** How often a device whose model is not known is heard of at the least, s; a kind that is not listed: once a day. */
export const KIND_HEARTBEATS: Readonly<Record<string, number>> = {
  sos_button: BUTTON_SECONDS,
  button: BUTTON_SECONDS,
  fall_sensor: MAINS_SECONDS,
  tracker: CELLULAR_SECONDS,
  watch: CELLULAR_SECONDS,
  pendant: CELLULAR_SECONDS,
  phone: CELLULAR_SECONDS,
  terminal: MAINS_SECONDS,
  hub: MAINS_SECONDS,
  bridge: MAINS_SECONDS,
}
/** Sensors on batteries speak when something happens, and once a day to say that they are there. */
export const DEFAULT_HEARTBEAT = BUTTON_SECONDS

/** How often a device is heard of at the least, s; null: it speaks only when it is used. @param model catalogue key */
export function heartbeatSeconds(kind: string, model: string | null): number | null {
  const known = modelOf(model)
  return known === null ? (KIND_HEARTBEATS[kind] ?? DEFAULT_HEARTBEAT) : known.heartbeatSeconds
}
