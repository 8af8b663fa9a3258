import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Delivery, Outbox, type OutgoingEvent } from '../../simulator/outbox.ts'

const event = (id: number): OutgoingEvent => ({ id: `event-${id}`, ts: id, type: 'sos', detail: {} })
const sample = (ts: number) => ({ ts, fields: { battery: 90 } })

describe('outbox', () => {
  it('sends events before telemetry, and a backlog of samples together', () => {
    const outbox = new Outbox(100)
    for (let i = 0; i < 3; i++) outbox.addSample(sample(i))
    outbox.addEvent(event(1))
    expect(outbox.next()).toEqual({ lane: 'event', event: event(1) })
    expect(outbox.next()).toEqual({ lane: 'telemetry', samples: [sample(0), sample(1), sample(2)] })
    expect(outbox.next()).toBeNull()
    expect(outbox.waiting).toEqual({ events: 1, samples: 3 })
  })

  it('drops the oldest samples at the bound, but none that is under way', () => {
    const outbox = new Outbox(3)
    expect([0, 1, 2].map((ts) => outbox.addSample(sample(ts)))).toEqual([0, 0, 0])
    const underWay = outbox.next()!
    expect([3, 4, 5].map((ts) => outbox.addSample(sample(ts)))).toEqual([0, 1, 1])
    outbox.acknowledge(underWay)
    expect(outbox.next()).toEqual({ lane: 'telemetry', samples: [sample(5)] })
    outbox.rewind()
    for (let ts = 6; ts < 10; ts++) outbox.addSample(sample(ts))
    expect(outbox.next()).toEqual({ lane: 'telemetry', samples: [sample(7), sample(8), sample(9)] })
  })

  it('refuses an acknowledgement of what is not under way', () => {
    const outbox = new Outbox(3)
    outbox.addEvent(event(1))
    expect(() => outbox.acknowledge({ lane: 'event', event: event(1) })).toThrow(RangeError)
  })

  it('whatever the connection does, each event arrives and first arrivals are in order', () => {
    const steps = fc.array(fc.constantFrom('add', 'add', 'send', 'send', 'acknowledge', 'lose'), { maxLength: 200 })
    fc.assert(
      fc.property(steps, (script) => {
        const outbox = new Outbox(10)
        const arrived: string[] = []
        let wire: Delivery[] = []
        let added = 0
        const send = () => {
          const delivery = outbox.next()
          if (delivery?.lane !== 'event') return false
          arrived.push(delivery.event.id)
          wire.push(delivery)
          return true
        }
        for (const step of script) {
          if (step === 'add') outbox.addEvent(event(added++))
          if (step === 'send') send()
          if (step === 'acknowledge' && wire[0]) outbox.acknowledge(wire.shift()!)
          if (step === 'lose') {
            wire = []
            outbox.rewind()
          }
        }
        while (send() || wire.length > 0) if (wire[0]) outbox.acknowledge(wire.shift()!)
        expect(outbox.waiting.events).toBe(0)
        expect([...new Set(arrived)]).toEqual(Array.from({ length: added }, (_, id) => `event-${id}`))
      }),
    )
  })
})
