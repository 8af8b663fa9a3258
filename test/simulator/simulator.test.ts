import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../server/contract/clock.ts'
import type { VirtualHome } from '../../server/contract/ports.ts'
import { createSimulator, type Simulator, type SimulatorOptions } from '../../simulator/simulator.ts'
import { TestBroker, until } from './broker.ts'

const HOMES: VirtualHome[] = [
  {
    homeId: 'home-1',
    lat: 28.4,
    lon: 117.45,
    devices: [
      { deviceId: 'sos-1', secret: 'secret-of-sos-1', kind: 'sos_button', room: '卫生间' },
      { deviceId: 'watch-1', secret: 'secret-of-watch-1', kind: 'watch', room: null },
    ],
  },
  {
    homeId: 'home-2',
    lat: 28.5,
    lon: 117.5,
    devices: [{ deviceId: 'tracker-2', secret: 'secret-of-tracker-2', kind: 'tracker', room: null }],
  },
]
const DEVICES = HOMES.flatMap((home) => home.devices)

let broker: TestBroker
let simulator: Simulator | null = null

function start(options: Partial<SimulatorOptions> = {}): Simulator {
  simulator = createSimulator({
    homes: HOMES,
    mqttUrl: broker.url,
    seed: 7,
    clock: systemClock,
    log: pino({ level: 'silent' }),
    telemetryEveryMs: 3_600_000,
    pressesPerHour: 0,
    backoff: { firstMs: 30, mostMs: 100 },
    connectWithinMs: 20,
    ...options,
  })
  simulator.start()
  return simulator
}
const connected = (sim: Simulator) => until(() => sim.report().connected === sim.report().devices, 'all connected')

beforeEach(async () => {
  broker = new TestBroker(new Map(DEVICES.map(({ deviceId, secret }) => [deviceId, secret])))
  await broker.start()
})
afterEach(async () => {
  await simulator?.stop()
  simulator = null
  await broker.crash()
})

describe('simulator over a real broker', () => {
  it('logs each device in under its own name, and says online and offline as retained status', async () => {
    const sim = start()
    await connected(sim)
    await until(() => broker.received.length >= 3, 'three statuses')
    expect(new Set(broker.received.map(({ clientId }) => clientId))).toEqual(new Set(DEVICES.map((d) => d.deviceId)))
    expect(broker.of('sos-1', 'status')).toEqual([{ state: 'online' }])
    await sim.stop()
    expect(broker.of('sos-1', 'status')).toEqual([{ state: 'online' }, { state: 'offline' }])
    expect(sim.report().connected).toBe(0)
  })

  it('resolves a press after the PUBACK, not before', async () => {
    const sim = start()
    await connected(sim)
    broker.acknowledges = ({ topic }) => !topic.endsWith('/event')
    let resolved = false
    const press = sim.press('sos-1', 'sos').then((known) => {
      resolved = true
      return known
    })
    await until(() => broker.of('sos-1', 'event').length >= 2, 'a second attempt')
    expect(resolved).toBe(false)
    expect(sim.report()).toMatchObject({ sent: 1, acknowledged: 0, waiting: 1 })
    broker.acknowledges = () => true
    expect(await press).toBe(true)
    const attempts = broker.of('sos-1', 'event')
    expect(new Set(attempts.map((event) => event.id)).size).toBe(1)
    expect(attempts[0]).toMatchObject({ type: 'sos', ts: expect.any(Number) })
    expect(sim.report()).toMatchObject({ sent: 1, acknowledged: 1, waiting: 0, byType: { sos: { sent: 1 } } })
    expect(sim.devices().find((device) => device.deviceId === 'sos-1')?.lastAction).toMatch(/^sos \d{4}-\d\d-\d\dT/)
  })

  it('measures the same for a seed, whatever the ids are this time', async () => {
    const historyOf = async (ids: string): Promise<unknown[]> => {
      const homes = HOMES.map(({ devices, ...home }) => ({
        ...{ ...home, homeId: `${ids}-${home.homeId}` },
        devices: devices.map(({ deviceId, ...device }) => ({ ...device, deviceId: `${ids}-${deviceId}` })),
      }))
      for (const { deviceId, secret } of homes.flatMap(({ devices }) => devices)) broker.secrets.set(deviceId, secret)
      const sim = start({ homes, historyMs: 12 * 3_600_000 })
      await until(() => broker.of(`${ids}-tracker-2`, 'telemetry').length >= 72, 'twelve hours of samples')
      await sim.stop()
      return broker.of(`${ids}-tracker-2`, 'telemetry').map(({ battery, rssi, acc }) => [battery, rssi, acc])
    }
    expect(await historyOf('first')).toEqual(await historyOf('second'))
  })

  it('says false for a device it does not have', async () => {
    expect(await start().press('nobody', 'sos')).toBe(false)
  })

  it('keeps events and samples over a broker restart: nothing lost, same ids, in order', async () => {
    const sim = start({ telemetryEveryMs: 20 })
    await connected(sim)
    // The last events before the crash reach the broker but their acknowledgements do not come.
    const types = ['sos', 'help', 'test', 'motion'] as const
    await sim.press('sos-1', 'sos')
    broker.acknowledges = ({ topic }) => !topic.endsWith('/event')
    const before = types.map((type) => sim.press('sos-1', type))
    await until(() => broker.of('sos-1', 'event').length > 1, 'an unacknowledged event')
    await broker.crash()
    await until(() => sim.report().connected === 0, 'all noticed')
    const during = Array.from({ length: 25 }, (_, i) => sim.press('sos-1', types[i % types.length]!))
    const other = sim.press('tracker-2', 'wander')
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(sim.report().waiting).toBeGreaterThan(30)
    broker.acknowledges = () => true
    await broker.start()
    await Promise.all([...before, ...during, other])
    await sim.stop(5_000)

    const report = sim.report()
    expect(report).toMatchObject({ waiting: 0, dropped: 0, sent: report.acknowledged })
    const arrivals = broker.of('sos-1', 'event')
    const ids = [...new Set(arrivals.map((event) => event.id))]
    expect(ids).toHaveLength(1 + before.length + during.length)
    // First arrivals are in the order of the presses, which version 7 ids and times repeat.
    expect(ids).toEqual([...ids].sort())
    const firstOf = ids.map((id) => arrivals.find((event) => event.id === id))
    expect(firstOf.map((event) => event?.type)).toEqual([
      'sos',
      ...types,
      ...during.map((_, i) => types[i % types.length]),
    ])
    for (const id of ids) {
      const copies = arrivals.filter((event) => event.id === id)
      expect(copies).toEqual(copies.map(() => copies[0]))
    }
    const samples = new Set(broker.of('watch-1', 'telemetry').map((sample) => sample.ts))
    const all = DEVICES.reduce((sum, { deviceId }) => sum + distinctSamples(deviceId), 0)
    expect(samples.size).toBeGreaterThan(5)
    expect(all).toBe(report.byType.telemetry?.sent)
  })

  it('bounds the telemetry it keeps, never the events, and counts what gave way', async () => {
    const sim = start({ telemetryEveryMs: 5, maxSamples: 10 })
    await connected(sim)
    await broker.crash()
    const presses = Array.from({ length: 40 }, () => sim.press('tracker-2', 'sos'))
    await until(() => sim.report().dropped > 20, 'samples dropped')
    await broker.start()
    await Promise.all(presses)
    await sim.stop(5_000)
    const { sent, acknowledged, dropped, waiting, byType } = sim.report()
    expect(waiting).toBe(0)
    expect(sent).toBe(acknowledged + dropped)
    expect(byType.sos).toEqual({ sent: 40, acknowledged: 40 })
  })

  it('cuts a home off the network without a goodbye, and comes back with what has happened meanwhile', async () => {
    const sim = start()
    await connected(sim)
    expect(sim.cutHome('home-1', 300)).toBe(true)
    expect(sim.cutHome('home-9', 300)).toBe(false)
    const press = sim.press('sos-1', 'help')
    await new Promise((resolve) => setTimeout(resolve, 150))
    expect(sim.devices()).toEqual([
      expect.objectContaining({ deviceId: 'sos-1', online: false }),
      expect.objectContaining({ deviceId: 'watch-1', online: false }),
      expect.objectContaining({ deviceId: 'tracker-2', online: true }),
    ])
    expect(broker.of('sos-1', 'event')).toEqual([])
    expect(await press).toBe(true)
    expect(broker.of('sos-1', 'event')).toHaveLength(1)
  })

  it('ends a network cut when it is to drain', async () => {
    const sim = start()
    await connected(sim)
    sim.cutHome('home-1', 3_600_000)
    const press = sim.press('sos-1', 'help')
    await sim.stop(5_000)
    expect(await press).toBe(true)
    expect(sim.report()).toMatchObject({ sent: 1, acknowledged: 1, connected: 0 })
  })

  it('counts refused logins, and gets in once the secret is known', async () => {
    broker.secrets.delete('watch-1')
    broker.secrets.set('tracker-2', 'another secret')
    const sim = start()
    await until(() => sim.report().refused === 2, 'two refused')
    expect(sim.report().connected).toBe(1)
    for (const { deviceId, secret } of DEVICES) broker.secrets.set(deviceId, secret)
    await connected(sim)
    expect(sim.report().refused).toBe(0)
  })

  it('lets things happen by chance, at the rate asked for', async () => {
    const sim = start({ pressesPerHour: 360_000 })
    await connected(sim)
    await until(() => sim.report().sent > 60, 'happenings')
    await sim.stop(3_000)
    const { byType, sent, acknowledged } = sim.report()
    expect(acknowledged).toBe(sent)
    expect(Object.keys(byType)).toEqual(expect.arrayContaining(['sos', 'help', 'test']))
    expect(Object.values(byType).reduce((sum, counts) => sum + counts.acknowledged, 0)).toBe(acknowledged)
  })

  it('rejects presses that are still waiting when it is stopped', async () => {
    const sim = start()
    await connected(sim)
    await broker.crash()
    const press = sim.press('sos-1', 'sos')
    const outcome = expect(press).rejects.toThrow('stopped')
    await sim.stop()
    await outcome
    await expect(sim.press('sos-1', 'sos')).rejects.toThrow('stopped')
  })
})

const distinctSamples = (deviceId: string) => new Set(broker.of(deviceId, 'telemetry').map((s) => s.ts)).size
