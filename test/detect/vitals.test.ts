import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { explain, explainInAll } from '../../server/contract/explain/explain.ts'
import type { Observation } from '../../server/contract/observation.ts'
import type { Detector } from '../../server/detect/detector.ts'
import { judge } from '../../server/detect/engine.ts'
import { vitals } from '../../server/detect/vitals.ts'
import { after, context, device, HOUR, MINUTE, run, runWithRestarts, START, sample, signal, told } from './support.ts'

const CUFF = device('cuff', 'other')
const HOME = context()
const ONLY = [vitals as Detector<unknown>]
const END = START + 24 * HOUR

const at = (minutes: number) => START + minutes * MINUTE
/** One reading every two minutes. */
const row = (field: string, ...values: number[]) => values.map((value, n) => sample({ [field]: value }, at(2 * n)))
const judged = (seen: readonly Observation[], home = HOME) => run(ONLY, seen, home, END)

describe('beyond a limit', () => {
  test('three readings over two minutes: told once, with the readings', () => {
    const all = judged(row('hr', 80, 135, 138, 141, 150, 144))
    expect(told(all)).toEqual(['raise vital_sign vitals.hr_high'])
    const { finding } = all.found[0]!
    expect(finding).toMatchObject({ deviceId: 'watch', at: at(6), reason: { settingsVersion: 7 } })
    expect(finding.reason.values).toEqual({ value: 141, limit: 130, readings: 3, lasting: 4 * MINUTE })
    expect(finding.effect === 'raise' && finding.evidence?.samples).toEqual(
      [135, 138, 141].map((hr, n) => ({ deviceId: 'watch', at: at(2 * n + 2), fields: { hr } })),
    )
    expect(explain(finding.reason, 'zh-CN')).toBe('心率连续 3 次高于 130 次/分(历时 4 分钟),最近为 141 次/分')
    expect(explain(finding.reason, 'en')).toBe(
      'Heart rate above 130 a minute in 3 readings over 4 min; last 141 a minute',
    )
  })

  test.each([
    ['hr', [40, 41, 42], 'vitals.hr_low'],
    ['spo2', [86, 87, 88], 'vitals.spo2_low'],
    ['sys', [190, 191, 192], 'vitals.sys_high'],
    ['sys', [85, 84, 83], 'vitals.sys_low'],
    ['dia', [115, 116, 117], 'vitals.dia_high'],
    ['body_temp', [38.9, 39, 39.1], 'vitals.body_temp_high'],
    ['body_temp', [34.5, 34.4, 34.3], 'vitals.body_temp_low'],
  ])('%s %j', (field, values, rule) => {
    expect(told(judged(row(field, ...values)))).toEqual([`raise vital_sign ${rule}`])
  })

  test('a reading within ends the row; so does too short a time', () => {
    expect(told(judged(row('hr', 135, 138, 90, 135, 138, 90)))).toEqual([])
    const fast = [0, 20, 40].map((s) => sample({ hr: 140 }, START + s * 1_000))
    expect(told(judged(fast))).toEqual([])
    expect(told(judged([...fast, sample({ hr: 140 }, at(2))]))).toHaveLength(1)
  })

  test('grossly beyond, a second reading is enough', () => {
    expect(told(judged(row('spo2', 78, 79)))).toEqual(['raise vital_sign vitals.spo2_low'])
    expect(told(judged(row('hr', 175)))).toEqual([])
    expect(told(judged(row('hr', 175, 80)))).toEqual([])
  })

  test('no limit, another limit, a limit of the device', () => {
    expect(told(judged(row('dia', 40, 40, 40)))).toEqual([])
    const own = context({ settings: { vitals: { hr: { high: null } } } })
    expect(told(judged(row('hr', 160, 160, 160), own))).toEqual([])
    const strict = context({ deviceSettings: { watch: { vitals: { hr: { high: 100 }, readings: 1, persistS: 0 } } } })
    expect(told(judged(row('hr', 101), strict))).toEqual(['raise vital_sign vitals.hr_high'])
  })

  test('what was not measured or no body can have is no reading', () => {
    expect(told(judged(row('hr', 0, -1, 0, -1, 300, 300, 300)))).toEqual([])
    expect(told(judged(row('spo2', 0, 0, 0, 20, 20, 20)))).toEqual([])
    expect(told(judged(row('body_temp', 0, 20, 20, 20)))).toEqual([])
    const swapped = [0, 2, 4].map((m) => sample({ sys: 80, dia: 120 }, at(m)))
    expect(told(judged(swapped))).toEqual([])
    expect(told(judged(row('hr', 135, 0, 138, -1, 141)))).toHaveLength(1)
  })

  test('the same reading again, and one from before, do not count', () => {
    const [first, second] = row('hr', 135, 138)
    const late = sample({ hr: 140 }, at(1), { receivedAt: at(3) })
    expect(told(judged([first!, first!, second!, { ...second!, receivedAt: at(5) }, late]))).toEqual([])
  })

  test('each device and sign by itself', () => {
    const seen = [
      sample({ hr: 135 }, at(0)),
      sample({ hr: 135 }, at(2), { device: CUFF }),
      sample({ hr: 135, spo2: 88 }, at(4)),
    ]
    expect(told(judged(seen))).toEqual([])
  })

  test('once a day for three days counts, once a week does not', () => {
    const daily = (days: number) =>
      [0, 1, 2].map((n) => sample({ sys: 190, dia: 90 }, START + n * days * 24 * HOUR, { device: CUFF }))
    expect(told(run(ONLY, daily(1), HOME, END))).toHaveLength(1)
    expect(told(run(ONLY, daily(7), HOME, END))).toEqual([])
  })

  test('what was stored for days raises nothing now', () => {
    expect(told(judged(row('hr', 140, 140, 140).map((one) => ({ ...one, receivedAt: at(0) + 48 * HOUR }))))).toEqual([])
  })
})

describe('within again', () => {
  test('after two readings it is taken back, and can be told again', () => {
    expect(told(judged(row('hr', 140, 140, 140, 90, 140, 90, 91)))).toEqual([
      'raise vital_sign vitals.hr_high',
      'restore vital_sign vitals.hr_within',
    ])
    expect(told(judged(row('hr', 140, 140, 140, 90, 90, 140, 140, 140)))).toHaveLength(3)
  })

  test('from too high to too low is told, and the one alert ends when all is well', () => {
    expect(told(judged(row('hr', 140, 140, 140, 40, 40, 40, 80, 80)))).toEqual([
      'raise vital_sign vitals.hr_high',
      'raise vital_sign vitals.hr_low',
      'restore vital_sign vitals.hr_within',
    ])
    expect(told(judged(row('hr', 140, 140, 140, 40, 80, 80)))).toEqual([
      'raise vital_sign vitals.hr_high',
      'restore vital_sign vitals.hr_within',
    ])
  })

  test('the alert of a device stands as long as one of its signs is beyond', () => {
    const both = [0, 2, 4].map((m) => sample({ hr: 140, spo2: 88 }, at(m)))
    const better = [6, 8].map((m) => sample({ hr: 80, spo2: 88 }, at(m)))
    const well = [10, 12].map((m) => sample({ hr: 80, spo2: 95 }, at(m)))
    expect(told(judged([...both, ...better]))).toHaveLength(2)
    expect(told(judged([...both, ...better, ...well])).at(-1)).toBe('restore vital_sign vitals.spo2_within')
  })

  test('what the device took back itself is told again if it goes on', () => {
    const clear = signal('vital_clear', at(5))
    const more = [6, 8, 10].map((m) => sample({ hr: 140 }, at(m)))
    expect(told(judged([...row('hr', 140, 140, 140), clear, ...more]))).toHaveLength(2)
  })
})

const anything = fc
  .array(
    fc.record({
      gap: fc.integer({ min: 1, max: 200_000 }),
      late: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.integer({ min: 0, max: 400_000 })),
      hr: fc.constantFrom(-1, 0, 30, 40, 44, 60, 80, 131, 140, 175, 300),
      spo2: fc.option(fc.constantFrom(0, 78, 85, 89, 95, 99), { nil: undefined }),
      of: fc.constantFrom(CUFF, context().devices[0]!),
    }),
    { maxLength: 40 },
  )
  .map((list) => {
    const arrivals = after(list.map(({ gap }) => gap))
    return list.map(({ hr, spo2, late, of }, n): Observation => {
      const receivedAt = arrivals[n]!
      const fields = spo2 === undefined ? { hr } : { hr, spo2 }
      return sample(fields, receivedAt, { device: of, receivedAt, occurredAt: receivedAt - late })
    })
  })

describe('whatever is measured', () => {
  test('a restart anywhere and a second delivery change nothing, and each finding has its readings', () => {
    fc.assert(
      fc.property(anything, (seen) => {
        const once = judged(seen)
        expect(runWithRestarts(ONLY, seen, HOME, END)).toEqual(once)
        expect(judged(seen.flatMap((one) => [one, one])).found).toEqual(once.found)
        expect(once.failures).toEqual([])
        for (const { finding } of once.found) {
          for (const sentence of Object.values(explainInAll(finding.reason)))
            expect(sentence).not.toMatch(/\?|NaN|undefined/)
          if (finding.effect !== 'raise') continue
          const [field = ''] = finding.reason.rule.replace('vitals.', '').split('_')
          const { limit } = finding.reason.values as { limit: number }
          const isHigh = finding.reason.rule.endsWith('high')
          const cause = seen.filter((one) => {
            const value =
              one.kind === 'sample' && one.device.deviceId === finding.deviceId ? one.fields[field] : undefined
            return (
              value !== undefined &&
              (isHigh ? value > limit : value < limit && value > 0) &&
              one.occurredAt <= finding.at
            )
          })
          expect(cause.length).toBeGreaterThanOrEqual(2)
        }
      }),
    )
  })

  test('a healthy person is never told of, and nothing is remembered of her', () => {
    const healthy = fc.array(fc.integer({ min: 45, max: 130 }), { maxLength: 50 })
    fc.assert(
      fc.property(healthy, (values) => {
        const all = judged(row('hr', ...values))
        expect(all.found).toEqual([])
        expect(all.state).toEqual({})
      }),
    )
  })

  test('what is remembered stays small, and the same again leaves it as it is', () => {
    const seen = [0, 1, 2, 3, 4, 5, 6].map((m) => sample({ hr: 131 + m, spo2: 88 }, START + m * 10_000))
    const { state } = judge({}, seen, HOME, ONLY)
    expect(JSON.stringify(state).length).toBeLessThan(300)
    expect(judge(state, [...seen, signal('motion', at(2))], HOME, ONLY).state.vitals).toBe(state.vitals)
  })
})
