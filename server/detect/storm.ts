import type { DetectSettings } from '../contract/detect-settings.ts'
import { HOLD_MS } from './supervision.ts'

/** A device that is not heard of any more. */
export interface Loss {
  deviceId: string
  /** When it was found to be late, ms since the epoch. */
  at: number
  /** Areas that it lies in, the one first that says most: `division:…`, `network:…`. */
  areas: readonly string[]
  /** It was told by itself already: it counts, and belongs to the list, but nothing is waited for. */
  told: boolean
}

export interface Grouping {
  /** By area of an incident that lasts. */
  joins: { deviceId: string; area: string }[]
  opens: { area: string; deviceIds: string[] }[]
  /** To be told by themselves, now. */
  alone: string[]
}

/**
 * Sorts losses: into an incident of their area that lasts; into a new one, when so many of an area were lost in so short
 * a time; by themselves, when they have waited long enough. The others go on waiting. The narrowest area is tried first.
 * @param lasting areas with an incident that lasts
 */
export function groupLosses(
  losses: readonly Loss[],
  lasting: ReadonlySet<string>,
  { devices, windowS }: DetectSettings['storms'],
  now: number,
): Grouping {
  const grouping: Grouping = { joins: [], opens: [], alone: [] }
  const grouped = new Set<string>()
  const sorted = [...losses].sort((a, b) => (a.deviceId < b.deviceId ? -1 : 1))
  for (const loss of sorted) {
    const area = loss.told ? undefined : loss.areas.find((one) => lasting.has(one))
    if (area === undefined) continue
    grouping.joins.push({ deviceId: loss.deviceId, area })
    grouped.add(loss.deviceId)
  }
  const left = sorted.filter(({ deviceId }) => !grouped.has(deviceId))
  const levels = Math.max(0, ...left.map(({ areas }) => areas.length))
  for (let level = 0; level < levels; level++) {
    for (const [area, known] of byArea(left, level)) {
      // Whoever is in one incident is in no other.
      const members = known.filter(({ deviceId }) => !grouped.has(deviceId))
      const within = members.filter(({ at }) => at > now - windowS * 1000)
      if (within.length < devices || within.every(({ told }) => told)) continue
      // Whoever waits in this area waits for nothing else.
      const all = members.filter((one) => !one.told || one.at > now - windowS * 1000).map(({ deviceId }) => deviceId)
      grouping.opens.push({ area, deviceIds: all })
      for (const deviceId of all) grouped.add(deviceId)
    }
  }
  grouping.alone = left
    .filter(({ deviceId, told, at }) => !grouped.has(deviceId) && !told && at + HOLD_MS <= now)
    .map(({ deviceId }) => deviceId)
  return grouping
}

/** The losses of each area that is some loss's at this level; areas in order. */
function byArea(losses: readonly Loss[], level: number): [string, Loss[]][] {
  const areas = new Map<string, Loss[]>()
  for (const { areas: of } of losses) {
    const area = of[level]
    if (area !== undefined) areas.set(area, [])
  }
  for (const loss of losses) for (const area of loss.areas) areas.get(area)?.push(loss)
  return [...areas].sort(([a], [b]) => (a < b ? -1 : 1))
}

/** So many members of an incident must be back for it to be over. */
const BACK_SHARE = 0.9

/** Whether an incident is over: nearly all are back, or the work on it has ended while some are still lost. */
export function isOver(members: { all: number; lost: number }, worked: boolean): boolean {
  return !worked || members.all - members.lost >= members.all * BACK_SHARE
}

/**
 * The areas of a device: its town, the network that it is behind, its county.
 * @param divisionCode of its home: 9 digits for a town, 6 for a county
 */
export function areasOf(divisionCode: string | null, networkId: string | null): string[] {
  const areas: string[] = []
  if (divisionCode !== null && divisionCode.length > 6) areas.push(`division:${divisionCode}`)
  if (networkId !== null) areas.push(`network:${networkId}`)
  if (divisionCode !== null && divisionCode.length >= 6) areas.push(`division:${divisionCode.slice(0, 6)}`)
  return areas
}
