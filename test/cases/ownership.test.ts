import { describe, expect, test } from 'vitest'
import { decideOwnership, OWNERSHIP_ACTIONS, type OwnershipAction } from '../../server/cases/ownership.ts'
import { CASE_STATES } from '../../server/contract/case.ts'

const decide = (over: Partial<Parameters<typeof decideOwnership>[0]>, action: OwnershipAction, actor = 'li') => {
  const decision = decideOwnership({ state: 'claimed', ownerId: 'li', offeredTo: undefined, ...over }, action, actor)
  return decision.ok ? 'ok' : decision.code
}

describe('who may hand a case on', () => {
  test.each<[OwnershipAction, string, string | null | undefined, string]>([
    ['offer', 'li', undefined, 'ok'],
    ['offer', 'wang', undefined, 'not_owner'],
    ['offer', 'li', 'wang', 'wrong_state'],
    ['offer', 'li', null, 'wrong_state'],
    ['accept', 'wang', 'wang', 'ok'],
    ['accept', 'chen', 'wang', 'wrong_state'],
    ['accept', 'wang', null, 'wrong_state'],
    ['accept', 'wang', undefined, 'wrong_state'],
    ['decline', 'wang', 'wang', 'ok'],
    ['decline', 'li', 'wang', 'wrong_state'],
    ['withdraw', 'li', 'wang', 'ok'],
    ['withdraw', 'li', null, 'ok'],
    ['withdraw', 'wang', 'wang', 'not_owner'],
    ['withdraw', 'li', undefined, 'wrong_state'],
    ['reassign', 'huang', undefined, 'ok'],
    ['reassign', 'huang', 'wang', 'ok'],
    ['assist', 'huang', undefined, 'ok'],
    ['assist', 'li', undefined, 'case_taken'],
    ['whisper', 'huang', undefined, 'ok'],
    ['whisper', 'li', undefined, 'case_taken'],
  ])('%s by %s, offered to %s: %s', (action, actor, offeredTo, expected) => {
    expect(decide({ offeredTo }, action, actor)).toBe(expected)
  })
  test('in every state, who is not refused by the table', () => {
    const table = CASE_STATES.map((state) => [
      state,
      OWNERSHIP_ACTIONS.filter((action) =>
        ['huang', 'li', 'wang'].some(
          (actor) =>
            decide({ state, offeredTo: 'wang' }, action, actor) === 'ok' || decide({ state }, action, actor) === 'ok',
        ),
      ).join(' '),
    ])
    const all = OWNERSHIP_ACTIONS.join(' ')
    expect(Object.fromEntries(table)).toEqual({
      new: 'assist',
      claimed: all,
      dispatched: all,
      on_scene: all,
      resolved: '',
      closed: '',
    })
  })
})
