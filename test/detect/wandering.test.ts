import { describe, expect, test } from 'vitest'
import { explain } from '../../server/contract/explain/explain.ts'
import type { Fence } from '../../server/contract/fence.ts'
import type { Observation } from '../../server/contract/observation.ts'
import type { WanderState } from '../../server/detect/wandering/state.ts'
import { lastKnown } from '../../server/detect/wandering.ts'
import { offset } from '../../simulator/geo.ts'
import { circle, context, fix, HOME, HOUR, MIN, run, S, signal, T0, told } from './wandering-support.ts'

const NIGHT = { schedule: { from: '22:00', to: '06:00' } } as const
/** 23:00 in the city on the Saturday, after the beginning at 10:00. */
const AT_23 = 13 * HOUR

describe('outside', () => {
  test('two positions in a row surely beyond the border raise at the second', () => {
    const { found } = run([fix(0, 0), fix(MIN, 560, 0, { fields: { battery: 61 } }), fix(2 * MIN, 600)], context())
    expect(told(found)).toEqual(['02:00 raise wander wandering.outside watch-1 confirmed'])
    const finding = found[0]!.finding
    expect(finding.reason.values).toEqual({ fence: '小区', beyond: 99, since: T0 + MIN, acc: 10 })
    expect(finding.reason.settingsVersion).toBe(7)
    expect(explain(finding.reason, 'en')).toBe('Outside "小区" since 10:01, 99 m beyond its border (accuracy 10 m)')
    expect(finding.effect === 'raise' && finding.evidence?.samples?.map(({ fields }) => fields.battery)).toEqual([
      61,
      undefined,
    ])
  })

  test('one that nothing contradicts raises as likely after the dwell, and the next one confirms it', () => {
    const { found } = run([fix(0, 0), fix(MIN, 560), fix(5 * MIN, 600)], context())
    expect(told(found)).toEqual([
      '03:00 raise wander wandering.outside watch-1 likely',
      '05:00 assess wander wandering.outside watch-1 confirmed',
    ])
  })

  test('one alone must be twice as far beyond the border as its accuracy', () => {
    const one = (acc: number) => told(run([fix(0, 560, 0, { acc })], context(), 20 * MIN).found)
    expect([one(25).length, one(35).length]).toEqual([1, 0])
    const two = [fix(0, 560, 0, { acc: 35 }), fix(10 * MIN, 560, 0, { acc: 35 })]
    expect(told(run(two, context()).found)).toEqual(['10:00 raise wander wandering.outside watch-1 confirmed'])
  })

  test('the first position of all counts, outside as it is', () => {
    expect(told(run([fix(0, 900)], context(), HOUR / 3).found)).toEqual([
      '02:00 raise wander wandering.outside watch-1 likely',
    ])
  })

  test('one outlier between positions at home is nothing', () => {
    const walk = [fix(0, 0), fix(MIN, 700), fix(2 * MIN, 10), fix(3 * MIN, 0), fix(4 * MIN, 700), fix(5 * MIN, 10)]
    expect(run(walk, context(), HOUR).found).toEqual([])
  })

  test('within its accuracy of the border a position neither raises nor contradicts', () => {
    const unsure = [1, 2, 3, 4, 5].map((at) => fix(at * MIN, 530, 0, { acc: 40 }))
    expect(run(unsure, context(), HOUR / 3).found).toEqual([])
    const between = [fix(0, 560), fix(30 * S, 505, 0, { acc: 40 }), fix(MIN, 560)]
    expect(told(run(between, context()).found)).toEqual(['01:00 raise wander wandering.outside watch-1 confirmed'])
  })

  test('within the border, not surely, it takes one from the row', () => {
    const unsure = (at: number) => fix(at, 490, 0, { acc: 40 })
    expect(run([fix(0, 560), unsure(MIN), unsure(2 * MIN)], context(), 20 * MIN).found).toEqual([])
    expect(run([fix(0, 560), unsure(MIN), fix(2 * MIN, 560), unsure(3 * MIN)], context(), 20 * MIN).found).toEqual([])
    const three = context({ confirmFixes: 3 })
    const { found } = run(
      [fix(0, 560), fix(MIN, 560), unsure(90 * S), ...[100, 110].map((s) => fix(s * S, 560))],
      three,
    )
    expect(told(found)).toEqual(['01:50 raise wander wandering.outside watch-1 confirmed'])
  })

  test('is told once, however long it lasts', () => {
    const away = Array.from({ length: 60 }, (_, at) => fix(at * MIN, 700 + at * 30))
    expect(run(away, context()).found).toHaveLength(1)
  })

  test('back needs the hysteresis, and as many positions', () => {
    const out = [fix(0, 560), fix(MIN, 560)]
    const grazing = [2, 3, 4].map((at) => fix(at * MIN, 485))
    expect(run([...out, ...grazing], context(), 20 * MIN).found).toHaveLength(1)
    expect(told(run([...out, fix(2 * MIN, 440), fix(3 * MIN, 430)], context()).found).slice(1)).toEqual([
      '03:00 restore wander wandering.returned watch-1',
    ])
    expect(told(run([...out, fix(2 * MIN, 440)], context(), HOUR / 3).found).slice(1)).toEqual([
      '04:00 restore wander wandering.returned watch-1',
    ])
  })

  test('one who goes out again is told again', () => {
    const there = (at: number) => [fix(at, 560), fix(at + MIN, 560), fix(at + 2 * MIN, 0), fix(at + 3 * MIN, 0)]
    const { found } = run([...there(0), ...there(10 * MIN)], context())
    expect(found.map(({ finding }) => finding.effect)).toEqual(['raise', 'restore', 'raise', 'restore'])
  })

  test('without a fence, or switched off, nothing is judged, but she is located', () => {
    const away = [fix(0, 5_000), fix(MIN, 5_000), fix(2 * MIN, 5_000)]
    for (const off of [context({ enabled: false }), context({ fences: [] })]) {
      const { found, state } = run(away, off, 24 * HOUR)
      expect(found).toEqual([])
      expect(lastKnown(state.wandering as WanderState)).toMatchObject({ at: T0 + 2 * MIN, deviceId: 'watch-1' })
    }
  })

  test('when its tracker says itself that it is over, it is judged anew', () => {
    const out = [
      fix(0, 560),
      fix(MIN, 560),
      signal(90 * S, 'wander_end', 'watch-1'),
      fix(2 * MIN, 560),
      fix(3 * MIN, 560),
    ]
    expect(told(run(out, context()).found)).toEqual([
      '01:00 raise wander wandering.outside watch-1 confirmed',
      '03:00 raise wander wandering.outside watch-1 confirmed',
    ])
  })
})

describe('fences', () => {
  const point = (north: number, east: number): [number, number] => {
    const { lat, lon } = offset(HOME, north, east)
    return [lon, lat]
  }
  const common = { fenceId: 'f', name: '公园', schedule: null }
  // An L: the notch at its north-east is outside.
  const polygon: Fence = {
    ...common,
    shape: 'polygon',
    points: [point(-200, -200), point(-200, 600), point(100, 600), point(100, 100), point(600, 100), point(600, -200)],
  }
  const corridor: Fence = {
    ...common,
    shape: 'corridor',
    widthM: 60,
    points: [point(0, 0), point(1_000, 0), point(1_000, 800)],
  }
  const isOut = (fences: Fence[], north: number, east: number) =>
    run([fix(0, north, east), fix(MIN, north, east)], context({ fences })).found.length > 0

  test.each([
    [400, 0, false],
    [0, 500, false],
    [400, 400, true],
    [125, 125, true],
    [-300, 0, true],
  ])('polygon: %i m north, %i m east is outside: %s', (north, east, out) => {
    expect(isOut([polygon], north, east)).toBe(out)
  })

  test.each([
    [500, 30, false],
    [1_000, 790, false],
    [1_040, 0, false],
    [500, 90, true],
    [1_000, 890, true],
    [500, 400, true],
  ])('corridor: %i m north, %i m east is outside: %s', (north, east, out) => {
    expect(isOut([corridor], north, east)).toBe(out)
  })

  test('inside one of several is inside, and the nearest names the alarm', () => {
    expect(isOut([circle(100), polygon], 400, 0)).toBe(false)
    const { found } = run([fix(0, -300), fix(MIN, -300)], context({ fences: [circle(100), polygon] }))
    expect(found[0]!.finding.reason.values).toMatchObject({ fence: '公园', beyond: 99 })
  })

  test('a circle around a home that nobody knows is no fence', () => {
    expect(run([fix(0, 5_000), fix(MIN, 5_000)], context({}, { home: null }), 24 * HOUR).found).toEqual([])
  })

  test('hours over midnight, by the day on which they began', () => {
    const only = (day: number) => context({ fences: [circle(100, { schedule: { ...NIGHT.schedule, days: [day] } })] })
    const out = (at: number, of = context({ fences: [circle(100, NIGHT)] })) =>
      run([fix(at, 300), fix(at + MIN, 300)], of).found.length > 0
    expect([out(0), out(AT_23 - HOUR - 2 * MIN), out(AT_23), out(AT_23 + 6 * HOUR), out(AT_23 + 7 * HOUR)]).toEqual([
      ...[false, false, true, true, false],
    ])
    // The beginning is a Saturday (6): 05:00 on Sunday belongs to it, Sunday's own night begins at 22:00.
    expect([out(AT_23 + 6 * HOUR, only(6)), out(AT_23 + 6 * HOUR, only(7)), out(AT_23, only(7))]).toEqual([
      ...[true, false, false],
    ])
  })

  test('a fence that ends does not bring anybody home', () => {
    const of = context({ fences: [circle(200, NIGHT)] })
    const morning = AT_23 + 8 * HOUR
    const out = [fix(AT_23, 300), fix(AT_23 + MIN, 300), ...[0, 1, 2].map((n) => fix(AT_23 + (2 + n) * MIN, 320))]
    const still = [fix(morning, 800), fix(morning + MIN, 800)]
    const back = [fix(morning + 9 * MIN, 5), fix(morning + 10 * MIN, 5)]
    const effects = told(run([...out, ...still, ...back], of).found).map((line) => line.slice(line.indexOf(' ') + 1))
    expect(effects.filter((line) => line.includes('restore'))).toEqual(['restore wander wandering.returned watch-1'])
    expect(effects.at(-1)).toContain('restore')
  })
})

describe('what is not believed', () => {
  const home = [fix(0, 0), fix(MIN, 5)]
  const then = (...more: Observation[]) => told(run([...home, ...more], context(), HOUR / 3).found)

  test.each([
    ['0,0', { lat: 0, lon: 0 }],
    ['a mobile cell', { acc: 1_200, sats: 0 }],
    ['no satellites and no accuracy', { sats: 0 }],
  ])('%s', (name, fields) => {
    const acc = name === 'no satellites and no accuracy' ? null : 10
    expect(then(fix(2 * MIN, 1_500, 0, { acc, fields }), fix(3 * MIN, 1_500, 0, { acc, fields }))).toEqual([])
  })

  test('a jump that is faster than anything, and the one after it at the same wrong place', () => {
    expect(then(fix(70 * S, 9_000), fix(90 * S, 9_000), fix(2 * MIN, 0))).toEqual([])
  })

  test('a jump that lasts is believed in the end', () => {
    const far = [70, 100, 130, 160, 190].map((at) => fix(at * S, 9_000))
    expect(then(...far)).toEqual(['02:40 raise wander wandering.outside watch-1 confirmed'])
  })

  test('a bus is no jump', () => {
    const bus = [2, 3, 4, 5].map((at) => fix(at * MIN, (at - 1) * 800))
    expect(then(...bus)).toEqual(['03:00 raise wander wandering.outside watch-1 confirmed'])
  })

  test('a tracker without an accuracy is given one: within it of the border it says nothing', () => {
    const at = (north: number, fields: Record<string, number>) =>
      then(fix(2 * MIN, north, 0, { acc: null, fields }), fix(3 * MIN, north, 0, { acc: null, fields })).length > 0
    expect([at(520, { sats: 7 }), at(540, { sats: 7 }), at(590, {}), at(610, {}), at(520, { hdop: 1 })]).toEqual([
      ...[false, true, false, true, true],
    ])
  })
})

describe('late and stored positions', () => {
  test('a stored way out and back says nothing', () => {
    const stored = [10, 11, 12, 13].map((at) => fix(at * MIN, 900, 0, { late: (40 - at) * MIN }))
    expect(run([fix(0, 0), ...stored, fix(40 * MIN, 0)], context(), HOUR).found).toEqual([])
  })

  test('a stored way home does not take the alarm back', () => {
    const stored = [-30, -20, -10].map((at) => fix(at * MIN, 0, 0, { late: (5 - at) * MIN }))
    const out = [fix(0, 900), fix(MIN, 900), ...stored, fix(6 * MIN, 900)]
    expect(run(out, context()).found.map(({ finding }) => finding.effect)).toEqual(['raise'])
  })

  test('a batch is judged by its fresh end', () => {
    const batch = (north: number) =>
      [5, 10, 14, 19].map((at) => fix(at * MIN, at < 19 ? 1_200 : north, 0, { late: (20 - at) * MIN }))
    expect(told(run([fix(0, 0), ...batch(0)], context(), 25 * MIN).found)).toEqual([])
    expect(told(run([fix(0, 0), ...batch(1_200)], context(), 25 * MIN).found)).toEqual([
      '22:00 raise wander wandering.outside watch-1 likely',
    ])
  })

  test('what a batch has shown outside waits for what else it holds', () => {
    const batch = [16, 17, 18, 19].map((at) => fix(at * MIN, at < 18 ? 900 : 0, 0, { late: (20 - at) * MIN }))
    expect(run([fix(0, 0), ...batch], context(), 25 * MIN).found).toEqual([])
    const outTo = [16, 17, 18].map((at) => fix(at * MIN, 900, 0, { late: (20 - at) * MIN }))
    expect(told(run([fix(0, 0), ...outTo], context(), 21 * MIN).found)).toEqual([
      '20:10 raise wander wandering.outside watch-1 confirmed',
    ])
  })
})

describe('several trackers', () => {
  test('a phone on the charger says nothing about her who walks with her watch', () => {
    const phone = Array.from({ length: 20 }, (_, at) => fix(at * MIN + 30 * S, 3, 0, { device: 'phone-1' }))
    const watch = Array.from({ length: 20 }, (_, at) => fix(at * MIN, Math.min(900, at * 80)))
    expect(told(run([...phone, ...watch], context(), 19 * MIN).found)).toEqual([
      '08:00 raise wander wandering.outside watch-1 confirmed',
    ])
  })

  test('a watch that is outside when it is first heard counts beside a phone at home', () => {
    const phone = Array.from({ length: 6 }, (_, at) => fix(at * MIN + 30 * S, 3, 0, { device: 'phone-1' }))
    expect(told(run([...phone, fix(2 * MIN, 900), fix(3 * MIN, 900)], context()).found)).toEqual([
      '03:00 raise wander wandering.outside watch-1 confirmed',
    ])
  })

  test('both with her: one alarm, and either brings her back', () => {
    const way = (device: string, after: number) =>
      [0, 400, 900, 900, 400, 0, 0].map((north, at) => fix(at * 5 * MIN + after, north, 0, { device }))
    const { found } = run([...way('watch-1', 0).slice(0, 4), ...way('phone-1', MIN)], context(), 31 * MIN)
    expect(told(found)).toEqual([
      '12:00 raise wander wandering.outside watch-1 likely',
      '15:00 assess wander wandering.outside watch-1 confirmed',
      '23:00 restore wander wandering.returned watch-1',
    ])
  })
})

describe('last known position', () => {
  const of = (...seen: Observation[]) => lastKnown(run(seen, context()).state.wandering as WanderState)

  test('has its age, accuracy, source, device and battery', () => {
    expect(lastKnown(undefined)).toBeUndefined()
    const known = of(fix(0, 100, 0, { fields: { battery: 47.6, sats: 9 } }))
    expect(known).toMatchObject({ deviceId: 'watch-1', at: T0, acc: 10, battery: 48, source: 'gps' })
    expect(known!.lat).toBeCloseTo(offset(HOME, 100, 0).lat, 4)
  })

  test('a stored one counts if there is none newer, and one of a cell when there has been no better for a while', () => {
    expect(of(fix(0, 0), fix(MIN, 300, 0, { late: HOUR }))).toMatchObject({ at: T0 + MIN })
    expect(of(fix(2 * HOUR, 0), fix(MIN, 300, 0, { late: 3 * HOUR }))).toMatchObject({ at: T0 + 2 * HOUR })
    const cell = { acc: 1_500, fields: { sats: 0 } }
    expect(of(fix(0, 0), fix(2 * MIN, 900, 0, cell))).toMatchObject({ at: T0, source: 'gps' })
    expect(of(fix(0, 0), fix(20 * MIN, 900, 0, cell))).toMatchObject({ at: T0 + 20 * MIN, source: 'network' })
    expect(of(fix(0, 0), fix(20 * MIN, 900, 0, cell), fix(21 * MIN, 0))).toMatchObject({ at: T0 + 21 * MIN, acc: 10 })
  })
})
