import type { AlertKind } from '../contract/case.ts'
import type { Finding } from '../contract/finding.ts'
import type { SignalType } from '../contract/signal.ts'

const raise = (kind: AlertKind): Finding => ({ effect: 'raise', kind })
const restore = (...kinds: AlertKind[]): Finding => ({ effect: 'restore', kinds, byResident: false })
const record: Finding = { effect: 'record' }

/** What a signal means for the alarm record by its type alone. Detectors with a state build on this table. */
const RULES: Record<SignalType, Finding> = {
  sos: raise('sos'),
  fall: raise('fall'),
  smoke: raise('smoke'),
  gas: raise('gas'),
  co: raise('co'),
  wander: raise('wander'),
  unreadable: raise('unreadable'),
  water_leak: raise('water_leak'),
  help: raise('help'),
  inactivity: raise('inactivity'),
  leave_bed: raise('leave_bed'),
  tamper: raise('tamper'),
  removed: raise('removed'),
  battery_low: raise('battery_low'),
  mains_loss: raise('mains_loss'),
  sos_cancel: { effect: 'restore', kinds: ['sos', 'help'], byResident: true },
  fall_cancel: { effect: 'restore', kinds: ['fall'], byResident: true },
  mains_restore: restore('mains_loss'),
  motion: restore('inactivity'),
  restore: { effect: 'restore', kinds: 'all', byResident: false },
  door_open: record,
  door_close: record,
  test: record,
  command_reply: record,
}

/** The finding of a signal that needs no state to be judged. */
export function alarmRule(type: SignalType): Finding {
  return RULES[type]
}
