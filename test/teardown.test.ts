import { expect, test } from 'vitest'
import { createTeardown } from '../server/teardown.ts'

test('all steps run, the last one first, also after one has failed; then the failure is told', async () => {
  const ran: string[] = []
  const { onStop, stop } = createTeardown()
  onStop(async () => ran.push('database'))
  onStop(async () => {
    ran.push('sockets')
    throw new Error('a socket does not close')
  })
  onStop(async () => ran.push('timers'))
  await expect(stop()).rejects.toThrow('a socket does not close')
  expect(ran).toEqual(['timers', 'sockets', 'database'])
  await stop()
  expect(ran).toHaveLength(3)
})
