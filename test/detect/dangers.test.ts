import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { explain, explainInAll } from '../../server/contract/explain/explain.ts'
import type { Observation } from '../../server/contract/observation.ts'
import type { SignalType } from '../../server/contract/signal.ts'
import type { Detector } from '../../server/detect/detector.ts'
import { doors } from '../../server/detect/doors.ts'
import { judge } from '../../server/detect/engine.ts'
import { fire } from '../../server/detect/fire.ts'
import { temperature } from '../../server/detect/temperature.ts'
import {
  after,
  context,
  device,
  HOUR,
  MINUTE,
  run,
  runWithRestarts,
  SECOND,
  START,
  sample,
  signal,
  told,
} from './support.ts'

const FRONT = device('front', 'door_sensor', { role: 'entrance' })
const BALCONY = device('balcony', 'door_sensor')
const ROOM = device('room', 'climate_sensor', { room: '卧室' })
const FREEZER = device('freezer', 'climate_sensor', { role: 'ordinary' })
const SMOKE = device('smoke', 'smoke_sensor')
const SMOKE2 = device('smoke2', 'smoke_sensor')
const HOME = context({ devices: [FRONT, BALCONY, ROOM, FREEZER, SMOKE, SMOKE2] })
const DOORS = [doors as Detector<unknown>]
const TEMPERATURE = [temperature as Detector<unknown>]
const FIRE = [fire as Detector<unknown>]

const at = (minutes: number) => START + minutes * MINUTE
const END = START + 24 * HOUR

describe('the front door', () => {
  const open = (minutes: number, of = FRONT) => signal('door_open', at(minutes), { device: of })
  const close = (minutes: number, of = FRONT) => signal('door_close', at(minutes), { device: of })
  const judged = (...seen: Observation[]) => run(DOORS, seen, HOME, END)

  test('open for a quarter of an hour: told once, taken back when it closes', () => {
    const all = judged(open(0), open(5), open(40), close(60))
    expect(told(all)).toEqual(['raise door_left_open dangers.door_open', 'restore door_left_open dangers.door_closed'])
    expect(all.found[0]).toMatchObject({ now: at(15), finding: { deviceId: 'front', at: at(15) } })
    expect(all.found[0]!.finding).toMatchObject({ evidence: { signalIds: [`front-door_open-${at(0)}`] } })
    expect(explain(all.found[0]!.finding.reason, 'zh-CN')).toBe('大门从 10:00 起一直开着,已 15 分钟')
    expect(explain(all.found[1]!.finding.reason, 'en')).toBe('The front door was closed at 11:00')
  })

  test('closed in time, nothing', () => {
    expect(told(judged(open(0), close(14), open(20), close(34)))).toEqual([])
  })

  test('of several doors only the entrance; the only door of a home is it', () => {
    expect(told(judged(open(0, BALCONY)))).toEqual([])
    const one = context({ devices: [BALCONY] })
    expect(told(run(DOORS, [open(0, BALCONY)], one, END))).toHaveLength(1)
    expect(
      told(run(DOORS, [open(0, BALCONY)], context({ devices: [BALCONY, device('b', 'door_sensor')] }), END)),
    ).toEqual([])
  })

  test('a plain contact in that role is a door too', () => {
    const contact = device('contact', 'other', { role: 'entrance' })
    const seen = [signal('triggered', at(0), { device: contact }), signal('released', at(20), { device: contact })]
    expect(told(judged(...seen))).toHaveLength(2)
  })

  test('an opening that was stored waits for the closing behind it', () => {
    const stored = signal('door_open', at(-120), { device: FRONT, receivedAt: at(0) })
    const shut = signal('door_close', at(-118), { device: FRONT, receivedAt: at(0) + SECOND })
    expect(told(judged(stored, shut))).toEqual([])
    expect(told(judged(shut, { ...stored, receivedAt: at(1) }))).toEqual([])
    expect(judged(stored).found[0]?.now).toBe(at(1))
  })

  test('a late closing from before does not close it', () => {
    const stale = signal('door_close', at(-3), { device: FRONT, receivedAt: at(2) })
    expect(told(judged(open(0), stale))).toEqual(['raise door_left_open dangers.door_open'])
  })
})

describe('a room', () => {
  const degrees = (value: number, minutes: number, of = ROOM, receivedAt = at(minutes)) =>
    sample({ temperature: value }, at(minutes), { device: of, receivedAt })
  const judged = (...seen: Observation[]) => run(TEMPERATURE, seen, HOME, END)

  test('hot for half an hour: told once with its readings, taken back 1 °C within', () => {
    const all = judged(
      ...[0, 10, 20, 30, 40, 50].map((m) => degrees(36 + m / 10, m)),
      degrees(34.5, 60),
      degrees(33.9, 70),
    )
    expect(told(all)).toEqual(['raise temperature dangers.heat', 'restore temperature dangers.mild'])
    const { finding } = all.found[0]!
    expect(finding).toMatchObject({ at: at(30), reason: { values: { value: 39, limit: 35, lasting: 30 * MINUTE } } })
    expect(finding.effect === 'raise' && finding.evidence?.samples?.map((one) => one.fields.temperature)).toEqual([
      36, 38, 39,
    ])
    expect(explain(finding.reason, 'zh-CN')).toBe('室温 39 °C,高于 35 °C 已持续 30 分钟')
  })

  test('cold is another sentence, and the resident’s own limits hold', () => {
    expect(told(judged(degrees(5, 0), degrees(4, 40)))).toEqual(['raise temperature dangers.cold'])
    const frail = context({ devices: [ROOM], settings: { dangers: { coldC: 16 } } })
    expect(told(run(TEMPERATURE, [degrees(15, 0), degrees(15, 31)], frail, END))).toHaveLength(1)
  })

  test('a short peak, and two far apart, are nothing', () => {
    expect(told(judged(degrees(36, 0), degrees(33, 20), degrees(36, 35)))).toEqual([])
    expect(told(judged(degrees(36, 0), degrees(36, 240)))).toEqual([])
  })

  test('about the limit it counts on until it is clearly within', () => {
    expect(told(judged(degrees(35, 0), degrees(34.6, 15), degrees(35.1, 31)))).toEqual([
      'raise temperature dangers.heat',
    ])
  })

  test('a freezer, a wrist, a hub, a broken sensor and yesterday are no room', () => {
    const over = [0, 20, 40]
    for (const of of [FREEZER, device('w', 'watch'), device('h', 'hub'), FRONT]) {
      expect(told(judged(...over.map((m) => degrees(-18, m, of))))).toEqual([])
    }
    expect(told(judged(...over.map((m) => degrees(85, m))))).toEqual([])
    expect(told(judged(...over.map((m) => degrees(38, m, ROOM, at(m) + 24 * HOUR))))).toEqual([])
  })

  test('from hot to cold', () => {
    const all = judged(degrees(36, 0), degrees(36, 31), degrees(5, 60), degrees(5, 95))
    expect(told(all)).toEqual([
      'raise temperature dangers.heat',
      'restore temperature dangers.mild',
      'raise temperature dangers.cold',
    ])
  })
})

describe('a fire', () => {
  const smoke = (minutes: number, of = SMOKE) => signal('smoke', at(minutes), { device: of })
  const heat = (minutes: number, value: number, of = ROOM) =>
    sample({ temperature: value }, at(minutes), { device: of })
  const judged = (...seen: Observation[]) => run(FIRE, seen, HOME, END)

  test('two smoke detectors bear each other out', () => {
    const all = judged(smoke(0), smoke(2, SMOKE2), smoke(3))
    expect(all.found.map(({ finding }) => finding)).toMatchObject([
      {
        effect: 'assess',
        kind: 'smoke',
        deviceId: 'smoke2',
        severe: true,
        evidence: { signalIds: [`smoke-smoke-${at(0)}`] },
      },
      { effect: 'assess', kind: 'smoke', deviceId: 'smoke', severe: true, reason: { rule: 'dangers.corroborated' } },
    ])
    expect(all.state).toEqual({})
  })

  test('so does heat, before or after, that no weather makes', () => {
    expect(told(judged(smoke(0), heat(2, 52), heat(3, 60)))).toEqual(['assess smoke dangers.smoke_and_heat'])
    expect(told(judged(heat(-2, 52), smoke(0)))).toEqual(['assess smoke dangers.smoke_and_heat'])
    expect(told(judged(smoke(0), heat(2, 38)))).toEqual([])
    expect(told(judged(smoke(0), heat(2, 60, FREEZER)))).toEqual([])
  })

  test('not what is long ago or was cleared', () => {
    expect(told(judged(smoke(0), smoke(11, SMOKE2)))).toEqual([])
    expect(told(judged(smoke(0), signal('smoke_clear', at(1), { device: SMOKE }), smoke(2, SMOKE2)))).toEqual([])
  })
})

const anything = fc
  .array(
    fc.record({
      gap: fc.integer({ min: 1, max: 1_200_000 }),
      late: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.integer({ min: 0, max: 1_200_000 })),
      what: fc.constantFrom<SignalType | 'degrees'>(
        'door_open',
        'door_close',
        'smoke',
        'smoke_clear',
        'degrees',
        'degrees',
      ),
      of: fc.nat(1),
      value: fc.oneof(fc.integer({ min: -5, max: 60 }), fc.integer({ min: 34, max: 37 })),
    }),
    { maxLength: 40 },
  )
  .map((list) => {
    const arrivals = after(list.map(({ gap }) => gap))
    return list.map(({ what, of, late, value }, n): Observation => {
      const receivedAt = arrivals[n]!
      const over = { receivedAt, occurredAt: receivedAt - late }
      if (what === 'degrees') return sample({ temperature: value }, receivedAt, { ...over, device: ROOM })
      const [one, other] = what.startsWith('smoke') ? [SMOKE, SMOKE2] : [FRONT, BALCONY]
      return signal(what, receivedAt, { ...over, device: of === 0 ? one : other, signalId: `s${n}` })
    })
  })

describe('whatever comes in', () => {
  const ALL = [...DOORS, ...TEMPERATURE, ...FIRE]
  const until = START + 48 * HOUR

  test('a restart anywhere and a second delivery change nothing; raises and restores take turns', () => {
    fc.assert(
      fc.property(anything, (seen) => {
        const once = run(ALL, seen, HOME, until)
        expect(runWithRestarts(ALL, seen, HOME, until)).toEqual(once)
        expect(
          run(
            ALL,
            seen.flatMap((one) => [one, one]),
            HOME,
            until,
          ).found,
        ).toEqual(once.found)
        expect(once.failures).toEqual([])
        for (const kind of ['door_left_open', 'temperature']) {
          const turns = told(once)
            .filter((one) => one.includes(` ${kind} `))
            .map((one) => one.split(' ')[0])
          expect(turns).toEqual(turns.map((_, n) => (n % 2 ? 'restore' : 'raise')))
        }
        for (const { finding } of once.found) {
          for (const sentence of Object.values(explainInAll(finding.reason)))
            expect(sentence).not.toMatch(/\?|NaN|undefined/)
        }
      }),
    )
  })

  test('a calm home is never told of', () => {
    const calm = anything.map((seen) =>
      seen.filter((one) =>
        one.kind === 'signal'
          ? one.type !== 'door_open' && one.type !== 'smoke'
          : one.fields.temperature! < 35 && one.fields.temperature! > 8,
      ),
    )
    fc.assert(
      fc.property(calm, (seen) => {
        expect(run(ALL, seen, HOME, until).found).toEqual([])
      }),
    )
  })

  test('what is remembered stays small, and what is mild leaves it as it is', () => {
    const uuid = '0196f3a0-7c1e-7000-8000-123456789abc'
    const busy = [
      signal('door_open', at(0), { device: FRONT, signalId: uuid }),
      sample({ temperature: 36 }, at(1), { device: ROOM }),
    ]
    const { state } = judge({}, busy, HOME, ALL)
    expect(JSON.stringify(state).length).toBeLessThan(220)
    const idle = [busy[0]!, busy[1]!, sample({ temperature: 20 }, at(1), { device: FREEZER }), signal('motion', at(2))]
    const again = judge(state, idle, HOME, ALL).state
    for (const name of Object.keys(state)) expect(again[name]).toBe(state[name])
    expect(judge({}, [sample({ temperature: 20 }, at(0), { device: ROOM })], HOME, ALL).state).toEqual({})
  })
})
