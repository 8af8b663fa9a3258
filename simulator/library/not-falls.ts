import { at, HOUR, MINUTE, SECOND } from './city-time.ts'
import { moves } from './falls.ts'
import { homeWith, WATCHED_HOME } from './home.ts'
import type { Scenario } from './scenario.ts'

const from = at('15:30')
const common = { group: 'fall', home: WATCHED_HOME, from, lasts: 15 * MINUTE } as const
const AT_ONCE = [0, SECOND] as const
/** What a sensor said is never thrown away, but what followed speaks against it. */
const ONLY_POSSIBLE = [{ kind: 'fall', within: AT_ONCE, certainty: 'possible', severe: false }] as const

/** Sensors say fall, and nobody has fallen. */
export const NOT_FALL_SCENARIOS: readonly Scenario[] = [
  {
    ...common,
    name: 'not-fall-walks-on',
    title: 'The radar suspects a fall while she walks on through the home',
    expected: ONLY_POSSIBLE,
    play: (tape, _from, random) => {
      tape.tell('radar', 'fall_suspected', from)
      moves(tape, from + 6 * SECOND, from + 10 * MINUTE, random)
    },
  },
  {
    ...common,
    name: 'not-fall-into-bed',
    title: 'She drops into bed for her nap: the watch says fall, the bed says she lies in it',
    home: homeWith('watch', 'bed', 'motion-bedroom', 'motion-living', 'hub'),
    expected: ONLY_POSSIBLE,
    play: (tape, _from, random) => {
      tape.tell('motion-bedroom', 'motion', from - 10 * SECOND)
      tape.tell('watch', 'fall', from)
      tape.tell('bed', 'bed_enter', from + random.between(2, 8) * SECOND)
    },
  },
  {
    ...common,
    name: 'not-fall-into-chair',
    title: 'She drops into a chair: suspected, then she moves in the same room and others',
    expected: ONLY_POSSIBLE,
    play: (tape, _from, random) => {
      tape.tell('radar', 'fall_suspected', from)
      tape.tell('motion-bath', 'motion', from + 5 * SECOND)
      moves(tape, from + 9 * SECOND, from + 4 * MINUTE, random)
    },
  },
  {
    ...common,
    name: 'not-fall-cancelled',
    title: 'She says within seven seconds that it was nothing: taken back, and nothing gets worse',
    expected: [{ kind: 'fall', within: AT_ONCE, severe: false, restored: true }],
    play: (tape) => {
      tape.tell('watch', 'fall', from)
      tape.tell('watch', 'fall_cancel', from + 7 * SECOND)
    },
  },
  {
    ...common,
    name: 'not-fall-radar-clears',
    title: 'The radar takes its fall back after half a minute',
    expected: [{ kind: 'fall', within: AT_ONCE, restored: true }],
    play: (tape, _from, random) => {
      tape.tell('radar', 'fall', from)
      tape.tell('radar', 'fall_clear', from + 30 * SECOND)
      moves(tape, from + 35 * SECOND, from + 5 * MINUTE, random)
    },
  },
  {
    ...common,
    name: 'not-fall-watch-dropped',
    title: 'The watch is dropped on the floor and lies there, she goes on cooking',
    expected: ONLY_POSSIBLE,
    tolerated: ['removed'],
    play: (tape, _from, random) => {
      moves(tape, from - 3 * MINUTE, from, random)
      tape.tell('watch', 'fall', from)
      moves(tape, from + 5 * SECOND, from + 10 * MINUTE, random)
      tape.tell('watch', 'removed', from + 3 * MINUTE)
    },
  },
  {
    ...common,
    name: 'not-fall-vacuum-robot',
    title: 'A vacuum robot makes the radar suspect three falls while she is in the living room',
    expected: [{ kind: 'fall', within: AT_ONCE, certainty: 'possible', severe: false, signals: 3 }],
    play: (tape, _from, random) => {
      for (const n of [0, 1, 2]) tape.tell('radar', 'fall_suspected', from + n * 3 * MINUTE)
      for (let now = from + 4 * SECOND; now < from + 12 * MINUTE; now += random.between(5, 9) * SECOND) {
        tape.tell('motion-living', 'motion', now)
      }
    },
  },
  {
    ...common,
    name: 'not-fall-hour-apart',
    title: 'Two devices say fall more than an hour apart, she walks after each: neither confirms the other',
    lasts: 2 * HOUR,
    expected: [{ kind: 'fall', within: AT_ONCE, certainty: 'possible', severe: false, count: 2 }],
    play: (tape, _from, random) => {
      tape.tell('radar', 'fall', from)
      moves(tape, from + 8 * SECOND, from + 9 * MINUTE, random)
      tape.tell('watch', 'fall', from + 75 * MINUTE)
      moves(tape, from + 75 * MINUTE + 8 * SECOND, from + 84 * MINUTE, random)
    },
  },
  {
    ...common,
    name: 'not-fall-late-batch',
    title: 'A fall and her steps afterwards are delivered together, an hour late: only possible',
    lasts: 2 * HOUR,
    expected: [{ kind: 'fall', within: [HOUR, HOUR + SECOND], certainty: 'possible', severe: false, restored: false }],
    play: (tape, _from, random) => {
      const arrives = from + HOUR
      tape.tell('radar', 'fall', from, { arrives })
      for (let n = 1; n < 8; n++) {
        const room = n % 2 === 0 ? 'motion-living' : 'motion-kitchen'
        tape.tell(room, 'motion', from + 30 * SECOND + n * random.between(20, 40) * SECOND, { arrives })
      }
    },
  },
  {
    ...common,
    name: 'not-fall-stumble',
    title: 'She stumbles outside and walks on: steps and position go on changing',
    expected: ONLY_POSSIBLE,
    play: (tape, _from, random) => {
      for (let n = -5; n <= 10; n++) {
        const noise = () => random.noise() * 0.00003
        const fields = { lat: 28.443 + n * 0.0004 + noise(), lon: 117.362 + noise(), acc: 5, steps: 2_000 + n * 80 }
        tape.measure('watch', fields, from + n * MINUTE + 10 * SECOND)
      }
      tape.tell('watch', 'fall', from)
    },
  },
]
