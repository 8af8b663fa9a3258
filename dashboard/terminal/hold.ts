/**
 * A long press that counts even with a trembling or wet finger. Pure: one key, `held(hold, input, now)`.
 *
 * | what happens | what it is |
 * |---|---|
 * | held for `HOLD_MS`, however much longer | a press, once |
 * | let go and touched again within `GAP_MS` | still the same hold: wet glass loses fingers |
 * | let go earlier | a slip; the screen or the voice says how |
 * | `TAPS` slips within `TAPS_MS` | a press: someone means it and can't hold |
 */
export interface Hold {
  /** When the hold began, ms; null: not held. */
  since: number | null
  /** When the finger left, during the gap; null: it is on the key, or there is no hold. */
  leftAt: number | null
  /** This hold has counted already. */
  hasFired: boolean
  /** Times of the last slips. */
  slips: readonly number[]
  /** Nothing counts before this time: the same press must not count twice. */
  restUntil: number
}

export const HOLD_MS = 800
const GAP_MS = 300
const REST_MS = 1_000
const TAPS = 5
const TAPS_MS = 8_000

export const AT_REST: Hold = { since: null, leftAt: null, hasFired: false, slips: [], restUntil: 0 }

/** `check` is due at any later time, and exactly after `dueIn`. `abort`: another key has been chosen. */
export type HoldInput = 'down' | 'up' | 'check' | 'abort'

export interface Held {
  hold: Hold
  outcome: 'press' | 'slip' | null
  /** When to look again, ms from now; null: not before the next touch. */
  dueIn: number | null
}

/** One step of a key. `now` in ms of any clock that doesn't go back; `holdMs` how long a press is. */
export function held(hold: Hold, input: HoldInput, now: number, holdMs = HOLD_MS): Held {
  switch (input) {
    case 'down':
      return down(hold, now, holdMs)
    case 'up': {
      // A slow device may not have looked in time: what was held long enough counts.
      const checked = check(hold, now, holdMs)
      if (checked.hold.since === null) return checked
      if (checked.hold.hasFired) return { ...checked, hold: { ...checked.hold, since: null, hasFired: false } }
      return { hold: { ...checked.hold, leftAt: now }, outcome: checked.outcome, dueIn: GAP_MS }
    }
    case 'check':
      return check(hold, now, holdMs)
    case 'abort':
      return { hold: { ...hold, since: null, leftAt: null, hasFired: false }, outcome: null, dueIn: null }
  }
}

function down(before: Hold, now: number, holdMs: number): Held {
  const { hold, outcome } = check(before, now, holdMs)
  if (hold.since === null) {
    const next = { ...hold, since: Math.max(now, hold.restUntil), leftAt: null, hasFired: false }
    return { hold: next, outcome, dueIn: next.since + holdMs - now }
  }
  return { hold: { ...hold, leftAt: null }, outcome, dueIn: Math.max(0, hold.since + holdMs - now) }
}

function check(hold: Hold, now: number, holdMs: number): Held {
  const { since, leftAt } = hold
  if (since === null || hold.hasFired) return { hold, outcome: null, dueIn: null }
  const end = leftAt ?? now
  if (end - since >= holdMs) return fired(hold, now)
  if (leftAt === null) return { hold, outcome: null, dueIn: since + holdMs - now }
  if (now - leftAt < GAP_MS) return { hold, outcome: null, dueIn: leftAt + GAP_MS - now }
  // Fingers that drum on after a press are no slip.
  if (leftAt <= hold.restUntil) return { hold: { ...hold, since: null, leftAt: null }, outcome: null, dueIn: null }
  const slips = [...hold.slips, now].filter((at) => now - at < TAPS_MS)
  if (slips.length >= TAPS) return fired(hold, now)
  return { hold: { ...hold, since: null, leftAt: null, slips }, outcome: 'slip', dueIn: null }
}

function fired(hold: Hold, now: number): Held {
  const isLeft = hold.leftAt !== null
  const next: Hold = {
    since: isLeft ? null : hold.since,
    leftAt: null,
    hasFired: !isLeft,
    slips: [],
    restUntil: now + REST_MS,
  }
  return { hold: next, outcome: 'press', dueIn: null }
}
