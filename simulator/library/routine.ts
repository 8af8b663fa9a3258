import type { Habits } from '../life/day.ts'
import type { Random } from '../random.ts'
import { at, DAY, HOUR, MINUTE, SECOND } from './city-time.ts'
import { livesThrough } from './everyday.ts'
import { homeWith } from './home.ts'
import type { Scenario } from './scenario.ts'
import type { Tape } from './tape.ts'

/** Days on which the resident is only watched. */
const LEARNT = 21
const from = at('00:00')
const TODAY = from + LEARNT * DAY
const home = homeWith('key', 'motion-living', 'motion-bath', 'motion-kitchen', 'motion-bedroom', 'door', 'hub')
const common = { group: 'routine', home, from, lasts: (LEARNT + 1) * DAY } as const
/** Up at about six, on weekdays as on Sundays. */
const HABITS: Habits = {
  ...{ wakesAt: 6, sleepsAt: 21.2, walks: [0.8, 0.4], walkMinutes: [20, 50], nightRises: [1, 2], naps: true },
  ...{ pace: 0.8, restingHr: 66 },
}
function learns(tape: Tape, random: Random, days = LEARNT): void {
  for (let n = 0; n < days; n++) livesThrough(tape, from + n * DAY, HABITS, random)
}

/** Signs of life that stay away, and those that do not. */
export const ROUTINE_SCENARIOS: readonly Scenario[] = [
  {
    ...common,
    name: 'routine-does-not-rise',
    title: 'After three weeks of rising at six she does not rise: a care call by eleven at the latest',
    restarts: [5 * DAY, 12 * DAY, LEARNT * DAY + 7 * HOUR],
    expected: [{ kind: 'inactivity', within: [HOUR, 5 * HOUR + MINUTE], restored: false, count: 1 }],
    play: (tape, _from, random) => {
      learns(tape, random)
      tape.truth(TODAY + 6 * HOUR)
    },
  },
  {
    ...common,
    name: 'routine-rises-at-last',
    title: 'She does not rise, a care call is opened, and at noon she is seen in the kitchen: taken back',
    expected: [{ kind: 'inactivity', within: [HOUR, 5 * HOUR + MINUTE], restored: true, count: 1 }],
    play: (tape, _from, random) => {
      learns(tape, random)
      tape.truth(TODAY + 6 * HOUR)
      for (let n = 0; n < 40; n++) tape.tell('motion-kitchen', 'motion', TODAY + 12 * HOUR + n * 13 * MINUTE)
    },
  },
  {
    ...common,
    name: 'routine-falls-silent',
    title: 'She rises as usual, is last seen at eight in the morning, and then nothing at home for thirteen hours',
    lasts: LEARNT * DAY + 21 * HOUR,
    // Usual silences of a nap or a walk last less than two hours; an hour more is not yet unusual.
    expected: [{ kind: 'inactivity', within: [3 * HOUR, 12.5 * HOUR], restored: false, count: 1 }],
    play: (tape, _from, random) => {
      learns(tape, random)
      for (let n = 0; n < 9; n++) tape.tell('motion-living', 'motion', TODAY + 6 * HOUR + n * 15 * MINUTE)
      tape.truth(TODAY + 8 * HOUR)
    },
  },
  {
    ...common,
    name: 'routine-rises-late',
    title: 'She rises an hour later than usual: within the margin',
    expected: [],
    play: (tape, _from, random) => {
      learns(tape, random)
      for (let n = 0; n < 50; n++) tape.tell('motion-living', 'motion', TODAY + 7 * HOUR + n * 16 * MINUTE)
    },
  },
  {
    ...common,
    name: 'routine-out-all-day',
    title: 'She leaves through the door at half past seven and returns at six',
    expected: [],
    play: (tape, _from, random) => {
      learns(tape, random)
      livesThrough(tape, TODAY, HABITS, random, TODAY + 7 * HOUR)
      for (const hour of [7.5, 18]) {
        tape.tell('door', 'door_open', TODAY + hour * HOUR)
        tape.tell('door', 'door_close', TODAY + hour * HOUR + 8 * SECOND)
      }
      for (let n = 0; n < 20; n++) tape.tell('motion-living', 'motion', TODAY + 18 * HOUR + MINUTE + n * 9 * MINUTE)
    },
  },
  {
    ...common,
    name: 'routine-visitor',
    title: 'She sleeps in, and her daughter comes at seven and lets herself in: somebody is there',
    expected: [],
    play: (tape, _from, random) => {
      learns(tape, random)
      tape.tell('door', 'door_open', TODAY + 7 * HOUR)
      tape.tell('door', 'door_close', TODAY + 7 * HOUR + 9 * SECOND)
      for (let n = 1; n < 50; n++) tape.tell('motion-kitchen', 'motion', TODAY + 7 * HOUR + n * 17 * MINUTE)
    },
  },
  {
    ...common,
    name: 'routine-hub-offline',
    title: 'The hub is cut off from eleven at night until one in the afternoon: nobody can tell whether she rose',
    expected: [{ kind: 'hub_offline', within: [-HOUR - SECOND, -HOUR + SECOND], restored: true }],
    play: (tape, _from, random) => {
      learns(tape, random, LEARNT - 1)
      // Whatever she does in the night, nothing of it gets through.
      livesThrough(tape, TODAY - DAY, HABITS, random, TODAY - HOUR)
      tape.truth(TODAY)
      tape.tell('hub', 'hub_offline', TODAY - HOUR)
      tape.tell('hub', 'hub_online', TODAY + 13 * HOUR)
      for (let n = 0; n < 30; n++) tape.tell('motion-living', 'motion', TODAY + 13 * HOUR + n * 15 * MINUTE)
    },
  },
  {
    ...common,
    name: 'routine-no-sensors',
    title: 'A home with nothing but an emergency key, tested once: silence says nothing',
    home: homeWith('key'),
    expected: [],
    play: (tape) => tape.tell('key', 'test', from + 10 * HOUR),
  },
  {
    ...common,
    name: 'routine-new-home',
    title: 'After three days it is not known when she rises: half past nine is not late',
    lasts: 3 * DAY + 20 * HOUR,
    expected: [],
    play: (tape, _from, random) => {
      learns(tape, random, 3)
      for (let n = 0; n < 40; n++) tape.tell('motion-living', 'motion', from + 3 * DAY + 9.5 * HOUR + n * 15 * MINUTE)
    },
  },
  {
    ...common,
    name: 'routine-not-asked',
    title: 'Care calls are switched off for her, and she does not rise',
    settings: { routine: { enabled: false } },
    expected: [],
    play: (tape, _from, random) => learns(tape, random),
  },
]
