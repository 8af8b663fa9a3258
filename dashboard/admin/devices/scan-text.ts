/** What a scanned code says. Pure. */
export type Scanned =
  /** A label of ours. */
  | { is: 'device'; deviceId: string }
  /** A maker's code: a DevEUI, an IMEI, a serial number. */
  | { is: 'address'; address: string }

const OURS = /^anhu:device:([A-Za-z0-9][A-Za-z0-9_.:-]{0,63})$/
/** LoRa Alliance TR005: `LW:D0:JoinEUI:DevEUI:ProfileID…`. */
const LORAWAN = /^LW:D0:[0-9A-F]{16}:([0-9A-F]{16})(:|$)/i
const EUI = /(?:^|[^0-9a-f])([0-9a-f]{16})(?:[^0-9a-f]|$)/i
const IMEI = /(?:^|\D)(\d{15})(?:\D|$)/
/** A serial number; not a label of ours that was cut off. */
const PLAIN = /^(?!anhu:)[\w.:/ -]{4,64}$/

/** What is on a device's label. */
export function labelContent(deviceId: string): string {
  return `anhu:device:${deviceId}`
}

/** The device's id or address in a scanned code, or null when there is none. */
export function readScan(text: string): Scanned | null {
  const trimmed = text.trim()
  const ours = OURS.exec(trimmed)?.[1]
  if (ours !== undefined) return { is: 'device', deviceId: ours }
  const address = LORAWAN.exec(trimmed)?.[1] ?? IMEI.exec(trimmed)?.[1] ?? EUI.exec(trimmed)?.[1]
  if (address !== undefined) return { is: 'address', address }
  return PLAIN.test(trimmed) && !trimmed.includes('://') ? { is: 'address', address: trimmed } : null
}
