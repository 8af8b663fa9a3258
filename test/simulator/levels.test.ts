import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { EventType } from '../../server/contract/signal.ts'
import { Journal } from '../../simulator/journal.ts'
import { DOUBT_MS, Unconfirmed } from '../../simulator/levels.ts'

const OPEN = { value: 'open', type: 'door_open' } as const
const CLOSED = { value: 'closed', type: 'door_close' } as const

function door() {
  const journal = new Journal(true)
  const sent = new Unconfirmed('zigbee2mqtt', journal)
  const tell = (value: typeof OPEN | typeof CLOSED, at: number) => sent.level('door', 'contact', value, at)
  const fates = () => journal.entries.map(({ type, fate }) => `${type} ${fate}`)
  return { journal, sent, tell, fates }
}

describe('conditions that are repeated', () => {
  it('are news when they change; what the platform knew before the first one is not known here', () => {
    const { tell, fates } = door()
    for (const [value, at] of [
      [CLOSED, 0],
      [CLOSED, 1],
      [OPEN, 2],
      [OPEN, 3],
      [OPEN, 90_000],
      [CLOSED, 90_001],
    ] as const) {
      tell(value, at)
    }
    expect(fates()).toEqual(['door_close possible', 'door_open due', 'door_close due'])
  })

  it('are in doubt when the connection is lost just after, and certain when they are told again', () => {
    const { tell, sent, fates, journal } = door()
    tell(CLOSED, 0)
    tell(OPEN, 20_000)
    sent.lost(20_000 + DOUBT_MS - 1)
    expect(fates()).toEqual(['door_close possible', 'door_open doubtful'])
    tell(OPEN, 40_000)
    expect(fates()).toEqual(['door_close possible', 'door_open due'])
    expect(journal.entries[1]).toMatchObject({ from: 20_000, until: 40_000 })
  })

  it('are certain when the connection held on long enough', () => {
    const { tell, sent, fates } = door()
    tell(CLOSED, 0)
    tell(OPEN, 20_000)
    sent.lost(20_000 + DOUBT_MS)
    tell(OPEN, 40_000)
    expect(fates()).toEqual(['door_close possible', 'door_open due'])
  })

  it('that went back while nobody listened are told or not', () => {
    const { tell, sent, fates } = door()
    tell(CLOSED, 0)
    tell(OPEN, 20_000)
    sent.lost(20_001)
    tell(CLOSED, 30_000)
    expect(fates()).toEqual(['door_close possible', 'door_open doubtful', 'door_close possible'])
  })

  it('that an acknowledgement has come for are not in doubt', () => {
    const { tell, sent, fates } = door()
    tell(CLOSED, 0)
    const entry = tell(OPEN, 20_000)
    if (entry) entry.acknowledged = true
    sent.lost(20_001)
    tell(CLOSED, 30_000)
    expect(fates()).toEqual(['door_close possible', 'door_open due', 'door_close due'])
  })

  it('a will is certain after a cut, and in doubt when the broker itself has failed', () => {
    const online = { value: 'online', type: 'hub_online' } as const
    const offline = { value: 'offline', type: 'hub_offline' } as const
    for (const isSure of [true, false]) {
      const journal = new Journal(true)
      const sent = new Unconfirmed('zigbee2mqtt', journal)
      sent.level('hub', 'hub', online, 0)
      sent.lost(60_000)
      sent.will('hub', 'hub', offline, 60_000, isSure)
      expect(journal.entries.map(({ fate }) => fate)).toEqual(['possible', isSure ? 'due' : 'doubtful'])
    }
  })
})

describe('occurrences', () => {
  it('are in doubt only when they went out just before the loss', () => {
    const journal = new Journal(true)
    const sent = new Unconfirmed('tasmota', journal)
    for (const at of [0, 10_000, 14_000]) sent.event('key', 'button', at)
    sent.lost(14_500)
    expect(journal.entries.map(({ fate }) => fate)).toEqual(['due', 'doubtful', 'doubtful'])
  })
})

/** The platform's side: it tells of a value that is not the one it holds, and of a first one unless it is calm. */
class Platform {
  held: string | undefined
  readonly told: EventType[] = []
  take({ value, type }: typeof OPEN | typeof CLOSED): void {
    if (value === this.held) return
    if (this.held !== undefined || value !== 'closed') this.told.push(type)
    this.held = value
  }
}

describe('any course of changes and losses', () => {
  const step = fc.record({
    open: fc.boolean(),
    wait: fc.integer({ min: 1, max: 9_000 }),
    lost: fc.boolean(),
    arriving: fc.nat(8),
  })

  it('is told as the platform records it: every due one, and nothing that nobody has told', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const { journal, sent, tell } = door()
        const platform = new Platform()
        let [now, pending] = [0, [] as { at: number; value: typeof OPEN | typeof CLOSED }[]]
        for (const { open, wait, lost, arriving } of steps) {
          const value = open ? OPEN : CLOSED
          tell(value, now)
          pending.push({ at: now, value })
          now += wait
          if (!lost) continue
          // What is older has arrived; of the rest only the beginning has.
          const old = pending.filter(({ at }) => at <= now - DOUBT_MS)
          for (const one of pending.slice(0, Math.max(old.length, Math.min(arriving, pending.length)))) {
            platform.take(one.value)
          }
          pending = []
          sent.lost(now)
          now += 1
        }
        for (const { value } of pending) platform.take(value)
        for (const type of ['door_open', 'door_close'] as const) {
          const recorded = platform.told.filter((one) => one === type).length
          const told = journal.entries.filter((entry) => entry.type === type)
          expect(recorded).toBeGreaterThanOrEqual(told.filter(({ fate }) => fate === 'due').length)
          expect(recorded).toBeLessThanOrEqual(told.length)
        }
      }),
      { numRuns: 500 },
    )
  })
})
