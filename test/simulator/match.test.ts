import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { SignalType } from '../../server/contract/signal.ts'
import { match, type Recorded } from '../../simulator/compare/match.ts'
import { outcomeOf, outcomeText } from '../../simulator/compare/outcome.ts'
import { type Entry, type Fate, Journal } from '../../simulator/journal.ts'

const entry = (at: number, more: Partial<Entry> = {}): Entry => ({
  ...{ deviceId: 'key', protocol: 'tasmota', type: 'button', messageId: null },
  ...{ from: at, until: at, fate: 'due', acknowledged: false },
  ...more,
})
const recorded = (receivedAt: number, more: Partial<Recorded> = {}): Recorded => ({
  ...{ deviceId: 'key', messageId: `m${receivedAt}`, type: 'button', receivedAt },
  ...more,
})

describe('matching', () => {
  it('goes by the id where the protocol has one, whenever it was', () => {
    const told = [entry(0, { messageId: 'a' }), entry(0, { messageId: 'b' })]
    const { matched, extra } = match(told, [recorded(9e9, { messageId: 'b' }), recorded(1, { messageId: 'c' })], 10)
    expect([...matched.keys()]).toEqual([told[1]])
    expect(extra.map(({ messageId }) => messageId)).toEqual(['c'])
  })

  it('takes an id with another type for something else', () => {
    const { matched, extra } = match([entry(0, { messageId: 'a' })], [recorded(0, { messageId: 'a', type: 'sos' })], 10)
    expect([matched.size, extra.length]).toEqual([0, 1])
  })

  it('else by device, type and time, one signal each', () => {
    const told = [entry(1_000), entry(1_100), entry(9_000)]
    const { matched, extra } = match(told, [recorded(1_050), recorded(1_060), recorded(1_070), recorded(50_000)], 500)
    expect([...matched.keys()]).toEqual(told.slice(0, 2))
    expect(extra.map(({ receivedAt }) => receivedAt)).toEqual([1_070, 50_000])
    const other = match([entry(0)], [recorded(0, { deviceId: 'other' }), recorded(0, { type: 'sos' })], 500)
    expect([other.matched.size, other.extra.length]).toEqual([0, 2])
  })

  it('moves one to make room for another', () => {
    const [early, late] = [entry(0, { until: 100 }), entry(0)]
    const { matched, extra } = match([early, late], [recorded(0), recorded(100)], 1)
    expect([matched.size, extra.length]).toEqual([2, 0])
    expect(matched.get(late)?.receivedAt).toBe(0)
  })

  it('gives what is due the first choice, and lets the rest explain what is left', () => {
    const told = [entry(0, { fate: 'possible' }), entry(0), entry(0, { fate: 'doubtful' })]
    expect([...match(told, [recorded(0)], 5).matched.keys()]).toEqual([told[1]])
    expect(match(told, [recorded(0), recorded(1), recorded(2)], 5).extra).toEqual([])
  })

  it('leaves answers to commands aside', () => {
    expect(match([], [recorded(0, { type: 'command_reply' })], 5).extra).toEqual([])
  })

  it('finds a matching of the greatest size, whatever is told and recorded', () => {
    const time = fc.integer({ min: 0, max: 60 })
    const fate = fc.constantFrom<Fate>('due', 'doubtful', 'possible')
    const entries = fc.array(fc.record({ at: time, lasts: fc.nat(20), fate }), { maxLength: 7 })
    fc.assert(
      fc.property(entries, fc.array(time, { maxLength: 7 }), (plans, times) => {
        const told = plans.map(({ at, lasts, fate: of }) => entry(at, { until: at + lasts, fate: of }))
        const signals = times.map((at, index) => recorded(at, { messageId: String(index) }))
        const { matched, extra } = match(told, signals, 3)
        expect(matched.size + extra.length).toBe(signals.length)
        expect(new Set(matched.values()).size).toBe(matched.size)
        expect(matched.size).toBe(greatest(told, signals))
        const due = told.filter((one) => one.fate === 'due')
        expect(due.filter((one) => matched.has(one)).length).toBe(greatest(due, signals))
      }),
    )
  })
})

/** By trying everything. */
function greatest(told: readonly Entry[], signals: readonly Recorded[]): number {
  const [first, ...rest] = told
  if (!first) return 0
  const without = greatest(rest, signals)
  const fitting = signals.filter(({ receivedAt }) => receivedAt >= first.from - 3 && receivedAt <= first.until + 3)
  return Math.max(
    without,
    ...fitting.map(
      (one) =>
        1 +
        greatest(
          rest,
          signals.filter((other) => other !== one),
        ),
    ),
  )
}

describe('the outcome', () => {
  const status = {
    ...{ sent: 0, acknowledged: 0, waiting: 0, dropped: 0, unanswered: 0, byType: {}, homes: 1, homesConnected: 1 },
    ...{ devices: 1, links: 1, connected: 1, refused: 0, cuts: 0 },
  }
  const stored = { devices: 0, acknowledged: 0, stored: 0, wrong: [] }
  const of = (told: { fate?: Fate; acknowledged?: boolean }[], signals: Recorded[], problem?: string) => {
    const journal = new Journal(true)
    for (const { fate = 'due', acknowledged = false } of told) {
      const made = journal.tell({ deviceId: 'key', protocol: 'watch', type: 'sos', at: 0, fate })
      made.acknowledged = acknowledged
    }
    if (problem !== undefined) journal.problem('key', problem)
    const outcome = outcomeOf(journal, signals, () => 'watch', 100)
    return { outcome, text: outcomeText(outcome, stored, journal, status) }
  }
  const sos = (receivedAt = 0, type: SignalType = 'sos') => recorded(receivedAt, { type })

  it('is clean when everything told is recorded, and nothing else', () => {
    const { outcome, text } = of([{ acknowledged: true }, { fate: 'possible' }], [sos()])
    expect(outcome.isClean).toBe(true)
    expect(outcome.rows).toEqual([
      { protocol: 'watch', type: 'sos', sent: 1, acknowledged: 1, recorded: 1, missing: 0, extra: 0, doubtful: 0 },
    ])
    expect(text).toContain('Nothing lost, nothing invented.')
  })

  it('says what is in doubt, and does not hold it against the platform', () => {
    const { outcome } = of([{ fate: 'doubtful' }], [])
    expect([outcome.isClean, outcome.rows[0]?.doubtful]).toEqual([true, 1])
  })

  it.each([
    ['missing', [{}], [], undefined, 'Missing (1):\n  sos of key at 1970-01-01T00:00:00.000Z'],
    ['invented', [], [sos()], undefined, 'Extra (1):\n  sos of key at 1970-01-01T00:00:00.000Z'],
    ['unreadable', [{}], [sos(), sos(0, 'unreadable')], undefined, 'unreadable of key'],
    ['wrongly answered', [], [], 'a wrong answer', 'Wrong (1):\n  key: a wrong answer'],
    ['unacknowledged', [{ fate: 'waiting' as const }], [], undefined, 'NOT all as it should be.'],
  ])('is not clean when something is %s', (_name, told, signals, problem, line) => {
    const { outcome, text } = of(told, signals, problem)
    expect(outcome.isClean).toBe(false)
    expect(text).toContain(line)
    expect(text).toContain('NOT all as it should be.')
  })
})
