import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { newFence, putBack, without } from '../../dashboard/admin/detection/fences/fence-edits.ts'
import { limitsOf } from '../../dashboard/admin/detection/what-if-range.ts'
import { fromMap, toMap } from '../../dashboard/map/datum.ts'
import { metresBetween, offset, widthAtZoomZero } from '../../dashboard/map/geometry.ts'
import { clicked, dragged, handlesOf } from '../../dashboard/map/handles.ts'
import { fenceFeatures } from '../../dashboard/map/style.ts'
import type { Fence, LonLat } from '../../server/contract/fence.ts'

const HOME: LonLat = [117.43407, 28.40312]
const circle: Fence = { fenceId: 'f1', name: '家', schedule: null, shape: 'circle', center: null, radiusM: 500 }
const shapes = ['circle', 'polygon', 'corridor'] as const

describe('positions on a Chinese map', () => {
  const inShangrao = fc.tuple(
    fc.double({ min: 116.2, max: 118.5, noNaN: true }),
    fc.double({ min: 27.8, max: 29.7, noNaN: true }),
  )

  it('are moved by some hundred metres, and come back to within 2 m', () => {
    fc.assert(
      fc.property(inShangrao, (at) => {
        const shown = toMap(at, 'gcj02')
        expect(metresBetween(at, shown)).toBeGreaterThan(100)
        expect(metresBetween(at, shown)).toBeLessThan(1500)
        expect(metresBetween(at, fromMap(shown, 'gcj02'))).toBeLessThan(2)
      }),
    )
  })

  it('stay where they are on others', () => {
    expect(toMap(HOME, 'wgs84')).toEqual(HOME)
    expect(fromMap(HOME, 'wgs84')).toEqual(HOME)
  })
})

describe('the dots of a fence', () => {
  it('change its radius within the limits of the contract', () => {
    const [radius] = handlesOf(circle, HOME)
    expect(radius?.kind).toBe('radius')
    if (!radius) return
    expect(dragged(circle, radius, offset(HOME, 0, 820), HOME)).toMatchObject({ radiusM: 820, center: null })
    expect(dragged(circle, radius, HOME, HOME)).toMatchObject({ radiusM: 20 })
    expect(handlesOf(circle, null)).toEqual([])
  })

  it('move one corner, or add one where the map was clicked', () => {
    const polygon = newFence('polygon', 'A', HOME, [])
    const [first] = handlesOf(polygon, HOME)
    if (!first || polygon.shape !== 'polygon') throw new Error('a polygon has corners')
    expect(dragged(polygon, first, [117, 28], HOME)).toMatchObject({ points: [[117, 28], ...polygon.points.slice(1)] })
    expect(clicked(polygon, [117.1234567, 28])).toMatchObject({ points: [...polygon.points, [117.123457, 28]] })
    expect(clicked(circle, [117, 28])).toEqual(circle)
  })
})

describe('a list of fences', () => {
  it('is the same again once a deletion is undone', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...shapes), { minLength: 1, maxLength: 6 }), fc.nat(), (kinds, nth) => {
        const fences: Fence[] = []
        for (const shape of kinds) {
          const taken = fences.map(({ fenceId }) => fenceId)
          fences.push(newFence(shape, 'A', HOME, taken))
        }
        expect(new Set(fences.map(({ fenceId }) => fenceId)).size).toBe(fences.length)
        const { fences: left, removed } = without(fences, fences[nth % fences.length]?.fenceId ?? '')
        expect(left).toHaveLength(fences.length - 1)
        expect(removed && putBack(left, removed)).toEqual(fences)
      }),
    )
  })

  it('is drawn as areas, and a corridor as wide as it is', () => {
    const drawn = fenceFeatures(
      shapes.map((shape, n) => newFence(shape, 'A', HOME, [`f${n}`])),
      HOME,
      null,
      'wgs84',
    )
    expect(drawn.features.map(({ geometry }) => geometry.type)).toEqual(['Polygon', 'Polygon', 'LineString'])
    // 120 m at zoom 16 on 28.4° N: 78,271.5 m a pixel at zoom 0 and the equator.
    expect(widthAtZoomZero(120, HOME[1]) * 2 ** 16).toBeCloseTo(114.2, 0)
    expect(fenceFeatures([circle], null, null, 'wgs84').features).toEqual([])
  })
})

it('the borders are those of the twelve counties', () => {
  const file = readFileSync('dashboard/map/data/shangrao-counties.geojson', 'utf8')
  const { features } = JSON.parse(file) as { features: { properties: { code: string; center: LonLat } }[] }
  expect(new Set(features.map(({ properties }) => properties.code)).size).toBe(12)
})

describe('the time that is replayed', () => {
  const now = Date.parse('2026-11-28T11:00:00Z')

  it('is whole days of the city, and ends now', () => {
    expect(limitsOf({ days: 14 }, now)).toEqual({ from: '2026-11-14T11:00:00.000Z', to: '2026-11-28T11:00:00.000Z' })
    expect(limitsOf({ fromDay: '2026-11-01', toDay: '2026-11-02' }, now)).toEqual({
      from: '2026-10-31T16:00:00.000Z',
      to: '2026-11-02T16:00:00.000Z',
    })
    expect(limitsOf({ fromDay: '2026-11-28', toDay: '2026-11-28' }, now)?.to).toBe('2026-11-28T11:00:00.000Z')
  })

  it('is none when it is backwards, in the future, empty or too long', () => {
    for (const [fromDay, toDay] of [
      ['2026-11-03', '2026-11-01'],
      ['2026-12-01', '2026-12-02'],
      ['', '2026-11-02'],
      ['2026-08-01', '2026-11-02'],
    ] as const) {
      expect(limitsOf({ fromDay, toDay }, now)).toBeNull()
    }
  })
})
