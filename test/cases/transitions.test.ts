import { describe, expect, test } from 'vitest'
import { decide } from '../../server/cases/transitions.ts'
import { CASE_ACTIONS, CASE_STATES, type CaseAction, type CaseState } from '../../server/contract/case.ts'

const ME = 'me'
const at = (
  state: CaseState,
  ownerId: string | null = state === 'new' ? null : ME,
  held = false,
  returned = false,
) => ({
  state,
  ownerId,
  held,
  returned,
  version: 3,
})
const command = { version: 3, actorId: ME, takeover: false }

/** The whole table once more, written down from the docstring: [to, or the refusal] for the owner without a hold. */
const EXPECTED: Record<CaseState, Record<CaseAction, string>> = {
  new: {
    claim: 'claimed',
    hold: 'wrong_state',
    note: 'new',
    dispatch: 'wrong_state',
    arrive: 'wrong_state',
    resolve: 'wrong_state',
    close: 'wrong_state',
    reopen: 'wrong_state',
  },
  claimed: {
    claim: 'case_taken',
    hold: 'claimed',
    note: 'claimed',
    dispatch: 'dispatched',
    arrive: 'on_scene',
    resolve: 'resolved',
    close: 'wrong_state',
    reopen: 'wrong_state',
  },
  dispatched: {
    claim: 'case_taken',
    hold: 'dispatched',
    note: 'dispatched',
    dispatch: 'dispatched',
    arrive: 'on_scene',
    resolve: 'resolved',
    close: 'wrong_state',
    reopen: 'wrong_state',
  },
  on_scene: {
    claim: 'case_taken',
    hold: 'on_scene',
    note: 'on_scene',
    dispatch: 'on_scene',
    arrive: 'wrong_state',
    resolve: 'resolved',
    close: 'wrong_state',
    reopen: 'wrong_state',
  },
  resolved: {
    claim: 'wrong_state',
    hold: 'wrong_state',
    note: 'resolved',
    dispatch: 'wrong_state',
    arrive: 'wrong_state',
    resolve: 'wrong_state',
    close: 'closed',
    reopen: 'new',
  },
  closed: {
    claim: 'wrong_state',
    hold: 'wrong_state',
    note: 'closed',
    dispatch: 'wrong_state',
    arrive: 'wrong_state',
    resolve: 'wrong_state',
    close: 'wrong_state',
    reopen: 'new',
  },
}

describe('transitions', () => {
  const pairs = CASE_STATES.flatMap((state) => CASE_ACTIONS.map((action) => [state, action] as const))
  test.each(pairs)('%s, %s', (state, action) => {
    const decision = decide(at(state), action, command)
    expect(decision.ok ? decision.to : decision.code).toBe(EXPECTED[state][action])
  })

  test.each(pairs)('a stale version is refused first: %s, %s', (state, action) => {
    expect(decide(at(state), action, { ...command, version: 2 })).toMatchObject({ ok: false, code: 'stale_version' })
  })

  test("another operator's case: only a note, or an explicit takeover", () => {
    const theirs = at('claimed', 'somebody')
    expect(decide(theirs, 'resolve', command)).toMatchObject({ code: 'not_owner' })
    expect(decide(theirs, 'claim', command)).toMatchObject({ code: 'case_taken' })
    expect(decide(theirs, 'claim', { ...command, takeover: true })).toEqual({ ok: true, to: 'claimed', takeover: true })
    expect(decide(theirs, 'note', command)).toMatchObject({ ok: true })
  })

  test('the own case on hold is taken up again by claim; a takeover keeps the state of the rescue', () => {
    expect(decide(at('dispatched', ME, true), 'claim', command)).toEqual({
      ok: true,
      to: 'dispatched',
      takeover: false,
    })
    expect(decide(at('on_scene', 'x'), 'claim', { ...command, takeover: true })).toMatchObject({ to: 'on_scene' })
  })

  test('back from a hold it waits again: the first one has it, whoever that is', () => {
    const back = (ownerId: string) => at('dispatched', ownerId, false, true)
    expect(decide(back(ME), 'claim', command)).toEqual({ ok: true, to: 'dispatched', takeover: false })
    expect(decide(back('x'), 'claim', command)).toEqual({ ok: true, to: 'dispatched', takeover: true })
    expect(decide(back('x'), 'resolve', command)).toMatchObject({ code: 'not_owner' })
  })
})
