import { expect, test } from 'vitest'
import { placeLabels } from '../../dashboard/map/labels.ts'

const SIZE = { width: 80, height: 20 }
const touching = (a: { x: number; y: number }, b: { x: number; y: number }) =>
  Math.abs(a.x - b.x) < SIZE.width && Math.abs(a.y - b.y) < SIZE.height

test('a label that has room stands above its point', () => {
  expect(placeLabels([{ x: 100, y: 100, ...SIZE }], 14)).toEqual([{ x: 100, y: 86 }])
})

test('twelve counties close to one another: none touches another, the first keep their places', () => {
  const points = Array.from({ length: 12 }, (_, n) => ({
    x: 200 + (n % 4) * 45,
    y: 200 + Math.floor(n / 4) * 30,
    ...SIZE,
  }))
  const placed = placeLabels(points, 14)
  expect(placed[0]).toEqual({ x: 200, y: 186 })
  const pairs = placed.flatMap((a, n) => placed.slice(n + 1).filter((b) => touching(a, b)))
  expect(pairs).toEqual([])
})

test('where there is no room at all a label is placed all the same', () => {
  const all = placeLabels(
    Array.from({ length: 60 }, () => ({ x: 50, y: 50, ...SIZE })),
    14,
  )
  expect(all).toHaveLength(60)
  expect(all.every(({ x, y }) => Number.isFinite(x) && Number.isFinite(y))).toBe(true)
})
