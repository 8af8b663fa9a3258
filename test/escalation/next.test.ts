import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { EscalationPolicy } from '../../server/contract/escalation.ts'
import { advance, begin, type Decision, type Facts, next, type Progress } from '../../server/escalation/next.ts'

const CATCH_UP = 60_000
const S = 1_000
const on = [{ type: 'on_duty' as const }]
const policyOf = (after: number[], over: Partial<EscalationPolicy> = {}): EscalationPolicy => ({
  steps: after.map((afterSeconds) => ({ afterSeconds, targets: on, channels: ['desk'] })),
  rounds: 2,
  repeatAfterSeconds: 300,
  acknowledgeForSeconds: 600,
  dispatchedForSeconds: 3_600,
  ...over,
})
const POLICY = policyOf([0, 60, 180])
const all = { reach: (_step: number) => 1 }
const but = (...missing: number[]) => ({ reach: (step: number) => (missing.includes(step) ? 0 : 1) })
const at = (over: Partial<Progress>): Progress => ({ ...begin(0), ...over })

describe('the table', () => {
  const table: [string, Progress, number, Facts, Decision][] = [
    ['a new case: its first step', at({}), 0, all, { do: 'tell', to: at({ step: 1 }) }],
    ['the step is not due', at({ step: 1 }), 59_999, all, { do: 'wait', until: 60_000 }],
    ['the step is due', at({ step: 1 }), 60_000, all, { do: 'tell', to: at({ step: 2 }) }],
    [
      'nobody there: the next one is due now',
      at({ step: 1 }),
      60_000,
      but(1),
      {
        do: 'skip',
        why: 'unreachable',
        to: at({ step: 2, base: 60_000 - 180_000 }),
      },
    ],
    [
      'the last step: another round',
      at({ step: 2 }),
      180_000,
      all,
      { do: 'tell', to: at({ round: 1, base: 480_000 }) },
    ],
    [
      'nobody at the last step: the round later',
      at({ step: 2 }),
      180_000,
      but(2),
      {
        do: 'skip',
        why: 'unreachable',
        to: at({ round: 1, base: 480_000 }),
      },
    ],
    [
      'the last round is over',
      at({ step: 2, round: 1 }),
      180_000,
      all,
      {
        do: 'tell',
        to: at({ step: 2, round: 1, state: 'exhausted' }),
      },
    ],
    ['exhausted', at({ state: 'exhausted' }), 9e9, all, { do: 'wait', until: null }],
    [
      'missed: a later one is due too',
      at({ step: 0 }),
      61_000,
      all,
      { do: 'skip', why: 'missed', to: at({ step: 1 }) },
    ],
    ['a little late is not missed', at({ step: 0 }), 60_000, all, { do: 'tell', to: at({ step: 1 }) }],
    [
      'late, and the one that it is time for: the next keep their distance',
      at({ step: 1 }),
      150_000,
      all,
      {
        do: 'tell',
        to: at({ step: 2, base: 90_000 }),
      },
    ],
    ['acknowledged', at({ state: 'acknowledged', ackUntil: 600_000 }), 599_999, all, { do: 'wait', until: 600_000 }],
    ['acknowledged for good', at({ state: 'acknowledged', ackUntil: null }), 9e9, all, { do: 'wait', until: null }],
    [
      'the acknowledgement is over',
      at({ state: 'acknowledged', ackUntil: 600_000, step: 2 }),
      9e9,
      all,
      {
        do: 'expire',
        to: begin(9e9),
      },
    ],
    [
      'the policy has become shorter',
      at({ step: 7 }),
      0,
      all,
      { do: 'skip', why: 'missed', to: at({ round: 1, base: 480_000 }) },
    ],
  ]
  test.each(table)('%s', (_, progress, now, facts, decision) => {
    expect(next(POLICY, progress, facts, now, CATCH_UP)).toEqual(decision)
  })
})

test('a step with nobody is skipped at once, and the steps after it keep their distances', () => {
  const first = advance(POLICY, begin(0), but(0), 0, CATCH_UP)
  expect(first.done.map(({ what, step }) => [what, step])).toEqual([
    ['unreachable', 0],
    ['told', 1],
  ])
  expect(first.dueAt).toBe(120 * S)
})

test('nobody anywhere: every round is skipped at its time, then it is exhausted', () => {
  const first = advance(POLICY, begin(0), but(0, 1, 2), 0, CATCH_UP)
  expect(first.done.map(({ what }) => what)).toEqual(['unreachable', 'unreachable', 'unreachable'])
  expect(first.dueAt).toBe(300 * S)
  const second = advance(POLICY, first.progress, but(0, 1, 2), 300 * S, CATCH_UP)
  expect(second.done.at(-1)?.what).toBe('exhausted')
  expect(second.dueAt).toBeNull()
})

test('an outage of hours ends in one step', () => {
  const after = advance(POLICY, begin(0), all, 5 * 3_600_000, CATCH_UP)
  expect(after.done.map(({ what, step }) => [what, step])).toEqual([
    ['missed', 0],
    ['missed', 1],
    ['told', 2],
  ])
  expect(after.progress).toMatchObject({ step: 0, round: 1 })
  expect(after.dueAt).toBe(5 * 3_600_000 + 300 * S)
})

test('… in the last one that reaches somebody', () => {
  const after = advance(POLICY, begin(0), but(2), 5 * 3_600_000, CATCH_UP)
  expect(after.done.map(({ what, step }) => [what, step])).toEqual([
    ['missed', 0],
    ['told', 1],
  ])
  expect(after.dueAt).toBe(5 * 3_600_000 + 120 * S)
})

test('a shorter one too: the step that it is time for', () => {
  const after = advance(POLICY, at({ step: 0 }), all, 130 * S, CATCH_UP)
  expect(after.done.map(({ what, step }) => [what, step])).toEqual([
    ['missed', 0],
    ['told', 1],
  ])
  expect(after.dueAt).toBe(250 * S)
})

const policies = fc
  .record({
    gaps: fc.array(fc.integer({ min: 0, max: 900 }), { minLength: 1, maxLength: 6 }),
    rounds: fc.integer({ min: 1, max: 5 }),
    repeatAfterSeconds: fc.integer({ min: 30, max: 3_600 }),
  })
  .map(({ gaps, ...over }) =>
    policyOf(
      gaps.map((_, n) => gaps.slice(0, n + 1).reduce((a, b) => a + b)),
      over,
    ),
  )
const reaches = fc.array(fc.boolean(), { minLength: 6, maxLength: 6 })
const factsOf = (reach: boolean[]) => ({ reach: (step: number) => (reach[step] ? 1 : 0) })

describe('whatever the policy and whoever is there', () => {
  test('looked at every second, each step of each round is told or skipped exactly once, in order, never before its time', () => {
    fc.assert(
      fc.property(policies, reaches, (policy, reach) => {
        let progress = begin(0)
        const seen: string[] = []
        let before = 0
        for (let now: number | null = 0; now !== null; ) {
          const result = advance(policy, progress, factsOf(reach), now, CATCH_UP)
          expect(now).toBeGreaterThanOrEqual(before)
          before = now
          for (const { what, step, round } of result.done) {
            if (what === 'exhausted') continue
            expect(what).toBe(reach[step] ? 'told' : 'unreachable')
            seen.push(`${round}.${step}`)
          }
          progress = result.progress
          now = result.dueAt
        }
        const expected = Array.from({ length: policy.rounds }, (_, r) => policy.steps.map((_, s) => `${r}.${s}`)).flat()
        expect(seen).toEqual(expected)
        expect(progress.state).toBe('exhausted')
      }),
    )
  })

  test('after any silence of the platform, of what is more than the catch-up time late at most one step is told', () => {
    fc.assert(
      fc.property(policies, reaches, fc.integer({ min: 0, max: 400_000_000 }), (policy, reach, silence) => {
        const { done, dueAt } = advance(policy, begin(0), factsOf(reach), silence, CATCH_UP)
        const late = done.filter(
          ({ what, step, round }) =>
            what === 'told' && round === 0 && silence - (policy.steps[step]?.afterSeconds ?? 0) * S > CATCH_UP,
        )
        // Skipped steps pull the next ones forward; those are due now, not late.
        if (reach.slice(0, policy.steps.length).every(Boolean)) expect(late.length).toBeLessThanOrEqual(1)
        if (silence > 86_400_000)
          expect(done.filter(({ what }) => what === 'told').length).toBeLessThanOrEqual(policy.steps.length)
        if (dueAt !== null) expect(dueAt).toBeGreaterThan(silence)
      }),
    )
  })

  test('looking again at the same moment does nothing', () => {
    fc.assert(
      fc.property(policies, reaches, fc.integer({ min: 0, max: 4_000_000 }), (policy, reach, now) => {
        const once = advance(policy, begin(0), factsOf(reach), now, CATCH_UP)
        const twice = advance(policy, once.progress, factsOf(reach), now, CATCH_UP)
        expect(twice.done).toEqual([])
        expect(twice.progress).toEqual(once.progress)
      }),
    )
  })

  test('what is acknowledged tells nobody before its time is over', () => {
    fc.assert(
      fc.property(
        policies,
        fc.integer({ min: 1, max: 1e9 }),
        fc.integer({ min: 0, max: 1e9 }),
        (policy, until, now) => {
          const { done } = advance(policy, at({ state: 'acknowledged', ackUntil: until }), all, now, CATCH_UP)
          if (now < until) expect(done).toEqual([])
          else expect(done[0]?.what).toBe('expired')
        },
      ),
    )
  })
})
