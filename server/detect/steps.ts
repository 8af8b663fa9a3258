import type { Observation } from '../contract/observation.ts'

/** What a worn step counter said last: device, steps, s since the epoch. */
export type Steps = readonly [deviceId: string, steps: number, at: number]

/** Fewer are a hand that turned in its sleep, or a watch on a charging table. */
const WALKED = 20

/**
 * Looks at a step counter. Only a count that has grown since an earlier sample of the same device is a sign of life: the
 * count itself is sent by a watch in a drawer too. A count that falls has begun anew (midnight, battery). Samples that are
 * older than the known one say nothing: what they count is in it.
 */
export function countSteps(known: Steps | undefined, seen: Observation): { steps: Steps | undefined; walked: boolean } {
  const nothing = { steps: known, walked: false }
  const count = seen.kind === 'sample' ? seen.fields.steps : undefined
  if (count === undefined) return nothing
  const at = Math.floor(seen.occurredAt / 1000)
  const { deviceId } = seen.device
  if (known === undefined || known[0] !== deviceId) {
    return known !== undefined && at <= known[2] ? nothing : { steps: [deviceId, count, at], walked: false }
  }
  const [, before, since] = known
  if (at <= since || (count >= before && count - before < WALKED)) return nothing
  return { steps: [deviceId, count, at], walked: count > before }
}
