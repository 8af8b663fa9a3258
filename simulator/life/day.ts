import type { Random } from '../random.ts'

/** Where a resident is. */
export type Place = 'bed' | 'bedroom' | 'bathroom' | 'kitchen' | 'living' | 'out'

/** From `at` (ms since the epoch, routine time) the resident is at the place, until the next stay. */
export interface Stay {
  at: number
  place: Place
}

/** What one resident's days have in common. Hours are China's time; durations in minutes. */
export interface Habits {
  wakesAt: number
  sleepsAt: number
  /** Chance of going out in the morning, and in the afternoon. */
  walks: readonly [number, number]
  walkMinutes: readonly [number, number]
  /** Times up in the night. */
  nightRises: readonly [number, number]
  naps: boolean
  /** m/s */
  pace: number
  /** Beats per minute. */
  restingHr: number
}

export const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000
export const DAY_MS = 24 * HOUR_MS
/** China has one time, UTC+8, and no summer time. */
const CHINA_OFFSET_MS = 8 * HOUR_MS

/** Midnight in China of the day that `now` lies in. */
export const midnight = (now: number): number => Math.floor((now + CHINA_OFFSET_MS) / DAY_MS) * DAY_MS - CHINA_OFFSET_MS

/** Old people rise early, nap at noon, and are up once to three times a night. */
export function drawHabits(random: Random): Habits {
  return {
    wakesAt: random.between(5.2, 7.2),
    sleepsAt: random.between(20.6, 22.2),
    walks: [random.between(0.5, 0.95), random.between(0.2, 0.7)],
    walkMinutes: [20, random.between(35, 80)],
    nightRises: [1, random.integer(1, 3)],
    naps: random.chance(0.8),
    pace: random.between(0.55, 1.05),
    restingHr: random.integer(58, 74),
  }
}

/**
 * The stays of the day that begins at `day` (midnight), from waking to the last return to bed in the following night. The
 * first is never before 4:00, the last never after 4:00 of the next day.
 */
export function planDay(day: number, habits: Habits, random: Random): Stay[] {
  const stays: Stay[] = []
  let at = day + hours(habits.wakesAt) + minutes(random.noise() * 12)
  const stay = (place: Place, ...[from, to]: readonly [number, number]) => {
    if (stays.at(-1)?.place !== place) stays.push({ at, place })
    at += minutes(random.between(from, to))
  }
  const until = (hour: number) => Math.max(5, (day + hours(hour) - at) / MINUTE_MS)
  const bathroom = () => stay('bathroom', 4, 12)
  const home = (hour: number) => {
    const total = until(hour)
    stay('living', total * 0.4, total * 0.5)
    if (total > 60) bathroom()
    stay('living', ...rest(until(hour)))
  }
  const walk = (chance: number) => {
    if (random.chance(chance)) stay('out', ...habits.walkMinutes)
  }

  stay('bedroom', 3, 8)
  stay('bathroom', 8, 20)
  stay('kitchen', 20, 40)
  stay('living', 20, 60)
  walk(habits.walks[0])
  home(11 + random.between(0, 0.6))
  stay('kitchen', 30, 55)
  if (habits.naps) stay('bed', 40, 90)
  bathroom()
  stay('living', 30, 70)
  walk(habits.walks[1])
  home(17 + random.between(0, 0.7))
  stay('kitchen', 30, 50)
  home(habits.sleepsAt)
  stay('bathroom', 8, 15)
  stays.push({ at, place: 'bed' })
  return [...stays, ...nightOf(day, at, habits, random)]
}

/** Rises between an hour after going to bed and 4:00. */
function nightOf(day: number, bedAt: number, { nightRises }: Habits, random: Random): Stay[] {
  const from = bedAt + HOUR_MS
  const to = day + DAY_MS + 4 * HOUR_MS
  const rises = random.integer(...nightRises)
  const span = (to - from) / rises
  return Array.from({ length: rises }, (_, index) => {
    const up = from + span * index + span * random.between(0.1, 0.7)
    const back = up + minutes(random.between(4, 11))
    return [
      { at: up, place: 'bathroom' },
      { at: Math.min(back, to), place: 'bed' },
    ] satisfies Stay[]
  }).flat()
}

const hours = (count: number): number => count * HOUR_MS
const minutes = (count: number): number => count * MINUTE_MS
const rest = (left: number): readonly [number, number] => [left, left]
