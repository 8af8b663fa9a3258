import type { CommandArguments } from '../../../server/contract/command.ts'

/** What the form for a device's settings holds. Pure. */
export interface ConfigForm {
  intervalSeconds?: number | null
  sosNumbers?: string[]
  /** `same`: it isn't sent. */
  fallDetection?: 'same' | 'on' | 'off'
  fallSensitivity?: number | null
  removalAlarm?: 'same' | 'on' | 'off'
  fence?: { name?: string; lat?: number | null; lon?: number | null; radius?: number | null }
}

/** As in the contract's `CommandArguments`. */
export const PHONE_NUMBER = /^\+?[0-9]{3,20}$/

/** Only what was filled in; `incomplete_fence` and `nothing` can't be sent. */
export function configArguments(form: ConfigForm): CommandArguments | 'incomplete_fence' | 'nothing' {
  const args: CommandArguments = {}
  if (form.intervalSeconds != null) args.intervalSeconds = form.intervalSeconds
  if (form.sosNumbers && form.sosNumbers.length > 0) args.sosNumbers = form.sosNumbers
  if (form.fallDetection === 'on' || form.fallDetection === 'off') args.fallDetection = form.fallDetection === 'on'
  if (form.fallSensitivity != null) args.fallSensitivity = form.fallSensitivity
  if (form.removalAlarm === 'on' || form.removalAlarm === 'off') args.removalAlarm = form.removalAlarm === 'on'
  const { name = '', lat = null, lon = null, radius = null } = form.fence ?? {}
  const filled = [name.trim() !== '', lat !== null, lon !== null, radius !== null]
  if (filled.some(Boolean)) {
    if (lat === null || lon === null || radius === null || name.trim() === '') return 'incomplete_fence'
    args.fence = { name: name.trim(), lat, lon, radius }
  }
  return Object.keys(args).length === 0 ? 'nothing' : args
}
