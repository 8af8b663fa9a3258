import { pino } from 'pino'
import { describe, expect, test } from 'vitest'
import {
  RefusedRowsError,
  type TelemetryPoint,
  type TelemetryQuery,
  type TelemetryRow,
  type TelemetryStore,
} from '../../server/store/telemetry/telemetry.ts'

export const silent = pino({ level: 'silent' })
export const MINUTE = 60_000
/** Midnight UTC of yesterday: inside any retention, and a whole number of windows. */
export const DAY = Math.floor(Date.now() / 86_400_000 - 1) * 86_400_000

export function query(deviceId: string, field: string, more: Partial<TelemetryQuery> = {}): TelemetryQuery {
  return { deviceId, field, from: DAY - 86_400_000, to: DAY + 86_400_000, everyMs: null, limit: 1_000, ...more }
}

export function raw(ts: number, value: number): TelemetryPoint {
  return { ts, value, min: value, max: value, count: 1 }
}

let devices = 0
const newDevice = () => `device-${++devices}`

/** What every engine must do alike. `open` gives a started store. */
export function storeContract(name: string, open: () => TelemetryStore): void {
  describe(`${name}: telemetry store contract`, () => {
    test('keeps rows with exact times and values, ascending, of one device and field only', async () => {
      const store = open()
      const device = newDevice()
      await store.write([
        { deviceId: device, ts: DAY + 2, fields: { hr: 72, battery: 81.5, lat: 28.454_123 } },
        { deviceId: device, ts: DAY + 1, fields: { hr: 70.25 } },
        { deviceId: newDevice(), ts: DAY + 1, fields: { hr: 99 } },
      ])
      expect(await store.query(query(device, 'hr'))).toEqual([raw(DAY + 1, 70.25), raw(DAY + 2, 72)])
      expect(await store.query(query(device, 'battery'))).toEqual([raw(DAY + 2, 81.5)])
      expect(await store.query(query(device, 'lat'))).toEqual([raw(DAY + 2, 28.454_123)])
      expect(await store.query(query(device, 'spo2'))).toEqual([])
    })

    test('merges rows of the same device and time, within a batch and between batches; the later value wins', async () => {
      const store = open()
      const deviceId = newDevice()
      await store.write([
        { deviceId, ts: DAY, fields: { hr: 60, battery: 50 } },
        { deviceId, ts: DAY, fields: { hr: 61, rssi: -70 } },
      ])
      await store.write([{ deviceId, ts: DAY, fields: { battery: 51, steps: 1 } }])
      await store.write([{ deviceId, ts: DAY, fields: { battery: 51, steps: 1 } }])
      const values = await Promise.all(
        ['hr', 'battery', 'rssi', 'steps'].map(async (field) => (await store.query(query(deviceId, field)))[0]?.value),
      )
      expect(values).toEqual([61, 51, -70, 1])
      expect(await store.query(query(deviceId, 'hr'))).toHaveLength(1)
    })

    test('includes from, excludes to, and with a limit gives the newest', async () => {
      const store = open()
      const deviceId = newDevice()
      await store.write([0, 1, 2, 3].map((i) => ({ deviceId, ts: DAY + i, fields: { hr: i } })))
      expect(await store.query(query(deviceId, 'hr', { from: DAY + 1, to: DAY + 3 }))).toEqual([
        raw(DAY + 1, 1),
        raw(DAY + 2, 2),
      ])
      expect(await store.query(query(deviceId, 'hr', { limit: 2 }))).toEqual([raw(DAY + 2, 2), raw(DAY + 3, 3)])
      expect(await store.query(query(deviceId, 'hr', { from: DAY, to: DAY }))).toEqual([])
      expect(await store.query(query(deviceId, 'hr', { from: 0, to: 8.64e15 }))).toHaveLength(4)
    })

    test('down-samples to windows aligned to the epoch, leaves empty ones out, and limits to the newest', async () => {
      const store = open()
      const deviceId = newDevice()
      const at = [1, 2, 4, 5, 9, 21, 22]
      await store.write(at.map((minute) => ({ deviceId, ts: DAY + minute * MINUTE, fields: { hr: minute * 10 } })))
      const windows = [
        { ts: DAY + 0, value: 30, min: 20, max: 40, count: 2 },
        { ts: DAY + 5 * MINUTE, value: 70, min: 50, max: 90, count: 2 },
        { ts: DAY + 20 * MINUTE, value: 215, min: 210, max: 220, count: 2 },
      ]
      // The range begins inside the first window: its start is still the window's.
      const every = { from: DAY + 2 * MINUTE, everyMs: 5 * MINUTE }
      expect(await store.query(query(deviceId, 'hr', every))).toEqual(windows)
      expect(await store.query(query(deviceId, 'hr', { ...every, limit: 2 }))).toEqual(windows.slice(1))
    })

    test('crosses days and keeps a large batch whole', async () => {
      const store = open()
      const deviceId = newDevice()
      const rows = Array.from({ length: 3_000 }, (_, i) => ({ deviceId, ts: DAY + i * 25_000, fields: { hr: i } }))
      await store.write(rows)
      const points = await store.query(query(deviceId, 'hr', { everyMs: 3_600_000 }))
      expect(points.reduce((sum, { count }) => sum + count, 0)).toBe(3_000)
      expect(points).toHaveLength(21)
    })

    test.each([
      `o'brien`,
      `x' OR '1'='1`,
      `x\\' OR 1=1 --`,
      `\\`,
      'ends with \\',
      'a,b=c d',
      'a%5Cb',
      '"; drop table telemetry.sample; --',
      '$' + '{x} $device $1 {{}} #',
      '安护-床垫-一',
      'device=other hr=1',
    ])('takes any printable device id as data: %j', async (deviceId) => {
      const store = open()
      await store.write([{ deviceId, ts: DAY, fields: { hr: 71 } }])
      expect(await store.query(query(deviceId, 'hr'))).toEqual([raw(DAY, 71)])
      expect(await store.query(query(`${deviceId}x`, 'hr'))).toEqual([])
    })

    test('never lets a malformed field name into a statement', async () => {
      const store = open()
      for (const field of [`hr" FROM vitals; DROP DATABASE anhu --`, `hr') or 1=1 --`, 'hr=1,evil', 'hr\nvitals', '']) {
        await expect(store.query(query('x', field))).rejects.toThrow(RangeError)
        const row = { deviceId: 'x', ts: DAY, fields: { [field]: 1 } }
        await expect(store.write([row])).rejects.toThrow(RefusedRowsError)
      }
      await expect(store.query(query('x', 'hr', { limit: 0 }))).rejects.toThrow(RangeError)
      await expect(store.query(query('x', 'hr', { everyMs: 0.5 }))).rejects.toThrow(RangeError)
    })

    test('names the rows it can never take, and leaves the rest to be written', async () => {
      const store = open()
      const deviceId = newDevice()
      const good: TelemetryRow = { deviceId, ts: DAY, fields: { hr: 1 } }
      const bad: TelemetryRow[] = [
        { deviceId: 'line\nbreak', ts: DAY, fields: { hr: 1 } },
        { deviceId: 'nul\0', ts: DAY, fields: { hr: 1 } },
        { deviceId: '', ts: DAY, fields: { hr: 1 } },
        { deviceId, ts: Number.NaN, fields: { hr: 1 } },
        { deviceId, ts: DAY + 0.5, fields: { hr: 1 } },
        { deviceId, ts: DAY - 500 * 86_400_000, fields: { hr: 1 } },
        { deviceId, ts: DAY, fields: { hr: Number.POSITIVE_INFINITY } },
      ]
      const error: unknown = await store.write([...bad, good]).catch((refusal: unknown) => refusal)
      expect(error).toBeInstanceOf(RefusedRowsError)
      expect([...((error as RefusedRowsError).rows?.keys() ?? [])]).toEqual(bad)
    })

    test('answers a ping, starts twice, takes an empty batch and looks after itself', async () => {
      const store = open()
      await store.ping()
      await store.start()
      await store.write([])
      await store.maintain(Date.now())
      expect(await store.query(query('nobody', 'hr'))).toEqual([])
    })
  })
}
