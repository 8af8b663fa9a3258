import type { MqttClient } from 'mqtt'
import { connectAsync } from 'mqtt'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { CaseEvent } from '../../server/contract/push.ts'
import { type ApiClient, startTestApp, type TestApp } from '../support/app.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

const DEVICES = 5
// Fewer than make a runaway device, whose further presses are only counted.
const PRESSES = 8

let database: TestDatabase
let nodes: TestApp[] = []
let operators: ApiClient[] = []

beforeAll(async () => {
  database = await createTestDatabase()
  // One after the other, as they make the test's accounts.
  for (let n = 0; n < 2; n++) nodes.push(await startTestApp({ database }))
  operators = await Promise.all(nodes.map((node) => node.signIn('limin')))
})
afterAll(async () => {
  for (const node of nodes) await node.destroy()
  nodes = []
  await database?.drop()
})

test('one message sent to both nodes at once is one signal, and both desks see every event', async () => {
  const [first] = nodes
  if (!first) throw new Error('no node')
  const admin = await first.signIn('admin')
  const seen = await Promise.all(operators.map(watch))
  const devices: { id: string; connections: MqttClient[] }[] = []
  for (let n = 0; n < DEVICES; n++) devices.push(await onBothNodes(admin, `both-${n}`))

  for (let n = 0; n < PRESSES; n++) {
    const sent = devices.flatMap(({ id, connections }) =>
      connections.map((connection) =>
        connection.publishAsync(`care/v1/${id}/event`, JSON.stringify({ id: `press-${n}`, type: 'sos' }), { qos: 1 }),
      ),
    )
    await Promise.all(sent)
  }

  const { db } = database.store
  const signals = await db.selectFrom('signal').select(['device_id', 'message_id']).execute()
  expect(signals).toHaveLength(DEVICES * PRESSES)
  const cases = await db.selectFrom('alarm_case').select(['case_id', 'signal_count', 'version']).execute()
  expect(cases).toHaveLength(DEVICES)
  expect(cases.map((row) => row.signal_count)).toEqual(cases.map(() => PRESSES))
  const links = await db.selectFrom('alert_signal').selectAll().execute()
  expect(links).toHaveLength(DEVICES * PRESSES)

  // The other node's events come with the next poll of the outbox.
  const { seq: head } = await db.selectFrom('outbox_head').select('seq').executeTakeFirstOrThrow()
  const all = Array.from({ length: head }, (_, n) => n + 1)
  for (const events of seen) {
    await expect.poll(() => events.map(({ seq }) => seq), { timeout: 5_000 }).toEqual(all)
    for (const row of cases) {
      const versions = events.filter(({ caseId }) => caseId === row.case_id).map(({ version }) => version)
      expect(versions).toEqual(Array.from({ length: row.version }, (_, n) => n + 1))
    }
  }
  for (const { connections } of devices) for (const connection of connections) await connection.endAsync()
})

async function watch(operator: ApiClient): Promise<CaseEvent[]> {
  const events: CaseEvent[] = []
  const desk = await operator.desk()
  desk.on('case', (event, acknowledge) => {
    events.push(event)
    acknowledge()
  })
  return events
}

/** A device with a resident of its own, connected to both nodes as one whose network hands it over is. */
async function onBothNodes(admin: ApiClient, deviceId: string): Promise<{ id: string; connections: MqttClient[] }> {
  const { body: resident } = await admin.post<{ residentId: string }>('/residents', { name: `住户 ${deviceId}` })
  const { body: device } = await admin.post<{ secret: string }>('/devices', {
    deviceId,
    kind: 'sos_button',
    protocol: 'native',
    residentId: resident.residentId,
  })
  const connections = await Promise.all(
    nodes.map(({ mqttPort }) =>
      connectAsync(`mqtt://127.0.0.1:${mqttPort}`, {
        username: deviceId,
        password: device.secret,
        clientId: deviceId,
        reconnectPeriod: 0,
      }),
    ),
  )
  return { id: deviceId, connections }
}
