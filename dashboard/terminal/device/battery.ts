import type { Reading } from '../power.ts'

/** The Battery Status API (W3C), which TypeScript's DOM library doesn't have. */
interface BatteryManager extends EventTarget {
  /** 0 to 1 */
  level: number
  charging: boolean
}

function hasBattery(value: Navigator): value is Navigator & { getBattery(): Promise<BatteryManager> } {
  return 'getBattery' in value
}

/** Tells the battery now and at every change. Resolves to false where the browser gives none. */
export async function watchBattery(onReading: (reading: Reading) => void): Promise<boolean> {
  if (!hasBattery(navigator)) return false
  try {
    const battery = await navigator.getBattery()
    const tell = () => onReading({ level: Math.round(battery.level * 100), charging: battery.charging })
    battery.addEventListener('levelchange', tell)
    battery.addEventListener('chargingchange', tell)
    tell()
    return true
  } catch {
    // Forbidden by a policy; the heartbeat goes without it.
    return false
  }
}
