import { describe, expect, it } from 'vitest'
import { aheadOf, mayAnswer, runProtocol } from '../../server/contract/protocol-run.ts'
import { type RiskFacts, residentRisk } from '../../server/contract/resident-risk.ts'
import { DEFAULT_PROTOCOLS } from '../../server/protocol/defaults/index.ts'
import { mostUrgent } from '../../server/protocol/of-case.ts'

const { steps } = DEFAULT_PROTOCOLS.find(({ id }) => id === 'sos')!.content
const run = (...answers: [string, number][]) =>
  runProtocol(
    steps,
    answers.map(([stepId, key]) => ({ stepId, key })),
  )

describe('a run', () => {
  it('goes from answer to answer to an end', () => {
    expect(run().current?.id).toBe('talk')
    expect(run(['talk', 2], ['again', 3]).current?.id).toBe('send')
    expect(run(['talk', 3], ['sure', 1])).toMatchObject({ current: null, contact: 'made' })
  })

  it('takes back what came after an earlier step that is answered again', () => {
    const again = run(['talk', 3], ['sure', 2], ['talk', 4])
    expect(again.path).toEqual([{ stepId: 'talk', key: 4 }])
    expect(again).toMatchObject({ contact: 'none', current: { id: 'send' } })
  })

  it('passes a loop as often as it is passed, and takes back to its last time', () => {
    const loop: [string, number][] = [
      ['talk', 4],
      ['send', 1],
      ['way', 3],
      ['chase', 1],
      ['way', 3],
    ]
    expect(run(...loop).path).toHaveLength(5)
    expect(run(...loop).current?.id).toBe('chase')
    expect(run(...loop, ['way', 1])).toMatchObject({ current: { id: 'scene' } })
    expect(run(...loop, ['way', 1]).path).toHaveLength(5)
  })

  it('passes over what fits nowhere', () => {
    expect(run(['nowhere', 1], ['scene', 1], ['talk', 9], ['talk', 2]).current?.id).toBe('again')
    expect(runProtocol([], [{ stepId: 'a', key: 1 }])).toEqual({ path: [], current: null, contact: null })
  })

  it('keeps contact once it was made on the way', () => {
    expect(run(['talk', 2], ['again', 2], ['sure', 2]).contact).toBe('made')
    expect(run(['talk', 2]).contact).toBe('none')
    expect(run().contact).toBeNull()
  })

  it('lets the current and the answered steps be answered, no others', () => {
    const at = run(['talk', 2])
    expect(mayAnswer(at, 'again')).toBe('current')
    expect(mayAnswer(at, 'talk')).toBe('again')
    expect(mayAnswer(at, 'send')).toBeNull()
  })

  it('looks ahead without going round', () => {
    const ahead = aheadOf(steps, steps[0] ?? null).map(({ id }) => id)
    expect(ahead[0]).toBe('need')
    expect(new Set(ahead).size).toBe(ahead.length)
    expect(aheadOf(steps, null)).toEqual([])
  })
})

describe('the risk', () => {
  const young: RiskFacts = {
    abilityLevel: 0,
    age: 66,
    livesAlone: false,
    conditions: [],
    hazards: [],
    unprotected: false,
  }
  it.each<[string, Partial<RiskFacts> | null, string, string[]]>([
    ['nobody known', null, 'high', ['no_file']],
    ['young and able, with family', {}, 'low', []],
    ['alone', { livesAlone: true }, 'normal', ['alone']],
    ['75', { age: 75 }, 'normal', ['old']],
    ['74', { age: 74 }, 'low', []],
    ['not assessed', { abilityLevel: null }, 'normal', ['not_assessed']],
    ['age not known', { age: null }, 'normal', ['not_assessed']],
    ['a knee', { conditions: ['膝骨关节炎'] }, 'normal', ['illness']],
    ['ability 2 with family', { abilityLevel: 2 }, 'normal', ['less_able']],
    ['ability 2 alone', { abilityLevel: 2, livesAlone: true }, 'high', ['frail_alone']],
    ['ability 3', { abilityLevel: 3 }, 'high', ['disabled']],
    ['80 alone', { age: 80, livesAlone: true }, 'high', ['old_alone']],
    ['79 alone', { age: 79, livesAlone: true }, 'normal', ['alone', 'old']],
    ['90', { age: 90 }, 'high', ['very_old']],
    ['anticoagulants', { hazards: ['服抗凝药, 跌倒须防内出血'] }, 'high', ['grave_illness']],
    ['dementia', { conditions: ['阿尔茨海默病 (轻度)'] }, 'high', ['grave_illness']],
    ['unprotected', { unprotected: true }, 'high', ['unprotected']],
  ])('%s', (_, change, risk, reasons) => {
    expect(residentRisk(change && { ...young, ...change })).toEqual({ risk, reasons })
  })
})

describe('the kind whose protocol counts', () => {
  it('becomes more urgent and never less; the first of equals stays', () => {
    expect(mostUrgent('help', ['help', 'fall', 'sos'])).toBe('fall')
    expect(mostUrgent('sos', ['fall', 'help'])).toBe('sos')
    expect(mostUrgent('offline', [])).toBe('offline')
  })
})
