import { describe, expect, it } from 'vitest'
import { permittedActions } from '../../dashboard/console/permitted.ts'
import { answerByAction, answersFor, protocolView } from '../../dashboard/console/protocol-steps.ts'
import { soundFor, urgencyOf } from '../../dashboard/console/tone.ts'
import { decide } from '../../server/cases/transitions.ts'
import { CASE_STATES, type CaseState } from '../../server/contract/case.ts'
import type { CaseProtocol } from '../../server/contract/protocol.ts'
import { runProtocol } from '../../server/contract/protocol-run.ts'
import { DEFAULT_PROTOCOLS } from '../../server/protocol/defaults/index.ts'
import { makeCase } from './make-case.ts'

const me = { userId: 'me', displayName: '李敏' }
const other = { userId: 'other', displayName: '王芳' }

describe('actions offered', () => {
  const cases = CASE_STATES.flatMap((state) =>
    [null, me, other].flatMap((owner) =>
      [null, '2026-03-02T02:44:00.000Z'].map((holdUntil) => makeCase('x', { state, owner, holdUntil })),
    ),
  ).filter((item) => (item.owner === null) === (item.state === 'new') && !(item.state === 'new' && item.holdUntil))

  it('are accepted by the server’s own table, for each state, owner and hold', () => {
    for (const item of cases) {
      for (const action of permittedActions(item, 'me')) {
        const claim = action === 'resume' || action === 'takeover'
        const decision = decide(
          {
            state: item.state,
            version: 1,
            ownerId: item.owner?.userId ?? null,
            held: item.holdUntil !== null,
            returned: item.returnedAt !== null,
          },
          claim ? 'claim' : action,
          { version: 1, actorId: 'me', takeover: action === 'takeover' },
        )
        expect(decision.ok, `${action} on ${item.state} of ${item.owner?.userId}`).toBe(true)
      }
    }
  })

  it('leave a foreign case alone but for a note and taking it over', () => {
    expect([...permittedActions(makeCase('x', { state: 'claimed', owner: other }), 'me')].toSorted()).toEqual([
      'note',
      'takeover',
    ])
  })
})

describe('protocol panel', () => {
  const { steps, title } = DEFAULT_PROTOCOLS.find(({ id }) => id === 'sos')!.content
  const given = (...keys: [string, number][]) =>
    keys.map(([stepId, key]) => ({ stepId, key, by: '李敏', at: '2026-03-02T02:42:07.020Z', note: null }))
  const protocol = (done: ReturnType<typeof given>, change: Partial<CaseProtocol> = {}): CaseProtocol => ({
    version: 1,
    number: 1,
    title,
    kind: 'sos',
    risk: 'normal',
    riskReasons: [],
    steps,
    done,
    current: runProtocol(steps, done).current?.id ?? null,
    contact: null,
    visited: false,
    second: null,
    ...change,
  })
  const mine = makeCase('x', { state: 'claimed', owner: me })

  it('begins with the claim, ends with closing, and between them asks the current step', () => {
    const at = (state: CaseState, done = given()) => {
      const view = protocolView({ state }, protocol(done))
      return typeof view.at === 'string' ? view.at : view.at.id
    }
    expect(at('new')).toBe('claim')
    expect(at('claimed')).toBe('talk')
    expect(at('claimed', given(['talk', 2]))).toBe('again')
    expect(at('dispatched', given(['talk', 2], ['again', 3], ['send', 1]))).toBe('way')
    expect(at('resolved')).toBe('close')
    expect(at('closed')).toBe('closed')
  })

  it('gives the answers to the owner alone, by the protocol’s own keys', () => {
    const view = protocolView(mine, protocol(given()))
    const answers = answersFor(view, permittedActions(mine, 'me'), null)
    expect(answers.map((one) => one.key)).toEqual([1, 2, 3, 4])
    expect(answersFor(view, permittedActions(mine, 'other'), null)).toEqual([])
    const waiting = makeCase('x')
    expect(answersFor(protocolView(waiting, protocol([])), permittedActions(waiting, 'me'), null)).toEqual([
      { key: 1, action: 'claim' },
    ])
    const ended = makeCase('x', { state: 'resolved', owner: me })
    expect(answersFor(protocolView(ended, protocol([])), permittedActions(ended, 'me'), null)).toEqual([
      { key: 1, action: 'close' },
      { key: 2, action: 'reopen' },
    ])
  })

  it('answers an earlier step again', () => {
    const view = protocolView(mine, protocol(given(['talk', 2])))
    expect(view.done).toMatchObject([{ step: { id: 'talk' }, answer: { key: 2 }, given: { by: '李敏' } }])
    const answers = answersFor(view, permittedActions(mine, 'me'), 'talk')
    expect(answers[0]).toMatchObject({ step: { id: 'talk' } })
  })

  it('lets the keys for sending and arriving give the step’s answer, when it asks for that', () => {
    const answers = (...done: [string, number][]) =>
      answersFor(protocolView(mine, protocol(given(...done))), permittedActions(mine, 'me'), null)
    expect(answerByAction(answers(), 'dispatch')).toBeUndefined()
    expect(answerByAction(answers(['talk', 4]), 'dispatch')).toMatchObject({ key: 1, step: { id: 'send' } })
    expect(answerByAction(answers(['talk', 4], ['send', 1]), 'arrive')).toMatchObject({ step: { id: 'way' } })
  })

  it('offers a colleague to be the second person only while nobody was reached', () => {
    const theirs = makeCase('x', { state: 'claimed', owner: other })
    expect(permittedActions(theirs, 'me', protocol([])).has('second')).toBe(true)
    expect(permittedActions(theirs, 'me', protocol([], { contact: 'made' })).has('second')).toBe(false)
    expect(permittedActions(theirs, 'me', protocol([], { visited: true })).has('second')).toBe(false)
    expect(permittedActions({ ...theirs, category: 'help' }, 'me', protocol([])).has('second')).toBe(false)
    expect(permittedActions(mine, 'me', protocol([])).has('second')).toBe(false)
  })
})

describe('colour and sound', () => {
  it('red only for an emergency that nobody has and nobody cancelled', () => {
    expect(urgencyOf(makeCase('x'))).toBe('emergency')
    expect(urgencyOf(makeCase('x', { cancelled: true }))).toBe('amber')
    expect(urgencyOf(makeCase('x', { kind: 'unreadable' }))).toBe('amber')
    expect(urgencyOf(makeCase('x', { category: 'help' }))).toBe('amber')
    expect(urgencyOf(makeCase('x', { state: 'dispatched' }))).toBe('in-hand')
    expect(urgencyOf(makeCase('x', { category: 'fault' }))).toBe('past')
  })

  it('rings for what waits: emergency before help, nothing for care and faults', () => {
    const help = makeCase('h', { category: 'help' })
    const fault = makeCase('f', { category: 'fault' })
    const care = makeCase('c', { category: 'care' })
    expect(soundFor([fault, care], false)).toBe('none')
    expect(soundFor([fault, help], false)).toBe('help')
    expect(soundFor([help, makeCase('e')], false)).toBe('emergency')
    expect(soundFor([makeCase('e', { state: 'claimed' })], false)).toBe('none')
    expect(soundFor([], true)).toBe('lost')
  })
})
