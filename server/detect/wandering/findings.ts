import type { Certainty } from '../../contract/case.ts'
import type { Reason } from '../../contract/explain/explain.ts'
import type { Assess, Raise } from '../../contract/finding.ts'
import { distanceM } from '../geo.ts'
import type { Standing } from './fences.ts'
import { heardAt, placeOf, sampleOf, type Track, type Turn, withoutRow } from './state.ts'

type Rule = Reason['rule'] & `wandering.${string}`
export type About = Pick<Raise, 'deviceId' | 'at' | 'reason'>

/** Which device, when, and why. */
export function about(turn: Turn, deviceId: string, at: number, rule: Rule, values: Reason['values']): About {
  return { deviceId, at, reason: { rule, values, settingsVersion: turn.context.settingsVersion } }
}

export function raise(turn: Turn, what: About & Omit<Raise, 'effect' | keyof About>): void {
  turn.findings.push({ effect: 'raise', ...what })
}

export function assess(turn: Turn, what: About & Omit<Assess, 'effect' | 'kind' | keyof About>): void {
  turn.findings.push({ effect: 'assess', kind: 'wander', ...what })
}

/** Why she is taken to be outside, by a tracker's newest position. */
export function outsideNow(turn: Turn, track: Track, { fence, beyond }: Standing): About {
  const { d, a, o = a, r } = track
  return about(turn, d, a, 'wandering.outside', { fence, beyond: Math.round(beyond), since: o, acc: r })
}

/** Why silence is an alarm: how long, and where she was last. */
export function silentNow(turn: Turn, track: Track): About {
  const { d, a, r, b } = track
  const { home } = turn.context
  const silence = turn.now - heardAt(track)
  return about(turn, d, turn.now, 'wandering.silent_outside', {
    ...{ silence, at: a, acc: r, device: d },
    ...(home ? { away: Math.round(distanceM(home, placeOf(track))) } : {}),
    ...(b === undefined ? {} : { battery: b }),
  })
}

/** Positions that a finding rests on, oldest first. */
export const evidenceOf = (...tracks: readonly (Track | undefined)[]) => ({
  samples: tracks.filter((track) => track !== undefined).map(sampleOf),
})

/** What a device was raised for is over. */
export function restoreWander(turn: Turn, deviceId: string, at: number): void {
  const why = about(turn, deviceId, at, 'wandering.returned', { at })
  turn.findings.push({ effect: 'restore', kinds: ['wander'], byResident: false, ...why })
}

/** She is back: what was raised here is taken back, and everything is judged anew. */
export function takeBack(turn: Turn, at: number): void {
  const { w, x, ...rest } = turn.state
  const raised = [...(w ? [turn.state.t[w.i]?.d] : []), ...(x?.g === 1 ? [x.d] : [])]
  for (const deviceId of new Set(raised)) {
    if (deviceId !== undefined) restoreWander(turn, deviceId, at)
  }
  const atHome: Partial<Turn['state']> = x ? { x: { ...x, g: 2 } } : {}
  turn.state = { ...rest, ...atHome, t: turn.state.t.map(withoutRow) }
}

/** Two fixes say what a single one did, or a door's word is borne out. */
export function confirm(turn: Turn, deviceId: string, because: About, track: Track): void {
  const certainty: Certainty = 'confirmed'
  assess(turn, { ...because, deviceId, certainty, evidence: evidenceOf(track) })
}
