import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDeskScene, type DeskScene, takeSeat } from '../desk/scene.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
let nodes: [DeskScene, DeskScene]

beforeAll(async () => {
  database = await createTestDatabase()
  // One after the other, as they make the test's accounts.
  const first = await createDeskScene({ database, node: 'a' })
  nodes = [first, await createDeskScene({ database, node: 'b' })]
})
afterAll(async () => {
  for (const node of nodes ?? []) await node.end()
  await database?.drop()
})

/** Both nodes do their recurring work at the same moment, again and again. */
async function both(ms: number): Promise<void> {
  await Promise.all(nodes.map((node) => node.after(ms)))
}

test('rounds of two nodes at once offer each case once; a desk on the other node is asked, and nodes that restart lose nothing', async () => {
  const [a, b] = nodes
  await a.ready(a.limin)
  b.app.clock.advance(1)
  await b.wangfang.join()
  await b.wangfang.status('ready')
  const cases = [await a.alarm('n1', 'sos'), await a.alarm('n2', 'sos')]
  for (let n = 0; n < 10; n++) await both(0)
  const first = await a.limin.nextOffer()
  const second = await b.wangfang.nextOffer()
  expect([first.caseId, second.caseId].toSorted()).toEqual(cases.toSorted())
  expect(await a.rows()).toHaveLength(2)
  // The board is the same on both.
  await both(0)
  expect(a.limin.board().offers.map(({ offerId }) => offerId)).toEqual(
    b.wangfang.board().offers.map(({ offerId }) => offerId),
  )

  // She claims on her node, the other node's desk is told.
  await a.limin.claim(first.caseId)
  await both(0)
  await expect.poll(() => b.wangfang.board().offers.length).toBe(1)

  // Node b dies in the middle of its operator's offer; she signs in at node a, and is asked again in time.
  await b.app.stop()
  await a.after(11_000)
  expect((await a.rows()).at(-1)).toMatchObject({ outcome: 'passed', ended_why: 'gone' })
  const again = await takeSeat(a.app, 'wangfang')
  await again.join()
  await a.after(5_000)
  expect(await again.nextOffer()).toMatchObject({ caseId: second.caseId })
})
