import type { DetectSettings } from '../../contract/detect-settings.ts'
import type { EvidenceSample, Finding } from '../../contract/finding.ts'
import type { DetectContext } from '../../contract/observation.ts'
import type { Place } from '../geo.ts'

/**
 * What is remembered of a resident's whereabouts. Short keys, and what is usual is absent: all detectors of a resident
 * share 2 KB. Places are in hundred-thousandths of a degree (about a metre), times in ms where two of them are compared
 * for equality and in seconds elsewhere.
 */
export interface WanderState {
  /** Trackers, at most three; an index into them never moves. */
  t: readonly Track[]
  /** Where she may have been, newer than what is believed: a stored position or one of a mobile cell. */
  k?: Known
  /** She is out: what was raised. */
  w?: Raised
  /** The latest opening of the front door at night. */
  x?: NightExit
  /** Newest sign after the last position that she is at home, or that her tracker is well (s). */
  i?: number
  /** The ways that she usually takes. */
  p?: Ways
}

export interface Known {
  /** Device. */
  d: string
  /** When the position was taken, ms. */
  a: number
  /** Latitude and longitude. */
  y: number
  x: number
  /** Accuracy, m. */
  r: number
  /** Battery, %. */
  b?: number | undefined
  /** A position without satellites. */
  s?: 1 | undefined
}

/** A tracker and its newest believed position. */
export interface Track extends Known {
  /** How late the position came in, s; absent: at once. Negative: its clock runs ahead. */
  l?: number | undefined
  /** Where it last came to rest, and since when (s) it has moved away from there; absent: never moved. */
  v: number
  h: number
  m?: number | undefined
  /** Positions in a row: surely outside (positive), or back inside (negative). */
  n?: number | undefined
  /** When that row began, ms. */
  o?: number | undefined
  /** Its clock: when its first position came in; once there are enough, when the one came in that was enough. Ms. */
  u?: number | undefined
  /** A jump that is not believed yet. */
  j?: Jump | undefined
}

/** Positions that agree with one another, but not with the track: first one (s), newest one (ms), place, accuracy, count. */
export type Jump = readonly [first: number, newest: number, y: number, x: number, r: number, count: number]

export interface Raised {
  /** The tracker, by its index. */
  i: number
  /** Outside since, ms. */
  a: number
  /** Not confirmed by a second position yet. */
  c?: 1
  /** Silence was told. */
  s?: 1
  /** The front door was last opened at (s). */
  h?: number
}

export interface NightExit {
  /** The door. */
  d: string
  /** When it was first opened, and when it was last opened or closed; ms. */
  a: number
  e: number
  /** It is closed. */
  z?: 1
  /** 1 was raised, 2 somebody is at home; absent: waiting for a sign. */
  g?: 1 | 2
}

export interface Ways {
  /** Walks that it was learnt from. */
  n: number
  /** Known cells (route.ts). */
  c: string
  /** Out for a walk with this tracker, by its index; the cells of it, positions in a row off all ways, and what is so. */
  i?: number
  w?: string
  o?: number
  /** Raised. */
  q?: 1
  /** Not a walk to learn from. */
  z?: 1
}

/** One step at work: the parts of the detector change `state` for a new one and add to `findings`. */
export interface Turn {
  state: WanderState
  readonly findings: Finding[]
  readonly context: DetectContext
  readonly now: number
}

export type WanderSettings = DetectSettings['wandering']

/** Positions older than this when they come in were stored: they say where she was, and nothing is judged by them. */
export const FRESH_MS = 5 * 60_000

export const UNITS_PER_DEGREE = 100_000

export const placeOf = ({ y, x }: { y: number; x: number }): Place => ({
  lat: y / UNITS_PER_DEGREE,
  lon: x / UNITS_PER_DEGREE,
})

/** When the position reached us, ms. */
export const heardAt = ({ a, l = 0 }: Track): number => a + l * 1_000

export function withTrack(state: WanderState, index: number, track: Track): WanderState {
  const t = state.t.slice()
  t[index] = track
  return { ...state, t }
}

/** The track without its row of positions outside or back inside. */
export function withoutRow(track: Track): Track {
  return track.n === undefined ? track : { ...track, n: undefined, o: undefined, u: undefined }
}

/** The tracker that she most likely has on her: the one that moved last; of equals the one heard last. */
export function carried(tracks: readonly Track[]): { track: Track; index: number } | null {
  let best: { track: Track; index: number } | null = null
  for (let index = 0; index < tracks.length; index++) {
    const track = tracks[index]
    if (track === undefined) continue
    const isBetter = best === null || compare(track, best.track) > 0
    if (isBetter) best = { track, index }
  }
  return best
}

const compare = (a: Track, b: Track): number => (a.m ?? 0) - (b.m ?? 0) || a.a - b.a

export function sampleOf({ d, a, y, x, r, b }: Known): EvidenceSample {
  const fields: Record<string, number> = { ...placeOf({ y, x }), acc: r }
  if (b !== undefined) fields.battery = b
  return { deviceId: d, at: a, fields }
}
