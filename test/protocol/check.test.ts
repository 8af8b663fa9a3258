import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ALERT_CLASSES, ALERT_KINDS } from '../../server/contract/kinds.ts'
import {
  type ProtocolAnswer,
  type ProtocolContent,
  type ProtocolStep,
  RISK_LEVELS,
} from '../../server/contract/protocol.ts'
import { checkProtocol, FALSE_OUTCOMES, type ProtocolFaultCode } from '../../server/contract/protocol-check.ts'
import { type Answered, answerOf, runProtocol } from '../../server/contract/protocol-run.ts'
import { FALLBACK } from '../../server/protocol/defaults/fallback.ts'
import { DEFAULT_PROTOCOLS } from '../../server/protocol/defaults/index.ts'

const W = { 'zh-CN': '问', en: 'ask' }
const answer = (key: number, over: Partial<ProtocolAnswer>): ProtocolAnswer => ({
  key,
  label: W,
  next: null,
  contact: null,
  action: null,
  ...over,
})
const end = (key: number, outcome: 'helped' | 'false_alarm' = 'helped', contact: 'made' | null = 'made') =>
  answer(key, { contact, action: { type: 'resolve', outcome, reason: null } })
const step = (id: string, ...answers: ProtocolAnswer[]): ProtocolStep => ({
  id,
  type: 'ask',
  text: W,
  why: null,
  answers,
})
const content = (steps: ProtocolStep[], over: Partial<ProtocolContent> = {}): ProtocolContent => ({
  title: W,
  kinds: ['help'],
  risks: ['low'],
  steps,
  ...over,
})
const faults = (of: ProtocolContent) => checkProtocol(of).map(({ code, place }) => `${code} ${place}`)

describe('the check names each fault with its place', () => {
  const good = content([step('a', answer(1, { next: 'b' }), end(2)), step('b', end(1))])
  it.each<[string, ProtocolContent, string[]]>([
    ['nothing wrong', good, []],
    ['a title', { ...good, title: { ...W, en: ' ' } }, ['missing_text title.en']],
    ['no kinds, no risks', { ...good, kinds: [], risks: [] }, ['no_kinds kinds', 'no_risks risks']],
    ['a kind twice', { ...good, kinds: ['help', 'help'] }, ['twice kinds']],
    ['no steps', content([]), ['no_steps steps']],
    ['the same id', content([step('a', end(1)), step('a', end(1))]), ['same_step_id steps.1.id']],
    ['no answers', content([step('a')]), ['no_answers steps.0.answers']],
    ['the same key', content([step('a', end(1), end(1))]), ['same_key steps.0.answers.1.key']],
    [
      'no text',
      content([{ ...step('a', { ...end(1), label: { 'zh-CN': '', en: 'x' } }), why: { 'zh-CN': '因', en: '' } }]),
      ['missing_text steps.0.why.en', 'missing_text steps.0.answers.0.label.zh-CN'],
    ],
    [
      'an unknown step',
      content([step('a', answer(1, { next: 'x' }), end(2))]),
      ['unknown_step steps.0.answers.0.next'],
    ],
    ['nowhere', content([step('a', answer(1, {}), end(2))]), ['leads_nowhere steps.0.answers.0.next']],
    ['an end that goes on', content([step('a', { ...end(1), next: 'a' })]), ['end_goes_on steps.0.answers.0.next']],
    ['unreachable', content([step('a', end(1)), step('b', end(1))]), ['unreachable steps.1']],
    [
      'a cycle without exit',
      content([
        step('a', answer(1, { next: 'b' }), end(2)),
        step('b', answer(1, { next: 'c' })),
        step('c', answer(1, { next: 'b' })),
      ]),
      ['cycle_without_exit steps.1', 'cycle_without_exit steps.2'],
    ],
    [
      'no end at all',
      content([step('a', answer(1, { next: 'a' }))]),
      ['cycle_without_exit steps.0', 'no_path_to_end steps.0'],
    ],
    [
      'a dispatch that sends nobody',
      content([{ ...step('a', end(1)), type: 'dispatch' }]),
      ['dispatch_sends_nobody steps.0.answers'],
    ],
    ['an emergency that knows no silence', { ...good, kinds: ['sos'] }, ['no_answer_missing steps']],
    [
      'silence that ends without sending',
      content([step('a', answer(1, { next: 'b', contact: 'none' }), end(2)), step('b', end(1, 'helped', null))], {
        kinds: ['sos'],
      }),
      ['no_answer_without_dispatch steps.0.answers.0'],
    ],
    [
      'a false end of somebody not reached',
      content([step('a', end(1, 'false_alarm', null))]),
      ['false_end_without_contact steps.0.answers.0.action'],
    ],
    ['the same of a device', content([step('a', end(1, 'false_alarm', null))], { kinds: ['offline'] }), []],
    [
      'a preset in one language',
      content([
        step(
          'a',
          answer(1, { next: 'a', action: { type: 'dispatch', to: { 'zh-CN': '120', en: '' }, text: null } }),
          end(2),
        ),
      ]),
      ['missing_text steps.0.answers.0.action.to.en'],
    ],
  ])('%s', (_, of, expected) => expect(faults(of)).toEqual(expected))
})

describe('what the check passes can be played', () => {
  const ids = ['a', 'b', 'c', 'd', 'e']
  const anyAnswer = fc.record({
    next: fc.option(fc.nat({ max: 4 }), { nil: null }),
    contact: fc.constantFrom<ProtocolAnswer['contact'][]>('made', 'none', null),
    action: fc.constantFrom<ProtocolAnswer['action'][]>(
      null,
      null,
      { type: 'dispatch', to: null, text: null },
      { type: 'arrive' },
      { type: 'resolve', outcome: 'helped', reason: null },
      { type: 'resolve', outcome: 'false_alarm', reason: null },
    ),
  })
  const anySteps = fc
    .array(fc.array(anyAnswer, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 5 })
    .map((all) =>
      all.map((answers, n) =>
        step(
          ids[n]!,
          ...answers.map((one, m) => {
            const next = one.next === null || one.action?.type === 'resolve' ? null : ids[one.next % all.length]!
            return answer(m + 1, { ...one, next })
          }),
        ),
      ),
    )
  const anyWay = fc.array(fc.nat({ max: 8 }), { maxLength: 40 })

  /** Plays choices until an end; what it met on the way. */
  function play(steps: ProtocolStep[], choices: readonly number[]) {
    let sent = true
    let reached = false
    const given: Answered[] = []
    for (const choice of choices) {
      const { current } = runProtocol(steps, given)
      if (!current) break
      const chosen = current.answers[choice % current.answers.length]!
      given.push({ stepId: current.id, key: chosen.key })
      if (chosen.contact === 'none') sent = false
      if (chosen.action?.type === 'dispatch' || chosen.action?.type === 'arrive' || chosen.contact === 'made')
        sent = true
      if (chosen.action?.type === 'arrive' || chosen.contact === 'made') reached = true
    }
    const last = given.at(-1)
    const action = last ? answerOf(steps, last)?.action : undefined
    return { ...runProtocol(steps, given), sent, reached, outcome: action?.type === 'resolve' ? action.outcome : null }
  }

  it('never stops but at an end, reaches one from everywhere, and breaks no rule of silence', () => {
    let passed = 0
    fc.assert(
      fc.property(anySteps, anyWay, (steps, choices) => {
        if (checkProtocol(content(steps, { kinds: ['sos', 'help'] })).length > 0) return
        passed += 1
        const { current, outcome, sent, reached } = play(steps, choices)
        expect(current === null).toBe(outcome !== null)
        if (current === null) expect(sent).toBe(true)
        if (outcome !== null && FALSE_OUTCOMES.has(outcome)) expect(reached).toBe(true)
        // An end within as many steps as there are.
        const seen = new Set(current ? [current.id] : [])
        const ways = [...seen]
        for (const id of ways)
          for (const one of steps.find((s) => s.id === id)!.answers)
            if (one.next !== null && !seen.has(one.next)) {
              seen.add(one.next)
              ways.push(one.next)
            }
        if (current)
          expect(
            ways.some((id) => steps.find((s) => s.id === id)!.answers.some((a) => a.action?.type === 'resolve')),
          ).toBe(true)
      }),
      { numRuns: 20_000, seed: 7 },
    )
    // The generator finds enough that passes, so that the property says something.
    expect(passed).toBeGreaterThan(100)
  })

  it('says why when it refuses: a way of at most 30 answers that gets stuck or breaks a rule exists for the ways’ faults', () => {
    const ways: ProtocolFaultCode[] = ['false_end_without_contact', 'no_answer_without_dispatch']
    fc.assert(
      fc.property(anySteps, (steps) => {
        const found = checkProtocol(content(steps, { kinds: ['sos'] }))
        if (found.some(({ code }) => !ways.includes(code)) || found.length === 0) return
        // Depth first over all choices, each state of (step, sent, reached) once.
        const seen = new Set<string>()
        let broken = false
        const go = (id: string, sent: boolean, reached: boolean): void => {
          if (broken || seen.has(`${id}${sent}${reached}`)) return
          seen.add(`${id}${sent}${reached}`)
          for (const one of steps.find((s) => s.id === id)!.answers) {
            const settles = one.contact === 'made' || one.action?.type === 'arrive'
            const nowSent = settles || one.action?.type === 'dispatch' || (one.contact === 'none' ? false : sent)
            const nowReached = reached || settles
            if (one.action?.type === 'resolve') {
              if (!nowSent || (FALSE_OUTCOMES.has(one.action.outcome) && !nowReached)) broken = true
            } else if (one.next !== null) go(one.next, nowSent, nowReached)
          }
        }
        go(steps[0]!.id, true, false)
        expect(broken).toBe(true)
      }),
      { numRuns: 20_000, seed: 11 },
    )
  })
})

describe('the delivered protocols', () => {
  it('are right, each of them', () => {
    expect(DEFAULT_PROTOCOLS.flatMap(({ id, content: of }) => faults(of).map((fault) => `${id}: ${fault}`))).toEqual([])
    expect(
      faults({ ...FALLBACK, steps: [...FALLBACK.steps], kinds: ['sos', 'vital_sign', 'help'], risks: ['high'] }),
    ).toEqual([])
  })

  it('serve each kind at each risk exactly once', () => {
    for (const kind of ALERT_KINDS)
      for (const risk of RISK_LEVELS) {
        const serving = DEFAULT_PROTOCOLS.filter(
          ({ content: of }) => of.kinds.includes(kind) && of.risks.includes(risk),
        )
        expect(
          serving.map(({ id }) => id),
          `${kind} ${risk}`,
        ).toHaveLength(1)
      }
    expect(new Set(DEFAULT_PROTOCOLS.map(({ id }) => id)).size).toBe(DEFAULT_PROTOCOLS.length)
  })

  it('say everything in few words, with a way for an emergency that nobody answers: sent within three answers', () => {
    for (const { id, content: of } of DEFAULT_PROTOCOLS) {
      for (const one of of.steps) {
        expect(one.text['zh-CN'].length, `${id} ${one.id}`).toBeLessThanOrEqual(32)
        for (const { label } of one.answers) expect(label['zh-CN'].length, `${id} ${one.id}`).toBeLessThanOrEqual(16)
      }
      if (of.kinds.every((kind) => ALERT_CLASSES[kind].category !== 'emergency')) continue
      const given: Answered[] = []
      for (let n = 0; n < 3; n++) {
        const { current } = runProtocol(of.steps, given)
        const found =
          current?.answers.find((a) => a.action?.type === 'dispatch') ??
          current?.answers.find((a) => a.contact === 'none')
        expect(found, `${id} ${current?.id}`).toBeDefined()
        given.push({ stepId: current!.id, key: found!.key })
        if (found!.action?.type === 'dispatch') break
      }
      expect(answerOf(of.steps, given.at(-1)!)?.action?.type, id).toBe('dispatch')
    }
  })
})
