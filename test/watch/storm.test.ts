import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { incidentDetail, listIncidents } from '../../server/watch/queries.ts'
import { City, MINUTE, SECOND } from './city.ts'

const ALLOWED = 18 * MINUTE
const DEVICES = Array.from({ length: 30 }, (_, n) => `t${String(n).padStart(2, '0')}`)
let city: City
const residents = new Map<string, string>()

beforeEach(async () => {
  city = await City.start()
  for (const id of DEVICES) {
    const residentId = await city.resident()
    residents.set(id, residentId)
    await city.device(id, residentId)
  }
  await city.run()
})
afterEach(() => city.drop())

const heard = async (ids: readonly string[]) => {
  for (const id of ids) await city.heard(id)
}
const cases = () => city.db.selectFrom('alarm_case').selectAll().orderBy('case_id').execute()

/** The power of the town fails. */
async function storm(): Promise<void> {
  await city.pass(ALLOWED)
  await city.sweepFor(40 * SECOND)
}

describe('many devices lost in one area', () => {
  test('are one case with its list; it is over when nine of ten are back, and the rest is told by itself', async () => {
    await storm()
    const [only, ...others] = await cases()
    expect(others).toEqual([])
    expect(only).toMatchObject({ kind: 'area_offline', resident_id: null, category: 'fault' })
    const { items } = await listIncidents(city.db, { limit: 10, open: true })
    expect(items).toMatchObject([{ devices: 30, lost: 30, residents: 30, caseId: only?.case_id, closedAt: null }])
    const incidentId = items[0]?.incidentId ?? ''
    const detail = await incidentDetail(city.db, incidentId, { limit: 20 })
    expect(detail.members).toHaveLength(20)
    expect(detail.members[0]).toMatchObject({ deviceId: 't00', unprotected: true, leftAt: null })
    const rest = await incidentDetail(city.db, incidentId, { limit: 20, cursor: detail.nextCursor ?? '' })
    expect(rest.members).toHaveLength(10)

    await heard(DEVICES.slice(0, 20))
    await city.sweepFor(10 * SECOND)
    expect((await listIncidents(city.db, { limit: 10 })).items).toMatchObject([
      { devices: 30, lost: 10, closedAt: null },
    ])
    expect(await cases()).toHaveLength(1)
    await heard(DEVICES.slice(0, 28))
    await city.sweepFor(10 * SECOND)
    expect((await listIncidents(city.db, { limit: 10 })).items).toMatchObject([
      { lost: 0, closedAt: expect.any(String) },
    ])
    expect((await city.alerts()).sort()).toEqual([
      't00 area_offline restored',
      't28 offline active',
      't29 offline active',
    ])
  })

  test('further ones join; one that is back and lost again is on the list once', async () => {
    await heard(['t29'])
    await storm()
    // Heard of at the begin of the outage, it is late at the same time as the others.
    await city.device('late', await city.resident())
    await city.run('enrolment')
    await heard(['t00'])
    await city.sweepFor(10 * SECOND)
    await heard(DEVICES.slice(1, 10))
    await city.pass(ALLOWED)
    await city.sweepFor(40 * SECOND)
    const members = await city.db.selectFrom('incident_member').select(['device_id', 'left_at']).execute()
    expect(members).toHaveLength(31)
    expect(members.every(({ left_at }) => left_at === null)).toBe(true)
    expect(await cases()).toHaveLength(1)
  })

  test('delay and hide nothing but silence: SOS, falls and tampering go their own way', async () => {
    await storm()
    const sos = await city.signal('t05', 'sos')
    expect(sos).toMatchObject([{ kind: 'sos', priority: 1, suppressed: false, residentId: residents.get('t05') }])
    const fall = await city.signal('t06', 'fall')
    expect(fall).toMatchObject([{ kind: 'fall', category: 'emergency', suppressed: false }])
    const tamper = await city.signal('t07', 'tamper')
    expect(tamper).toMatchObject([{ kind: 'tamper', suppressed: false }])
    expect(await cases()).toHaveLength(4)
    await city.pass(MINUTE)
    expect(await cases()).toHaveLength(4)
  })

  test('an SOS while others are waited for has its case at once', async () => {
    await city.pass(ALLOWED - MINUTE)
    await heard(DEVICES.slice(5))
    await city.pass(MINUTE)
    expect(await city.stateOf('t01')).toBe('late')
    expect(await cases()).toEqual([])
    expect(await city.signal('t01', 'sos')).toMatchObject([{ kind: 'sos', suppressed: false }])
    await city.sweepFor(40 * SECOND)
    expect((await cases()).map(({ kind }) => kind).sort()).toEqual([...Array(4).fill('offline'), 'sos'])
  })

  test('when the operators end the work on it, those still lost are told by themselves', async () => {
    await storm()
    await city.sql(
      `update alarm_case set state = 'closed', outcome = 'fault_reported',
       owner_id = '00000000-0000-7000-8000-000000000000'`,
    )
    await heard(DEVICES.slice(0, 10))
    await city.sweepFor(10 * SECOND)
    expect((await city.alerts()).filter((one) => one.includes(' offline active'))).toHaveLength(20)
    await city.sweepFor(MINUTE)
    // Told by themselves they are no new storm.
    expect((await listIncidents(city.db, { limit: 10 })).items).toHaveLength(1)
  })

  test('two nodes open one incident', async () => {
    const others = city.node('n2').filter(({ name }) => name === 'supervision')
    await city.pass(ALLOWED)
    for (let n = 0; n < 8; n++) {
      city.clock.advance(5 * SECOND)
      await Promise.all([city.run('supervision'), ...others.map((job) => job.run())])
    }
    expect(await cases()).toHaveLength(1)
    expect(await city.db.selectFrom('incident_member').selectAll().execute()).toHaveLength(30)
  })
})

test('few are told one by one, and the wait for others does not cost more than half a minute', async () => {
  await city.pass(ALLOWED - MINUTE)
  await heard(DEVICES.slice(5))
  await city.sweepFor(MINUTE + 35 * SECOND)
  expect((await city.alerts()).sort()).toEqual(DEVICES.slice(0, 5).map((id) => `${id} offline active`))
})
