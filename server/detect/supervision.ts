import type { DetectSettings } from '../contract/detect-settings.ts'
import type { DeviceRole } from '../contract/device.ts'
import { BUTTON_SECONDS, CELLULAR_SECONDS, MAINS_SECONDS } from '../contract/device-models/model.ts'
import { heartbeatSeconds } from '../contract/device-models.ts'
import type { SupervisionState, UnprotectedReason } from '../contract/watch.ts'

type Settings = DetectSettings['supervision']

/** A late device is held so long before it is told, to see what else is late in its area; ms. */
export const HOLD_MS = 20_000
/** A device behind a silent hub is looked at again after so long; and when the hub's loss is known already; ms. */
const BEHIND_AGAIN_MS = 15_000
const BEHIND_LOST_AGAIN_MS = 60_000
/** Of a device of which nothing can be expected: its model or the settings may have changed; ms. */
const QUIET_AGAIN_MS = 86_400_000

/** Which setting says how long devices of each catalogue class may be silent. */
const CLASSES: ReadonlyMap<number, 'mainsS' | 'cellularS' | 'batteryS'> = new Map([
  [MAINS_SECONDS, 'mainsS'],
  [CELLULAR_SECONDS, 'cellularS'],
  [BUTTON_SECONDS, 'batteryS'],
])

/**
 * How long the device may be silent, s: by its class in the catalogue; a model with a figure of its own keeps it.
 * @returns null when nothing can be expected of it
 */
export function periodS(kind: string, model: string | null, settings: Settings): number | null {
  const seconds = heartbeatSeconds(kind, model)
  if (seconds === null) return null
  const of = CLASSES.get(seconds)
  return of === undefined ? seconds : settings[of]
}

/** So long after the last sign of life a device is late, ms: so many periods missed, and the grace of one. */
export function allowanceMs(period: number, { misses, graceShare }: Settings): number {
  return Math.round((misses + graceShare) * period * 1000)
}

/** What is known of a device when it is looked at. Times in ms since the epoch. */
export interface Supervised {
  kind: string
  model: string | null
  state: SupervisionState
  since: number
  /** The newest sign of life, a connection that stands included; null: never. */
  heardAt: number | null
  enrolledAt: number
  hub: HubSeen | null
}

export interface HubSeen {
  /** Its newest sign of life, a connection that stands included; null: never. */
  heardAt: number | null
  state: SupervisionState
  /** When it came back last. */
  backAt: number | null
}

export interface Look {
  state: SupervisionState
  dueAt: number | null
  /** What the silence is counted from. */
  from: number
  /** Null: nothing can be expected. */
  allowedMs: number | null
}

/**
 * Looks at a device whose time may be over. Silence is counted from its last sign of life, but never from before the end
 * of our own last outage or the return of its hub: nobody is blamed for what could not have been heard.
 * @param outageEnd end of the platform's last outage
 */
export function look(device: Supervised, settings: Settings, outageEnd: number | null, now: number): Look {
  const { state, since, hub } = device
  const from = Math.max(device.heardAt ?? device.enrolledAt, outageEnd ?? 0, hub?.backAt ?? 0)
  const period = periodS(device.kind, device.model, settings)
  if (period === null) return { state: 'quiet', dueAt: now + QUIET_AGAIN_MS, from, allowedMs: null }
  const allowedMs = allowanceMs(period, settings)
  const due = from + allowedMs
  if (now < due) return { state: 'ok', dueAt: due, from, allowedMs }
  // It was told already: that its hub is silent now, too, is no return.
  if (state === 'lost') return { state, dueAt: null, from, allowedMs }
  if (hub && isAway(hub, from + settings.misses * period * 1000)) {
    const again = hub.state === 'lost' ? BEHIND_LOST_AGAIN_MS : BEHIND_AGAIN_MS
    return { state: 'behind', dueAt: now + again, from, allowedMs }
  }
  return { state: 'late', dueAt: (state === 'late' ? since : now) + HOLD_MS, from, allowedMs }
}

/**
 * Whether a hub may be the reason for a silence: it has not been heard of since its device should have been, at the latest.
 * A hub needs no connection of its own to be there: behind a network server it has none, and its devices must not stay
 * untold for that.
 */
const isAway = ({ heardAt }: HubSeen, expectedAt: number): boolean => heardAt === null || heardAt < expectedAt

/** Above the limit by so much a battery counts as charged again, %. */
const CHARGED = 5

/** @returns true: low now; false: not any more; null: as it was */
export function batteryTurn(wasLow: boolean, battery: number, { batteryLowPercent }: Settings): boolean | null {
  if (!wasLow) return battery < batteryLowPercent ? true : null
  return battery >= Math.min(batteryLowPercent + CHARGED, 100) ? false : null
}

/** Kinds that somebody can try out, whatever their model says of itself: a real press proves as much. */
export const TESTED_KINDS: readonly string[] = ['sos_button', 'pendant', 'watch', 'terminal', 'smoke_sensor']
/** Signals that prove that the way from this device to us works. */
export const PROOFS: readonly string[] = ['test', 'sos', 'help', 'button', 'smoke']

/** Others are behind it. */
export const isHub = (kind: string): boolean => kind === 'hub' || kind === 'bridge'

/** When the next test is due, ms since the epoch; null: none is expected. @param last of the last proof, or the begin */
export function testDue(kind: string, last: number, { testDays }: Settings): number | null {
  return testDays > 0 && TESTED_KINDS.includes(kind) ? last + testDays * 86_400_000 : null
}

/** Devices that call for help, by kind or by what they stand for in the home. */
export const CALLING_KINDS: readonly string[] = ['sos_button', 'pendant', 'watch', 'terminal', 'fall_sensor', 'tracker']
export const CALLING_ROLES: readonly DeviceRole[] = ['sos', 'help', 'fall']
/** At or below this a battery counts as empty, %. */
const EMPTY = 5

/** A device that can call for help. */
export interface Caller {
  state: SupervisionState
  hubState: SupervisionState | null
  removed: boolean
  battery: number | null
  faulty: boolean
}

/** What keeps it from calling; null: it works. */
function hindrance({ state, hubState, removed, battery, faulty }: Caller): UnprotectedReason | null {
  if (faulty) return 'faulty'
  if (hubState === 'lost' || state === 'behind') return 'hub_lost'
  if (state === 'lost') return 'lost'
  if (removed) return 'removed'
  return battery !== null && battery <= EMPTY ? 'battery_empty' : null
}

/** Why a resident with these devices has none that can call for help; null: one works, and she is protected. */
export function unprotected(callers: readonly Caller[]): UnprotectedReason[] | null {
  if (callers.length === 0) return ['no_device']
  const reasons = callers.map(hindrance)
  if (reasons.includes(null)) return null
  return [...new Set(reasons.filter((reason) => reason !== null))].sort()
}
