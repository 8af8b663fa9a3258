import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { listChecks, listOutages } from '../../server/watch/outage-checks.ts'
import { City, MINUTE, SECOND } from './city.ts'

const ALLOWED = 18 * MINUTE
let city: City
beforeEach(async () => {
  city = await City.start()
})
afterEach(() => city.drop())

const outages = async () => (await listOutages(city.db, { limit: 10 })).items

describe('an outage of our own', () => {
  test('blames nobody before one period from its end', async () => {
    await city.device('t1', await city.resident())
    await city.run()
    await city.pass(5 * MINUTE)
    city.clock.advance(3 * 60 * MINUTE)
    await city.run('supervision')
    await city.sweepFor(MINUTE)
    expect(await city.alerts()).toEqual([])
    expect(await outages()).toMatchObject([{ residents: 0, listed: false }])
    await city.pass(ALLOWED - 2 * MINUTE)
    expect(await city.alerts()).toEqual([])
    await city.sweepFor(2 * MINUTE)
    expect(await city.alerts()).toEqual(['t1 offline active'])
  })

  test('is recorded once by two nodes, and not for the absence of one', async () => {
    const other = city.node('n2').filter(({ name }) => name === 'beat')
    await city.run('beat')
    for (let n = 0; n < 4; n++) {
      city.clock.advance(20 * SECOND)
      await Promise.all(other.map((job) => job.run()))
    }
    await city.run('beat')
    expect(await outages()).toEqual([])
    city.clock.advance(31 * SECOND)
    await Promise.all([city.run('beat'), ...other.map((job) => job.run())])
    const [only, ...more] = await outages()
    expect(more).toEqual([])
    expect(Date.parse(only?.to ?? '') - Date.parse(only?.from ?? '')).toBe(31 * SECOND)
  })

  test('is followed by a list of everybody who may have called in vain', async () => {
    const [a, b] = [await city.resident(), await city.resident()]
    const c = await city.resident()
    await city.device('t1', a)
    await city.device('s1', b, { kind: 'sos_button' })
    await city.device('d1', c, { kind: 'door_sensor' })
    await city.sql('update resident set lives_alone = false where resident_id = $1', [a])
    await city.run()
    city.clock.advance(59 * SECOND)
    await city.run()
    expect(await outages()).toMatchObject([{ listed: false, residents: 0 }])
    city.clock.advance(61 * SECOND)
    await city.run()
    await city.signal('t1', 'sos')
    await city.run()
    const [newest] = await outages()
    expect(newest).toMatchObject({ listed: true, residents: 2, open: 2, completedAt: null })
    const { items } = await listChecks(city.db, newest?.outageId ?? 0, { limit: 10 }, city.clock.now())
    expect(items.map(({ residentId }) => residentId)).toEqual([b, a])
    expect(items.map(({ lastCallAt }) => lastCallAt !== null)).toEqual([false, true])
  })
})
