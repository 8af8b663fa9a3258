import type { Finding } from '../contract/finding.ts'
import type { DetectContext } from '../contract/observation.ts'
import type { Detector } from './detector.ts'
import { doorMove, isEntrance } from './places.ts'

/** Front doors by device. */
export type DoorState = Readonly<Record<string, Door>>

interface Door {
  /** When it was last moved. */
  t: number
  /** While it is open: arrival of that, and the signal; 1 when it has been told. */
  a?: number
  i?: string
  x?: 1
}

/** That it was shut again may follow an opening that was stored: so long is waited for it. */
const LATE_MS = 60_000

/** A front door that is left open: raised once, taken back when it is closed. */
export const doors: Detector<DoorState> = {
  name: 'doors',
  due: (state, context) => {
    const due = Object.entries(state).flatMap(([id, door]) => dueOf(id, door, context) ?? [])
    return due.length === 0 ? null : Math.min(...due)
  },
  step: (state = {}, seen, context, now) => {
    if (seen === null) return deadlines(state, context, now)
    const move = seen.kind === 'signal' ? doorMove(seen) : null
    if (seen.kind !== 'signal' || move === null || !isEntrance(seen.device, context)) return unchanged(state)
    const { signalId, device, occurredAt } = seen
    const { deviceId } = device
    const t = Math.min(occurredAt, now)
    const before = state[deviceId]
    // What was stored and comes late does not undo what is known since. An open door that tells it again is no news.
    if (before && (t <= before.t || (move === 'open' && before.a !== undefined))) return unchanged(state)
    if (move === 'open') return { state: { ...state, [deviceId]: { t, a: now, i: signalId } }, findings: [] }
    const next = { ...state, [deviceId]: { t } }
    if (before?.x === undefined) return { state: next, findings: [] }
    const reason = { rule: 'dangers.door_closed', values: { at: t }, settingsVersion: context.settingsVersion } as const
    const closed: Finding = { effect: 'restore', kinds: ['door_left_open'], byResident: false, deviceId, at: t, reason }
    return { state: next, findings: [closed] }
  },
}

const unchanged = (state: DoorState) => ({ state: Object.keys(state).length === 0 ? undefined : state, findings: [] })

function dueOf(deviceId: string, { t, a, x }: Door, context: DetectContext): number | null {
  if (a === undefined || x !== undefined) return null
  return Math.max(t + context.settingsOf(deviceId).dangers.doorOpenS * 1_000, a + LATE_MS)
}

function deadlines(state: DoorState, context: DetectContext, now: number): { state: DoorState; findings: Finding[] } {
  const findings: Finding[] = []
  const next = Object.entries(state).map(([deviceId, door]): [string, Door] => {
    const due = dueOf(deviceId, door, context)
    if (due === null || due > now) return [deviceId, door]
    const values = { since: door.t, lasting: now - door.t }
    const reason = { rule: 'dangers.door_open', values, settingsVersion: context.settingsVersion } as const
    const evidence = { signalIds: door.i === undefined ? [] : [door.i] }
    findings.push({ effect: 'raise', kind: 'door_left_open', deviceId, at: now, reason, evidence })
    return [deviceId, { t: door.t, a: door.a ?? now, x: 1 }]
  })
  return { state: Object.fromEntries(next), findings }
}
