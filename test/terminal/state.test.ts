import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseCommand } from '../../dashboard/terminal/command.ts'
import { type Input, initialState, isIdle } from '../../dashboard/terminal/machine.ts'
import type { Pending } from '../../dashboard/terminal/outbox.ts'
import { Driver, START } from './driver.ts'

const pressed = () => new Driver().do({ type: 'press', key: 'sos', id: 'p1' })
const heard = () => pressed().do({ type: 'acknowledged', id: 'p1' })

describe('a press', () => {
  it('is recorded before anything else is done, and makes the connection hurry', () => {
    const { effects, step } = pressed()
    expect(effects[0]).toEqual({ do: 'record', id: 'p1', type: 'sos', detail: { press: 'long' } })
    expect(effects[1]).toEqual({ do: 'connect' })
    expect(step).toBe('sending')
  })

  it('is heard with its acknowledgement, not before', () => {
    const driver = pressed().command({ id: 'c0', type: 'received' })
    expect(driver.step).toBe('sending')
    driver.do({ type: 'acknowledged', id: 'another' })
    expect(driver.step).toBe('sending')
    driver.do({ type: 'acknowledged', id: 'p1' })
    expect(driver.step).toBe('received')
    expect(driver.said).toEqual(['received'])
  })

  it('says "sending" only when that takes a while', () => {
    expect(pressed().wait(1).said).toEqual([])
    expect(pressed().wait(2).said).toEqual(['sending'])
    expect(pressed().wait(8).said).toEqual(['sending', 'slow'])
  })

  it('without network says so at once, and again each minute', () => {
    const driver = new Driver({ ...initialState(START), link: { state: 'no_network', since: START } })
    driver.do({ type: 'press', key: 'sos', id: 'p1' })
    expect(driver.said).toEqual(['queued'])
    driver.wait(59)
    expect(driver.said).toEqual(['queued'])
    driver.wait(61)
    expect(driver.said).toEqual(['queued', 'queued', 'queued'])
    driver.do({ type: 'link', state: 'online' }).do({ type: 'acknowledged', id: 'p1' })
    expect(driver.step).toBe('received')
  })

  it('after half an hour without network speaks less often, but never stops', () => {
    const driver = new Driver({ ...initialState(START), link: { state: 'no_network', since: START } })
    driver.do({ type: 'press', key: 'sos', id: 'p1' }).wait(1800)
    const before = driver.said.length
    driver.wait(3600)
    expect(driver.said.length - before).toBe(6)
    expect(driver.step).toBe('sending')
  })

  it('tells a refused login from a missing network', () => {
    const driver = pressed().do({ type: 'link', state: 'refused' })
    expect(driver.said).toEqual(['refused'])
    expect(pressed().do({ type: 'link', state: 'unreachable' }).wait(4).said).toEqual(['sending', 'unreachable'])
  })

  it('again during a call is one more message and takes nobody back', () => {
    const driver = heard().command({ id: 'c1', type: 'answered' })
    driver.do({ type: 'press', key: 'sos', id: 'p2' })
    expect(driver.step).toBe('answered')
    expect(driver.recorded).toEqual(['sos', 'sos'])
    expect(driver.state.call?.unsent).toEqual(['p2'])
  })

  it('of the red key during a call for help is an alarm of its own', () => {
    const driver = new Driver().do({ type: 'press', key: 'help', id: 'h1' }).do({ type: 'acknowledged', id: 'h1' })
    driver.command({ id: 'c1', type: 'answered' }).do({ type: 'press', key: 'sos', id: 'p1' })
    expect(driver.state.call).toMatchObject({ kind: 'sos', step: 'sending' })
  })

  it('that nobody answers is spoken of each minute', () => {
    expect(heard().wait(125).said).toEqual(['received', 'waiting', 'waiting'])
  })
})

describe('feedback', () => {
  it('goes step by step, each spoken, and each command answered', () => {
    const driver = heard()
    for (const type of ['received', 'answered', 'dispatched', 'arrived', 'closed']) {
      driver.wait(10).command({ id: `c-${type}`, type })
    }
    expect(driver.said).toEqual(['received', 'answered', 'dispatched', 'arrived', 'closed'])
    expect(driver.replies).toEqual(
      ['received', 'answered', 'dispatched', 'arrived', 'closed'].map((type) => ({ id: `c-${type}`, ok: true })),
    )
    expect(driver.step).toBe('closed')
    expect(driver.wait(20).state.call).toBeNull()
  })

  it('never goes back, whatever order it comes in', () => {
    const driver = heard().command({ id: 'c1', type: 'dispatched' }).command({ id: 'c2', type: 'answered' })
    expect(driver.step).toBe('dispatched')
    expect(driver.replies).toHaveLength(2)
  })

  it('that is repeated is answered again and not spoken again', () => {
    const driver = heard().command({ id: 'c1', type: 'answered' }).command({ id: 'c1', type: 'answered' })
    expect(driver.replies).toHaveLength(2)
    expect(driver.said.filter((saying) => saying === 'answered')).toHaveLength(1)
  })

  it('about an earlier case does not touch a press that is not stored yet', () => {
    const driver = pressed()
    for (const type of ['answered', 'dispatched', 'arrived', 'closed']) driver.command({ id: type, type })
    expect(driver.step).toBe('sending')
    expect(driver.replies).toHaveLength(4)
  })

  it('does not end a call that nobody can have worked on', () => {
    expect(heard().command({ id: 'c1', type: 'closed' }).step).toBe('received')
    expect(heard().wait(6).command({ id: 'c1', type: 'closed' }).step).toBe('closed')
  })

  it('with a press or case that is another one is not about this call', () => {
    const driver = heard().command({ id: 'c1', type: 'received', event: 'p1', case: 'k1' })
    expect(driver.command({ id: 'c2', type: 'arrived', case: 'k0' }).step).toBe('received')
    expect(driver.command({ id: 'c3', type: 'arrived', event: 'p0' }).step).toBe('received')
    expect(driver.command({ id: 'c4', type: 'answered', case: 'k1' }).step).toBe('answered')
  })

  it('of the case before does not touch a new press, unless the centre puts it to that case', () => {
    const ended = () => {
      const driver = heard()
        .command({ id: 'c1', type: 'received', case: 'k1' })
        .command({ id: 'c2', type: 'answered', case: 'k1' })
      driver.command({ id: 'c3', type: 'closed', case: 'k1' }).wait(20)
      return driver.do({ type: 'press', key: 'sos', id: 'p2' }).do({ type: 'acknowledged', id: 'p2' })
    }
    const late = ended()
      .command({ id: 'c4', type: 'dispatched', case: 'k1' })
      .command({ id: 'c5', type: 'arrived', case: 'k1' })
    expect(late.step).toBe('received')
    expect(late.command({ id: 'c6', type: 'answered', case: 'k2' }).step).toBe('answered')
    const same = ended()
      .command({ id: 'c4', type: 'received', case: 'k1' })
      .command({ id: 'c5', type: 'dispatched', case: 'k1' })
    expect(same.step).toBe('dispatched')
  })

  it('carries words of the centre', () => {
    const driver = heard().command({ id: 'c1', type: 'dispatched', text: ' 网格员余建平，4 分钟 ' })
    expect(driver.state.call?.text).toBe('网格员余建平，4 分钟')
    expect(driver.effects.at(-1)).toEqual({ do: 'say', saying: 'dispatched', text: '网格员余建平，4 分钟' })
  })

  it('to another button of this home is shown here too', () => {
    expect(new Driver().command({ id: 'c1', type: 'dispatched' }).step).toBe('dispatched')
    expect(new Driver().command({ id: 'c1', type: 'received' }).step).toBe('received')
    const cancelled = heard().do({ type: 'cancel', id: 'x1' }).do({ type: 'acknowledged', id: 'x1' })
    expect(cancelled.command({ id: 'c1', type: 'received' }).step).toBe('cancelled')
    expect(new Driver().command({ id: 'c1', type: 'closed' }).state.call).toBeNull()
  })

  it('nobody ends is put away after two hours', () => {
    const driver = heard().command({ id: 'c1', type: 'answered' })
    driver.now += 2 * 3_600_000 - 1
    expect(driver.do({ type: 'tick' }).step).toBe('answered')
    driver.now += 1
    expect(driver.do({ type: 'tick' }).state.call).toBeNull()
  })
})

describe('a cancel', () => {
  it('goes out behind the press and is told when it is stored', () => {
    const driver = pressed().do({ type: 'cancel', id: 'x1' })
    expect(driver.recorded).toEqual(['sos', 'sos_cancel'])
    expect(driver.said).toEqual([])
    driver.do({ type: 'acknowledged', id: 'p1' })
    expect(driver.said).toEqual([])
    driver.do({ type: 'acknowledged', id: 'x1' })
    expect(driver.said).toEqual(['cancelled'])
    expect(driver.wait(10).state.call).toBeNull()
  })

  it('does not keep the centre from coming', () => {
    const driver = heard().do({ type: 'cancel', id: 'x1' }).do({ type: 'acknowledged', id: 'x1' })
    expect(driver.command({ id: 'c1', type: 'answered' }).step).toBe('answered')
  })

  it('means nothing without a call, and once', () => {
    expect(new Driver().do({ type: 'cancel', id: 'x1' }).recorded).toEqual([])
    expect(pressed().do({ type: 'cancel', id: 'x1' }).do({ type: 'cancel', id: 'x2' }).recorded).toHaveLength(2)
  })
})

describe('a restart', () => {
  const pending = (id: string, type: Pending['type'], ts: number): Pending => ({
    id,
    type,
    ts,
    seq: ts,
    detail: {},
    deviceId: 't-1',
  })

  it('shows a press that is still on its way, with the time of the press', () => {
    const driver = new Driver().do({ type: 'found', pending: [pending('p1', 'sos', START - 60_000)], isAll: true })
    expect(driver.state.call).toMatchObject({ kind: 'sos', step: 'sending', startedAt: START - 60_000 })
    expect(driver.recorded).toEqual([])
  })

  it('takes a press that has left the outbox for heard', () => {
    const { state } = pressed()
    expect(new Driver(state).do({ type: 'found', pending: [], isAll: true }).step).toBe('received')
  })

  it('does not take a press for heard while a part of the outbox is not read yet', () => {
    const { state } = pressed()
    expect(new Driver(state).do({ type: 'found', pending: [], isAll: false }).step).toBe('sending')
  })

  it('goes on with a call in progress', () => {
    const { state } = heard().command({ id: 'c1', type: 'dispatched' })
    expect(new Driver(state).do({ type: 'found', pending: [], isAll: true }).step).toBe('dispatched')
  })

  it('keeps a cancel a cancel', () => {
    const entries = [pending('p1', 'sos', START - 9), pending('x1', 'sos_cancel', START - 5)]
    expect(new Driver().do({ type: 'found', pending: entries, isAll: true }).step).toBe('cancelled')
  })
})

describe('slips', () => {
  it('are told by voice at the second, and forgotten after a while', () => {
    expect(new Driver().do({ type: 'slip' }).said).toEqual([])
    expect(new Driver().do({ type: 'slip' }).wait(2).do({ type: 'slip' }).said).toEqual(['hold'])
    expect(new Driver().do({ type: 'slip' }).wait(7).do({ type: 'slip' }).said).toEqual([])
  })
})

describe('rest', () => {
  it('comes after two minutes without a touch, and never during a call', () => {
    const driver = new Driver()
    expect(isIdle(driver.wait(119).state, driver.now)).toBe(false)
    expect(isIdle(driver.wait(1).state, driver.now)).toBe(true)
    expect(isIdle(driver.do({ type: 'touch' }).state, driver.now)).toBe(false)
    const calling = heard().wait(600)
    expect(isIdle(calling.state, calling.now)).toBe(false)
  })

  it('tells a test when it is stored', () => {
    const driver = new Driver().do({ type: 'test', id: 't1' })
    expect(driver.recorded).toEqual(['test'])
    expect(driver.do({ type: 'acknowledged', id: 't1' }).said).toEqual(['test'])
    expect(driver.state.test).toEqual({ id: 't1', storedAt: driver.now })
  })
})

describe('whatever happens in whatever order', () => {
  const ids = ['a', 'b', 'c', 'd']
  const input = fc.oneof(
    fc.record({
      type: fc.constant('press' as const),
      key: fc.constantFrom('sos' as const, 'help' as const),
      id: fc.uuid(),
    }),
    fc.record({ type: fc.constant('cancel' as const), id: fc.uuid() }),
    fc.record({ type: fc.constant('acknowledged' as const), id: fc.constantFrom(...ids) }),
    fc.constantFrom<Input>(...(['slip', 'touch', 'dismiss', 'tick'] as const).map((type) => ({ type }))),
    fc.constantFrom<Input>(
      ...(['online', 'no_network', 'unreachable', 'refused', 'connecting'] as const).map((state) => ({
        type: 'link' as const,
        state,
      })),
    ),
    fc
      .record({
        id: fc.constantFrom(...ids),
        type: fc.constantFrom('received', 'answered', 'dispatched', 'arrived', 'closed'),
      })
      .map((command): Input => {
        const parsed = parseCommand(JSON.stringify(command))
        if (parsed === null) throw new Error('no command')
        return { type: 'command', command: parsed, noticeId: 'n' }
      }),
    fc.constant('next' as const),
  )

  it('every press is recorded once, and only the acknowledgement of its own press makes a call heard', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(input, fc.integer({ min: 0, max: 200_000 })), { maxLength: 60 }), (happenings) => {
        const driver = new Driver()
        let presses = 0
        for (const [happening, later] of happenings) {
          driver.now += later
          const before = driver.state.call
          const isNext = happening === 'next'
          const next: Input = isNext ? { type: 'acknowledged', id: before?.unsent[0] ?? 'none' } : happening
          if (next.type === 'press') presses += 1
          driver.do(next)
          const after = driver.state.call
          if (before?.step !== 'sending') continue
          // An unsent press is never put away.
          expect(after).not.toBeNull()
          const isSame = after?.pressIds[0] === before.pressIds[0]
          if (!isSame || after?.step === 'sending' || after?.step === 'cancelled') continue
          expect(after?.step).toBe('received')
          expect(next.type === 'acknowledged' && before.pressIds.includes(next.id)).toBe(true)
        }
        expect(driver.recorded.filter((type) => type !== 'sos_cancel')).toHaveLength(presses)
      }),
    )
  })
})
