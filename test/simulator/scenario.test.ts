import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MIXABLE } from '../../simulator/mix.ts'
import { unmet } from '../../simulator/scenario/play.ts'
import { readScenario, ScenarioError } from '../../simulator/scenario/scenario.ts'

const FOLDER = 'simulator/scenarios'
const files = readdirSync(FOLDER)

const HUB = { device: 'hub', protocol: 'zigbee2mqtt', kind: 'hub' }
const KEY = { device: 'key', protocol: 'zigbee2mqtt', behind: 'hub', model: 'TS0215A_sos' }
const GOOD = {
  title: 'A press',
  homes: [{ home: 'flat', devices: [HUB, KEY] }],
  timeline: [{ at: '00:01:05', do: 'tell', device: 'flat/key', type: 'sos' }],
  lasts: '00:02:00',
  recorded: [{ device: 'flat/key', type: 'sos', count: 1 }],
}
const read = (value: unknown) => readScenario(JSON.stringify(value))
function problemsOf(value: unknown): string[] {
  try {
    read(value)
  } catch (error) {
    if (error instanceof ScenarioError) return error.message.split('\n')
    throw error
  }
  return []
}

describe('the scenarios that come with the simulator', () => {
  it('are at least eight, can be read, and have every kind of device between them', () => {
    expect(files.length).toBeGreaterThanOrEqual(8)
    const scenarios = files.map((file) => readScenario(readFileSync(`${FOLDER}/${file}`, 'utf8')))
    const protocols = scenarios.flatMap(({ homes }) =>
      homes.flatMap(({ devices }) => devices.map((one) => one.protocol)),
    )
    expect(new Set(protocols)).toEqual(new Set(MIXABLE))
    const steps = new Set(scenarios.flatMap(({ timeline }) => timeline.map((step) => step.do)))
    expect([...steps].sort()).toEqual(
      ['battery', 'comeHome', 'cut', 'fall', 'jump', 'reboot', 'tell', 'tunnel', 'walk', 'wander'].sort(),
    )
  })
})

describe('a scenario', () => {
  it('is read with its times in ms and what was left out filled in', () => {
    const { timeline, lastsMs, homes, recorded, qos, telemetryMs, isDay } = read(GOOD)
    expect(timeline).toEqual([
      { atMs: 65_000, place: 'timeline[0]', do: 'tell', device: 'flat/key', type: 'sos', times: 1, everyMs: 1_000 },
    ])
    expect(homes[0]?.devices[1]).toMatchObject({ kind: 'sos_button', role: 'sos', behind: 'hub', name: null })
    expect([lastsMs, qos, telemetryMs, isDay]).toEqual([120_000, 0, 60_000, false])
    expect(recorded[0]).toMatchObject({ least: 1, most: 1 })
  })

  it.each([
    ['no list of homes', { ...GOOD, homes: 'none' }, 'homes must be a list that is not empty, not "none"'],
    ['a misspelt name', { ...GOOD, tiemline: [] }, 'tiemline is not known here; there are title, '],
    ['a wrong time', { ...GOOD, lasts: '2 minutes' }, 'lasts must be a time as hh:mm:ss, not "2 minutes"'],
    ['a minute of 60', { ...GOOD, lasts: '00:60:00' }, 'lasts must be a time as hh:mm:ss'],
    [
      'an unknown step',
      { ...GOOD, timeline: [{ at: '00:00:01', do: 'dance', home: 'flat' }] },
      'timeline[0].do must be one of tell, cut, fall,',
    ],
    [
      'a step of an unknown device',
      { ...GOOD, timeline: [{ ...GOOD.timeline[0], device: 'flat/kye' }] },
      'timeline[0].device names "flat/kye", which is no home/device of this file',
    ],
    [
      'a step after the end',
      { ...GOOD, timeline: [{ ...GOOD.timeline[0], at: '00:03:00' }] },
      'timeline[0].at is after the end (lasts)',
    ],
    [
      'a type that is none',
      { ...GOOD, timeline: [{ ...GOOD.timeline[0], type: 'shout' }] },
      'timeline[0].type must be one of sos, sos_cancel,',
    ],
    [
      'a field of another step',
      { ...GOOD, timeline: [{ ...GOOD.timeline[0], seconds: 3 }] },
      'timeline[0].seconds is not known here; there are at, do, type, times, everySeconds, device',
    ],
    [
      'a number out of range',
      { ...GOOD, timeline: [{ at: '00:00:01', do: 'battery', device: 'flat/key', percent: 101 }] },
      'timeline[0].percent must be a number from 0 to 100, not 101',
    ],
    [
      'a device without a hub',
      { ...GOOD, homes: [{ home: 'flat', devices: [{ ...GOOD.homes[0]!.devices[1], device: 'key' }] }] },
      'homes[0].devices[0].behind "hub" is no hub of zigbee2mqtt that stands before it in this home',
    ],
    [
      'a model that is not simulated',
      { ...GOOD, homes: [{ home: 'flat', devices: [{ device: 'key', protocol: 'chirpstack', model: 'X1' }] }] },
      'homes[0].devices[0].kind is missing; it must be one of',
    ],
    ['a name twice', { ...GOOD, homes: [...GOOD.homes, ...GOOD.homes] }, 'homes[1].home "flat" is there twice'],
    ['a name with a space', { ...GOOD, homes: [{ ...GOOD.homes[0], home: 'my flat' }] }, 'homes[0].home must be small'],
    [
      'an expectation without a count',
      { ...GOOD, recorded: [{ device: 'flat/key', type: 'sos' }] },
      'recorded[0].count is missing (or atLeast, atMost)',
    ],
    [
      'presses that would come after the end',
      { ...GOOD, timeline: [{ ...GOOD.timeline[0], times: 57, everySeconds: 1 }] },
      'timeline[0].times is so often that the last one, every 1 s, comes after the end (lasts)',
    ],
    [
      'a device behind a hub that speaks otherwise',
      { ...GOOD, homes: [{ home: 'flat', devices: [{ ...HUB, protocol: 'shelly_blu' }, KEY] }] },
      'homes[0].devices[1].behind "hub" is no hub of zigbee2mqtt that stands before it in this home',
    ],
    [
      'a device behind a hub that needs none',
      { ...GOOD, homes: [{ home: 'flat', devices: [HUB, { ...KEY, protocol: 'native', kind: 'other' }] }] },
      'homes[0].devices[1].behind has no meaning here: only devices of zigbee2mqtt, shelly_blu stand behind a hub',
    ],
    [
      'a Bluetooth device that nobody hears',
      { ...GOOD, homes: [{ home: 'flat', devices: [{ device: 'key', protocol: 'shelly_blu', kind: 'sos_button' }] }] },
      'homes[0].devices[0].behind is missing',
    ],
    [
      'a count and a range',
      { ...GOOD, recorded: [{ device: 'flat/key', type: 'sos', count: 1, atLeast: 1 }] },
      'recorded[0].count stands beside atLeast or atMost: give the one or the other',
    ],
    [
      'a range that nothing lies in',
      { ...GOOD, recorded: [{ device: 'flat/key', type: 'sos', atLeast: 3, atMost: 2 }] },
      'recorded[0].atLeast is more than atMost, which is 2',
    ],
  ])('with %s is refused, with place and reason', (_name, value, problem) => {
    expect(
      problemsOf(value).some((line) => line.startsWith(problem)),
      problemsOf(value).join('\n'),
    ).toBe(true)
  })

  it('names every problem at once', () => {
    const lines = problemsOf({ ...GOOD, title: '', lasts: 5, timeline: [{ at: 1, do: 'tell' }] })
    expect(lines.map((line) => line.split(' ')[0])).toEqual([
      'title',
      'lasts',
      'timeline[0].at',
      'timeline[0].type',
      'timeline[0].device',
    ])
  })

  it('with a step of an unknown kind, or one that is none, is told so once', () => {
    const lines = problemsOf({ ...GOOD, timeline: [{ at: '00:00:01', do: 'tel', device: 'flat/key' }, 'dance'] })
    expect(lines.map((line) => line.split(' ')[0])).toEqual(['timeline[0].do', 'timeline[1]'])
  })

  it('that is no JSON is refused as a whole', () => {
    expect(() => readScenario('{')).toThrow(/^the file is not JSON: /)
  })

  it('is refused or read, whatever is in the file', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(() => readScenario(text)).toThrow(ScenarioError)
      }),
    )
    const spoilt = fc.tuple(fc.constantFrom(...Object.keys(GOOD)), fc.jsonValue())
    fc.assert(
      fc.property(spoilt, ([name, value]) => {
        try {
          read({ ...GOOD, [name]: value })
        } catch (error) {
          expect(error).toBeInstanceOf(ScenarioError)
        }
      }),
    )
  })
})

describe('what a scenario expects', () => {
  const cast = { homes: new Map(), devices: new Map([['flat/key', 'key-1']]) }
  const expectation = { device: 'flat/key', type: 'sos', place: 'recorded[0]' } as const
  const recorded = [
    { deviceId: 'key-1', type: 'sos' },
    { deviceId: 'key-2', type: 'sos' },
    { deviceId: 'key-1', type: 'test' },
  ] as const

  it('is met by the right number of signals of the right device', () => {
    expect(unmet([{ ...expectation, least: 1, most: 1 }], cast, recorded)).toEqual([])
    expect(unmet([{ ...expectation, least: 2, most: 2 }], cast, recorded)).toEqual([
      'recorded[0]: sos of flat/key was recorded 1 times, not 2',
    ])
    expect(unmet([{ ...expectation, least: 3, most: Number.POSITIVE_INFINITY }], cast, recorded)).toEqual([
      'recorded[0]: sos of flat/key was recorded 1 times, not 3 to any number',
    ])
  })
})
