import { CITY_OFFSET_MS } from '../contract/explain/template.ts'

/**
 * When a resident is usually seen: for each of the last days the first sign of life and the hours in which there was one.
 * Adding a sign is idempotent and commutes, so neither duplicates nor the order of late batches change what is learnt.
 */
export interface History {
  /** The newest day with a sign, in days since the epoch; a day begins at 03:00 in the city. */
  d: number
  /** Per day, oldest first and `d` last: two digits of base 36 for the first sign from 04:00 on (5 minutes), four for the hours. */
  r: string
}

/** What the days before the newest one have in common. */
export interface Usual {
  /** Days with any sign. Days without are not counted: she was away, or nothing was heard. */
  days: number
  /** Minutes after 03:00 by which she was usually seen: nine days of ten. */
  byMinute: number
  /** … and before which she is seldom seen: one day of ten. */
  earlyMinute: number
  /** On how many of the days it was by `byMinute`. */
  onDays: number
  /** Hours of a day with a sign, on average. */
  hoursADay: number
  /** Longest time without a sign between the first and the last one of a day, h: nine days of ten. */
  silentHours: number
}

export const DAY_MS = 86_400_000
const MINUTE_MS = 60_000
/** When most are asleep; who is up at 02:00 has stayed up. */
const DAY_BEGINS_MS = 3 * 3_600_000
/** Four weeks, and the day that has not ended. */
const DAYS = 29
const SLOT_MINUTES = 5
/** After the day's beginning. Whoever is up before 04:00 goes back to bed more often than not: that is no getting up. */
export const FIRST_WAKING_MS = 3_600_000
const FIRST_SLOT = FIRST_WAKING_MS / MINUTE_MS / SLOT_MINUTES
/** No sign from 04:00 on: the largest number of two digits. */
const NO_FIRST = 36 * 36 - 1
/** 03:00 to 23:00; four digits of base 36 hold 20 bits. */
const HOURS = 20
const WIDTH = 6
const MISSING = '.'.repeat(WIDTH)
const MOSTLY = 0.9
const SELDOM = 0.1

/** The day that a moment belongs to. */
export const dayOf = (at: number): number => Math.floor((at + CITY_OFFSET_MS - DAY_BEGINS_MS) / DAY_MS)
/** 03:00 of a day, ms since the epoch. */
export const dayStart = (day: number): number => day * DAY_MS - CITY_OFFSET_MS + DAY_BEGINS_MS
/** Minutes after 03:00 of a time of day HH:MM. */
export function minuteOfDay(time: string): number {
  const [hour = 0, minute = 0] = time.split(':').map(Number)
  return (hour * 60 + minute - DAY_BEGINS_MS / MINUTE_MS + 1440) % 1440
}

/** Adds a sign of life. The very same history when it says nothing new, or is too old. */
export function withSign(history: History | undefined, at: number): History {
  const day = dayOf(at)
  if (history && history.d - day >= DAYS) return history
  const { d, r } = history ? upTo(history, day) : { d: day, r: MISSING }
  const place = r.length - (d - day + 1) * WIDTH
  if (place < 0) return before({ d, r }, day, at)
  const old = r.slice(place, place + WIDTH)
  const entry = add(old, at - dayStart(day))
  if (entry === old && history?.d === d) return history
  return { d, r: r.slice(0, place) + entry + r.slice(place + WIDTH) }
}

/** The history with the days up to this one. */
function upTo({ d, r }: History, day: number): History {
  if (day <= d) return { d, r }
  const missed = Math.min(day - d, DAYS)
  return { d: day, r: (r + MISSING.repeat(missed)).slice(-DAYS * WIDTH) }
}

/** A sign of a day before the first one that is known. */
function before({ d, r }: History, day: number, at: number): History {
  const missing = d - day + 1 - r.length / WIDTH
  return withSign({ d, r: MISSING.repeat(missing) + r }, at)
}

function add(entry: string, sinceStart: number): string {
  const slot = Math.floor(sinceStart / (SLOT_MINUTES * MINUTE_MS))
  const hour = Math.floor(sinceStart / 3_600_000)
  const [known, mask] = entry === MISSING ? [NO_FIRST, 0] : [firstOf(entry), maskOf(entry)]
  const hours = hour < HOURS ? mask | (1 << hour) : mask
  const first = slot < FIRST_SLOT ? known : Math.min(known, slot)
  return first.toString(36).padStart(2, '0') + hours.toString(36).padStart(4, '0')
}

const firstOf = (entry: string): number => Number.parseInt(entry.slice(0, 2), 36)
const maskOf = (entry: string): number => Number.parseInt(entry.slice(2), 36)

/** What is usual; the newest day is still under way and says nothing. */
export function usualOf({ r }: History): Usual {
  const firsts: number[] = []
  const silences: number[] = []
  let hours = 0
  // The day on which she was seen for the first time began before there were devices.
  const begin = r.length < DAYS * WIDTH ? WIDTH : 0
  for (let place = begin; place < r.length - WIDTH; place += WIDTH) {
    const entry = r.slice(place, place + WIDTH)
    if (entry === MISSING) continue
    const first = firstOf(entry)
    // Seen at night only: she left, or fell silent.
    if (first === NO_FIRST) continue
    firsts.push((first + 1) * SLOT_MINUTES)
    const { active, silent } = lookAt(maskOf(entry))
    hours += active
    silences.push(silent)
  }
  const byMinute = quantile(firsts, MOSTLY)
  return {
    days: firsts.length,
    byMinute,
    earlyMinute: quantile(firsts, SELDOM),
    onDays: firsts.filter((minute) => minute <= byMinute).length,
    hoursADay: firsts.length === 0 ? 0 : hours / firsts.length,
    silentHours: quantile(silences, MOSTLY),
  }
}

/** Hours with a sign, and the longest time between two signs as it can be at most: n silent hours lie within n + 2. */
function lookAt(mask: number): { active: number; silent: number } {
  let active = 0
  let silent = 0
  let last = -1
  for (let hour = 0; hour < HOURS; hour++) {
    if ((mask & (1 << hour)) === 0) continue
    active += 1
    if (last >= 0) silent = Math.max(silent, hour - last + 1)
    last = hour
  }
  return { active, silent }
}

/** The least of the values that this share of them does not exceed. */
function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0
}
