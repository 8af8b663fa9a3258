import { describe, expect, test } from 'vitest'
import type { EscalationPolicy } from '../../server/contract/escalation.ts'
import { recipientsOf, type World } from '../../server/escalation/recipients.ts'
import { type InForce, policyFor } from '../../server/escalation/resolve.ts'
import { simulate } from '../../server/escalation/simulate.ts'
import { mistakesOf, warningsOf } from '../../server/escalation/warnings.ts'
import { DEFAULT_POLICIES } from '../../server/store/migrations/0014-policies.ts'

const EVERY = { desk: true, email: true, sms: true, voice: true, webhook: true }
const person = (userId: string, over: Partial<World['people'][number]> = {}) => ({
  userId,
  displayName: userId,
  role: 'operator',
  email: false,
  phone: false,
  onDuty: false,
  atDesk: over.onDuty === true,
  ...over,
})
const WORLD: World = {
  people: [
    person('op', { onDuty: true }),
    person('boss', { role: 'supervisor', onDuty: true, phone: true }),
    person('night', { role: 'supervisor', email: true, phone: true }),
    person('root', { role: 'admin' }),
  ],
  groups: [{ groupId: 'street', name: '街道', email: false, phone: true }],
  channels: EVERY,
}
const policy = (...steps: EscalationPolicy['steps']): EscalationPolicy => ({
  steps,
  rounds: 1,
  repeatAfterSeconds: 60,
  acknowledgeForSeconds: 600,
  dispatchedForSeconds: 3_600,
})

describe('which policy', () => {
  const row = (version: number, divisionCode: string, kind: InForce['kind'] = ''): InForce => ({
    version,
    category: 'emergency',
    kind,
    divisionCode,
    policy: policy(),
  })
  const rows = [
    row(1, ''),
    row(2, '', 'fall'),
    row(3, '3611'),
    row(4, '361125'),
    row(5, '361125', 'fall'),
    row(6, '361125001'),
  ]
  test.each([
    ['sos', '361125001', 6],
    ['fall', '361125001', 6],
    ['fall', '361125002', 5],
    ['sos', '361125002', 4],
    ['fall', '361102001', 3],
    ['fall', '4401', 2],
    ['fall', null, 2],
    ['sos', null, 1],
  ] as const)('%s at %s: %i', (kind, divisionCode, version) => {
    expect(policyFor(rows, { category: 'emergency', kind, divisionCode })?.version).toBe(version)
  })
  test('none for a category without one', () => {
    expect(policyFor(rows, { category: 'care', kind: 'inactivity', divisionCode: null })).toBeNull()
  })
})

describe('who is reached', () => {
  const reached = (step: EscalationPolicy['steps'][number], world = WORLD, contacts = [1, 2]) =>
    recipientsOf(step, world, contacts).map(({ channel, kind, id, delayMs }) => [channel, kind, id, delayMs / 1000])
  const step = (
    targets: EscalationPolicy['steps'][number]['targets'],
    channels: EscalationPolicy['steps'][number]['channels'],
  ) => ({
    afterSeconds: 0,
    targets,
    channels,
  })
  test.each([
    ['one mark for all desks', step([{ type: 'on_duty' }], ['desk']), [['desk', 'desks', '', 0]]],
    ['no desk when none of them sits at one', step([{ type: 'role', role: 'admin' }], ['desk']), []],
    [
      'only who has an address',
      step([{ type: 'role', role: 'supervisor' }], ['email', 'sms']),
      [
        ['email', 'user', 'night', 0],
        ['sms', 'user', 'boss', 0],
        ['sms', 'user', 'night', 0],
      ],
    ],
    [
      'each once, in however many targets',
      step(
        [
          { type: 'role', role: 'supervisor' },
          { type: 'users', userIds: ['boss'] },
        ],
        ['voice'],
      ),
      [
        ['voice', 'user', 'boss', 0],
        ['voice', 'user', 'night', 0],
      ],
    ],
    [
      'contacts one after the other, twice round',
      step([{ type: 'contacts' }], ['voice']),
      [
        ['voice', 'contact', '1', 0],
        ['voice', 'contact', '2', 45],
        ['voice', 'contact', '1', 90],
        ['voice', 'contact', '2', 135],
      ],
    ],
    ['a group', step([{ type: 'responders', groupId: 'street' }], ['sms', 'email']), [['sms', 'group', 'street', 0]]],
    ['one for the other system', step([{ type: 'on_duty' }], ['webhook']), [['webhook', 'system', '', 0]]],
  ] as const)('%s', (_, of, expected) => {
    expect(reached(of as never)).toEqual(expected)
  })
  test('by no channel that is not set up', () => {
    const world = { ...WORLD, channels: { ...EVERY, sms: false } }
    expect(reached(step([{ type: 'role', role: 'supervisor' }], ['sms']), world)).toEqual([])
  })
  test('no contacts, no calls', () => {
    expect(reached(step([{ type: 'contacts' }], ['voice']), WORLD, [])).toEqual([])
  })
})

test('warnings name the step, the channel and who', () => {
  const world = { ...WORLD, channels: { ...EVERY, email: false } }
  const of = policy(
    { afterSeconds: 0, targets: [{ type: 'on_duty' }], channels: ['desk'] },
    { afterSeconds: 60, targets: [{ type: 'users', userIds: ['root', 'gone'] }], channels: ['sms', 'email'] },
    { afterSeconds: 90, targets: [{ type: 'responders', groupId: 'fire' }], channels: ['sms'] },
  )
  expect(warningsOf(of, world)).toEqual([
    { code: 'step_unreachable', step: 2, channel: null, who: null },
    { code: 'channel_unset', step: 2, channel: 'email', who: null },
    { code: 'no_address', step: 2, channel: 'sms', who: 'root' },
    { code: 'user_disabled', step: 2, channel: null, who: 'gone' },
    { code: 'step_unreachable', step: 3, channel: null, who: null },
    { code: 'group_unknown', step: 3, channel: null, who: 'fire' },
  ])
  const empty = { ...WORLD, people: WORLD.people.map((one) => ({ ...one, onDuty: false, atDesk: false })) }
  expect(warningsOf(policy(of.steps[0] as never), empty).map(({ code, step }) => [code, step])).toEqual([
    ['nobody_on_duty', null],
    ['step_unreachable', 1],
  ])
})

test('mistakes name the field', () => {
  const of = policy(
    { afterSeconds: 60, targets: [{ type: 'on_duty' }], channels: ['desk'] },
    { afterSeconds: 30, targets: [{ type: 'contacts' }], channels: ['desk', 'email'] },
  )
  expect(mistakesOf(of).map(({ field }) => field)).toEqual(['policy.steps.1.afterSeconds', 'policy.steps.1.targets.0'])
  for (const one of Object.values(DEFAULT_POLICIES)) expect(mistakesOf(one)).toEqual([])
})

test('the simulation tells who is told when, and what is skipped at once', () => {
  const of = policy(
    { afterSeconds: 0, targets: [{ type: 'on_duty' }], channels: ['desk'] },
    { afterSeconds: 60, targets: [{ type: 'users', userIds: ['root'] }], channels: ['sms'] },
    { afterSeconds: 180, targets: [{ type: 'role', role: 'supervisor' }, { type: 'contacts' }], channels: ['voice'] },
  )
  const { steps, endsAtSeconds } = simulate(of, WORLD)
  expect(steps.map(({ atSeconds, step, skipped }) => [atSeconds, step, skipped])).toEqual([
    [0, 1, false],
    [60, 2, true],
    [60, 3, false],
  ])
  expect(steps[2]?.told).toEqual([{ channel: 'voice', names: ['boss', 'night'], contacts: true }])
  expect(endsAtSeconds).toBe(60)
  expect(simulate({ ...of, rounds: 9 }, WORLD).endsAtSeconds).toBeNull()
})
