import type { AlertKind } from '../contract/case.ts'
import type { DeviceRole } from '../contract/device.ts'
import type { Finding } from '../contract/finding.ts'
import type { SignalType } from '../contract/signal.ts'

const raise = (kind: AlertKind): Finding => ({ effect: 'raise', kind })
const restore = (...kinds: AlertKind[]): Finding => ({ effect: 'restore', kinds, byResident: false })
const record: Finding = { effect: 'record' }

/** What a signal means for the alarm record by its type alone. Detectors with a state build on this table. */
const RULES: Record<Exclude<SignalType, RoleType>, Finding> = {
  sos: raise('sos'),
  fall: raise('fall'),
  fall_suspected: raise('fall'),
  smoke: raise('smoke'),
  gas: raise('gas'),
  co: raise('co'),
  wander: raise('wander'),
  general_alarm: raise('general'),
  unreadable: raise('unreadable'),
  water_leak: raise('water_leak'),
  help: raise('help'),
  inactivity: raise('inactivity'),
  leave_bed: raise('leave_bed'),
  vital_sign: raise('vital_sign'),
  hub_offline: raise('hub_offline'),
  device_fault: raise('device_fault'),
  tamper: raise('tamper'),
  removed: raise('removed'),
  battery_low: raise('battery_low'),
  mains_loss: raise('mains_loss'),
  sos_cancel: { effect: 'restore', kinds: ['sos', 'help'], byResident: true },
  fall_cancel: { effect: 'restore', kinds: ['fall'], byResident: true },
  fall_clear: restore('fall'),
  wander_end: restore('wander'),
  smoke_clear: restore('smoke'),
  gas_clear: restore('gas'),
  co_clear: restore('co'),
  water_clear: restore('water_leak'),
  bed_enter: restore('leave_bed'),
  vital_clear: restore('vital_sign'),
  hub_online: restore('hub_offline'),
  tamper_clear: restore('tamper'),
  worn: restore('removed'),
  battery_ok: restore('battery_low'),
  mains_restore: restore('mains_loss'),
  motion: restore('inactivity'),
  restore: { effect: 'restore', kinds: 'all', byResident: false },
  vacant: record,
  door_open: record,
  door_close: record,
  test: record,
  command_reply: record,
}

/** Types that mean nothing without the device's role. */
type RoleType = 'button' | 'triggered' | 'released'

/** What a device of each role stands for when it is pressed or triggered. */
const KIND_OF_ROLE: Record<DeviceRole, AlertKind | null> = {
  sos: 'sos',
  help: 'help',
  fall: 'fall',
  smoke: 'smoke',
  gas: 'gas',
  co: 'co',
  water_leak: 'water_leak',
  bed: 'leave_bed',
  entrance: null,
  ordinary: null,
}

/**
 * The finding of a signal that needs no state to be judged.
 * @param role what the device stands for in its home; null: nobody has said
 */
export function alarmRule(type: SignalType, role: DeviceRole | null): Finding {
  if (type !== 'button' && type !== 'triggered' && type !== 'released') return RULES[type]
  const kind = role && KIND_OF_ROLE[role]
  if (kind === null) return record
  return type === 'released' ? restore(kind) : raise(kind)
}
