import { at, HOUR, MINUTE, SECOND } from './city-time.ts'
import { homeWith } from './home.ts'
import type { Scenario } from './scenario.ts'
import type { Tape } from './tape.ts'

const from = at('16:00')
const common = { group: 'vital', home: homeWith('watch', 'hub'), from, lasts: 2 * HOUR } as const

/** One value after another. */
function readings(tape: Tape, field: string, begin: number, everyMs: number, values: readonly number[]): void {
  for (const [n, value] of values.entries()) tape.measure('watch', { [field]: value }, begin + n * everyMs)
}

/** So many values, one a minute. */
function minutely(tape: Tape, field: string, begin: number, count: number, draw: () => number): void {
  readings(tape, field, begin, MINUTE, Array.from({ length: count }, draw))
}

const NORMAL = [74, 76, 73, 78, 75, 77] as const

/** Vital signs of a watch: what lasts counts, what flickers does not. */
export const VITAL_SCENARIOS: readonly Scenario[] = [
  {
    ...common,
    name: 'vital-tachycardia',
    title: 'Heart rate of about 150 for ten minutes',
    restarts: [90 * SECOND],
    expected: [{ kind: 'vital_sign', within: [2 * MINUTE, 4 * MINUTE], restored: false, count: 1 }],
    play: (tape, _from, random) => {
      readings(tape, 'hr', from - 6 * MINUTE, MINUTE, NORMAL)
      minutely(tape, 'hr', from, 11, () => random.integer(146, 154))
    },
  },
  {
    ...common,
    name: 'vital-recovers',
    title: 'Heart rate of about 150 for ten minutes, then normal for half an hour: taken back',
    expected: [{ kind: 'vital_sign', within: [2 * MINUTE, 4 * MINUTE], restored: true, count: 1 }],
    play: (tape, _from, random) => {
      minutely(tape, 'hr', from, 11, () => random.integer(146, 154))
      minutely(tape, 'hr', from + 11 * MINUTE, 30, () => random.integer(72, 80))
    },
  },
  {
    ...common,
    name: 'vital-oxygen',
    title: 'Oxygen saturation falls to about 84 %',
    expected: [{ kind: 'vital_sign', within: [2 * MINUTE, 5 * MINUTE], restored: false, count: 1 }],
    play: (tape, _from, random) => {
      readings(tape, 'spo2', from - 6 * MINUTE, MINUTE, [96, 97, 96, 95, 96, 96])
      minutely(tape, 'spo2', from, 8, () => random.integer(82, 86))
    },
  },
  {
    ...common,
    name: 'vital-fever',
    title: '39.2 °C, measured every ten minutes',
    expected: [{ kind: 'vital_sign', within: [20 * MINUTE, 21 * MINUTE], restored: false, count: 1 }],
    play: (tape) => readings(tape, 'body_temp', from, 10 * MINUTE, [39.1, 39.2, 39.3, 39.2]),
  },
  {
    ...common,
    name: 'vital-pressure',
    title: 'Blood pressure of about 195/118 in four measurements: one alert, not one for each value',
    expected: [{ kind: 'vital_sign', within: [20 * MINUTE, 21 * MINUTE], restored: false, count: 1 }],
    play: (tape, _from, random) => {
      for (let n = 0; n < 4; n++) {
        tape.measure('watch', { sys: random.integer(192, 199), dia: random.integer(115, 120) }, from + n * 10 * MINUTE)
      }
    },
  },
  {
    ...common,
    name: 'vital-personal-low',
    title: 'For this heart 110 is too fast: her own limit is 100',
    settings: { vitals: { hr: { high: 100 } } },
    expected: [{ kind: 'vital_sign', within: [2 * MINUTE, 4 * MINUTE], restored: false, count: 1 }],
    play: (tape, _from, random) => {
      minutely(tape, 'hr', from, 8, () => random.integer(107, 113))
    },
  },
  {
    ...common,
    name: 'vital-device-says',
    title: 'The watch itself finds a value outside its limits, and later that it is well again',
    expected: [{ kind: 'vital_sign', within: [0, SECOND], restored: true, signals: 1 }],
    play: (tape) => {
      tape.tell('watch', 'vital_sign', from)
      tape.tell('watch', 'vital_clear', from + 10 * MINUTE)
    },
  },
  {
    ...common,
    name: 'vital-spike',
    title: 'A single reading of 170 among normal ones',
    expected: [],
    play: (tape) => readings(tape, 'hr', from, MINUTE, [...NORMAL, 170, ...NORMAL]),
  },
  {
    ...common,
    name: 'vital-flickers',
    title: 'Every other reading is beyond the limit: never several one after another',
    expected: [],
    play: (tape) => readings(tape, 'hr', from, MINUTE, [135, 96, 138, 101, 133, 99, 140, 92, 136, 100]),
  },
  {
    ...common,
    name: 'vital-artefacts',
    title: 'The watch sits loosely and sends 0, -1 and 255',
    expected: [],
    play: (tape) => {
      readings(tape, 'hr', from, MINUTE, [75, 0, 0, 0, 0, 0, -1, -1, -1, -1, 76, 255, 255, 255, 255, 74])
      readings(tape, 'spo2', from + SECOND, MINUTE, [97, 0, 0, 0, 0, -1, -1, -1, 255, 255, 255, 97])
      readings(tape, 'body_temp', from + 2 * SECOND, MINUTE, [36.4, 0, 0, 0, 0, 36.5])
    },
  },
  {
    ...common,
    name: 'vital-exercise',
    title: 'A brisk walk: 118 to 126 for half an hour',
    expected: [],
    play: (tape, _from, random) => {
      minutely(tape, 'hr', from, 30, () => random.integer(118, 126))
    },
  },
  {
    ...common,
    name: 'vital-personal-high',
    title: 'His own limit is 160, and 145 is usual for him when he works in the field',
    settings: { vitals: { hr: { high: 160 } } },
    expected: [],
    play: (tape, _from, random) => {
      minutely(tape, 'hr', from, 30, () => random.integer(140, 149))
    },
  },
  {
    ...common,
    name: 'vital-twice',
    title: 'Blood pressure too high twice, and normal at the third measurement',
    expected: [],
    play: (tape) => readings(tape, 'sys', from, 10 * MINUTE, [188, 186, 150, 148]),
  },
]
