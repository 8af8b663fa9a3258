import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ConnectionView } from '../../server/contract/api.ts'
import { apiClient, startTestApp, type TestApp } from '../support/app.ts'

let app: TestApp
let named: TestApp

beforeAll(async () => {
  app = await startTestApp()
  named = await startTestApp({ env: { PUBLIC_HOST: 'mqtt.care.example.org' } })
})
afterAll(async () => {
  await app?.destroy()
  await named?.destroy()
})

test('any signed-in user is told the ports that are really listened on', async () => {
  for (const name of ['limin', 'admin']) {
    const { status, body } = await (await app.signIn(name)).get<ConnectionView>('/connection')
    expect(status).toBe(200)
    expect(body).toEqual({
      host: null,
      mqtt: app.mqttPort,
      mqtts: null,
      websocketPath: '/mqtt',
      watch: app.watchPort,
      pendant: app.pendantPort,
    })
    expect(Math.min(body.mqtt, body.watch, body.pendant)).toBeGreaterThan(0)
  }
})

test('PUBLIC_HOST is the host that devices are given', async () => {
  const { body } = await (await named.signIn('limin')).get<ConnectionView>('/connection')
  expect(body).toMatchObject({ host: 'mqtt.care.example.org', mqtt: named.mqttPort })
})

test('nobody else is told anything', async () => {
  const answer = await apiClient(`http://127.0.0.1:${app.httpPort}`, '').get('/connection')
  expect(answer).toMatchObject({ status: 401, body: { code: 'not_signed_in' } })
})

test('the API document describes it', async () => {
  const response = await fetch(`http://127.0.0.1:${app.httpPort}/api/docs/json`)
  const { paths } = (await response.json()) as { paths: Record<string, { get?: { responses: object } }> }
  expect(JSON.stringify(paths['/api/v1/connection']?.get?.responses)).toContain('websocketPath')
})
