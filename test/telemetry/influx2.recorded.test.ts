/**
 * No InfluxDB 2.x can be had where these tests run. The answers below are those of the documentation: "InfluxDB v2 API"
 * (`GET /ping`, `/api/v2/buckets`, `/api/v2/orgs`, `POST /api/v2/buckets`, `/api/v2/write`, `/api/v2/query`), "Annotated CSV".
 */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../server/contract/clock.ts'
import { Influx2Telemetry } from '../../server/store/telemetry/influx2.ts'
import { RefusedRowsError } from '../../server/store/telemetry/telemetry.ts'
import { DAY, query, raw } from './contract.ts'

interface Recorded {
  method: string
  path: string
  query: Record<string, string>
  authorization: string | undefined
  body: string
}

interface Answer {
  status: number
  body?: unknown
  type?: string
}

let server: Server
let url: URL
let requests: Recorded[]
let answers: Record<string, Answer[]>

const json = (status: number, body: unknown): Answer => ({
  status,
  body: JSON.stringify(body),
  type: 'application/json',
})
const csv = (body: string): Answer => ({ status: 200, body, type: 'text/csv; charset=utf-8' })
const oneBucket = json(200, { buckets: [{ id: '0a1b', name: 'anhu', orgID: '0c2d', retentionRules: [] }] })

beforeEach(async () => {
  requests = []
  answers = {}
  server = createServer((request, response) => {
    void read(request).then((recorded) => {
      requests.push(recorded)
      const answer = answers[`${recorded.method} ${recorded.path}`]?.shift() ?? { status: 500 }
      response.writeHead(answer.status, answer.type ? { 'content-type': answer.type } : {})
      response.end(answer.body)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  url = new URL(`http://127.0.0.1:${address.port}`)
})

afterEach(async () => {
  server.closeAllConnections()
  server.close()
  await once(server, 'close')
})

async function read(request: IncomingMessage): Promise<Recorded> {
  let body = ''
  for await (const chunk of request) body += chunk
  const { pathname, searchParams } = new URL(request.url ?? '', url)
  return {
    method: request.method ?? '',
    path: pathname,
    query: Object.fromEntries(searchParams),
    authorization: request.headers.authorization,
    body,
  }
}

const open = () =>
  new Influx2Telemetry({
    url,
    token: 'secret-token',
    org: 'city & care',
    bucket: 'anhu',
    retentionDays: 400,
    clock: systemClock,
  })

const flux = () => (JSON.parse(requests.at(-1)?.body ?? '{}') as { query: string }).query

describe('InfluxDB 2.x requests against a recorded double (no server available)', () => {
  test('start finds the bucket by name and organisation, with the token', async () => {
    answers = { 'GET /api/v2/buckets': [oneBucket] }
    await open().start()
    expect(requests).toEqual([
      {
        method: 'GET',
        path: '/api/v2/buckets',
        query: { org: 'city & care', name: 'anhu' },
        authorization: 'Token secret-token',
        body: '',
      },
    ])
  })

  test.each([
    ['an empty list', json(200, { buckets: [] })],
    ['not found', json(404, { code: 'not found', message: 'bucket "anhu" not found' })],
  ])('start makes a missing bucket with the retention (%s)', async (_, missing) => {
    answers = {
      'GET /api/v2/buckets': [missing],
      'GET /api/v2/orgs': [json(200, { orgs: [{ id: '0c2d', name: 'city & care' }] })],
      'POST /api/v2/buckets': [json(201, { id: '0a1b', name: 'anhu' })],
    }
    await open().start()
    expect(requests[1]?.query).toEqual({ org: 'city & care' })
    expect(JSON.parse(requests[2]?.body ?? '')).toEqual({
      orgID: '0c2d',
      name: 'anhu',
      retentionRules: [{ type: 'expire', everySeconds: 34_560_000 }],
    })
  })

  test('start rejects when the organisation is unknown or the token is wrong', async () => {
    answers = {
      'GET /api/v2/buckets': [json(200, { buckets: [] }), json(401, { code: 'unauthorized', message: 'unauthorized' })],
      'GET /api/v2/orgs': [json(200, { orgs: [] })],
    }
    await expect(open().start()).rejects.toThrow('organisation')
    await expect(open().start()).rejects.toThrow('unauthorized')
  })

  test('write sends one request of line protocol in ms, a measurement per kind, tag `device` only', async () => {
    answers = { 'GET /api/v2/buckets': [oneBucket], 'POST /api/v2/write': [{ status: 204 }] }
    await open().write([
      { deviceId: 'a,b=c \\', ts: DAY, fields: { hr: 72, battery: 81.5, lat: 28.45, rssi: -70 } },
      { deviceId: '床垫', ts: DAY + 1, fields: { hr: 1e21 } },
    ])
    expect(requests[1]).toMatchObject({
      method: 'POST',
      path: '/api/v2/write',
      query: { org: 'city & care', bucket: 'anhu', precision: 'ms' },
      authorization: 'Token secret-token',
    })
    expect(requests[1]?.body).toBe(
      `vitals,device=a\\,b\\=c\\ %5C hr=72 ${DAY}\n` +
        `position,device=a\\,b\\=c\\ %5C lat=28.45 ${DAY}\n` +
        `device,device=a\\,b\\=c\\ %5C battery=81.5,rssi=-70 ${DAY}\n` +
        `vitals,device=床垫 hr=1e+21 ${DAY + 1}`,
    )
  })

  test('a large batch is one request, and nothing is retried behind our back', async () => {
    answers = {
      'GET /api/v2/buckets': [oneBucket],
      'POST /api/v2/write': [json(503, { code: 'unavailable', message: 'x' }), { status: 204 }],
    }
    const store = open()
    const rows = Array.from({ length: 5_000 }, (_, i) => ({ deviceId: 'large', ts: DAY + i, fields: { hr: i } }))
    await expect(store.write(rows)).rejects.toThrow('503')
    await store.write(rows)
    expect(requests.map(({ path }) => path)).toEqual(['/api/v2/buckets', '/api/v2/write', '/api/v2/write'])
    expect(requests[2]?.body.split('\n')).toHaveLength(5_000)
  })

  test.each([
    [400, { code: 'invalid', message: "unable to parse 'vitals,device=x hr=72x': invalid number" }],
    [413, { code: 'request too large', message: 'cannot read data: points batch is too large' }],
    [
      422,
      { code: 'unprocessable entity', message: 'failure writing points: points beyond retention policy dropped=1' },
    ],
  ])('%i is a refusal of the data, whose reason repeats none of it', async (status, body) => {
    answers = { 'GET /api/v2/buckets': [oneBucket], 'POST /api/v2/write': [json(status, body)] }
    const write = open().write([{ deviceId: 'x', ts: DAY, fields: { hr: 72 } }])
    const error: unknown = await write.catch((refusal: unknown) => refusal)
    expect(error).toBeInstanceOf(RefusedRowsError)
    expect(String(error)).toContain(`InfluxDB ${status}: `)
    expect(String(error)).not.toMatch(/device=|hr=/)
  })

  test.each([401, 404, 429, 500, 503])('%i is not about the data: the writer keeps it', async (status) => {
    answers = { 'GET /api/v2/buckets': [oneBucket], 'POST /api/v2/write': [json(status, { code: 'x', message: 'y' })] }
    const write = open().write([{ deviceId: 'x', ts: DAY, fields: { hr: 72 } }])
    const error: unknown = await write.catch((refusal: unknown) => refusal)
    expect(error).toBeInstanceOf(Error)
    expect(error).not.toBeInstanceOf(RefusedRowsError)
  })

  test('raw values: Flux with every value escaped, answer in annotated CSV', async () => {
    answers = {
      'POST /api/v2/query': [
        csv(
          '#datatype,string,long,dateTime:RFC3339,double\r\n#group,false,false,false,false\r\n#default,_result,,,\r\n' +
            `,result,table,_time,_value\r\n,,0,${new Date(DAY).toISOString()},71.5\r\n,,0,${new Date(DAY + 1).toISOString()},72\r\n\r\n`,
        ),
      ],
    }
    const deviceId = `x" or r.device != "$${'{1}'}\\`
    expect(await open().query(query(deviceId, 'hr', { limit: 7 }))).toEqual([raw(DAY, 71.5), raw(DAY + 1, 72)])
    expect(requests[0]?.query).toEqual({ org: 'city & care' })
    expect(flux()).toBe(
      'from(bucket: "anhu")\n' +
        `  |> range(start: time(v: "${new Date(DAY - 86_400_000).toISOString()}"), stop: time(v: "${new Date(DAY + 86_400_000).toISOString()}"))\n` +
        `  |> filter(fn: (r) => r._measurement == "vitals" and r._field == "hr" and r.device == "x\\" or r.device != \\"\\$${'{1}'}%5C")\n` +
        '  |> keep(columns: ["_time", "_value"])\n  |> tail(n: 7)',
    )
  })

  test('windows: four aggregates joined by the window, its start aligned to the epoch', async () => {
    const from = DAY + 120_000
    const table = (name: string, type: string, values: [number, number]) =>
      `#datatype,string,long,dateTime:RFC3339,${type}\r\n#group,false,false,false,false\r\n#default,${name},,,\r\n` +
      `,result,table,_time,_value\r\n,,0,${new Date(from).toISOString()},${values[0]}\r\n,,0,${new Date(DAY + 300_000).toISOString()},${values[1]}\r\n\r\n`
    answers = {
      'POST /api/v2/query': [
        csv(
          table('mean', 'double', [30, 70]) +
            table('min', 'double', [20, 50]) +
            table('max', 'double', [40, 90]) +
            table('count', 'long', [2, 3]),
        ),
      ],
    }
    expect(await open().query(query('x', 'battery', { from, everyMs: 300_000, limit: 2 }))).toEqual([
      { ts: DAY, value: 30, min: 20, max: 40, count: 2 },
      { ts: DAY + 300_000, value: 70, min: 50, max: 90, count: 3 },
    ])
    for (const fn of ['mean', 'min', 'max', 'count']) {
      expect(flux()).toContain(
        `series |> aggregateWindow(every: duration(v: "300000ms"), fn: ${fn}, createEmpty: false, timeSrc: "_start") ` +
          `|> keep(columns: ["_time", "_value"]) |> tail(n: 2) |> yield(name: "${fn}")`,
      )
    }
    expect(flux()).toContain('r._measurement == "device" and r._field == "battery"')
  })

  test('a malformed field or range never becomes a request; an answer that is no CSV is an error', async () => {
    const store = open()
    await expect(store.query(query('x', 'hr" or true'))).rejects.toThrow(RangeError)
    expect(await store.query(query('x', 'hr', { from: 5, to: 5 }))).toEqual([])
    expect(requests).toEqual([])
    await expect(store.query(query('x', 'hr'))).rejects.toThrow()
    await expect(store.ping()).rejects.toThrow()
    answers = { 'GET /ping': [{ status: 204 }] }
    await store.ping()
    expect(requests.at(-1)?.path).toBe('/ping')
  })
})
