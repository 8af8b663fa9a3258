import { afterEach, beforeEach, expect, it } from 'vitest'
import { type Bench, sleep, startGateway, waitFor } from './harness.ts'
import { type ScriptedBroker, startScriptedBroker } from './scripted-broker.ts'

/** Bridges run for as long as their hold lasts, and no longer. */

const HOLD_MS = 1_500
let bench: Bench
let outside: ScriptedBroker

beforeEach(async () => {
  outside = await startScriptedBroker()
  bench = await startGateway()
  bench.directory.holdMs = HOLD_MS
  bench.directory.bridges = [
    {
      deviceId: 'bridge-1',
      protocol: 'zigbee2mqtt',
      url: `mqtt://127.0.0.1:${outside.port}`,
      username: null,
      password: null,
      clientId: 'anhu-bridge-1',
      ca: null,
      topics: [],
      settings: {},
    },
  ]
  bench.gateway.links.changed()
  await waitFor(() => bench.gateway.links.bridges()[0]?.state === 'connected', 'the connection')
})
afterEach(async () => {
  await bench.stop()
  await outside.stop()
})

it('a bridge whose hold is renewed stays connected', async () => {
  await sleep(2 * HOLD_MS)
  expect(outside.connections).toHaveLength(1)
  expect(outside.connections[0]?.closed).toBe(false)
})

it('a bridge whose hold can not be renewed ends before another node may take it, and comes back with the hold', async () => {
  await waitFor(() => bench.gateway.links.bridges().length === 1, 'the bridge')
  bench.directory.mode = 'down'
  const began = performance.now()
  await waitFor(() => outside.connections[0]?.closed === true, 'its end', 2 * HOLD_MS)
  expect(performance.now() - began).toBeLessThan(HOLD_MS)
  expect(bench.gateway.links.bridges()).toEqual([])
  expect(bench.isConnected('bridge-1')).toBe(false)
  await sleep(HOLD_MS)
  expect(outside.connections).toHaveLength(1)
  bench.directory.mode = 'up'
  await waitFor(() => outside.connections.length === 2, 'its return')
  await waitFor(() => bench.isConnected('bridge-1'), 'its presence')
})

it('a bridge that another node holds now is ended', async () => {
  bench.directory.bridges = []
  await waitFor(() => outside.connections[0]?.closed === true, 'its end', 2 * HOLD_MS)
  expect(bench.gateway.links.bridges()).toEqual([])
})

it('a node that stops ends its bridges before it gives them up', async () => {
  let openAtRelease: boolean | null = null
  Object.defineProperty(bench.directory, 'releases', {
    get: () => 0,
    set: () => {
      openAtRelease = bench.gateway.links.bridges().length > 0
    },
  })
  await bench.stop()
  expect(openAtRelease).toBe(false)
  await waitFor(() => outside.connections[0]?.closed === true, 'the end of the connection')
})
