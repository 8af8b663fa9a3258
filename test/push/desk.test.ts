import { expect, test, vi } from 'vitest'
import type { CaseEvent } from '../../server/contract/push.ts'
import { createDesk, REPEAT_AFTER_MS } from '../../server/push/desk.ts'

const event = (seq: number, caseId = 'c1', version = seq): CaseEvent => ({
  seq,
  suppressed: false,
  caseId,
  version,
  state: 'new',
  priority: 1,
  kind: 'sos',
  category: 'emergency',
  residentId: 'r',
  at: 0,
})

function setUp() {
  const sent: { event: CaseEvent; timeoutMs: number; answered: (error: Error | null) => void }[] = []
  const outcome = { repeated: vi.fn(), acknowledged: vi.fn(), silent: vi.fn() }
  let connected = true
  const desk = createDesk(
    { send: (one, timeoutMs, answered) => sent.push({ event: one, timeoutMs, answered }), connected: () => connected },
    outcome,
    () => 1_000,
  )
  return { desk, sent, outcome, leave: () => (connected = false) }
}
const LATE = new Error('timeout')

test('an acknowledged event is sent once', () => {
  const { desk, sent, outcome } = setUp()
  desk.push(event(1))
  sent[0]?.answered(null)
  expect(sent).toHaveLength(1)
  expect(outcome.acknowledged).toHaveBeenCalledOnce()
  expect(desk.waiting()).toBe(0)
})

test('a desk that does not answer is told again, longer each time, and then counts as silent', () => {
  const { desk, sent, outcome } = setUp()
  desk.push(event(1))
  for (let n = 0; n < REPEAT_AFTER_MS.length; n++) sent[n]?.answered(LATE)
  expect(sent.map((one) => one.timeoutMs)).toEqual([...REPEAT_AFTER_MS])
  expect(outcome.repeated).toHaveBeenCalledTimes(REPEAT_AFTER_MS.length - 1)
  expect(outcome.silent).toHaveBeenCalledExactlyOnceWith(event(1))
  expect(desk.waiting()).toBe(0)
})

test("a newer event of a case ends the older one's repeats; other cases are not touched", () => {
  const { desk, sent } = setUp()
  desk.push(event(1))
  desk.push(event(2))
  desk.push(event(3, 'c2'))
  sent[0]?.answered(LATE)
  expect(sent).toHaveLength(3)
  sent[1]?.answered(LATE)
  expect(sent.at(-1)?.event.seq).toBe(2)
  expect(desk.waiting()).toBe(2)
})

test('nothing is repeated to a desk that has left', () => {
  const { desk, sent, leave } = setUp()
  desk.push(event(1))
  leave()
  sent[0]?.answered(LATE)
  expect(sent).toHaveLength(1)
  expect(desk.waiting()).toBe(0)
})
