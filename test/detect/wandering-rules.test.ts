import { describe, expect, test } from 'vitest'
import { explain } from '../../server/contract/explain/explain.ts'
import type { Observation } from '../../server/contract/observation.ts'
import { circle, context, DEVICES, fix, HOUR, MIN, run, S, signal, T0, told } from './wandering-support.ts'

describe('out by the door at night', () => {
  const nightExit = { enabled: true, from: '22:00', to: '06:00', returnS: 600 }
  const of = context({ nightExit })
  /** 23:00 in the city. */
  const N = 13 * HOUR
  const door = (open: number, close?: number): Observation[] => [
    signal(N + open, 'door_open', 'door-1'),
    ...(close === undefined ? [] : [signal(N + close, 'door_close', 'door-1')]),
  ]
  const effects = (seen: Observation[], own = of) =>
    run(seen, own, N + HOUR).found.map(({ now, finding }) =>
      [(now - T0 - N) / S, finding.effect, finding.effect === 'restore' ? '' : finding.certainty].join(' ').trim(),
    )

  test('no sign of a return: raised after the time for it, once', () => {
    const { found } = run(door(0, 5 * S), of, N + HOUR)
    expect(told(found)).toEqual(['790:00 raise wander wandering.night_exit door-1 likely'])
    expect(explain(found[0]!.finding.reason, 'en')).toBe(
      'The front door was opened at 23:00 in the night, and 10 min later there is no sign of a return',
    )
  })

  test.each([
    ['motion', 'hall-1'],
    ['bed_enter', 'bed-1'],
    ['leave_bed', 'bed-1'],
  ] as const)('%s after the door is a sign', (type, device) => {
    expect(effects([...door(0, 5 * S), signal(N + 20 * S, type, device)])).toEqual([])
  })

  test('the hall sees her go out: that is none', () => {
    const seen = [...door(0, 5 * S), signal(N + 2 * S, 'motion', 'hall-1'), signal(N + 12 * S, 'motion', 'hall-1')]
    expect(effects(seen)).toEqual(['600 raise likely'])
    expect(effects([...door(0), signal(N + 40 * S, 'motion', 'hall-1')])).toEqual(['600 raise likely'])
    expect(effects([...door(0), signal(N + 70 * S, 'motion', 'hall-1')])).toEqual([])
  })

  test('out again after a sign is waited for anew', () => {
    const seen = [...door(0, 5 * S), signal(N + 20 * S, 'motion', 'hall-1'), ...door(60 * S, 65 * S)]
    expect(effects(seen)).toEqual(['660 raise likely'])
  })

  test('a sign later takes it back', () => {
    const late = signal(N + 30 * MIN, 'bed_enter', 'bed-1')
    expect(effects([...door(0, 5 * S), late])).toEqual(['600 raise likely', '1800 restore'])
  })

  test('a home that would not see her come in: only possible, unless the door stands open', () => {
    const bare = context({ nightExit }, { devices: DEVICES.filter(({ kind }) => kind === 'door_sensor') })
    expect(effects(door(0, 5 * S), bare)).toEqual(['600 raise possible'])
    expect(effects(door(0), bare)).toEqual(['600 raise likely'])
  })

  test('by day, switched off, stored, or another door: nothing', () => {
    const by = (at: number, late = 0) => [signal(at, 'door_open', 'door-1', late)]
    expect(run(by(0), of, 24 * HOUR).found).toEqual([])
    expect(run(by(N), context(), 24 * HOUR).found).toEqual([])
    expect(run(by(N, 20 * MIN), of, 24 * HOUR).found).toEqual([])
    expect(run([signal(N, 'door_open', 'hall-1')], of, 24 * HOUR).found).toEqual([])
  })

  test('the same opening again, after a sign, is not another one', () => {
    const seen = [...door(0, 5 * S), signal(N + 20 * S, 'motion', 'hall-1')]
    const again = { ...seen[0]!, receivedAt: T0 + N + MIN }
    expect(effects([...seen, again])).toEqual([])
  })

  test('a tracker on the night stand is no sign; one that has moved since and is at home is', () => {
    const still = [-5, 2, 4].map((at) => fix(N + at * MIN, 5))
    expect(effects([...still, ...door(0, 5 * S)])).toEqual(['600 raise likely'])
    const around = [-5, 2, 4, 6, 8].map((at, n) => fix(N + at * MIN, [5, 150, 300, 150, 5][n]!))
    expect(effects([...around, ...door(0, 5 * S)])).toEqual([])
  })

  test('positions outside bear it out, and the return takes both back', () => {
    const out = [15, 16].map((at) => fix(N + at * MIN, 800))
    const back = [30, 31].map((at) => fix(N + at * MIN, 5))
    const { found } = run([...door(0, 5 * S), ...out, ...back], of)
    expect(told(found)).toEqual([
      '790:00 raise wander wandering.night_exit door-1 likely',
      '796:00 raise wander wandering.outside watch-1 confirmed',
      '796:00 assess wander wandering.outside door-1 confirmed',
      '811:00 restore wander wandering.returned watch-1',
      '811:00 restore wander wandering.returned door-1',
    ])
  })
})

describe('silence', () => {
  const out = [fix(0, 900, 0, { fields: { battery: 8 } }), fix(MIN, 900, 0, { fields: { battery: 8 } })]

  test('outside: told again, and severe; then heard again', () => {
    const { found } = run([...out, fix(60 * MIN, 950)], context())
    expect(told(found)).toEqual([
      '01:00 raise wander wandering.outside watch-1 confirmed',
      '31:00 raise wander wandering.silent_outside watch-1 confirmed severe=true',
      '31:00 assess wander wandering.silent_outside watch-1 severe=true',
      '60:00 assess wander wandering.heard_again watch-1 severe=false',
    ])
    expect(explain(found[1]!.finding.reason, 'en')).toBe(
      'Out, and no usable position for 30 min; last one 10:01, 898 m from home (accuracy 10 m), device watch-1, battery 8 %',
    )
  })

  test('every further silence is told, each once', () => {
    const rules = run([...out, fix(60 * MIN, 950)], context(), 24 * HOUR).found.map(
      ({ finding }) => finding.reason.rule,
    )
    expect(rules.filter((rule) => rule === 'wandering.silent_outside')).toHaveLength(4)
  })

  test('positions that are not believed do not end it', () => {
    const cells = Array.from({ length: 30 }, (_, at) =>
      fix((2 + at) * MIN, 900, 0, { acc: 1_500, fields: { sats: 0 } }),
    )
    expect(told(run([...out, ...cells], context(), 32 * MIN).found)[1]).toContain(
      '31:00 raise wander wandering.silent_outside',
    )
  })

  test('at home it is nothing here; nor is a tunnel on a walk', () => {
    expect(run([fix(0, 0), fix(MIN, 20)], context(), 24 * HOUR).found).toEqual([])
    const tunnel = [fix(0, 300), fix(MIN, 350), fix(29 * MIN, 350), fix(30 * MIN, 0)]
    expect(run(tunnel, context(), 24 * HOUR).found).toEqual([])
  })

  test('away from home within the fence: possible, and over when she is heard again', () => {
    const walk = [fix(0, 0), fix(5 * MIN, 300), fix(50 * MIN, 300), fix(51 * MIN, 250)]
    expect(told(run(walk, context()).found)).toEqual([
      '35:00 raise wander wandering.silent_outside watch-1 possible',
      '50:00 assess wander wandering.heard_again watch-1 severe=false',
      '51:00 restore wander wandering.returned watch-1',
    ])
  })

  test('… but not if somebody who lives alone moves at home since', () => {
    const walk = [fix(0, 0), fix(5 * MIN, 300), signal(15 * MIN, 'motion', 'hall-1')]
    expect(run(walk, context(), 24 * HOUR).found).toEqual([])
    expect(run(walk, context({}, { livesAlone: false }), 24 * HOUR).found).toHaveLength(1)
  })

  test('with a second tracker at home, that of the one outside counts', () => {
    const phone = Array.from({ length: 60 }, (_, at) => fix(at * MIN + 30 * S, 3, 0, { device: 'phone-1' }))
    const { found } = run([...out, ...phone], context(), 60 * MIN)
    expect(told(found)[1]).toContain('31:00 raise wander wandering.silent_outside')
  })

  test('the front door and a sign at home take an alarm by position back', () => {
    const home = [signal(20 * MIN, 'door_open', 'door-1'), signal(20 * MIN + 30 * S, 'motion', 'hall-1')]
    expect(told(run([...out, ...home], context(), 24 * HOUR).found)).toEqual([
      '01:00 raise wander wandering.outside watch-1 confirmed',
      '20:30 restore wander wandering.returned watch-1',
    ])
    const elsewhere = [home[0]!, fix(20 * MIN + 10 * S, 900), home[1]!]
    expect(run([...out, ...elsewhere], context()).found).toHaveLength(1)
    expect(run([...out, home[1]!], context()).found).toHaveLength(1)
  })
})

describe('usual ways', () => {
  const of = context({ fences: [circle(5_000)], route: { enabled: true, awayM: 400, minWalks: 8 } })
  /** A walk out to a place and back, a position each two minutes. */
  const walk = (day: number, north: number, east: number): Observation[] =>
    [0, 0.25, 0.5, 0.75, 1, 0.75, 0.5, 0.25, 0, 0].map((share, at) =>
      fix(day * 24 * HOUR + at * 4 * MIN, north * share, east * share),
    )
  const days = (count: number) => Array.from({ length: count }, (_, day) => walk(day, 1_200, 0)).flat()

  test('a walk off all of them is told once, and its end', () => {
    const { found } = run([...days(8), ...walk(8, 0, 1_600)], of)
    const day = 8 * 24 * 60
    expect(told(found)).toEqual([
      `${day + 12}:00 raise route_deviation wandering.route watch-1 likely`,
      `${day + 32}:00 restore route_deviation wandering.route_end watch-1`,
    ])
    expect(explain(found[0]!.finding.reason, 'en')).toMatch(/^On a walk, 1 km away from every way usually taken/)
  })

  test('a usual one is nothing, nor one before enough are known', () => {
    expect(run([...days(8), ...walk(8, 1_150, 60)], of).found).toEqual([])
    expect(run([...days(7), ...walk(8, 0, 1_600)], of).found).toEqual([])
  })

  test('what is walked again becomes usual', () => {
    const both = Array.from({ length: 12 }, (_, day) => walk(day, day % 3 === 2 ? 0 : 1_200, day % 3 === 2 ? 1_600 : 0))
    expect(
      run([...both.flat(), ...walk(13, 0, 1_600)], of).found.filter(({ now }) => now > T0 + 12 * 24 * HOUR),
    ).toEqual([])
  })

  test('a walk with a wandering alarm teaches nothing', () => {
    const small = context({ fences: [circle(900)], route: { enabled: true, awayM: 400, minWalks: 8 } })
    const { state } = run(days(3), small)
    expect(state.wandering).toMatchObject({ p: { n: 0, c: '' } })
  })
})
