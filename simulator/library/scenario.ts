import type { AlertKind, Certainty } from '../../server/contract/case.ts'
import type { SettingsLayer } from '../../server/contract/detect-settings.ts'
import type { DeviceTraits } from '../../server/contract/observation.ts'
import type { Position } from '../geo.ts'
import { createRandom, type Random } from '../random.ts'
import type { Message } from './message.ts'
import { startTape, type Tape } from './tape.ts'

/**
 * A labelled scenario of the detection library: what happens in one home, what reaches the platform of it and when, and
 * what should be raised. The labels say what is right; they are never changed to what a detector happens to do.
 */
export interface Scenario {
  /** Small letters, digits and -; unique. */
  name: string
  /** What happens, in one line. */
  title: string
  group: Group
  home: Home
  /** The resident's settings, on top of those as delivered. */
  settings?: SettingsLayer
  /** Of single devices, on top of that. */
  deviceSettings?: Readonly<Record<string, SettingsLayer>>
  /** Ms since the epoch. */
  from: number
  /** How long it is watched, ms. */
  lasts: number
  /** The platform restarts so many ms after `from`. */
  restarts?: readonly number[]
  /** All that should be raised; none: nothing of any kind. */
  expected: readonly Expected[]
  /** Kinds that may or may not be raised besides. */
  tolerated?: readonly AlertKind[]
  /** Writes on the tape what the devices send. The same random numbers give the same tape. */
  play(tape: Tape, from: number, random: Random): void
}

export const GROUPS = ['sos', 'fall', 'wandering', 'routine', 'danger', 'vital'] as const
export type Group = (typeof GROUPS)[number]

/** An alert that should be raised. Times are ms after the scenario's moment of truth (`Tape.truth`, else its begin). */
export interface Expected {
  kind: AlertKind
  /** It is known to the platform no earlier and no later than this. */
  within: readonly [earliest: number, latest: number]
  /** How sure, at the end. */
  certainty?: Certainty
  /** At the end. */
  severe?: boolean
  /** Whether all of them are taken back at the end. */
  restored?: boolean
  /** Alerts of this kind, and alerts taken back and raised anew; one when not said. */
  count?: number
  /** Signals counted on them altogether. */
  signals?: number
}

export interface Home {
  /** WGS-84 degrees; null: nobody has entered it. */
  position: Position | null
  livesAlone: boolean
  devices: readonly DeviceTraits[]
}

/** A scenario written out: what arrives, in order. */
export interface Performance {
  messages: readonly Message[]
  /** Ms since the epoch: the moment that expectations count from, and the end. */
  truthAt: number
  endsAt: number
  restarts: readonly number[]
}

/** Writes a scenario out. @param seed the same seed gives the same performance */
export function perform(scenario: Scenario, seed: number): Performance {
  const { name, from, lasts, restarts = [] } = scenario
  const tape = startTape(createRandom(`${name} ${seed} wire`))
  scenario.play(tape, from, createRandom(`${name} ${seed}`))
  return {
    messages: tape.messages(),
    truthAt: tape.truthAt() ?? from,
    endsAt: from + lasts,
    restarts: restarts.map((after) => from + after),
  }
}
