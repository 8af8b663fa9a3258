import type { Random } from '../random.ts'
import { at, HOUR, MINUTE, SECOND } from './city-time.ts'
import { homeWith } from './home.ts'
import type { Scenario } from './scenario.ts'
import type { Tape } from './tape.ts'

const from = at('13:00')
const home = homeWith('smoke', 'smoke-contact', 'gas', 'co', 'water', 'door', 'climate', 'climate-kitchen', 'hub')
const common = { group: 'danger', home, from, lasts: 3 * HOUR } as const
const AT_ONCE = [0, SECOND] as const

/** A reading every five minutes. @param degrees °C */
function temperatures(tape: Tape, deviceId: string, begin: number, ms: number, degrees: () => number): void {
  for (let now = begin; now <= begin + ms; now += 5 * MINUTE) {
    tape.measure(deviceId, { temperature: Number(degrees().toFixed(1)), humidity: 60 }, now)
  }
}

const around = (random: Random, degrees: number) => () => degrees + random.noise() * 0.2

/** Fire, gas, water, doors and temperatures. */
export const DANGER_SCENARIOS: readonly Scenario[] = [
  {
    ...common,
    name: 'smoke',
    title: 'Smoke, and clear again after ten minutes',
    expected: [{ kind: 'smoke', within: AT_ONCE, certainty: 'confirmed', restored: true, signals: 1 }],
    play: (tape) => {
      tape.tell('smoke', 'smoke', from)
      tape.tell('smoke', 'smoke_clear', from + 10 * MINUTE)
    },
  },
  {
    ...common,
    name: 'smoke-contact',
    title: 'A contact that stands for smoke in this home is triggered',
    expected: [{ kind: 'smoke', within: AT_ONCE, restored: false }],
    play: (tape) => tape.tell('smoke-contact', 'triggered', from),
  },
  {
    ...common,
    name: 'gas-repeats',
    title: 'Gas, and the sensor repeats it every ten seconds for five minutes: one alert',
    expected: [{ kind: 'gas', within: AT_ONCE, restored: false, signals: 30 }],
    tolerated: ['device_fault'],
    play: (tape) => {
      for (let n = 0; n < 30; n++) tape.tell('gas', 'gas', from + n * 10 * SECOND)
    },
  },
  {
    ...common,
    name: 'carbon-monoxide',
    title: 'Carbon monoxide from the stove',
    expected: [{ kind: 'co', within: AT_ONCE, restored: false }],
    play: (tape) => tape.tell('co', 'co', from),
  },
  {
    ...common,
    name: 'water',
    title: 'Water on the bathroom floor, delivered twenty minutes late',
    expected: [{ kind: 'water_leak', within: [20 * MINUTE, 20 * MINUTE + SECOND], restored: false }],
    play: (tape) => tape.tell('water', 'water_leak', from, { arrives: from + 20 * MINUTE }),
  },
  {
    ...common,
    name: 'door-left-open',
    title: 'The front door stands open for twenty minutes, then it is closed',
    restarts: [5 * MINUTE],
    expected: [
      {
        kind: 'door_left_open',
        within: [15 * MINUTE, 15 * MINUTE + 10 * SECOND],
        restored: true,
        count: 1,
        signals: 1,
      },
    ],
    play: (tape) => {
      tape.tell('door', 'door_open', from)
      tape.tell('door', 'door_close', from + 20 * MINUTE)
    },
  },
  {
    ...common,
    name: 'door-open-shortly',
    title: 'The front door stands open for five minutes, and later ten times for one',
    expected: [],
    play: (tape) => {
      tape.tell('door', 'door_open', from)
      tape.tell('door', 'door_close', from + 5 * MINUTE)
      for (let n = 1; n <= 10; n++) {
        tape.tell('door', 'door_open', from + n * 10 * MINUTE)
        tape.tell('door', 'door_close', from + n * 10 * MINUTE + MINUTE)
      }
    },
  },
  {
    ...common,
    name: 'door-stored',
    title: 'Opening and closing of the door are delivered together, an hour late',
    expected: [],
    play: (tape) => {
      const arrives = from + HOUR
      tape.tell('door', 'door_open', from, { arrives })
      tape.tell('door', 'door_close', from + MINUTE, { arrives })
    },
  },
  {
    ...common,
    name: 'heat-wave',
    title: '36 °C in the bedroom for two hours',
    restarts: [20 * MINUTE],
    expected: [{ kind: 'temperature', within: [30 * MINUTE - 10 * SECOND, 36 * MINUTE], restored: false, count: 1 }],
    play: (tape, _from, random) => {
      temperatures(tape, 'climate', from - 25 * MINUTE, 20 * MINUTE, around(random, 33))
      temperatures(tape, 'climate', from, 2 * HOUR, around(random, 36))
    },
  },
  {
    ...common,
    name: 'cold-room',
    title: '6 °C in the bedroom for two hours, then the stove is lit',
    lasts: 4 * HOUR,
    expected: [{ kind: 'temperature', within: [30 * MINUTE - 10 * SECOND, 36 * MINUTE], restored: true, count: 1 }],
    play: (tape, _from, random) => {
      temperatures(tape, 'climate', from, 2 * HOUR, around(random, 6))
      temperatures(tape, 'climate', from + 125 * MINUTE, HOUR, around(random, 14))
    },
  },
  {
    ...common,
    name: 'oven',
    title: 'While she cooks it is 39 °C next to the stove for five minutes',
    expected: [],
    play: (tape, _from, random) => {
      temperatures(tape, 'climate-kitchen', from, 30 * MINUTE, around(random, 24))
      temperatures(tape, 'climate-kitchen', from + 35 * MINUTE, 5 * MINUTE, around(random, 39))
      temperatures(tape, 'climate-kitchen', from + 45 * MINUTE, 90 * MINUTE, around(random, 26))
    },
  },
  {
    ...common,
    name: 'smoke-test',
    title: 'The smoke alarm is tested',
    expected: [],
    play: (tape) => tape.tell('smoke', 'test', from),
  },
]
