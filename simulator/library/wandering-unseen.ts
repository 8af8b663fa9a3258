import { DAY, MINUTE, SECOND } from './city-time.ts'
import { RADIUS } from './fences.ts'
import { VILLAGE } from './home.ts'
import type { Scenario } from './scenario.ts'
import { beyond, firstTime, receive, startTrack, storedUntil } from './track.ts'
import { LEAVING, leaves, MINUTELY, OUT, SOON } from './wandering.ts'

const { from } = LEAVING

/** Somebody has left the area, and her tracker makes it hard to know. */
export const WANDERING_UNSEEN_SCENARIOS: readonly Scenario[] = [
  {
    ...LEAVING,
    name: 'wander-silent-outside',
    title: 'Outside, and then no position for more than the limit of half an hour: the alert stands',
    expected: [{ ...OUT, within: SOON }],
    play: (tape, _from, random) => {
      const track = startTrack(from)
        .stay(5 * MINUTE)
        .go(700, 100, 1)
        .stay(80 * MINUTE, 'none')
      leaves(tape, track, random)
    },
  },
  {
    ...LEAVING,
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
    ...LEAVING,
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
    ...LEAVING,
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
    ...LEAVING,
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
    ...LEAVING,
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
    ...LEAVING,
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
    ...LEAVING,
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
    ...LEAVING,
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
    ...LEAVING,
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
    ...LEAVING,
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
