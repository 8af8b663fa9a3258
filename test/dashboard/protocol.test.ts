import { describe, expect, it } from 'vitest'
import { permittedActions } from '../../dashboard/console/permitted.ts'
import { protocolOf } from '../../dashboard/console/protocol-steps.ts'
import { soundFor, urgencyOf } from '../../dashboard/console/tone.ts'
import { decide } from '../../server/cases/transitions.ts'
import {
  CASE_CATEGORIES,
  CASE_STATES,
  type CaseLogEntry,
  type CaseState,
  type LogAction,
} from '../../server/contract/case.ts'
import { makeCase } from './make-case.ts'

const me = { userId: 'me', displayName: '李敏' }
const other = { userId: 'other', displayName: '王芳' }

function entry(action: LogAction, fromState: CaseState, toState: CaseState): CaseLogEntry {
  return { at: '2026-03-02T02:42:07.020Z', action, actor: '李敏', fromState, toState, version: 2, detail: {} }
}

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

describe('built-in protocol', () => {
  it('is at the step that the state and the log say', () => {
    const claim = entry('claim', 'new', 'claimed')
    const note = entry('note', 'claimed', 'claimed')
    const current = (state: CaseState, log: CaseLogEntry[]) => protocolOf({ state, category: 'emergency' }, log).current
    expect(current('new', [])).toBe('claim')
    expect(current('claimed', [claim])).toBe('verify')
    expect(current('claimed', [claim, note])).toBe('dispatch')
    expect(current('dispatched', [claim])).toBe('arrive')
    expect(current('on_scene', [claim])).toBe('resolve')
    expect(current('resolved', [claim])).toBe('close')
    expect(current('closed', [claim])).toBe('closed')
  })

  it('starts anew after a case was reopened', () => {
    const log = [
      entry('claim', 'new', 'claimed'),
      entry('note', 'claimed', 'claimed'),
      entry('reopen', 'closed', 'new'),
    ]
    const view = protocolOf({ state: 'claimed', category: 'help' }, [...log, entry('claim', 'new', 'claimed')])
    expect(view.current).toBe('verify')
    expect(view.steps.map((step) => step.state)).toEqual(['done', 'current', 'ahead', 'ahead', 'ahead'])
  })

  it('every answer leads to an action that its owner may do, and there are at most nine', () => {
    for (const category of CASE_CATEGORIES) {
      for (const state of CASE_STATES) {
        const item = makeCase('x', { state, category, owner: state === 'new' ? null : me })
        const allowed = permittedActions(item, 'me')
        const { answers } = protocolOf(item, [])
        expect(answers.length).toBeGreaterThan(0)
        expect(answers.length).toBeLessThan(10)
        for (const answer of answers) expect(allowed.has(answer.action), `${state} ${answer.label}`).toBe(true)
      }
    }
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
