import { describe, expect, it } from 'vitest'
import { DEVICE_KINDS } from '../../server/contract/device.ts'
import type { EventType } from '../../server/contract/signal.ts'
import { DIVISIONS } from '../../server/org/divisions.ts'
import { planHome } from '../../simulator/homes.ts'
import { Chances, drawWait } from '../../simulator/occurrences.ts'
import { createRandom } from '../../simulator/random.ts'
import { awake, measure, startSensor } from '../../simulator/sensors.ts'
import { TOWNS } from '../../simulator/towns.ts'

const NOW = Date.parse('2026-03-01T02:00:00Z')
const HOME = { lat: 28.4, lon: 117.45 }
const plans = (seed: number, count: number) =>
  Array.from({ length: count }, (_, i) => planHome(seed, i, String(i + 1).padStart(4, '0'), NOW))

describe('random', () => {
  it('repeats itself for a seed, differs between seeds, and is uniform', () => {
    const draw = (seed: string) => Array.from({ length: 1_000 }, createRandom(seed).next)
    expect(draw('a')).toEqual(draw('a'))
    expect(draw('a')).not.toEqual(draw('b'))
    const numbers = draw('c')
    expect(numbers.reduce((sum, x) => sum + x, 0) / 1_000).toBeCloseTo(0.5, 1)
    expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...numbers)).toBeLessThan(1)
  })

  it('picks by weight and refuses an empty list', () => {
    const random = createRandom(1)
    const items = [
      { name: 'often', weight: 9 },
      { name: 'seldom', weight: 1 },
    ]
    const often = Array.from({ length: 2_000 }, () => random.weighted(items)).filter((item) => item.name === 'often')
    expect(often.length / 2_000).toBeCloseTo(0.9, 1)
    expect(() => random.pick([])).toThrow(RangeError)
    expect(() => random.weighted([])).toThrow(RangeError)
  })
})

describe('homes', () => {
  it('are the same for a seed, and a larger set begins with the smaller one', () => {
    expect(plans(1, 30)).toEqual(plans(1, 30))
    expect(plans(1, 30).slice(0, 10)).toEqual(plans(1, 10))
    expect(plans(2, 30)).not.toEqual(plans(1, 30))
  })

  it('lie in towns of the city, mostly in the main county and in every other', () => {
    const divisions = new Map(DIVISIONS.map((division) => [division.code, division]))
    for (const { code, name, county } of TOWNS) {
      const division = divisions.get(code)
      expect(division).toMatchObject({ name, level: 'town', parentCode: code.slice(0, 6) })
      expect(divisions.get(code.slice(0, 6))?.name).toBe(county)
    }
    const homes = plans(1, 30)
    const counties = homes.map((home) => home.town.code.slice(0, 6))
    expect(counties.filter((county) => county === '361126').length).toBe(18)
    expect(new Set(counties).size).toBe(12)
    for (const home of homes) {
      expect(Math.abs(home.lat - home.town.lat)).toBeLessThanOrEqual(0.00801)
      expect(Math.abs(home.lon - home.town.lon)).toBeLessThanOrEqual(0.00801)
    }
  })

  it('have two to five devices of known kinds with ids of their own', () => {
    const homes = plans(3, 400)
    const ids = homes.flatMap((home) => home.devices.map((device) => device.deviceId))
    expect(new Set(ids).size).toBe(ids.length)
    for (const { devices, town, label, resident } of homes) {
      expect(devices.length).toBeGreaterThanOrEqual(2)
      expect(devices.length).toBeLessThanOrEqual(5)
      expect(devices[0]).toEqual({
        deviceId: `sos-${town.code.slice(0, 6)}-${label}`,
        kind: 'sos_button',
        room: '卫生间',
      })
      for (const { deviceId, kind } of devices) {
        expect(deviceId).toMatch(/^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$/)
        expect(DEVICE_KINDS).toContain(kind)
      }
      const age = (NOW - Date.parse(resident.birthDate)) / (365.25 * 86_400_000)
      expect(age).toBeGreaterThanOrEqual(65)
      expect(age).toBeLessThanOrEqual(95.01)
    }
  })
})

describe('sensors', () => {
  const day = (kind: string, seed: string) => {
    const random = createRandom(seed)
    let state = startSensor(kind, NOW, random)
    return Array.from({ length: 288 }, (_, i) => {
      const at = NOW + (i + 1) * 300_000
      const measured = measure(state, HOME, at, random)
      state = measured.state
      return { at, ...measured.fields } as Record<string, number>
    })
  }

  it('give the same values for a seed', () => {
    expect(day('watch', 's')).toEqual(day('watch', 's'))
    expect(day('watch', 's')).not.toEqual(day('watch', 't'))
  })

  it('a watch follows the day: a faster heart when awake, steps that only rise until midnight', () => {
    const samples = day('watch', 'w')
    const mean = (some: Record<string, number>[]) => some.reduce((sum, s) => sum + s.hr!, 0) / some.length
    const awakeHr = mean(samples.filter((s) => awake(s.at!) > 0.7))
    const asleepHr = mean(samples.filter((s) => awake(s.at!) === 0))
    expect(awakeHr - asleepHr).toBeGreaterThan(8)
    for (const { hr, spo2, battery } of samples) {
      expect(hr).toBeGreaterThan(40)
      expect(hr).toBeLessThan(110)
      expect(spo2).toBeGreaterThan(90)
      expect(battery).toBeGreaterThan(10)
      expect(battery).toBeLessThanOrEqual(100)
    }
    const resets = samples.filter((s, i) => i > 0 && s.steps! < samples[i - 1]!.steps!)
    expect(resets).toHaveLength(1)
    // 16:00 UTC is midnight in China.
    expect(new Date(resets[0]!.at!).toISOString()).toMatch(/T16:0/)
  })

  it('a tracker stays within a walk of home; a button slowly loses battery', () => {
    for (const { lat, lon, acc } of day('tracker', 'x')) {
      expect(Math.abs(lat! - HOME.lat)).toBeLessThan(0.006)
      expect(Math.abs(lon! - HOME.lon)).toBeLessThan(0.006)
      expect(acc).toBeGreaterThan(0)
    }
    const button = day('sos_button', 'b')
    const loss = button[0]!.battery! - button.at(-1)!.battery!
    expect(loss).toBeGreaterThanOrEqual(0)
    expect(loss).toBeLessThan(0.5)
    expect(button[0]).not.toHaveProperty('hr')
  })
})

describe('occurrences', () => {
  it('come at the rate asked for', () => {
    const random = createRandom('rate')
    const total = Array.from({ length: 5_000 }, () => drawWait(random, 15)).reduce((sum, ms) => sum + ms, 0)
    expect(total / 5_000 / 60_000).toBeCloseTo(4, 0)
  })

  it('fit the device that tells of them, and a follow-up takes the same event back', () => {
    const random = createRandom('kinds')
    const devices = [{ kind: 'sos_button' }, { kind: 'fall_sensor' }, { kind: 'door_sensor' }]
    const chances = new Chances(devices)
    const seen = new Map<string, Set<string>>()
    for (let i = 0; i < 3_000; i++) {
      const { device, type, followUp } = chances.draw(random)!
      seen.set(type, (seen.get(type) ?? new Set()).add(device.kind))
      if (type === 'sos' && followUp) expect(followUp.type).toBe('sos_cancel')
      if (type === 'fall' && followUp) expect(followUp.type).toBe('fall_cancel')
      if (followUp) expect(followUp.afterMs).toBeGreaterThan(0)
    }
    expect(seen.get('door_open')).toEqual(new Set(['door_sensor']))
    expect(seen.get('sos')).toEqual(new Set(['sos_button']))
    expect(seen.has('wander')).toBe(false)
    expect(new Chances([]).draw(random)).toBeNull()
  })

  it('are only what a device can tell of', () => {
    const random = createRandom('able')
    const radar = { kind: 'fall_sensor', can: ['fall', 'fall_clear'] as const }
    const chances = new Chances<{ kind: string; can?: readonly EventType[] }>([radar, { kind: 'door_sensor', can: [] }])
    for (let i = 0; i < 300; i++) {
      const { device, type, followUp } = chances.draw(random)!
      expect([device, type]).toEqual([radar, 'fall'])
      if (followUp) expect(followUp.type).toBe('fall_clear')
    }
  })
})
