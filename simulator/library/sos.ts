import { at, DAY, HOUR, MINUTE, SECOND } from './city-time.ts'
import { homeWith } from './home.ts'
import type { Scenario } from './scenario.ts'

const home = homeWith('key', 'pull-cord', 'help-key', 'light-key', 'hub')
const from = at('09:40')
const common = { group: 'sos', home, from, lasts: 30 * MINUTE } as const
/** A message is a fraction of a second on its way. */
const AT_ONCE = [0, SECOND] as const

/** Emergency and help keys: every press is told, once. */
export const SOS_SCENARIOS: readonly Scenario[] = [
  {
    ...common,
    name: 'sos-press',
    title: 'The emergency key is pressed once',
    expected: [{ kind: 'sos', within: AT_ONCE, certainty: 'confirmed', restored: false, signals: 1 }],
    play: (tape) => tape.tell('key', 'sos', from),
  },
  {
    ...common,
    name: 'sos-double-press',
    title: 'The emergency key is pressed twice within three seconds: one alert, two signals',
    expected: [{ kind: 'sos', within: AT_ONCE, signals: 2 }],
    play: (tape, _from, random) => {
      tape.tell('key', 'sos', from)
      tape.tell('key', 'sos', from + random.between(1, 3) * SECOND)
    },
  },
  {
    ...common,
    name: 'sos-pull-cord',
    title: 'A plain Zigbee key that stands for an emergency in this home is pulled',
    expected: [{ kind: 'sos', within: AT_ONCE, signals: 1 }],
    play: (tape) => tape.tell('pull-cord', 'button', from, { deviceTs: null }),
  },
  {
    ...common,
    name: 'sos-stuck-key',
    title: 'The key is stuck and sends 200 presses: one alert that counts them, and a fault of the device',
    expected: [
      { kind: 'sos', within: AT_ONCE, signals: 200 },
      { kind: 'device_fault', within: [20 * SECOND, 70 * SECOND] },
    ],
    play: (tape, _from, random) => {
      for (let n = 0; n < 200; n++)
        tape.tell('key', 'sos', from + n * 3 * SECOND + (n === 0 ? 0 : random.between(-1, 1) * SECOND))
    },
  },
  {
    ...common,
    name: 'sos-insistent',
    title: 'Fifteen presses in half an hour, because nobody answers: one alert, and no fault',
    lasts: HOUR,
    expected: [{ kind: 'sos', within: AT_ONCE, signals: 15 }],
    play: (tape, _from, random) => {
      for (let n = 0; n < 15; n++) {
        tape.tell('key', 'sos', from + n * 2 * MINUTE + (n === 0 ? 0 : random.between(-20, 20) * SECOND))
      }
    },
  },
  {
    ...common,
    name: 'sos-cancelled',
    title: 'Pressed by mistake and cancelled after eight seconds: urgency falls, the case stays',
    expected: [{ kind: 'sos', within: AT_ONCE, restored: true, signals: 1 }],
    play: (tape) => {
      tape.tell('key', 'sos', from)
      tape.tell('key', 'sos_cancel', from + 8 * SECOND)
    },
  },
  {
    ...common,
    name: 'sos-cancelled-late',
    title: 'Cancelled ten minutes later, then pressed again: two calls for help',
    expected: [{ kind: 'sos', within: AT_ONCE, restored: false, count: 2, signals: 2 }],
    play: (tape) => {
      tape.tell('key', 'sos', from)
      tape.tell('key', 'sos_cancel', from + 10 * MINUTE)
      tape.tell('key', 'sos', from + 15 * MINUTE)
    },
  },
  {
    ...common,
    name: 'sos-delivered-often',
    title: 'The network delivers the same press six times within a minute: it counts once',
    expected: [{ kind: 'sos', within: AT_ONCE, signals: 1 }],
    play: (tape, _from, random) => {
      tape.tell('key', 'sos', from, { id: '17' })
      for (let n = 1; n < 6; n++) {
        tape.tell('key', 'sos', from, { id: '17', arrives: from + n * 10 * SECOND + random.between(0, 5) * SECOND })
      }
    },
  },
  {
    ...common,
    name: 'sos-stored-offline',
    title: 'Pressed while the hub had no network, delivered two hours later: told all the same',
    lasts: 3 * HOUR,
    expected: [{ kind: 'sos', within: [2 * HOUR, 2 * HOUR + SECOND], restored: false, signals: 1 }],
    play: (tape) => tape.tell('key', 'sos', from, { arrives: from + 2 * HOUR }),
  },
  {
    ...common,
    name: 'sos-clock-2000',
    title: 'The key lost its time and believes it is the year 2000',
    expected: [{ kind: 'sos', within: AT_ONCE, signals: 1 }],
    play: (tape) => tape.tell('key', 'sos', from, { deviceTs: Date.UTC(2000, 0, 1, 0, 3) }),
  },
  {
    ...common,
    name: 'sos-clock-ahead',
    title: "The key's clock is a year ahead",
    expected: [{ kind: 'sos', within: AT_ONCE, signals: 1 }],
    play: (tape) => tape.tell('key', 'sos', from, { deviceTs: from + 365 * DAY }),
  },
  {
    ...common,
    name: 'sos-ids-anew',
    title: 'After a change of battery the key counts from 1 again: its press is no duplicate of last week’s test',
    lasts: 8 * DAY,
    restarts: [3 * DAY],
    expected: [{ kind: 'sos', within: [0, SECOND], signals: 2 }],
    play: (tape) => {
      tape.tell('key', 'test', from, { id: '1' })
      const later = from + 7 * DAY
      tape.tell('key', 'sos', later, { id: '1' })
      tape.tell('key', 'sos', later + HOUR, { id: '2' })
      tape.truth(later)
    },
  },
  {
    ...common,
    name: 'sos-hub-stumbles',
    title: 'The hub loses its network and is back, and the press comes in between both messages',
    expected: [
      { kind: 'sos', within: AT_ONCE, signals: 1 },
      { kind: 'hub_offline', within: [-2 * MINUTE, 0], restored: true },
    ],
    play: (tape) => {
      tape.tell('hub', 'hub_offline', from - MINUTE)
      tape.tell('key', 'sos', from)
      tape.tell('hub', 'hub_online', from + MINUTE)
      tape.truth(from)
    },
  },
  {
    ...common,
    name: 'help-press',
    title: 'The green key is pressed once: help, no emergency',
    expected: [{ kind: 'help', within: AT_ONCE, signals: 1 }],
    play: (tape) => tape.tell('help-key', 'button', from),
  },
  {
    ...common,
    name: 'help-urgent',
    title: 'The green key is pressed three times within ten seconds: counts as an emergency',
    expected: [
      { kind: 'help', within: AT_ONCE, signals: 3 },
      { kind: 'sos', within: [SECOND, 12 * SECOND] },
    ],
    play: (tape, _from, random) => {
      for (let n = 0; n < 3; n++) tape.tell('help-key', 'button', from + n * random.between(2, 5) * SECOND)
    },
  },
  {
    ...common,
    name: 'help-now-and-then',
    title: 'The green key is pressed three times in ten minutes: still no emergency',
    expected: [{ kind: 'help', within: AT_ONCE, signals: 3 }],
    play: (tape) => {
      for (let n = 0; n < 3; n++) tape.tell('help-key', 'help', from + n * 5 * MINUTE)
    },
  },
  {
    ...common,
    name: 'key-of-the-lamp',
    title: 'The key of the lamp is pressed, and a cancel comes without a call: nothing',
    expected: [],
    play: (tape) => {
      for (let n = 0; n < 4; n++) tape.tell('light-key', 'button', from + n * 2 * SECOND)
      tape.tell('key', 'sos_cancel', from + MINUTE)
    },
  },
]
