import { describe, expect, test } from 'vitest'
import { distanceText, frameOf, homeOf, outlines, scaleOf } from '../../dashboard/console/file/place-geometry.ts'
import type { Fence, LonLat } from '../../server/contract/fence.ts'

const home: LonLat = [117.43, 28.4]

describe('the sketch of a case', () => {
  test('shows a house and its neighbours, or all that is far apart', () => {
    expect(frameOf([], 2)).toBeNull()
    expect(frameOf([home], 2)).toEqual({ center: home, spanM: 640 })
    const far = frameOf([home, [117.43, 28.43]], 2)
    expect(far?.center[1]).toBeCloseTo(28.415, 6)
    // 3.34 km from south to north, on a picture twice as wide as high.
    expect(far?.spanM).toBeGreaterThan(2 * 3_340)
  })

  test('has a scale of a round length, about a sixth of it', () => {
    expect([640, 1_300, 10_000, 71_000].map(scaleOf)).toEqual([100, 200, 1_000, 10_000])
  })

  test('says distances as people do', () => {
    expect([4, 456, 999, 1_234].map(distanceText)).toEqual(['0 m', '460 m', '1000 m', '1.2 km'])
  })

  test('draws areas, but none around a home that nobody has located', () => {
    const circle: Fence = { fenceId: 'f', name: '家', schedule: null, shape: 'circle', center: null, radiusM: 300 }
    expect(outlines([circle], null)).toEqual([])
    expect(outlines([circle], home)[0]?.points).toHaveLength(65)
    expect(homeOf({ resident: null })).toBeNull()
  })
})
