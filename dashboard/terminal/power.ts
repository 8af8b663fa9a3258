import type { EventType } from '../../server/contract/signal.ts'

/** What the battery means. Pure. */

export interface Reading {
  /** 0 to 100 %. */
  level: number
  charging: boolean
}

export interface Power {
  reading: Reading | null
  /** Whether it is on the mains, as far as the platform was told; null: never. */
  toldMains: boolean | null
  /** The platform was told that the battery is low. */
  toldLow: boolean
  /** The plug was pulled or put in, and when; a loose one must not open a case each second. */
  change: { charging: boolean; since: number } | null
  sentAt: number | null
  sent: Reading | null
}

export const NO_POWER: Power = {
  reading: null,
  toldMains: null,
  toldLow: false,
  change: null,
  sentAt: null,
  sent: null,
}

export interface PowerNext {
  power: Power
  events: EventType[]
  /** Send a reading now. */
  isDue: boolean
}

const LOW = 15
/** Above this a battery is no longer low, so that 14, 15, 14 % tells once. */
const NOT_LOW = 20
/** A change of the mains counts when it has lasted so long, ms. */
const SETTLED_MS = 5_000
/** Changes of a per cent are told no more often than this, ms. */
const SPACING_MS = 60_000

/**
 * Takes a reading (null: the browser has none, or nothing new) at `now`.
 * @param intervalMs how often to tell in any case
 */
export function powerAfter(power: Power, reading: Reading | null, now: number, intervalMs: number): PowerNext {
  const current = reading ?? power.reading
  if (current === null) return withDue({ power, events: [], isDue: false }, now, intervalMs)
  const mains = mainsAfter({ ...power, reading: current }, current, now)
  const low = lowAfter(mains.power, current)
  return withDue({ power: low.power, events: [...mains.events, ...low.events], isDue: false }, now, intervalMs)
}

function mainsAfter(power: Power, { charging }: Reading, now: number): { power: Power; events: EventType[] } {
  // The first time there is nothing to compare with: only a terminal without mains is worth telling.
  if (power.toldMains === null && charging) return { power: { ...power, toldMains: true, change: null }, events: [] }
  if (power.toldMains === charging) return { power: { ...power, change: null }, events: [] }
  const change = power.change?.charging === charging ? power.change : { charging, since: now }
  if (now - change.since < SETTLED_MS) return { power: { ...power, change }, events: [] }
  const event: EventType = charging ? 'mains_restore' : 'mains_loss'
  return { power: { ...power, toldMains: charging, change: null }, events: [event] }
}

function lowAfter(power: Power, { level, charging }: Reading): { power: Power; events: EventType[] } {
  if (!power.toldLow && level < LOW && !charging) return { power: { ...power, toldLow: true }, events: ['battery_low'] }
  if (power.toldLow && (charging || level >= NOT_LOW))
    return { power: { ...power, toldLow: false }, events: ['battery_ok'] }
  return { power, events: [] }
}

function withDue({ power, events }: PowerNext, now: number, intervalMs: number): PowerNext {
  const { reading, sent, sentAt } = power
  const age = sentAt === null ? Number.POSITIVE_INFINITY : now - sentAt
  const isUnplugged = reading?.charging !== sent?.charging
  const isChanged = reading !== null && Math.round(reading.level) !== Math.round(sent?.level ?? -1)
  const isDue = age >= intervalMs || age < 0 || (isUnplugged && age >= SETTLED_MS) || (isChanged && age >= SPACING_MS)
  return { power: isDue ? { ...power, sent: reading, sentAt: now } : power, events, isDue }
}
