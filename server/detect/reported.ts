import type { AlertKind, Certainty } from '../contract/case.ts'
import type { DeviceRole } from '../contract/device.ts'
import type { Finding } from '../contract/finding.ts'
import type { SignalType } from '../contract/signal.ts'
import type { Detector } from './detector.ts'

/**
 * What devices say themselves, taken at their word: no state, nothing to go wrong. The other detectors can add to it, judge
 * it, or count what repeats; none can take it away.
 */
export const reported: Detector<never> = {
  name: 'reported',
  due: () => null,
  step: (_state, seen, { settingsVersion }) => {
    if (seen?.kind !== 'signal') return NOTHING
    const { device, type, occurredAt: at } = seen
    const { deviceId } = device
    const rule = alarmRule(type, device.role)
    if (rule === null) return NOTHING
    const reason = { rule: rule.because, values: { at }, settingsVersion }
    if (rule.effect === 'raise') {
      const { kind, certainty } = rule
      return { state: undefined, findings: [{ effect: 'raise', kind, certainty, deviceId, at, reason }] }
    }
    const { kinds, byResident } = rule
    return { state: undefined, findings: [{ effect: 'restore', kinds, byResident, deviceId, at, reason }] }
  },
}

const NOTHING: { state: undefined; findings: readonly Finding[] } = { state: undefined, findings: [] }

type Because = 'reported.alarm' | 'reported.role' | 'reported.unreadable' | 'reported.clear' | 'reported.cancel'

/** What a signal means by its type and the device's role alone. */
export type AlarmRule =
  | { effect: 'raise'; kind: AlertKind; certainty: Certainty; because: Because }
  | { effect: 'restore'; kinds: readonly AlertKind[] | 'all'; byResident: boolean; because: Because }
  /** Kept, nothing more. */
  | null

const raise = (kind: AlertKind, certainty: Certainty = 'confirmed'): AlarmRule => ({
  effect: 'raise',
  kind,
  certainty,
  because: 'reported.alarm',
})
const restore = (...kinds: AlertKind[]): AlarmRule => ({
  effect: 'restore',
  kinds,
  byResident: false,
  because: 'reported.clear',
})
const cancel = (...kinds: AlertKind[]): AlarmRule => ({
  effect: 'restore',
  kinds,
  byResident: true,
  because: 'reported.cancel',
})

const RULES: Record<Exclude<SignalType, RoleType>, AlarmRule> = {
  sos: raise('sos'),
  // A sensor's word alone: what follows makes it surer or less sure (falls.ts).
  fall: raise('fall', 'likely'),
  fall_suspected: raise('fall', 'possible'),
  smoke: raise('smoke'),
  gas: raise('gas'),
  co: raise('co'),
  wander: raise('wander'),
  general_alarm: raise('general'),
  unreadable: { effect: 'raise', kind: 'unreadable', certainty: 'possible', because: 'reported.unreadable' },
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
  sos_cancel: cancel('sos', 'help'),
  fall_cancel: cancel('fall'),
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
  restore: { effect: 'restore', kinds: 'all', byResident: false, because: 'reported.clear' },
  door_close: restore('door_left_open'),
  test: restore('test_overdue'),
  vacant: null,
  door_open: null,
  command_reply: null,
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

/** @param role what the device stands for in its home; null: nobody has said */
export function alarmRule(type: SignalType, role: DeviceRole | null): AlarmRule {
  if (type !== 'button' && type !== 'triggered' && type !== 'released') return RULES[type]
  const kind = role && KIND_OF_ROLE[role]
  if (kind === null) return null
  return type === 'released'
    ? restore(kind)
    : { effect: 'raise', kind, certainty: 'confirmed', because: 'reported.role' }
}
