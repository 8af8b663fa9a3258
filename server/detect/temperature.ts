import type { EvidenceSample, Finding } from '../contract/finding.ts'
import type { DetectContext, DeviceTraits, Observation } from '../contract/observation.ts'
import type { Detector } from './detector.ts'
import { isWorn } from './places.ts'

/** Rooms that are too hot or too cold, by device. */
export type TemperatureState = Readonly<Record<string, Extreme>>

interface Extreme {
  /** Hot or cold. */
  k: 'h' | 'c'
  /** Readings: the first of them and the newest. */
  r: readonly Reading[]
  /** It has been told. */
  x?: 1
}
type Reading = readonly [at: number, celsius: number]

/** So far back within the limit it is over; at the limit itself a room would be hot and not hot in turns. */
const HYSTERESIS_C = 1
/** Beyond these it is the sensor that is broken (−127 and 85 are what a common one says then). */
const PLAUSIBLE_C = [-40, 80] as const
/** Without a reading for so long nothing is known of what was between. */
const MAX_GAP_MS = 3 * 3_600_000
/** Readings that were stored longer tell of a heat that is over. */
const LATE_MS = 10 * 60_000
const MOST_READINGS = 3

/**
 * Heat and cold in a room, after it has lasted; by the time of measuring. Raised once, taken back when the room is 1 °C
 * within the limit.
 */
export const temperature: Detector<TemperatureState> = {
  name: 'temperature',
  due: () => null,
  step: (state, seen, context, now) => {
    if (seen?.kind !== 'sample' || !isRoom(seen.device)) return { state, findings: [] }
    const { deviceId } = seen.device
    const value = seen.fields.temperature
    const [lowest, highest] = PLAUSIBLE_C
    const isNews = value !== undefined && value >= lowest && value <= highest && now - seen.occurredAt <= LATE_MS
    if (!isNews) return { state, findings: [] }
    const before = state?.[deviceId]
    const last = before?.r.at(-1)?.[0] ?? Number.NEGATIVE_INFINITY
    if (seen.occurredAt <= last) return { state, findings: [] }
    const { extreme, finding } = judge(before, [seen.occurredAt, value], seen, context)
    if (extreme === before) return { state, findings: [] }
    const { [deviceId]: _, ...others } = state ?? {}
    const next = extreme ? { ...others, [deviceId]: extreme } : others
    return { state: Object.keys(next).length === 0 ? undefined : next, findings: finding ? [finding] : [] }
  },
}

/**
 * Whether it measures a room. What is worn measures a body or a pocket, a hub itself, a door sensor the draught. The role
 * `ordinary` is for a probe in a freezer or outside.
 */
function isRoom(device: DeviceTraits): boolean {
  const { kind, role } = device
  return !isWorn(device) && role !== 'ordinary' && role !== 'entrance' && !NO_ROOM.has(kind)
}
const NO_ROOM: ReadonlySet<string> = new Set(['hub', 'bridge', 'terminal', 'door_sensor'])

interface Judgement {
  extreme?: Extreme | undefined
  finding?: Finding
}

function judge(
  before: Extreme | undefined,
  reading: Reading,
  { device }: SampleSeen,
  context: DetectContext,
): Judgement {
  const { deviceId } = device
  const { hotC, coldC, temperatureS } = context.settingsOf(deviceId).dangers
  const [at, value] = reading
  const k = value >= hotC ? 'h' : value <= coldC ? 'c' : undefined
  const { settingsVersion } = context
  if (before && k !== before.k) {
    const isOver = before.k === 'h' ? value <= hotC - HYSTERESIS_C : value >= coldC + HYSTERESIS_C
    if (!isOver) return { extreme: before }
    const extreme: Extreme | undefined = k && { k, r: [reading] }
    if (before.x === undefined) return { extreme }
    const reason = { rule: 'dangers.mild', values: { at, value }, settingsVersion } as const
    return { extreme, finding: { effect: 'restore', kinds: ['temperature'], byResident: false, deviceId, at, reason } }
  }
  if (k === undefined) return {}
  // While it has been told only the end of it is news.
  if (before?.x === 1) return { extreme: before }
  const isLasting = before !== undefined && at - (before.r.at(-1)?.[0] ?? at) <= MAX_GAP_MS
  const r = isLasting ? lasting(before.r, reading) : [reading]
  const since = r[0]?.[0] ?? at
  if (at - since < temperatureS * 1_000) return { extreme: { k, r } }
  const values = { value, limit: k === 'h' ? hotC : coldC, lasting: at - since }
  const reason = { rule: k === 'h' ? 'dangers.heat' : 'dangers.cold', values, settingsVersion } as const
  const samples = r.map(([t, celsius]): EvidenceSample => ({ deviceId, at: t, fields: { temperature: celsius } }))
  const finding: Finding = { effect: 'raise', kind: 'temperature', deviceId, at, reason, evidence: { samples } }
  return { extreme: { k, r: [reading], x: 1 }, finding }
}

type SampleSeen = Extract<Observation, { kind: 'sample' }>

/** The first one tells since when; of the others the newest. */
function lasting([first, ...others]: readonly Reading[], reading: Reading): Reading[] {
  if (first === undefined) return [reading]
  return [first, ...[...others, reading].slice(1 - MOST_READINGS)]
}
