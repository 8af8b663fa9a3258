import { InfluxDB } from 'influx'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { systemClock } from '../../server/contract/clock.ts'
import { Influx1Telemetry } from '../../server/store/telemetry/influx1.ts'
import type { TelemetryRow } from '../../server/store/telemetry/telemetry.ts'
import { writeRows } from '../../server/store/telemetry/write-rows.ts'
import { type Influxd, startInfluxd } from '../support/influxd.ts'
import { DAY, query, raw, storeContract } from './contract.ts'

let influxd: Influxd
let store: Influx1Telemetry

const open = (more: { database?: string; retentionDays?: number } = {}) =>
  new Influx1Telemetry({
    url: new URL(influxd.url),
    database: 'anhu',
    retentionDays: 400,
    clock: systemClock,
    ...more,
  })
const client = () => new InfluxDB(`${influxd.url}/anhu`)

beforeAll(async () => {
  influxd = await startInfluxd()
  store = open()
  await store.start()
})

afterAll(async () => {
  await store?.stop()
  await influxd?.stop()
})

storeContract('InfluxDB 1.x', () => store)

describe('InfluxDB 1.x', () => {
  test('makes a measurement per kind with the tag `device` and nothing else', async () => {
    await store.write([{ deviceId: 'kinds', ts: DAY, fields: { hr: 1, lat: 2, battery: 3 } }])
    expect((await client().getMeasurements()).sort()).toEqual(['device', 'position', 'vitals'])
    const keys = await client().query<{ tagKey: string }>('show tag keys')
    expect(keys.map(({ tagKey }) => tagKey)).toEqual(['device', 'device', 'device'])
  })

  test('keeps the retention policy at the setting', async () => {
    const durations = async () => {
      const policies = await client().showRetentionPolicies('kept')
      return policies.filter(({ name }) => name === 'anhu').map(({ duration }) => duration)
    }
    await open({ database: 'kept', retentionDays: 30 }).start()
    expect(await durations()).toEqual(['720h0m0s'])
    await open({ database: 'kept', retentionDays: 400 }).start()
    expect(await durations()).toEqual(['9600h0m0s'])
  })

  test('a database dropped while running is made again', async () => {
    const other = open({ database: `other "one"` })
    const row = { deviceId: 'again', ts: DAY, fields: { hr: 5 } }
    await other.write([row])
    await client().dropDatabase(`other "one"`)
    await expect(other.write([row])).rejects.toThrow('404')
    await other.write([row])
    expect(await other.query(query('again', 'hr'))).toEqual([raw(DAY, 5)])
    await other.stop()
  })

  test('rows that InfluxDB refuses are found by halving, the rest is stored', async () => {
    // Someone else made this field text in one shard: the engine refuses numbers for it there, for good.
    const line = `vitals,device=alien glucose="high" ${DAY}`
    const answer = await fetch(`${influxd.url}/write?db=anhu&rp=anhu&precision=ms`, { method: 'POST', body: line })
    expect(answer.status).toBe(204)
    const rows: TelemetryRow[] = Array.from({ length: 40 }, (_, i) => ({
      deviceId: 'mixed',
      ts: DAY + i,
      fields: i === 7 || i === 31 ? { glucose: i } : { hr: i },
    }))
    const refused: [readonly TelemetryRow[], string][] = []
    const outcome = await writeRows(
      rows,
      (part) => store.write(part),
      (...refusal) => refused.push(refusal),
    )
    expect(outcome).toEqual({ stored: 38, left: [] })
    expect(refused).toEqual([
      [[rows[7]], 'InfluxDB 400: field type conflict'],
      [[rows[31]], 'InfluxDB 400: field type conflict'],
    ])
    expect(await store.query(query('mixed', 'hr'))).toHaveLength(38)
  })
})
