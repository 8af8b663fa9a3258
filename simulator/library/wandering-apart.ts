import type { Random } from '../random.ts'
import { at, DAY, HOUR, MINUTE, SECOND } from './city-time.ts'
import { circle, fenced, RADIUS } from './fences.ts'
import { homeWith } from './home.ts'
import type { Scenario } from './scenario.ts'
import type { Tape } from './tape.ts'
import { beyond, firstTime, receive, startTrack } from './track.ts'

const from = at('14:00')
const common = { group: 'wandering', settings: fenced(circle(RADIUS)), from } as const
const MINUTELY = { everyMs: MINUTE } as const
const NIGHT = { wandering: { enabled: true, nightExit: { enabled: true } } } as const
const NIGHT_HOME = homeWith('door', 'bed', 'motion-bedroom', 'motion-living', 'hub')

/** Up at night, and through the front door. */
function leavesAtNight(tape: Tape, begin: number): void {
  tape.tell('bed', 'leave_bed', begin)
  tape.tell('motion-bedroom', 'motion', begin + 10 * SECOND)
  tape.tell('motion-living', 'motion', begin + 60 * SECOND)
  tape.tell('door', 'door_open', begin + 2 * MINUTE)
  tape.tell('door', 'door_close', begin + 2 * MINUTE + 8 * SECOND)
}

const ROUTE = { wandering: { ...fenced(circle(3_000)).wandering, route: { enabled: true, minWalks: 8 } } }

/** Twelve days of the same walk: 700 m to the north and home again. */
function usualWalks(tape: Tape, begin: number, random: Random): void {
  for (let day = 0; day < 12; day++) {
    const track = startTrack(begin + day * DAY)
      .stay(5 * MINUTE)
      .go(700, 60, 0.9)
      .go(0, 0, 0.9)
      .stay(20 * MINUTE)
    receive(tape, 'tracker', track, random, MINUTELY)
  }
}

/** What wandering is known by besides positions, and several devices of one person. */
export const WANDERING_APART_SCENARIOS: readonly Scenario[] = [
  {
    ...common,
    name: 'wander-two-devices',
    title: 'The watch lies on its charger at home while she walks off with her phone',
    home: homeWith('watch', 'phone', 'hub'),
    lasts: 2 * HOUR,
    expected: [{ kind: 'wander', within: [-MINUTE, 4 * MINUTE], restored: false, count: 1 }],
    play: (tape, _from, random) => {
      const track = startTrack(from)
        .stay(10 * MINUTE)
        .go(1_200, 0, 0.9)
      tape.truth(firstTime(track, beyond(RADIUS)))
      receive(tape, 'phone', track, random, MINUTELY)
      receive(tape, 'watch', startTrack(from).stay(110 * MINUTE), random, MINUTELY)
    },
  },
  {
    ...common,
    name: 'wander-device-says',
    title: 'The watch itself says that its fence was left, and later that she is back',
    home: homeWith('watch', 'hub'),
    settings: {},
    lasts: HOUR,
    expected: [{ kind: 'wander', within: [0, SECOND], restored: true, signals: 1 }],
    play: (tape) => {
      tape.tell('watch', 'wander', from)
      tape.tell('watch', 'wander_end', from + 30 * MINUTE)
    },
  },
  {
    ...common,
    name: 'night-exit',
    title: 'She leaves through the front door at two in the night and does not return',
    home: NIGHT_HOME,
    settings: NIGHT,
    from: at('02:00', 1),
    lasts: HOUR,
    expected: [
      { kind: 'wander', within: [10 * MINUTE - 10 * SECOND, 10 * MINUTE + 10 * SECOND], restored: false, count: 1 },
    ],
    tolerated: ['leave_bed'],
    play: (tape, begin) => {
      leavesAtNight(tape, begin)
      tape.truth(begin + 2 * MINUTE)
    },
  },
  {
    ...common,
    name: 'night-exit-returns',
    title: 'She looks outside at two in the night and is back after four minutes',
    home: NIGHT_HOME,
    settings: NIGHT,
    from: at('02:00', 1),
    lasts: HOUR,
    expected: [],
    tolerated: ['leave_bed'],
    play: (tape, begin) => {
      leavesAtNight(tape, begin)
      tape.tell('door', 'door_open', begin + 6 * MINUTE)
      tape.tell('door', 'door_close', begin + 6 * MINUTE + 9 * SECOND)
      tape.tell('motion-living', 'motion', begin + 6 * MINUTE + 20 * SECOND)
      tape.tell('bed', 'bed_enter', begin + 10 * MINUTE)
    },
  },
  {
    ...common,
    name: 'night-exit-by-day',
    title: 'The same at two in the afternoon is a walk',
    home: NIGHT_HOME,
    settings: NIGHT,
    lasts: HOUR,
    expected: [],
    tolerated: ['leave_bed'],
    play: (tape, begin) => leavesAtNight(tape, begin),
  },
  {
    ...common,
    name: 'night-exit-stored',
    title: 'Door and return of the night reach the platform together in the morning',
    home: NIGHT_HOME,
    settings: NIGHT,
    from: at('02:00', 1),
    lasts: 7 * HOUR,
    expected: [],
    play: (tape, begin) => {
      const arrives = at('07:00', 1)
      tape.tell('door', 'door_open', begin, { arrives })
      tape.tell('door', 'door_close', begin + 10 * SECOND, { arrives })
      tape.tell('door', 'door_open', begin + 5 * MINUTE, { arrives })
      tape.tell('door', 'door_close', begin + 5 * MINUTE + 9 * SECOND, { arrives })
      tape.tell('motion-living', 'motion', begin + 5 * MINUTE + 20 * SECOND, { arrives })
    },
  },
  {
    ...common,
    name: 'route-usual',
    title: 'After twelve of the same walks she takes it once more',
    home: homeWith('tracker', 'hub'),
    settings: ROUTE,
    from: at('08:00'),
    lasts: 12 * DAY + 2 * HOUR,
    expected: [],
    play: (tape, begin, random) => {
      usualWalks(tape, begin, random)
      const track = startTrack(begin + 12 * DAY)
        .stay(5 * MINUTE)
        .go(650, 30, 0.85)
        .go(0, 0, 0.9)
        .stay(20 * MINUTE)
      receive(tape, 'tracker', track, random, MINUTELY)
    },
  },
  {
    ...common,
    name: 'route-other',
    title: 'After twelve of the same walks she goes the other way, 900 m to the south, and comes home',
    home: homeWith('tracker', 'hub'),
    settings: ROUTE,
    from: at('08:00'),
    lasts: 12 * DAY + 2 * HOUR,
    expected: [{ kind: 'route_deviation', within: [-2 * MINUTE, 8 * MINUTE], count: 1 }],
    play: (tape, begin, random) => {
      usualWalks(tape, begin, random)
      const track = startTrack(begin + 12 * DAY)
        .stay(5 * MINUTE)
        .go(-900, 0, 0.9)
        .go(0, 0, 1)
        .stay(20 * MINUTE)
      tape.truth(firstTime(track, ({ north }) => north < -400))
      receive(tape, 'tracker', track, random, MINUTELY)
    },
  },
]
