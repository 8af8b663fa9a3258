import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CASE_CATEGORIES, type CaseCategory } from '../../server/contract/case.ts'
import { DUTY_STATUSES } from '../../server/contract/desk.ts'
import { DESK_DEFAULTS } from '../../server/contract/desk-settings.ts'
import { distribute, type Operator, type WaitingCase } from '../../server/desk/distribute.ts'

const NOW = 1_000_000
const RULES = DESK_DEFAULTS.distribution
const waiting = (caseId: string, more: Partial<WaitingCase> = {}): WaitingCase => ({
  caseId,
  category: 'emergency',
  priority: 1,
  returnedAt: null,
  openedAt: NOW,
  follows: null,
  dialect: null,
  areas: [],
  passedBy: [],
  againDue: null,
  open: false,
  ...more,
})
const operator = (userId: string, more: Partial<Operator> = {}): Operator => ({
  userId,
  status: 'ready',
  connected: true,
  emergencies: [],
  inHand: 0,
  idleSince: 0,
  offered: false,
  skills: [...CASE_CATEGORIES],
  dialects: [],
  areas: [],
  ...more,
})
const to = (cases: WaitingCase[], operators: Operator[], now = NOW) =>
  Object.fromEntries(distribute(cases, operators, RULES, now).offers.map(({ caseId, userId }) => [caseId, userId]))

describe('which case first', () => {
  test('priority, then back from a hold, then age', () => {
    const cases = [
      waiting('old help', { category: 'help', priority: 3, openedAt: 0 }),
      waiting('new sos'),
      waiting('older sos', { openedAt: NOW - 5 }),
      waiting('back', { openedAt: NOW - 1, returnedAt: NOW }),
    ]
    const order = []
    for (let left = cases; left.length > 0; ) {
      const [first] = distribute(left, [operator('a')], RULES, NOW).offers
      order.push(first?.caseId)
      left = left.filter(({ caseId }) => caseId !== first?.caseId)
    }
    expect(order).toEqual(['back', 'older sos', 'new sos', 'old help'])
  })
  test('each operator is offered one case at a time', () => {
    expect(to([waiting('1'), waiting('2'), waiting('3')], [operator('a'), operator('b', { offered: true })])).toEqual({
      1: 'a',
    })
  })
})

describe('who is asked', () => {
  test.each([
    ['busy', operator('a', { status: 'busy' })],
    ['on a break', operator('a', { status: 'break' })],
    ['off', operator('a', { status: 'off' })],
    ['not connected', operator('a', { connected: false })],
    ['in an emergency', operator('a', { emergencies: ['other'], inHand: 1 })],
  ])('nobody who is %s', (_, one) => {
    expect(to([waiting('1')], [one])).toEqual({})
  })
  test('whoever has only other work in hand is', () => {
    expect(to([waiting('1')], [operator('a', { inHand: 3 })])).toEqual({ 1: 'a' })
  })
  test('an emergency back from a hold goes to whoever held it, although it is in her hand', () => {
    const one = waiting('1', { returnedAt: NOW, follows: 'a' })
    expect(to([one], [operator('b'), operator('a', { emergencies: ['1'], inHand: 5 })])).toEqual({ 1: 'a' })
    expect(to([one], [operator('b'), operator('a', { emergencies: ['1', '2'] })])).toEqual({ 1: 'b' })
  })
  test("the resident's last operator comes first, fitting or not", () => {
    const one = waiting('1', { follows: 'b', category: 'help', dialect: '弋阳话' })
    expect(to([one], [operator('a', { dialects: ['弋阳话'] }), operator('b', { skills: ['fault'] })])).toEqual({
      1: 'b',
    })
    expect(to([one], [operator('a', { dialects: ['弋阳话'] }), operator('b', { status: 'break' })])).toEqual({ 1: 'a' })
  })
  test('fewest in hand, then longest idle', () => {
    expect(to([waiting('1')], [operator('a', { inHand: 1 }), operator('b', { idleSince: NOW })])).toEqual({ 1: 'b' })
    expect(to([waiting('1')], [operator('a', { idleSince: 9 }), operator('b', { idleSince: 8 })])).toEqual({ 1: 'b' })
  })
})

describe('preferences', () => {
  const speaks = operator('speaks', { dialects: ['弋阳话'], inHand: 4 })
  const near = operator('near', { areas: ['361126'], inHand: 2 })
  const care = operator('care', { skills: ['care'] })
  const help = (more: Partial<WaitingCase>) => waiting('1', { category: 'help', priority: 3, ...more })

  test('whoever fits comes before whoever has less to do', () => {
    expect(to([help({ dialect: '弋阳话' })], [operator('a'), speaks])).toEqual({ 1: 'speaks' })
    expect(to([help({ areas: ['361126001', '361126'] })], [near, operator('a', { areas: ['361102'] })])).toEqual({
      1: 'near',
    })
    expect(to([help({ dialect: '普通话' })], [operator('a'), speaks])).toEqual({ 1: 'a' })
  })
  test('category weighs more than dialect, dialect more than area', () => {
    const one = help({ dialect: '弋阳话', areas: ['361126'], openedAt: 0 })
    const elsewhere = operator('speaks', { dialects: ['弋阳话'], areas: ['361102'] })
    expect(to([one], [operator('care', { skills: ['care'], dialects: ['弋阳话'] }), near])).toEqual({ 1: 'near' })
    expect(to([one], [near, elsewhere])).toEqual({ 1: 'speaks' })
  })
  test.each([
    ['category', RULES.relaxSkillSeconds, help({}), care],
    ['dialect', RULES.relaxDialectSeconds, help({ dialect: '弋阳话' }), operator('a')],
    ['area', RULES.relaxAreaSeconds, help({ areas: ['361126'] }), operator('a', { areas: ['361102'] })],
  ])('%s is insisted on for its time, then given up', (_, seconds, one, somebody) => {
    expect(to([one], [somebody], NOW + seconds * 1000 - 1)).toEqual({})
    expect(to([one], [somebody], NOW + seconds * 1000)).toEqual({ 1: somebody.userId })
  })
  test('an emergency does not wait for anybody who fits', () => {
    expect(to([waiting('1', { dialect: '弋阳话', areas: ['361126'] })], [care])).toEqual({ 1: 'care' })
    expect(to([waiting('1', { dialect: '弋阳话' })], [care, speaks])).toEqual({ 1: 'speaks' })
  })
})

describe('rounds', () => {
  test('whoever was passed over is not asked again in this round; when all were, it is open to all', () => {
    const one = waiting('1', { passedBy: ['a'] })
    expect(distribute([one], [operator('a'), operator('b', { offered: true })], RULES, NOW)).toEqual({
      offers: [],
      exhausted: [],
    })
    expect(to([one], [operator('a'), operator('b')])).toEqual({ 1: 'b' })
    expect(distribute([one], [operator('a')], RULES, NOW)).toEqual({ offers: [], exhausted: ['1'] })
    const engaged = operator('a', { emergencies: ['other'] })
    expect(distribute([waiting('1')], [engaged], RULES, NOW)).toEqual({ offers: [], exhausted: ['1'] })
    expect(distribute([waiting('1', { open: true })], [engaged], RULES, NOW)).toEqual({ offers: [], exhausted: [] })
    expect(distribute([waiting('1', { category: 'help' })], [engaged], RULES, NOW).exhausted).toEqual([])
  })
  test('the next round begins when it is due', () => {
    const one = waiting('1', { againDue: NOW + 1 })
    expect(to([one], [operator('a')])).toEqual({})
    expect(to([one], [operator('a')], NOW + 1)).toEqual({ 1: 'a' })
  })
  test('nothing is offered while distribution is off', () => {
    expect(distribute([waiting('1')], [operator('a')], { ...RULES, on: false }, NOW).offers).toEqual([])
  })
})

const ids = (prefix: string) => fc.integer({ min: 0, max: 7 }).map((n) => `${prefix}${n}`)
const categories: CaseCategory[] = [...CASE_CATEGORIES]
const DIALECTS = ['弋阳话', '赣语', '普通话']
const AREAS = ['361126', '361102', '3611']
const anyCase = fc.record({
  caseId: ids('c'),
  category: fc.constantFrom(...categories),
  priority: fc.integer({ min: 1, max: 5 }),
  returnedAt: fc.option(fc.integer({ min: NOW - 60_000, max: NOW })),
  openedAt: fc.integer({ min: NOW - 60_000, max: NOW }),
  follows: fc.option(ids('u')),
  dialect: fc.option(fc.constantFrom(...DIALECTS)),
  areas: fc.subarray(AREAS),
  passedBy: fc.uniqueArray(ids('u'), { maxLength: 3 }),
  againDue: fc.constant(null),
  open: fc.boolean(),
})
const anyOperator: fc.Arbitrary<Operator> = fc.record({
  userId: ids('u'),
  status: fc.constantFrom('ready' as const, 'ready' as const, ...DUTY_STATUSES),
  connected: fc.integer({ min: 0, max: 4 }).map((n) => n > 0),
  emergencies: fc.uniqueArray(ids('c'), { maxLength: 1 }),
  inHand: fc.nat(5),
  idleSince: fc.nat(NOW),
  offered: fc.integer({ min: 0, max: 4 }).map((n) => n === 0),
  skills: fc.subarray(categories, { minLength: 1 }),
  dialects: fc.subarray(DIALECTS),
  areas: fc.subarray(AREAS),
})
const scene = fc.record({
  cases: fc.uniqueArray(anyCase, { selector: ({ caseId }) => caseId, maxLength: 8 }),
  operators: fc.uniqueArray(anyOperator, { selector: ({ userId }) => userId, maxLength: 8 }),
})
const able = (one: WaitingCase, o: Operator) =>
  o.status === 'ready' && o.connected && o.emergencies.every((id) => id === one.caseId)

describe('whatever the scene', () => {
  test('an operator and a case occur once, and only those who may be asked', () => {
    fc.assert(
      fc.property(scene, ({ cases, operators }) => {
        const { offers } = distribute(cases, operators, RULES, NOW)
        expect(new Set(offers.map(({ userId }) => userId)).size).toBe(offers.length)
        expect(new Set(offers.map(({ caseId }) => caseId)).size).toBe(offers.length)
        for (const offer of offers) {
          const one = cases.find(({ caseId }) => caseId === offer.caseId)
          const chosen = operators.find(({ userId }) => userId === offer.userId)
          expect(one && chosen && able(one, chosen) && !chosen.offered).toBe(true)
          expect(one?.passedBy).not.toContain(offer.userId)
        }
      }),
    )
  })
  test('no emergency goes unoffered while somebody free could have it who got nothing more urgent', () => {
    fc.assert(
      fc.property(scene, ({ cases, operators }) => {
        const { offers } = distribute(cases, operators, RULES, NOW)
        const asked = new Map(offers.map(({ userId, caseId }) => [userId, caseId]))
        const offered = new Set(offers.map(({ caseId }) => caseId))
        for (const one of cases.filter(({ caseId, category }) => category === 'emergency' && !offered.has(caseId))) {
          for (const o of operators) {
            if (!able(one, o) || o.offered || one.passedBy.includes(o.userId)) continue
            const instead = cases.find(({ caseId }) => caseId === asked.get(o.userId))
            expect(instead && instead.priority <= one.priority).toBe(true)
          }
        }
      }),
    )
  })
  test('after the longest relaxation nobody waits while somebody able is idle', () => {
    const later = NOW + Math.max(RULES.relaxSkillSeconds, RULES.relaxDialectSeconds, RULES.relaxAreaSeconds) * 1000
    fc.assert(
      fc.property(scene, ({ cases, operators }) => {
        const { offers } = distribute(cases, operators, RULES, later)
        const busy = new Set(offers.map(({ userId }) => userId))
        const offered = new Set(offers.map(({ caseId }) => caseId))
        const idle = operators.filter((o) => !o.offered && !busy.has(o.userId))
        for (const one of cases.filter(({ caseId }) => !offered.has(caseId))) {
          expect(idle.filter((o) => able(one, o) && !one.passedBy.includes(o.userId))).toEqual([])
        }
      }),
    )
  })
  test('the order in which cases and operators are read does not matter', () => {
    fc.assert(
      fc.property(scene, ({ cases, operators }) => {
        const sorted = (of: { caseId: string }[]) => of.toSorted((a, b) => (a.caseId < b.caseId ? -1 : 1))
        const once = distribute(cases, operators, RULES, NOW)
        const again = distribute(cases.toReversed(), operators.toReversed(), RULES, NOW)
        expect(sorted(again.offers)).toEqual(sorted(once.offers))
        expect(again.exhausted.toSorted()).toEqual(once.exhausted.toSorted())
      }),
    )
  })
  test('what is exhausted is not offered, and all who could take it were passed over', () => {
    fc.assert(
      fc.property(scene, ({ cases, operators }) => {
        const { offers, exhausted } = distribute(cases, operators, RULES, NOW)
        for (const id of exhausted) {
          expect(offers.some(({ caseId }) => caseId === id)).toBe(false)
          const one = cases.find(({ caseId }) => caseId === id)
          if (one?.category !== 'emergency') continue
          for (const o of operators.filter((candidate) => able(one, candidate))) {
            expect(one.passedBy).toContain(o.userId)
          }
        }
      }),
    )
  })
})
