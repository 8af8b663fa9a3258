import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  changesBetween,
  type Draft,
  draftOf,
  faultsOf,
  layerOf,
  replay,
  sourceOf,
  type Value,
  withValue,
} from '../../dashboard/admin/detection/draft.ts'
import { amountIn, DURATION_UNITS, secondsOf, unitFor } from '../../dashboard/admin/detection/duration.ts'
import { isNarrow, newFence } from '../../dashboard/admin/detection/fences/fence-edits.ts'
import { pointsText, readPoints } from '../../dashboard/admin/detection/fences/points.ts'
import { ALL_FIELDS, type Field, fieldAt, leavesOf } from '../../dashboard/admin/detection/fields.ts'
import { zhCN } from '../../dashboard/i18n/zh-CN.ts'
import { circleRing, metresBetween } from '../../dashboard/map/geometry.ts'
import { DEFAULT_SETTINGS, layered } from '../../server/contract/detect-settings.ts'
import type { Fence, LonLat } from '../../server/contract/fence.ts'

/** Some value that the contract allows for a field. */
function valueFor({ kind, min = 0, max = 1, integer }: Field): fc.Arbitrary<Value> {
  switch (kind) {
    case 'switch':
      return fc.boolean()
    case 'time':
      return fc.tuple(fc.nat(23), fc.nat(59)).map(([h, m]) => `${h}`.padStart(2, '0').concat(`:${m}`.padEnd(3, '0')))
    case 'fences':
      return fc.constant([])
    case 'limit':
      return fc.option(fc.integer({ min, max }))
    default:
      return integer ? fc.integer({ min, max }) : fc.double({ min, max, noNaN: true })
  }
}
const drafts: fc.Arbitrary<Draft> = fc
  .record(Object.fromEntries(ALL_FIELDS.map((field) => [field.path, valueFor(field)])), { requiredKeys: [] })
  .map((draft) => ({ ...draft }))

describe('the form of the settings', () => {
  it('has a row for each setting of the contract, and none twice', () => {
    expect(ALL_FIELDS.map(({ path }) => path).toSorted()).toEqual(leavesOf().toSorted())
  })

  it('says something about every row', () => {
    const texts = zhCN.detection.field as Record<string, unknown>
    for (const { path } of ALL_FIELDS) {
      const found = path.split('.').reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], texts)
      expect(found, path).toEqual({ label: expect.any(String), hint: expect.any(String) })
    }
  })

  it('knows the limits of the contract', () => {
    expect(fieldAt('falls.stillnessS')).toMatchObject({ min: 5, max: 600, integer: true })
    expect(fieldAt('vitals.hr.low')).toMatchObject({ min: 20, max: 100, integer: false })
    const numeric = ALL_FIELDS.filter(({ kind }) => ['seconds', 'number', 'share', 'limit'].includes(kind))
    expect(numeric.filter(({ min, max }) => min === undefined || max === undefined)).toEqual([])
  })
})

describe('a draft', () => {
  it('is the layer that it was made of, and the other way round', () => {
    fc.assert(
      fc.property(drafts, (draft) => {
        expect(draftOf(layerOf(draft))).toEqual(draft)
      }),
    )
    expect(draftOf({})).toEqual({})
  })

  it('holds nothing that the contract’s own defaults would be refused for', () => {
    expect(faultsOf(draftOf(DEFAULT_SETTINGS), DEFAULT_SETTINGS)).toEqual(new Map())
  })

  it('becomes another one by the changes between them', () => {
    fc.assert(
      fc.property(drafts, drafts, (a, b) => {
        expect(replay(changesBetween(a, b), a)).toEqual(b)
        expect(changesBetween(a, a)).toEqual([])
      }),
    )
  })

  it('names what is wrong, beside what was typed', () => {
    const faults = (draft: Draft) => Object.fromEntries(faultsOf(draft, DEFAULT_SETTINGS))
    expect(faults({ 'falls.stillnessS': 4, 'routine.latest': '25:00', 'buttons.urgentPresses': 2.5 })).toEqual({
      'falls.stillnessS': { code: 'range', min: 5, max: 600 },
      'routine.latest': { code: 'time' },
      'buttons.urgentPresses': { code: 'whole' },
    })
    expect(faults({ 'vitals.hr.high': 60, 'vitals.hr.low': 60 })).toEqual({
      'vitals.hr.low': { code: 'order', other: 'vitals.hr.high' },
    })
    // Without a limit there is no order.
    expect(faults({ 'vitals.hr.high': null, 'vitals.hr.low': 100 })).toEqual({})
  })

  it('inherits from the nearest scope that says something', () => {
    const above = [
      { scope: 'city', scopeId: '', version: 1, settings: { falls: { stillnessS: 20 } } },
      { scope: 'home', scopeId: 'h', version: 0, settings: {} },
    ] as const
    expect(sourceOf(above, 'falls.stillnessS')).toBe('city')
    expect(sourceOf(above, 'falls.noRecoveryS')).toBeNull()
    expect(layered(layerOf(withValue({}, 'wandering.route.awayM', 90))).wandering.route).toEqual({
      ...DEFAULT_SETTINGS.wandering.route,
      awayM: 90,
    })
  })
})

describe('durations', () => {
  it('come back as they were, in whatever unit', () => {
    fc.assert(
      fc.property(fc.nat(31 * 86_400), fc.constantFrom(...DURATION_UNITS), (seconds, usual) => {
        const unit = unitFor(seconds, usual)
        expect(secondsOf(amountIn(seconds, unit), unit)).toBe(seconds)
      }),
    )
  })

  it('are said as people say them', () => {
    expect(
      [20, 90, 120, 5400, 21_600, 86_400, 7 * 86_400].map((s) => [amountIn(s, unitFor(s, 's')), unitFor(s, 's')]),
    ).toEqual([
      [20, 's'],
      [90, 's'],
      [2, 'min'],
      [90, 'min'],
      [6, 'h'],
      [24, 'h'],
      [7, 'd'],
    ])
    expect(unitFor(0, 'min')).toBe('min')
  })
})

describe('points of a fence', () => {
  const point = fc.tuple(fc.double({ min: -180, max: 180, noNaN: true }), fc.double({ min: -90, max: 90, noNaN: true }))

  it('can be typed, pasted and read back to 10 cm', () => {
    fc.assert(
      fc.property(fc.array(point, { maxLength: 20 }), (points) => {
        const read = readPoints(pointsText(points as LonLat[]))
        const rounded = points.map((pair) => pair.map((d) => Number(String(Math.round(d * 1e6) / 1e6))))
        expect('points' in read ? read.points : []).toEqual(rounded)
      }),
    )
    expect(readPoints('28.4031，117.4341\n\n28.5 117.5')).toEqual({
      points: [
        [117.4341, 28.4031],
        [117.5, 28.5],
      ],
    })
  })

  it('name the line that is wrong', () => {
    expect(readPoints('28.4, 117.4\nhere')).toEqual({ wrongLine: 2 })
    expect(readPoints('117.4, 28.4')).toEqual({ wrongLine: 1 })
  })

  it('of a circle are as far from its middle as its radius', () => {
    const center: LonLat = [117.43407, 28.40312]
    for (const corner of circleRing(center, 500)) expect(metresBetween(center, corner)).toBeCloseTo(500, 0)
  })
})

describe('a fence around the home', () => {
  it('is warned of when a receiver indoors may leave it, and no other is', () => {
    const around = newFence('circle', '家', [117.9, 28.4], [])
    const sized = (radiusM: number): Fence => ({ ...around, radiusM }) as Fence
    expect([50, 60, 79].map((radius) => isNarrow(sized(radius)))).toEqual([true, true, true])
    expect(isNarrow(sized(80))).toBe(false)
    expect(isNarrow({ ...sized(40), center: [117.9, 28.4] } as Fence)).toBe(false)
    expect(isNarrow(newFence('polygon', '村', [117.9, 28.4], []))).toBe(false)
  })
})
