import type { Finding } from '../contract/finding.ts'
import type { DetectContext, Observation } from '../contract/observation.ts'
import type { Detector } from './detector.ts'
import { alarmRule } from './reported.ts'

/** Presses of the resident, on whichever of her devices. */
interface Presses {
  /** Of help and of SOS keys: when, and the end of the signal's id; oldest first. */
  h?: readonly Press[]
  s?: readonly Press[]
  /** What this burst has already been found to be. */
  u?: 1
  r?: 1
  /** Arrival of the last one. */
  l: number
}
type Press = readonly [at: number, id: string]

/** So much later than the window a press may reach us and still count to the ones before it. */
const LATE_MS = 60_000

/**
 * How keys are pressed: help pressed again and again is an emergency, an SOS pressed again and again is a worse one. Once
 * per burst; what the resident took back begins anew with the next press.
 */
export const buttons: Detector<Presses> = {
  name: 'buttons',
  due: ({ l }, { settings }) => l + settings.buttons.urgentWindowS * 1_000 + LATE_MS,
  step: (state, seen, context, now) => {
    if (seen === null) return { state: undefined, findings: [] }
    if (seen.kind !== 'signal') return { state, findings: [] }
    const rule = alarmRule(seen.type, seen.device.role)
    if (rule?.effect === 'restore' && rule.byResident && rule.kinds !== 'all' && rule.kinds.includes('help')) {
      return { state: undefined, findings: [] }
    }
    if (rule?.effect !== 'raise' || (rule.kind !== 'help' && rule.kind !== 'sos')) return { state, findings: [] }
    return pressed(state, rule.kind, seen, context, now)
  },
}

type SignalSeen = Extract<Observation, { kind: 'signal' }>

function pressed(
  state: Presses | undefined,
  kind: 'help' | 'sos',
  seen: SignalSeen,
  context: DetectContext,
  now: number,
): { state: Presses; findings: readonly Finding[] } {
  const { urgentPresses, urgentWindowS } = context.settings.buttons
  const [list, flag] = kind === 'help' ? (['h', 'u'] as const) : (['s', 'r'] as const)
  const before = state?.[list] ?? []
  const id = seen.signalId.slice(-8)
  if (state && before.some(([, known]) => known === id)) return { state, findings: [] }
  const presses = burst([...before, [seen.occurredAt, id]], urgentWindowS * 1_000)
  const { [flag]: found, ...rest } = state ?? { [flag]: undefined }
  // A single press in the window begins another burst.
  const isKnown = found === 1 && presses.length > 1
  const isUrgent = presses.length >= urgentPresses
  const next: Presses = { ...rest, [list]: presses.slice(-urgentPresses), l: now }
  if (isUrgent || isKnown) next[flag] = 1
  return { state: next, findings: isUrgent && !isKnown ? [worse(kind, presses.length, seen, context)] : [] }
}

/** Those that lie within the window up to the last one. By the time of pressing: the network may reorder them. */
function burst(presses: readonly Press[], windowMs: number): Press[] {
  const sorted = [...presses].sort(([a], [b]) => a - b)
  const last = sorted.at(-1)?.[0] ?? 0
  return sorted.filter(([at]) => at >= last - windowMs)
}

function worse(kind: 'help' | 'sos', presses: number, seen: SignalSeen, context: DetectContext): Finding {
  const { deviceId } = seen.device
  const { settings, settingsVersion } = context
  const values = { presses, within: settings.buttons.urgentWindowS * 1_000 }
  const common = { kind: 'sos', deviceId, at: seen.occurredAt } as const
  if (kind === 'sos') {
    return { effect: 'assess', ...common, severe: true, reason: { rule: 'buttons.repeated', values, settingsVersion } }
  }
  return { effect: 'raise', ...common, reason: { rule: 'buttons.urgent_help', values, settingsVersion } }
}
