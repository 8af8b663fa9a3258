import type { Random } from '../random.ts'
import { at, HOUR, MINUTE } from './city-time.ts'
import { circle, fenced, RADIUS, VILLAGE_SHAPE, WAY_TO_MARKET } from './fences.ts'
import { homeWith } from './home.ts'
import type { Scenario } from './scenario.ts'
import type { Tape } from './tape.ts'
import { beyond, firstTime, receive, startTrack, type Track } from './track.ts'

const from = at('14:00')
/** Somebody with a tracker whose settings know the usual fence. */
export const LEAVING = {
  group: 'wandering',
  home: homeWith('tracker', 'hub'),
  settings: fenced(circle(RADIUS)),
  from,
  lasts: 2 * HOUR,
} as const
/** Fixes every minute, two of them outside; a receiver may see it a little before it is so. */
export const SOON = [-MINUTE, 4 * MINUTE] as const
export const OUT = { kind: 'wander', restored: false } as const
export const MINUTELY = { everyMs: MINUTE } as const

/** The moment of truth is when the track crosses the usual fence; fixes come every minute. */
export function leaves(tape: Tape, track: Track, random: Random): void {
  tape.truth(firstTime(track, beyond(RADIUS)))
  receive(tape, 'tracker', track, random, MINUTELY)
}

/** Somebody has left the area. */
export const WANDERING_SCENARIOS: readonly Scenario[] = [
  {
    ...LEAVING,
    name: 'wander-slow',
    title: 'She walks off slowly and does not turn back',
    expected: [{ ...OUT, within: SOON }],
    play: (tape, _from, random) => {
      const track = startTrack(from)
        .stay(20 * MINUTE)
        .go(900, random.between(-400, 400), random.between(0.5, 0.7))
      leaves(tape, track, random)
    },
  },
  {
    ...LEAVING,
    name: 'wander-fast',
    title: 'He walks off at a good pace',
    expected: [{ ...OUT, within: SOON }],
    play: (tape, _from, random) => {
      const track = startTrack(from)
        .stay(20 * MINUTE)
        .go(random.between(-900, 900), 2_500, random.between(1.2, 1.5))
      leaves(tape, track, random)
    },
  },
  {
    ...LEAVING,
    name: 'wander-bus',
    title: 'She walks to the stop and rides away on the bus',
    expected: [{ ...OUT, within: SOON }],
    play: (tape, _from, random) => {
      const track = startTrack(from)
        .stay(10 * MINUTE)
        .go(150, 30, 0.8)
        .stay(6 * MINUTE, 'street')
        .go(8_000, 2_000, 11)
      leaves(tape, track, random)
    },
  },
  {
    ...LEAVING,
    name: 'wander-car',
    title: 'The family takes her along by car: outside is outside, somebody has to know',
    expected: [{ ...OUT, within: SOON }],
    play: (tape, _from, random) => {
      const track = startTrack(from)
        .stay(10 * MINUTE)
        .go(-9_000, 4_000, random.between(14, 22), 'street')
      leaves(tape, track, random)
    },
  },
  {
    ...LEAVING,
    name: 'wander-into-tunnel',
    title: 'Outside she passes an underpass for ten minutes without a fix: one alert, no second one',
    expected: [{ ...OUT, within: SOON, count: 1 }],
    play: (tape, _from, random) => {
      const out = startTrack(from)
        .stay(5 * MINUTE)
        .go(600, 0, 1)
      const track = out.stay(10 * MINUTE, 'none').go(1_400, 0, 1)
      leaves(tape, track, random)
    },
  },
  {
    ...LEAVING,
    name: 'wander-and-home',
    title: 'She goes too far, is brought home, and stays there: taken back, never closed',
    lasts: 3 * HOUR,
    expected: [{ kind: 'wander', within: SOON, restored: true, count: 1 }],
    play: (tape, _from, random) => {
      const out = startTrack(from)
        .stay(10 * MINUTE)
        .go(700, 0, 1)
        .stay(10 * MINUTE, 'open')
      const track = out.go(0, 0, 1.2).stay(HOUR)
      leaves(tape, track, random)
    },
  },
  {
    ...LEAVING,
    name: 'wander-twice',
    title: 'She is brought home and goes again: two alerts',
    lasts: 4 * HOUR,
    expected: [{ kind: 'wander', within: SOON, restored: false, count: 2 }],
    play: (tape, _from, random) => {
      const once = startTrack(from)
        .stay(10 * MINUTE)
        .go(700, 0, 1)
        .go(0, 0, 1.2)
        .stay(40 * MINUTE)
      const track = once.go(-900, 200, 0.9).stay(20 * MINUTE, 'open')
      leaves(tape, track, random)
    },
  },
  {
    ...LEAVING,
    name: 'wander-at-night',
    title: 'By day she may go far, at night only around the house: out at half past eleven',
    settings: fenced(circle(1_500, { from: '06:00', to: '22:00' }), circle(80, { from: '22:00', to: '06:00' })),
    from: at('22:45'),
    expected: [{ ...OUT, within: SOON }],
    play: (tape, begin, random) => {
      const track = startTrack(begin)
        .stay(45 * MINUTE)
        .go(400, 0, 0.8)
      tape.truth(firstTime(track, beyond(80)))
      receive(tape, 'tracker', track, random, MINUTELY)
    },
  },
  {
    ...LEAVING,
    name: 'wander-late-outside',
    title: 'She is still away when the fence of the night comes into force at ten',
    settings: fenced(circle(1_500, { from: '06:00', to: '22:00' }), circle(80, { from: '22:00', to: '06:00' })),
    from: at('21:10'),
    expected: [{ ...OUT, within: [0, 4 * MINUTE] }],
    play: (tape, begin, random) => {
      const track = startTrack(begin)
        .go(600, 600, 1)
        .stay(75 * MINUTE, 'open')
      tape.truth(at('22:00'))
      receive(tape, 'tracker', track, random, MINUTELY)
    },
  },
  {
    ...LEAVING,
    name: 'wander-village',
    title: 'She leaves the village, which is fenced as a polygon',
    settings: fenced(VILLAGE_SHAPE),
    expected: [{ ...OUT, within: SOON }],
    play: (tape, _from, random) => {
      const track = startTrack(from)
        .stay(10 * MINUTE)
        .go(100, 600, random.between(0.7, 1.1))
      tape.truth(firstTime(track, ({ north, east }) => Math.abs(east) > 200 || Math.abs(north) > 250))
      receive(tape, 'tracker', track, random, MINUTELY)
    },
  },
  {
    ...LEAVING,
    name: 'wander-off-the-way',
    title: 'She strays from the way to the market',
    settings: fenced(circle(100), WAY_TO_MARKET),
    expected: [{ ...OUT, within: SOON }],
    play: (tape, _from, random) => {
      const track = startTrack(from)
        .stay(10 * MINUTE)
        .go(500, 0, 0.9)
        .go(500, -500, 0.9)
      tape.truth(firstTime(track, ({ north, east }) => north > 490 && east < -60))
      receive(tape, 'tracker', track, random, MINUTELY)
    },
  },
  {
    ...LEAVING,
    name: 'wander-restart',
    title: 'The platform restarts three times while she goes',
    restarts: [15 * MINUTE, 18 * MINUTE, 20 * MINUTE],
    expected: [{ ...OUT, within: SOON, count: 1 }],
    play: (tape, _from, random) => {
      const track = startTrack(from)
        .stay(10 * MINUTE)
        .go(900, 0, 0.6)
      leaves(tape, track, random)
    },
  },
]
