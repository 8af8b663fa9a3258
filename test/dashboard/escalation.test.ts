import { describe, expect, test } from 'vitest'
import {
  codesOf,
  fieldsOf,
  labelOf,
  notReached,
  policyOf,
  targetsOf,
} from '../../dashboard/centre/escalation/targets.ts'
import { verdictOf } from '../../dashboard/centre/levels/judge.ts'
import { logText, titleText } from '../../dashboard/console/words.ts'
import { DEFAULT_POLICIES } from '../../server/store/migrations/0014-policies.ts'
import { makeCase } from './make-case.ts'

describe("a rule's form", () => {
  test('holds every policy without loss', () => {
    for (const policy of Object.values(DEFAULT_POLICIES)) expect(policyOf(fieldsOf(policy))).toEqual(policy)
    const targets = [
      { type: 'responders' as const, groupId: 'fire' },
      { type: 'users' as const, userIds: ['a', 'b'] },
    ]
    expect(codesOf(targets)).toEqual(['group:fire', 'user:a', 'user:b'])
    expect(targetsOf(['group:fire', 'user:a', 'user:b'])).toEqual(targets)
    expect(targetsOf(['nonsense'])).toEqual([])
  })

  const whole = fieldsOf(DEFAULT_POLICIES.emergency)
  test.each([
    ['no steps', { ...whole, steps: [] }],
    [
      'a step without a time',
      { ...whole, steps: [{ afterSeconds: null, targets: ['on_duty'], channels: ['desk' as const] }] },
    ],
    ['a step without anybody', { ...whole, steps: [{ afterSeconds: 0, targets: [], channels: ['desk' as const] }] }],
    ['a step without a way', { ...whole, steps: [{ afterSeconds: 0, targets: ['on_duty'], channels: [] }] }],
    [
      'a way that can not reach them',
      { ...whole, steps: [{ afterSeconds: 0, targets: ['contacts'], channels: ['desk' as const] }] },
    ],
    ['steps out of order', { ...whole, steps: [...whole.steps].reverse() }],
    ['no rounds', { ...whole, rounds: null }],
    ['nothing', undefined],
  ])('is not whole with %s', (_, fields) => {
    expect(policyOf(fields)).toBeNull()
  })

  test('says whom the chosen ways do not reach', () => {
    expect(notReached(['on_duty', 'contacts'], ['desk', 'email'])).toBe('contacts')
    expect(notReached(['group:x'], ['desk'])).toBe('group:x')
    expect(notReached(['contacts'], ['voice'])).toBeNull()
    expect(notReached(['contacts'], [])).toBeNull()
  })

  test('names people and groups, also those that are gone', () => {
    const options = {
      ...{ areas: [], channels: [], users: [{ userId: 'a', displayName: '李敏', role: 'operator' }] },
      groups: [{ groupId: 'fire', name: '消防站' }],
    }
    const words = { fixed: (code: string) => `<${code}>`, group: (name: string) => `[${name}]`, unknown: '?' }
    expect(
      ['user:a', 'user:b', 'group:fire', 'group:x', 'role:admin'].map((code) => labelOf(code, options, words)),
    ).toEqual([...['李敏', '?', '[消防站]', '[x]', '<admin>']])
  })
})

test('a share is judged against its target alone', () => {
  expect(verdictOf('within60', 0.975)).toBe('met')
  expect(verdictOf('within60', 0.9749)).toBe('missed')
  expect(verdictOf('within15', 0.1)).toBe('none')
  expect(verdictOf('dispatch60', null)).toBe('none')
})

test.each([
  'escalated',
  'escalation_skipped',
  'acknowledgement_expired',
  'escalation_exhausted',
  'responsibility_taken',
] as const)('the time line has words for %s', (action) => {
  const said: string[] = []
  const t = ((key: string) => {
    said.push(key)
    return key
  }) as never
  const entry = {
    ...{ at: '2026-03-02T02:41:53Z', action, actor: null, fromState: null, toState: 'new' as const, version: 1 },
    detail: { step: 2, channels: ['sms'], why: 'missed' },
  }
  expect(logText(entry, entry.at, t, 'zh-CN')).toMatch(/^log\./)
  expect(titleText(makeCase('c'), t)).toBe('kind.sos')
})
