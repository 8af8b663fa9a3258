import fc from 'fast-check'
import { connectAsync, type MqttClient } from 'mqtt'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hashDeviceSecret } from '../../server/store/secrets.ts'
import { startTestApp, type TestApp } from '../support/app.ts'
import { type BadMessage, badMessage, CHANNELS, type Channel, largeMessages } from '../support/bad-messages.ts'
import { addDevice } from '../support/records.ts'

const RUNS = Number(process.env.BAD_INPUT_RUNS ?? 150)
const SECRET = 'a-secret-of-every-device-of-this-test'

let app: TestApp
let secretHash = ''
let devices = 0

beforeAll(async () => {
  app = await startTestApp()
  secretHash = await hashDeviceSecret(SECRET)
})
afterAll(() => app.destroy())

interface Session {
  deviceId: string
  client: MqttClient
  /** Times the server ended the connection. */
  losses: () => number
  send(channel: Channel, payload: Buffer): Promise<void>
}

/** A new device, logged in. */
async function connect(): Promise<Session> {
  const deviceId = `bad-${devices++}`
  const { db } = app.database.store
  await addDevice(db, deviceId, null)
  await db.updateTable('device').set({ secret_hash: secretHash }).where('device_id', '=', deviceId).execute()
  const client = await connectAsync(`mqtt://127.0.0.1:${app.mqttPort}`, {
    username: deviceId,
    password: SECRET,
    clientId: deviceId,
    reconnectPeriod: 0,
  })
  let losses = 0
  client.on('close', () => {
    losses++
  })
  return {
    deviceId,
    client,
    losses: () => losses,
    send: async (channel, payload) => {
      // Samples without a time of their own get the server's; a device has one sample per moment.
      app.clock.advance(10_000)
      await client.publishAsync(`care/v1/${deviceId}/${channel}`, payload, { qos: 1 })
    },
  }
}

interface Traces {
  signals: number
  unreadable: number
  letters: number
  samples: number
  /** Unreadable signals without an alert of that kind, and dead letters without a reason. */
  loose: number
}

async function tracesOf(deviceId: string): Promise<Traces> {
  const { rows } = await app.database.store.pool.query<Traces>(
    `select
      (select count(*)::int from signal where device_id = $1) as signals,
      (select count(*)::int from signal where device_id = $1 and type = 'unreadable') as unreadable,
      (select count(*)::int from dead_letter where device_id = $1) as letters,
      (select count(*)::int from telemetry.sample where device_id = $1) as samples,
      (select count(*)::int from signal where device_id = $1 and type = 'unreadable' and not exists (
        select from alert_signal link join alert using (alert_id)
        where link.signal_id = signal.signal_id and alert.kind = 'unreadable')) +
      (select count(*)::int from dead_letter where device_id = $1 and (reason = '' or explanation = '')) as loose`,
    [deviceId],
  )
  const [traces] = rows
  if (!traces) throw new Error('a select without from has one row')
  return traces
}

/** What one message may leave behind, by channel; the names of rules that it breaks. */
function verdict(channel: Channel, payload: Buffer, before: Traces, after: Traces): string[] {
  const added = (name: keyof Traces) => after[name] - before[name]
  const rules: Record<string, boolean> = {
    'every message on an event topic is one signal': channel !== 'event' || added('signals') === 1,
    'an unreadable event is a dead letter too': channel !== 'event' || added('unreadable') === added('letters'),
    'telemetry is stored or a dead letter': channel !== 'telemetry' || added('samples') + added('letters') > 0,
    'a reply is a signal or a dead letter': channel !== 'reply' || added('signals') + added('letters') === 1,
    'a status is a state or a dead letter': channel !== 'status' || added('letters') === (saysState(payload) ? 0 : 1),
    'only events are alarms': channel === 'event' || added('unreadable') === 0,
    'unreadable alarms have an alert, dead letters a reason': after.loose === 0,
  }
  return Object.keys(rules).filter((rule) => rules[rule] === false)
}

const STATE = /^\s*(online|offline|"(online|offline)"|\{"state":"(online|offline)"\})\s*$/
const saysState = (payload: Buffer): boolean => STATE.test(payload.toString('latin1'))

test('an unreadable event opens a case of its own kind, and the administrator can read why', async () => {
  const session = await connect()
  await session.send('event', Buffer.from('{"id":"1","type":"sos"'))
  const operator = await app.signIn('limin')
  const { body } = await operator.get<{ items: { deviceId: string; kind: string }[] }>('/cases?state=open')
  expect(body.items.find((row) => row.deviceId === session.deviceId)).toMatchObject({
    kind: 'unreadable',
    state: 'new',
  })
  const admin = await app.signIn('admin')
  const letters = await admin.get<{ items: { deviceId: string }[] }>('/dead-letters?limit=1')
  expect(letters.body.items[0]).toMatchObject({
    deviceId: session.deviceId,
    reason: 'invalid_json',
    text: '{"id":"1","type":"sos"',
  })
  await session.client.endAsync()
})

test(`${RUNS} series of bad messages: each acknowledged, each a signal, a sample or a dead letter`, {
  timeout: 60_000,
}, async () => {
  const kinds = { messages: 0, signals: 0, unreadable: 0, letters: 0, samples: 0 }
  const series = fc.array(badMessage, { minLength: 1, maxLength: 4 })
  await fc.assert(
    fc.asyncProperty(series, async (messages: BadMessage[]) => {
      const session = await connect()
      let before = await tracesOf(session.deviceId)
      for (const [n, { channel, bytes }] of messages.entries()) {
        const payload = bytes(`m${n}`, app.clock.now() + 10_000)
        await session.send(channel, payload)
        const after = await tracesOf(session.deviceId)
        expect(verdict(channel, payload, before, after)).toEqual([])
        before = after
        kinds.messages++
      }
      await stillPresses(session)
      for (const name of ['signals', 'unreadable', 'letters', 'samples'] as const) kinds[name] += before[name]
    }),
    { numRuns: RUNS, ...(process.env.SEED ? { seed: Number(process.env.SEED) } : {}) },
  )
  process.stdout.write(`bad input ${JSON.stringify(kinds)}\n`)
  // All ways were taken, not one alone.
  expect(Math.min(kinds.signals - kinds.unreadable, kinds.unreadable, kinds.letters, kinds.samples)).toBeGreaterThan(20)
})

test.each(CHANNELS)('payloads of 1 MB on %s', async (channel) => {
  const session = await connect()
  let before = await tracesOf(session.deviceId)
  for (const { name, payload } of largeMessages(channel)) {
    await session.send(channel, payload)
    const after = await tracesOf(session.deviceId)
    expect(verdict(channel, payload, before, after), name).toEqual([])
    before = after
  }
  await stillPresses(session)
})

/** After all that the same connection still raises an alarm. */
async function stillPresses({ deviceId, client, losses, send }: Session): Promise<void> {
  await send('event', Buffer.from('{"id":"the-last","type":"sos"}'))
  const { rows } = await app.database.store.pool.query(
    `select 1 from signal join alert_signal using (signal_id) where device_id = $1 and message_id = 'the-last'`,
    [deviceId],
  )
  expect(rows).toHaveLength(1)
  expect(losses()).toBe(0)
  await client.endAsync()
}
