import { pino } from 'pino'
import { expect, test } from 'vitest'
import type { CaseSummary } from '../../server/contract/case.ts'
import type { CaseEvent, QueueRows } from '../../server/contract/push.ts'
import { createRowPublisher } from '../../server/push/rows.ts'
import { makeCase } from '../dashboard/make-case.ts'

const event = (seq: number, caseId: string, over: Partial<CaseEvent> = {}): CaseEvent => ({
  seq,
  caseId,
  version: 1,
  state: 'new',
  priority: 1,
  kind: 'sos',
  category: 'emergency',
  residentId: 'r',
  suppressed: false,
  at: 0,
  ...over,
})

function setUp({ wanted = true } = {}) {
  const sent: QueueRows[] = []
  const reads: { ids: readonly string[]; answer(rows: CaseSummary[]): void; fail(): void }[] = []
  const publisher = createRowPublisher({
    read: (ids) =>
      new Promise((answer, reject) => {
        reads.push({ ids, answer, fail: () => reject(new Error('database is away')) })
      }),
    send: (rows) => void sent.push(rows),
    wanted: () => wanted,
    log: pino({ level: 'silent' }),
  })
  return { publisher, sent, reads }
}
const rows = (...ids: string[]) => ids.map((caseId) => makeCase(caseId))
const turn = () => new Promise((resolve) => setImmediate(resolve))

test('what comes during a read is read together after it, each case once, with its last event', async () => {
  const { publisher, sent, reads } = setUp()
  publisher.add([event(1, 'a')])
  publisher.add([event(2, 'b'), event(3, 'c')])
  publisher.add([event(4, 'b')])
  expect(reads.map(({ ids }) => ids)).toEqual([['a']])
  reads[0]?.answer(rows('a'))
  await turn()
  expect(reads[1]?.ids).toEqual(['b', 'c'])
  reads[1]?.answer(rows('b', 'c'))
  await turn()
  expect(sent.map(({ seqs }) => seqs)).toEqual([{ a: 1 }, { b: 4, c: 3 }])
})

test('a case that has no row is over', async () => {
  const { publisher, sent, reads } = setUp()
  publisher.add([event(1, 'a', { state: 'closed' }), event(2, 'b')])
  reads[0]?.answer(rows('b'))
  await turn()
  expect(sent).toMatchObject([{ over: ['a'], seqs: { a: 1, b: 2 } }])
  expect(sent[0]?.items.map(({ caseId }) => caseId)).toEqual(['b'])
})

test('a read that fails is done again, with what is newer', async () => {
  const { publisher, sent, reads } = setUp()
  publisher.add([event(1, 'a')])
  reads[0]?.fail()
  publisher.add([event(2, 'a'), event(3, 'b')])
  await expect.poll(() => reads.length).toBe(2)
  expect([...(reads[1]?.ids ?? [])].sort()).toEqual(['a', 'b'])
  reads[1]?.answer(rows('a', 'b'))
  await turn()
  expect(sent.map(({ seqs }) => seqs)).toEqual([{ a: 2, b: 3 }])
})

test('nothing is read for nobody, for the self-test, or after the end', async () => {
  const nobody = setUp({ wanted: false })
  nobody.publisher.add([event(1, 'a')])
  expect(nobody.reads).toEqual([])
  const { publisher, reads } = setUp()
  publisher.add([event(1, 'a', { purpose: 'self_test' })])
  expect(reads).toEqual([])
  await publisher.stop()
  publisher.add([event(2, 'a')])
  expect(reads).toEqual([])
})
