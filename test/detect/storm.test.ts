import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { areasOf, groupLosses, isOver, type Loss } from '../../server/detect/storm.ts'
import { HOLD_MS } from '../../server/detect/supervision.ts'

const NOW = Date.parse('2026-03-02T02:00:00Z')
const SETTINGS = { devices: 3, windowS: 300 }
const TOWN = 'division:361125001'
const COUNTY = 'division:361125'
const loss = (deviceId: string, over: Partial<Loss> = {}): Loss => ({
  deviceId,
  at: NOW - 1_000,
  areas: [TOWN, COUNTY],
  told: false,
  ...over,
})

describe('losses of one area', () => {
  test('few wait, then are told by themselves', () => {
    const few = [loss('a'), loss('b', { at: NOW - HOLD_MS })]
    expect(groupLosses(few, new Set(), SETTINGS, NOW)).toEqual({ joins: [], opens: [], alone: ['b'] })
  })
  test('many within the window are one incident of the narrowest area, those told already among them', () => {
    const many = [loss('a'), loss('b'), loss('c', { told: true, at: NOW - 200_000 })]
    expect(groupLosses(many, new Set(), SETTINGS, NOW).opens).toEqual([{ area: TOWN, deviceIds: ['a', 'b', 'c'] }])
  })
  test('spread over towns they are one of the county', () => {
    const spread = ['1', '2', '3'].map((n) => loss(n, { areas: [`${TOWN}${n}`, COUNTY] }))
    expect(groupLosses(spread, new Set(), SETTINGS, NOW).opens).toEqual([{ area: COUNTY, deviceIds: ['1', '2', '3'] }])
  })
  test('long ago does not count, and told ones alone make none', () => {
    const old = [loss('a'), loss('b', { told: true, at: NOW - 301_000 }), loss('c', { told: true, at: NOW - 302_000 })]
    expect(groupLosses(old, new Set(), SETTINGS, NOW).opens).toEqual([])
    const told = ['a', 'b', 'c'].map((id) => loss(id, { told: true }))
    expect(groupLosses(told, new Set(), SETTINGS, NOW)).toEqual({ joins: [], opens: [], alone: [] })
  })
  test('further ones join the incident that lasts, at once', () => {
    expect(groupLosses([loss('x')], new Set([COUNTY]), SETTINGS, NOW).joins).toEqual([{ deviceId: 'x', area: COUNTY }])
  })

  const anyLoss = fc.record({
    deviceId: fc.constantFrom(...'abcdefghijklmnop'),
    at: fc.integer({ min: NOW - 600_000, max: NOW }),
    areas: fc.subarray([TOWN, 'network:hub', COUNTY]),
    told: fc.boolean(),
  })
  const losses = fc.uniqueArray(anyLoss, { selector: ({ deviceId }) => deviceId, maxLength: 16 })
  const areas = fc.subarray([TOWN, COUNTY]).map((some) => new Set(some))
  test('nobody is in two places, nobody waits too long, and the order is of no account', () => {
    fc.assert(
      fc.property(losses, areas, (all, lasting) => {
        const grouping = groupLosses(all, lasting, SETTINGS, NOW)
        const placed = [
          ...grouping.joins.map(({ deviceId }) => deviceId),
          ...grouping.opens.flatMap(({ deviceIds }) => deviceIds),
          ...grouping.alone,
        ]
        expect(new Set(placed).size).toBe(placed.length)
        for (const one of all) if (!one.told && one.at + HOLD_MS <= NOW) expect(placed).toContain(one.deviceId)
        for (const id of grouping.alone) expect(all.find(({ deviceId }) => deviceId === id)?.told).toBe(false)
        for (const { deviceIds } of grouping.opens) expect(deviceIds.length).toBeGreaterThanOrEqual(SETTINGS.devices)
        expect(groupLosses([...all].reverse(), lasting, SETTINGS, NOW)).toEqual(grouping)
      }),
    )
  })
})

test('an incident is over when nine of ten are back, or when nobody works on it', () => {
  expect(isOver({ all: 30, lost: 4 }, true)).toBe(false)
  expect(isOver({ all: 30, lost: 3 }, true)).toBe(true)
  expect(isOver({ all: 30, lost: 30 }, false)).toBe(true)
})

test('the areas of a device: town, network, county', () => {
  expect(areasOf('361125001', 'hub-1')).toEqual([TOWN, 'network:hub-1', COUNTY])
  expect(areasOf(null, null)).toEqual([])
  expect(areasOf('3611', null)).toEqual([])
})
