import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTelemetryStore, engineOfVersion, TelemetrySettingsError } from '../../server/store/telemetry/choose.ts'
import { type Influxd, startInfluxd } from '../support/influxd.ts'
import { DAY, query, raw, silent } from './contract.ts'

// Never connects: only PostgreSQL telemetry would use it.
const pool = new pg.Pool({ host: '127.0.0.1', port: 1 })
let influxd: Influxd

beforeAll(async () => {
  influxd = await startInfluxd({ started: false })
})
afterAll(async () => {
  await influxd?.stop()
  await pool.end()
})

describe('choice of the telemetry engine', () => {
  test('PostgreSQL without INFLUX_URL', () => {
    expect(createTelemetryStore({}, pool, silent).engine).toBe('postgres')
  })

  test('by the version that InfluxDB names', () => {
    expect(engineOfVersion('1.6.7~rc0', 'influx2')).toBe('influx1')
    expect(engineOfVersion('1.8.10', 'influx2')).toBe('influx1')
    expect(engineOfVersion('v2.7.6', 'influx1')).toBe('influx2')
    expect(engineOfVersion('2.0.9', 'influx1')).toBe('influx2')
    expect(engineOfVersion(undefined, 'influx2')).toBe('influx2')
    expect(() => engineOfVersion('3.0.0', 'influx2')).toThrow(TelemetrySettingsError)
    expect(() => engineOfVersion('12', 'influx2')).toThrow(TelemetrySettingsError)
  })

  test('an InfluxDB that is not there does not fail the start; it is found when it comes', async () => {
    const guess = createTelemetryStore({ influxUrl: influxd.url, influxToken: 't', influxOrg: 'o' }, pool, silent)
    expect(guess.engine).toBe('influx2')
    const store = createTelemetryStore({ influxUrl: `${influxd.url}/`, influxDatabase: 'anhu' }, pool, silent)
    await store.start()
    expect(store.engine).toBe('influx1')
    const row = { deviceId: 'early', ts: DAY, fields: { hr: 1 } }
    await expect(store.write([row])).rejects.toThrow('ECONNREFUSED')
    await expect(store.ping()).rejects.toThrow('ECONNREFUSED')
    await influxd.restart()
    await store.write([row])
    await store.ping()
    expect(await store.query(query('early', 'hr'))).toEqual([raw(DAY, 1)])
    // The version decides, not the guess.
    await guess.start()
    expect(guess.engine).toBe('influx1')
    await Promise.all([store.stop(), guess.stop()])
  })
})
