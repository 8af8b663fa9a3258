import type { Random } from '../random.ts'
import { at, HOUR, MINUTE, SECOND } from './city-time.ts'
import { homeWith, WATCHED_HOME } from './home.ts'
import type { Scenario } from './scenario.ts'
import type { Tape } from './tape.ts'

const from = at('10:15')
const common = { group: 'fall', home: WATCHED_HOME, from, lasts: 15 * MINUTE } as const
const AT_ONCE = [0, SECOND] as const

/** Moves about: another room every half minute or so. */
export function moves(tape: Tape, begin: number, end: number, random: Random): void {
  const rooms = ['motion-living', 'motion-kitchen', 'motion-bedroom'] as const
  for (let now = begin, n = 0; now < end; now += random.between(15, 45) * SECOND, n++) {
    tape.tell(rooms[n % rooms.length] ?? rooms[0], 'motion', now)
  }
}

/** Somebody lies on the floor. */
export const FALL_SCENARIOS: readonly Scenario[] = [
  {
    ...common,
    name: 'fall-and-still',
    title: 'The radar in the bathroom sees a fall, and nothing moves afterwards',
    expected: [{ kind: 'fall', within: AT_ONCE, severe: true, restored: false, signals: 1 }],
    play: (tape) => {
      tape.tell('motion-bath', 'motion', from - 30 * SECOND)
      tape.tell('radar', 'fall', from)
    },
  },
  {
    ...common,
    name: 'fall-gets-up',
    title: 'A fall; after 40 seconds she moves about in other rooms: only possible now, but not closed',
    expected: [{ kind: 'fall', within: AT_ONCE, certainty: 'possible', severe: false, restored: false, signals: 1 }],
    play: (tape, _from, random) => {
      tape.tell('radar', 'fall', from)
      moves(tape, from + 40 * SECOND, from + 5 * MINUTE, random)
    },
  },
  {
    ...common,
    name: 'fall-two-tell',
    title: 'Radar and watch tell of the same fall: confirmed',
    expected: [{ kind: 'fall', within: AT_ONCE, certainty: 'confirmed', severe: true, count: 2, signals: 2 }],
    play: (tape, _from, random) => {
      tape.tell('radar', 'fall', from)
      tape.tell('watch', 'fall', from + random.between(3, 20) * SECOND)
    },
  },
  {
    ...common,
    name: 'fall-suspected-then-told',
    title: 'The radar only suspects a fall, the watch tells of one 25 seconds later: confirmed',
    expected: [{ kind: 'fall', within: AT_ONCE, certainty: 'confirmed', severe: true, count: 2 }],
    play: (tape) => {
      tape.tell('radar', 'fall_suspected', from)
      tape.tell('watch', 'fall', from + 25 * SECOND)
    },
  },
  {
    ...common,
    name: 'fall-suspected-and-still',
    title: 'A fall is only suspected, and then nobody moves for minutes: worse than a suspicion',
    expected: [{ kind: 'fall', within: AT_ONCE, severe: true, restored: false }],
    play: (tape) => {
      tape.tell('motion-bath', 'motion', from - 20 * SECOND)
      tape.tell('radar', 'fall_suspected', from)
    },
  },
  {
    ...common,
    name: 'fall-no-recovery',
    title: 'The watch tells of a fall; heart rate goes on, not a step for ten minutes',
    expected: [{ kind: 'fall', within: AT_ONCE, severe: true, restored: false }],
    play: (tape, _from, random) => {
      for (let n = -5; n < 0; n++) tape.measure('watch', { hr: 82, steps: 1_240 + n * 30 }, from + n * MINUTE)
      tape.tell('watch', 'fall', from)
      for (let n = 1; n <= 10; n++)
        tape.measure('watch', { hr: random.integer(94, 104), steps: 1_240 }, from + n * MINUTE)
    },
  },
  {
    ...common,
    name: 'fall-cancel-late',
    title: 'She cancels five minutes after the fall: urgency falls, the case stays',
    expected: [{ kind: 'fall', within: AT_ONCE, restored: true }],
    play: (tape) => {
      tape.tell('watch', 'fall', from)
      tape.tell('watch', 'fall_cancel', from + 5 * MINUTE)
    },
  },
  {
    ...common,
    name: 'fall-hub-offline',
    title: 'She falls while the hub is cut off; 25 minutes later it delivers: told at once, nobody has moved since',
    lasts: HOUR,
    expected: [{ kind: 'fall', within: [25 * MINUTE, 25 * MINUTE + SECOND], severe: true, restored: false }],
    play: (tape) => {
      const arrives = from + 25 * MINUTE
      tape.tell('motion-bath', 'motion', from - MINUTE, { arrives })
      tape.tell('radar', 'fall', from, { arrives })
    },
  },
  {
    ...common,
    name: 'fall-at-night',
    title: 'Up at two in the night, a fall in the bathroom, never back in bed',
    home: homeWith('bed', 'radar', 'motion-bath', 'motion-bedroom', 'hub'),
    from: at('02:10', 1),
    expected: [{ kind: 'fall', within: AT_ONCE, severe: true, restored: false }],
    tolerated: ['leave_bed'],
    play: (tape, begin) => {
      tape.tell('bed', 'leave_bed', begin)
      tape.tell('motion-bedroom', 'motion', begin + 5 * SECOND)
      tape.tell('motion-bath', 'motion', begin + 40 * SECOND)
      tape.truth(begin + 3 * MINUTE)
      tape.tell('radar', 'fall', begin + 3 * MINUTE)
    },
  },
  {
    ...common,
    name: 'fall-dog',
    title: 'A fall, and the dog sets off the motion sensor in the living room: the alert must stand',
    expected: [{ kind: 'fall', within: AT_ONCE, restored: false }],
    play: (tape) => {
      tape.tell('radar', 'fall', from)
      tape.tell('motion-living', 'motion', from + 90 * SECOND)
      tape.tell('motion-living', 'motion', from + 100 * SECOND)
    },
  },
  {
    ...common,
    name: 'fall-on-a-walk',
    title: 'She falls outside: the watch tells, and neither steps nor position change any more',
    expected: [{ kind: 'fall', within: AT_ONCE, severe: true, restored: false }],
    play: (tape, _from, random) => {
      const noise = () => random.noise() * 0.00003
      for (let n = -10; n <= 10; n++) {
        const walked = Math.min(n, 0)
        const fields = {
          lat: 28.443 + walked * 0.0004 + noise(),
          lon: 117.362 + noise(),
          acc: 5,
          steps: 2_000 + walked * 80,
        }
        tape.measure('watch', fields, from + n * MINUTE + 20 * SECOND)
      }
      tape.tell('watch', 'fall', from + 30 * SECOND)
      tape.truth(from + 30 * SECOND)
    },
  },
  {
    ...common,
    name: 'fall-again-and-again',
    title: 'Three falls in forty minutes; after the third one she stays down',
    lasts: HOUR,
    expected: [{ kind: 'fall', within: AT_ONCE, severe: true, restored: false, signals: 3 }],
    play: (tape, _from, random) => {
      for (const n of [0, 1, 2]) {
        const fallAt = from + n * 20 * MINUTE
        tape.tell('radar', 'fall', fallAt)
        if (n < 2) moves(tape, fallAt + MINUTE, fallAt + 12 * MINUTE, random)
      }
    },
  },
  {
    ...common,
    name: 'fall-and-sos',
    title: 'She falls and reaches the emergency key half a minute later',
    expected: [
      { kind: 'fall', within: AT_ONCE, restored: false },
      { kind: 'sos', within: [20 * SECOND, 41 * SECOND], signals: 1 },
    ],
    play: (tape, _from, random) => {
      tape.tell('radar', 'fall', from)
      tape.tell('key', 'sos', from + random.between(20, 40) * SECOND)
    },
  },
  {
    ...common,
    name: 'fall-clock-behind',
    title: "The watch's clock is three hours behind: its fall is told all the same, and at once",
    expected: [{ kind: 'fall', within: AT_ONCE, restored: false }],
    play: (tape, _from, random) => {
      moves(tape, from - 20 * MINUTE, from - MINUTE, random)
      tape.tell('watch', 'fall', from, { deviceTs: from - 3 * HOUR })
    },
  },
  {
    ...common,
    name: 'fall-restart',
    title: 'The platform restarts five seconds after the fall: what follows is judged as if it had not',
    restarts: [5 * SECOND, 15 * SECOND, 100 * SECOND],
    expected: [{ kind: 'fall', within: AT_ONCE, severe: true, restored: false, signals: 1 }],
    play: (tape) => tape.tell('pendant', 'fall', from),
    home: homeWith('pendant', 'motion-living', 'hub'),
  },
]
