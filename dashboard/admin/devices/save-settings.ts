import type { DeviceSettingsChange } from '../../../server/contract/device.ts'

/** How a form of the settings saves. */
export interface SaveSettings {
  save(change: DeviceSettingsChange): void
  pending: boolean
  error: unknown
}
