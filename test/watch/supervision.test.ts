import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { City, MINUTE, SECOND } from './city.ts'

/** A terminal on the mains: 15 min and a fifth. */
const ALLOWED = 18 * MINUTE

let city: City
beforeEach(async () => {
  city = await City.start()
})
afterEach(() => city.drop())

describe('a device that falls silent', () => {
  test('is told within its period, the grace and 60 s, and once; its return takes that back', async () => {
    const residentId = await city.resident()
    await city.device('t1', residentId)
    await city.run()
    await city.pass(ALLOWED - 5 * SECOND)
    expect(await city.alerts()).toEqual([])
    await city.sweepFor(5 * SECOND + 60 * SECOND)
    expect(await city.alerts()).toEqual(['t1 offline active'])
    const [alert] = await city.db.selectFrom('alert').select(['reason', 'first_signal_at']).execute()
    expect(alert?.reason).toMatchObject({ rule: 'supervision.late', values: { allowed: ALLOWED } })
    await city.pass(10 * MINUTE)
    expect(city.events).toHaveLength(1)

    await city.heard('t1')
    await city.sweepFor(10 * SECOND)
    expect(await city.alerts()).toEqual(['t1 offline restored'])
    expect(city.events.map(({ state, suppressed }) => [state, suppressed])).toEqual([
      ['new', false],
      ['new', false],
    ])
    expect(await city.stateOf('t1')).toBe('ok')
  })

  test('is left alone while it is heard of, or its connection stands', async () => {
    const residentId = await city.resident()
    await city.device('t1', residentId)
    await city.device('t2', residentId, { heard: false })
    await city.sql(`update device set secret_hash = '-' where device_id = 't2'`)
    await city.connected('t2', true)
    await city.run()
    for (let n = 0; n < 3; n++) {
      await city.pass(ALLOWED - MINUTE)
      await city.heard('t1')
    }
    expect(await city.alerts()).toEqual([])
    await city.connected('t2', false)
    await city.pass(ALLOWED - MINUTE)
    expect(await city.stateOf('t2')).toBe('ok')
    await city.sweepFor(2 * MINUTE)
    expect(await city.alerts()).toContain('t2 offline active')
  })

  test('that is nobody’s or in stock is not supervised; one that is taken away is given up', async () => {
    const residentId = await city.resident()
    await city.device('nobody', null)
    await city.device('t1', residentId)
    await city.run()
    expect(await city.stateOf('nobody')).toBeUndefined()
    await city.pass(ALLOWED)
    await city.sweepFor(30 * SECOND)
    await city.sql(`update device set lifecycle = 'in_stock' where device_id = 't1'`)
    await city.sweepFor(10 * SECOND)
    expect(await city.alerts()).toEqual(['t1 offline restored'])
    expect(await city.stateOf('t1')).toBe('off')
  })

  test('is raised once by two nodes that sweep at once', async () => {
    const others = city.node('n2').filter(({ name }) => name === 'supervision')
    for (let n = 0; n < 5; n++) await city.device(`t${n}`, await city.resident())
    await city.run()
    await city.pass(ALLOWED)
    for (let n = 0; n < 8; n++) {
      city.clock.advance(5 * SECOND)
      await Promise.all([city.run('supervision'), ...others.map((job) => job.run())])
    }
    const alerts = await city.db.selectFrom('alert').select(['device_id', 'signal_count']).execute()
    expect(alerts).toHaveLength(5)
    expect(alerts.every(({ signal_count }) => signal_count === 1)).toBe(true)
    expect(city.events).toHaveLength(5)
  })

  test('follows the settings of its home at once', async () => {
    const residentId = await city.resident()
    await city.device('t1', residentId)
    await city.run()
    await city.sql(
      `insert into detect_setting (scope, scope_id, settings, at)
       values ('home', $1, '{"supervision":{"mainsS":300}}', now())`,
      [residentId],
    )
    await city.run('supervision settings')
    await city.pass(6 * MINUTE)
    await city.sweepFor(30 * SECOND)
    expect(await city.alerts()).toEqual(['t1 offline active'])
  })
})

describe('a hub that falls silent', () => {
  test('is told with those behind it, and they are not blamed one by one, nor before one period from its return', async () => {
    const residentId = await city.resident()
    await city.device('hub', residentId, { kind: 'hub', heard: false })
    await city.connected('hub', true)
    for (const id of ['a', 'b', 'c']) await city.device(id, residentId, { hubId: 'hub' })
    await city.run()
    await city.connected('hub', false)
    await city.pass(ALLOWED)
    await city.sweepFor(2 * MINUTE)
    expect(await city.alerts()).toEqual(['hub hub_offline active'])
    const [alert] = await city.db.selectFrom('alert').select('reason').execute()
    expect(alert?.reason).toMatchObject({ rule: 'supervision.hub', values: { behind: 3 } })
    expect(await city.stateOf('a')).toBe('behind')

    await city.connected('hub', true)
    await city.sweepFor(90 * SECOND)
    expect(await city.alerts()).toEqual(['hub hub_offline restored'])
    expect(await city.stateOf('a')).toBe('ok')
    await city.heard('a')
    await city.heard('b')
    await city.pass(ALLOWED - MINUTE)
    expect(await city.alerts()).toHaveLength(1)
    await city.sweepFor(3 * MINUTE)
    expect((await city.alerts()).filter((one) => one.startsWith('c'))).toEqual(['c offline active'])
  })

  test('that is a bridge keeps its network’s devices from being blamed', async () => {
    await city.device('net', null, { kind: 'bridge', heard: false })
    await city.connected('net', true)
    for (let n = 0; n < 12; n++) await city.device(`l${n}`, await city.resident(), { hubId: 'net' })
    await city.run()
    await city.connected('net', false)
    await city.pass(ALLOWED)
    await city.sweepFor(2 * MINUTE)
    expect(await city.alerts()).toEqual(['net hub_offline active'])
    expect(await city.db.selectFrom('incident').selectAll().execute()).toEqual([])
  })
})

describe('batteries and tests', () => {
  test('a low battery is told once, and not when its device said so; charged, it is taken back', async () => {
    const residentId = await city.resident()
    await city.device('b1', residentId, { battery: 15 })
    const other = await city.resident()
    await city.device('b2', other, { battery: 10 })
    await city.signal('b2', 'battery_low')
    await city.run()
    await city.run()
    expect(await city.alerts()).toEqual(['b2 battery_low active', 'b1 battery_low active'])
    expect(await city.db.selectFrom('alert').select('signal_count').execute()).toEqual([
      { signal_count: 1 },
      { signal_count: 1 },
    ])
    await city.heard('b1', 22)
    await city.run()
    expect(await city.alerts()).toContain('b1 battery_low active')
    await city.heard('b1', 60)
    await city.run()
    expect(await city.alerts()).toContain('b1 battery_low restored')
  })

  test('a test that was not made is told; a press proves as much as a test', async () => {
    const residentId = await city.resident()
    await city.device('s1', residentId, { kind: 'sos_button' })
    await city.run()
    await city.sql(
      `update device_supervision set enrolled_at = enrolled_at - interval '32 days', test_due_at = enrolled_at`,
    )
    await city.run('tests')
    expect(await city.alerts()).toEqual(['s1 test_overdue active'])
    city.clock.advance(SECOND)
    await city.signal('s1', 'sos')
    city.clock.advance(60 * MINUTE)
    await city.run('tests')
    expect(await city.alerts()).toContain('s1 test_overdue restored')
  })
})

describe('an unprotected resident', () => {
  const unprotected = async () =>
    (
      await city.db.selectFrom('resident_protection').selectAll().where('unprotected_since', 'is not', null).execute()
    ).map(({ resident_id, reasons }) => [resident_id, reasons])

  test('is one whose only calling device is lost, taken off or behind a lost hub', async () => {
    const [a, b, c] = [await city.resident(), await city.resident(), await city.resident()]
    await city.device('t1', a)
    await city.device('w1', b, { kind: 'watch' })
    await city.device('hub', c, { kind: 'hub' })
    await city.device('k1', c, { kind: 'sos_button', hubId: 'hub' })
    await city.run()
    expect(await unprotected()).toEqual([])
    await city.signal('w1', 'removed')
    await city.run('protection')
    expect(await unprotected()).toEqual([[b, ['removed']]])
    await city.pass(ALLOWED)
    await city.sweepFor(40 * SECOND)
    expect((await unprotected()).sort()).toEqual(
      [
        [a, ['lost']],
        [b, ['removed']],
        [c, ['hub_lost']],
      ].sort(),
    )
    await city.signal('w1', 'worn')
    await city.heard('t1')
    await city.heard('hub')
    await city.sweepFor(10 * SECOND)
    expect(await unprotected()).toEqual([])
  })

  test('has devices, but none that calls; or the registry says that it is broken', async () => {
    const [a, b] = [await city.resident(), await city.resident()]
    await city.device('d1', a, { kind: 'door_sensor' })
    await city.device('t1', b)
    await city.sql(`update device set lifecycle = 'faulty' where device_id = 't1'`)
    await city.run()
    expect((await unprotected()).sort()).toEqual(
      [
        [a, ['no_device']],
        [b, ['faulty']],
      ].sort(),
    )
  })
})
