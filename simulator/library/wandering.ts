import { at, DAY, HOUR, MINUTE, SECOND } from './city-time.ts'
import { circle, fenced, RADIUS, VILLAGE_SHAPE, WAY_TO_MARKET } from './fences.ts'
import { homeWith, VILLAGE } from './home.ts'
import type { Scenario } from './scenario.ts'
import { beyond, firstTime, receive, startTrack, storedUntil } from './track.ts'

const from = at('14:00')
const home = homeWith('tracker', 'hub')
const common = { group: 'wandering', home, settings: fenced(circle(RADIUS)), from, lasts: 2 * HOUR } as const
/** Fixes every minute, two of them outside; a receiver may see it a little before it is so. */
const SOON = [-MINUTE, 4 * MINUTE] as const
const OUT = { kind: 'wander', restored: false } as const
const MINUTELY = { everyMs: MINUTE } as const

/** Somebody has left the area. */
export const WANDERING_SCENARIOS: readonly Scenario[] = [
  {
    ...common,
    name: 'wander-slow',
    title: 'She walks off slowly and does not turn back',
    expected: [{ ...OUT, within: SOON }],
    play: (tape, _from, random) => {
      const track = startTrack(from)
        .stay(20 * MINUTE)
        .go(900, random.between(-400, 400), random.between(0.5, 0.7))
      tape.truth(firstTime(track, beyond(RADIUS)))
      receive(tape, 'tracker', track, random, MINUTELY)
    },
  },
  {
    ...common,
    name: 'wander-fast',
    title: 'He walks off at a good pace',
    expected: [{ ...OUT, within: SOON }],
    play: (tape, _from, random) => {
      const track = startTrack(from)
        .stay(20 * MINUTE)
        .go(random.between(-900, 900), 2_500, random.between(1.2, 1.5))
      tape.truth(firstTime(track, beyond(RADIUS)))
      receive(tape, 'tracker', track, random, MINUTELY)
    },
  },
  {
    ...common,
    name: 'wander-bus',
    title: 'She walks to the stop and rides away on the bus',
    expected: [{ ...OUT, within: SOON }],
    play: (tape, _from, random) => {
      const track = startTrack(from)
        .stay(10 * MINUTE)
        .go(150, 30, 0.8)
        .stay(6 * MINUTE, 'street')
        .go(8_000, 2_000, 11)
      tape.truth(firstTime(track, beyond(RADIUS)))
      receive(tape, 'tracker', track, random, MINUTELY)
    },
  },
  {
    ...common,
    name: 'wander-car',
    title: 'The family takes her along by car: outside is outside, somebody has to know',
    expected: [{ ...OUT, within: SOON }],
    play: (tape, _from, random) => {
      const track = startTrack(from)
        .stay(10 * MINUTE)
        .go(-9_000, 4_000, random.between(14, 22), 'street')
      tape.truth(firstTime(track, beyond(RADIUS)))
      receive(tape, 'tracker', track, random, MINUTELY)
    },
  },
  {
    ...common,
    name: 'wander-into-tunnel',
    title: 'Outside she passes an underpass for ten minutes without a fix: one alert, no second one',
    expected: [{ ...OUT, within: SOON, count: 1 }],
    play: (tape, _from, random) => {
      const out = startTrack(from)
        .stay(5 * MINUTE)
        .go(600, 0, 1)
      const track = out.stay(10 * MINUTE, 'none').go(1_400, 0, 1)
      tape.truth(firstTime(track, beyond(RADIUS)))
      receive(tape, 'tracker', track, random, MINUTELY)
    },
  },
  {
    ...common,
    name: 'wander-silent-outside',
    title: 'Outside, and then no position for more than the limit of half an hour: the alert stands',
    expected: [{ ...OUT, within: SOON }],
    play: (tape, _from, random) => {
      const track = startTrack(from)
        .stay(5 * MINUTE)
        .go(700, 100, 1)
        .stay(80 * MINUTE, 'none')
      tape.truth(firstTime(track, beyond(RADIUS)))
      receive(tape, 'tracker', track, random, MINUTELY)
    },
  },
  {
    ...common,
    name: 'wander-last-fix',
    title: 'A single fix outside is the last thing that the tracker says',
    expected: [{ ...OUT, within: [0, 2 * MINUTE + 10 * SECOND] }],
    play: (tape, _from, random) => {
      const track = startTrack(from)
        .stay(15 * MINUTE)
        .go(800, 0, 1.2)
      // Fixes come every ten minutes, and the battery dies with the first one that is outside.
      const inside = firstTime(track, beyond(100))
      const outside = firstTime(track, beyond(500))
      receive(tape, 'tracker', track, random, { ...MINUTELY, otherwise: (now) => (now < inside ? {} : null) })
      const fix = { lat: VILLAGE.lat + 500 / 111_320, lon: VILLAGE.lon, acc: 6 }
      tape.truth(outside)
      tape.measure('tracker', fix, outside, { arrives: outside + SECOND })
    },
  },
  {
    ...common,
    name: 'wander-batch-fresh',
    title: 'The tracker had no network while she went; its batch ends with a fresh fix outside',
    expected: [{ ...OUT, within: [0, 2 * MINUTE + 10 * SECOND] }],
    play: (tape, _from, random) => {
      const track = startTrack(from)
        .stay(10 * MINUTE)
        .go(1_200, 200, 1)
      const delivered = track.end() + 2 * SECOND
      tape.truth(delivered)
      const otherwise = storedUntil(from + 8 * MINUTE, delivered, delivered)
      receive(tape, 'tracker', track, random, { ...MINUTELY, otherwise })
    },
  },
  {
    ...common,
    name: 'wander-first-fix-outside',
    title: 'The tracker is switched on when she is already a kilometre away',
    expected: [{ ...OUT, within: [0, 2 * MINUTE + 10 * SECOND] }],
    play: (tape, _from, random) => {
      const track = startTrack(from)
        .go(800, 600, 1)
        .stay(20 * MINUTE, 'open')
      const on = track.end() - 19 * MINUTE
      tape.truth(on)
      const otherwise = (now: number) => (now < on ? null : {})
      receive(tape, 'tracker', track, random, { everyMs: 30 * SECOND, otherwise })
    },
  },
  {
    ...common,
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
      tape.truth(firstTime(track, beyond(RADIUS)))
      receive(tape, 'tracker', track, random, MINUTELY)
    },
  },
  {
    ...common,
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
      tape.truth(firstTime(track, beyond(RADIUS)))
      receive(tape, 'tracker', track, random, MINUTELY)
    },
  },
  {
    ...common,
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
    ...common,
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
    ...common,
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
    ...common,
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
    ...common,
    name: 'wander-rough-positions',
    title: 'Only rough positions of 150 m, but more than a kilometre away',
    expected: [{ ...OUT, within: [-MINUTE, 7 * MINUTE] }],
    play: (tape, _from, random) => {
      const track = startTrack(from)
        .stay(10 * MINUTE)
        .go(1_400, 0, 1.1)
      tape.truth(firstTime(track, beyond(RADIUS + 150)))
      receive(tape, 'tracker', track, random, { ...MINUTELY, fields: (fix) => ({ ...fix, acc: 150, sats: 0 }) })
    },
  },
  {
    ...common,
    name: 'wander-tracker-reboots',
    title: 'The tracker reboots for four minutes just as she crosses the border',
    expected: [{ ...OUT, within: [0, 7 * MINUTE] }],
    play: (tape, _from, random) => {
      const track = startTrack(from)
        .stay(10 * MINUTE)
        .go(1_000, 0, 1)
      const crosses = firstTime(track, beyond(RADIUS))
      tape.truth(crosses)
      const otherwise = (now: number) => (now > crosses - MINUTE && now < crosses + 3 * MINUTE ? null : {})
      receive(tape, 'tracker', track, random, { ...MINUTELY, otherwise })
    },
  },
  {
    ...common,
    name: 'wander-rare-fixes',
    title: 'The tracker saves its battery and gives a fix every ten minutes',
    expected: [{ ...OUT, within: [-MINUTE, 13 * MINUTE] }],
    play: (tape, _from, random) => {
      const track = startTrack(from)
        .stay(20 * MINUTE)
        .go(2_500, 0, 0.9)
      tape.truth(firstTime(track, beyond(RADIUS + 10)))
      receive(tape, 'tracker', track, random, { everyMs: 10 * MINUTE })
    },
  },
  {
    ...common,
    name: 'wander-restart',
    title: 'The platform restarts three times while she goes',
    restarts: [15 * MINUTE, 18 * MINUTE, 20 * MINUTE],
    expected: [{ ...OUT, within: SOON, count: 1 }],
    play: (tape, _from, random) => {
      const track = startTrack(from)
        .stay(10 * MINUTE)
        .go(900, 0, 0.6)
      tape.truth(firstTime(track, beyond(RADIUS)))
      receive(tape, 'tracker', track, random, MINUTELY)
    },
  },
  {
    ...common,
    name: 'wander-clock-ahead',
    title: "The tracker's clock is a year ahead",
    expected: [{ ...OUT, within: SOON }],
    play: (tape, _from, random) => {
      const track = startTrack(from)
        .stay(10 * MINUTE)
        .go(900, 0, 1)
      tape.truth(firstTime(track, beyond(RADIUS)))
      receive(tape, 'tracker', track, random, { ...MINUTELY, otherwise: (now) => ({ deviceTs: now + 365 * DAY }) })
    },
  },
  {
    ...common,
    name: 'wander-clock-behind',
    title: "The tracker's clock is ninety seconds behind",
    expected: [{ ...OUT, within: [-MINUTE, 6 * MINUTE] }],
    play: (tape, _from, random) => {
      const track = startTrack(from)
        .stay(10 * MINUTE)
        .go(900, 0, 1)
      tape.truth(firstTime(track, beyond(RADIUS)))
      receive(tape, 'tracker', track, random, { ...MINUTELY, otherwise: (now) => ({ deviceTs: now - 90 * SECOND }) })
    },
  },
  {
    ...common,
    name: 'wander-shuffled',
    title: 'Fixes reach the platform out of order, up to three minutes late',
    expected: [{ ...OUT, within: [0, 7 * MINUTE] }],
    play: (tape, _from, random) => {
      const track = startTrack(from)
        .stay(10 * MINUTE)
        .go(1_000, 0, 1)
      tape.truth(firstTime(track, beyond(RADIUS)))
      const otherwise = (now: number) => ({ arrives: now + random.between(0, 3) * MINUTE })
      receive(tape, 'tracker', track, random, { ...MINUTELY, otherwise })
    },
  },
  {
    ...common,
    name: 'wander-after-wrong-fix',
    title: 'The first fix of the day lies 30 km away and looks good, all others are right; then she goes off',
    expected: [{ ...OUT, within: SOON }],
    play: (tape, _from, random) => {
      const track = startTrack(from)
        .stay(40 * MINUTE, 'street')
        .go(900, 0, 0.9)
      tape.truth(firstTime(track, beyond(RADIUS)))
      const wrong = { lat: VILLAGE.lat + 0.2, lon: VILLAGE.lon + 0.2, acc: 8 }
      tape.measure('tracker', wrong, from - 30 * SECOND)
      receive(tape, 'tracker', track, random, MINUTELY)
    },
  },
]
