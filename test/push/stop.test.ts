import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { startTestApp } from '../support/app.ts'

/** How long an application takes to stop with such a connection open, in ms. */
async function stopWith(say: string): Promise<number> {
  const app = await startTestApp()
  const socket = connect(app.httpPort, '127.0.0.1')
  socket.on('error', () => undefined).resume()
  await new Promise<void>((resolve) => socket.once('connect', () => resolve()))
  socket.write(say)
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  const began = performance.now()
  await app.destroy()
  const took = performance.now() - began
  await closed
  return took
}

test('a connection that never asked anything, as browsers keep one ready, does not hold up a stop', async () => {
  expect(await stopWith('')).toBeLessThan(15_000)
})

test('half a request does not hold up a stop', async () => {
  expect(await stopWith('POST /api/v1/session HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{')).toBeLessThan(
    15_000,
  )
})
