import { describe, expect, it } from 'vitest'
import { explain } from '../../server/contract/explain/explain.ts'
import type { DetectContext, DeviceTraits, Observation } from '../../server/contract/observation.ts'
import { SIGNAL_TYPES, type SignalType } from '../../server/contract/signal.ts'
import type { Detector } from '../../server/detect/detector.ts'
import { type DetectState, type Found, judge, judgeDeadlines, nextDeadline } from '../../server/detect/engine.ts'
import { dayOf, dayStart, usualOf, withSign } from '../../server/detect/habits.ts'
import { notYet, type RoutineState, routine } from '../../server/detect/routine.ts'
import { signOf } from '../../server/detect/signs-of-life.ts'
import { contextOf, DAY, device, HOUR, MINUTE, MORNING, sample, signal } from './routine-life.ts'

const DETECTORS = [routine as Detector<unknown>]
const motion = device('m-1', 'motion_sensor', { room: '客厅' })
const door = device('d-1', 'door_sensor', { room: '大门' })
const fridge = device('f-1', 'door_sensor', { role: 'ordinary', room: '厨房' })
const watch = device('w-1', 'watch')
const hub = device('h-1', 'hub')
const HOME = contextOf([door, fridge, motion, watch])

const at = (day: number, clock: string): number => {
  const [hour = 0, minute = 0] = clock.split(':').map(Number)
  return MORNING + day * DAY + (hour - 3) * HOUR + minute * MINUTE
}

/** Up at seven, seen every hour until ten in the evening. */
const ordinary = (day: number): Observation[] =>
  Array.from({ length: 16 }, (_, hour) => signal(motion, 'motion', at(day, `${7 + hour}:00`)))
const days = (count: number): Observation[] => Array.from({ length: count }, (_, day) => ordinary(day)).flat()

function run(seen: Observation[], until: number, context: DetectContext = HOME, before: DetectState = {}) {
  const judged = judge(before, seen, context, DETECTORS)
  const end = judgeDeadlines(judged.state, context, until, DETECTORS)
  expect([...judged.failures, ...end.failures]).toEqual([])
  return { state: end.state, found: [...judged.found, ...end.found] }
}
const effects = (found: readonly Found[]) =>
  found.map(({ finding, now }) => [
    finding.effect,
    finding.reason.rule,
    new Date(now + 8 * HOUR).toISOString().slice(5, 16),
  ])

describe('the usual waking time', () => {
  it('passes without a sign of life: told once, with its reason', () => {
    const { found } = run(days(10), at(13, '12:00'))
    // Slots of five minutes: 07:00 lies in the one that ends at 07:05; the margin is 90 min.
    expect(effects(found)).toEqual([['raise', 'routine.no_waking_sign', '03-11T08:35']])
    const { finding } = found[0]!
    expect(finding).toMatchObject({ kind: 'inactivity', certainty: 'likely', deviceId: 'm-1', at: at(10, '8:35') })
    expect(finding.reason.settingsVersion).toBe(3)
    expect(explain(finding.reason, 'en')).toBe(
      'On 8 of 8 days there was a sign of life by 07:05; today there was none from 06:35 to 08:35',
    )
    expect(explain(finding.reason, 'zh-CN')).toBe(
      '近 8 天里有 8 天在 07:05 前已有活动;今天从 06:35 到 08:35 没有任何活动迹象',
    )
  })

  it('is not known before minDays full days', () => {
    expect(run(days(8), at(12, '12:00')).found).toEqual([])
    expect(run(days(9), at(12, '12:00')).found).toHaveLength(1)
  })

  it('ends at `latest` for late risers, but not before they are usually seen', () => {
    const late = (hour: number) =>
      Array.from({ length: 12 }, (_, day) =>
        Array.from({ length: 9 }, (_, n) => signal(motion, 'motion', at(day, `${hour + n}:00`))),
      ).flat()
    expect(effects(run(late(10), at(12, '23:00')).found)).toEqual([['raise', 'routine.no_waking_sign', '03-13T11:00']])
    expect(effects(run(late(12), at(12, '23:00')).found)).toEqual([['raise', 'routine.no_waking_sign', '03-13T12:35']])
  })

  it('is not met by a walk to the bathroom in the night', () => {
    const { found } = run([...days(10), signal(motion, 'motion', at(10, '03:40'))], at(10, '23:00'))
    expect(effects(found)).toEqual([['raise', 'routine.no_waking_sign', '03-11T08:35']])
  })

  it('is over with any sign of life, and silence may be told again after it', () => {
    const seen = [...days(10), signal(fridge, 'door_open', at(10, '09:10'))]
    expect(effects(run(seen, at(10, '09:30')).found).slice(1)).toEqual([['restore', 'routine.seen', '03-11T09:10']])
    const { found } = run(seen, at(14, '12:00'))
    expect(found.map(({ finding }) => finding.effect)).toEqual(['raise', 'restore', 'raise'])
    expect(found.map(({ finding }) => finding.deviceId)).toEqual(['m-1', 'm-1', 'm-1'])
  })

  it('is over when a sign of this morning arrives late, not when one of yesterday does', () => {
    const early = signal(fridge, 'door_open', at(10, '06:50'), at(10, '09:00'))
    const old = signal(fridge, 'door_open', at(9, '23:10'), at(10, '09:00'))
    expect(effects(run([...days(10), old], at(10, '09:30')).found)).toHaveLength(1)
    expect(effects(run([...days(10), early], at(10, '09:30')).found)[1]).toEqual([
      'restore',
      'routine.seen',
      '03-11T09:00',
    ])
  })
})

describe('silence by day', () => {
  it('is told when it is much longer than usual', () => {
    const { found } = run([...days(10), ...ordinary(10).slice(0, 3)], at(11, '06:00'))
    // At most two hours are usual (one hour between signs, rounded up): 09:00 + 2 h + 90 min.
    expect(effects(found)).toEqual([['raise', 'routine.silence', '03-11T12:30']])
    expect(explain(found[0]!.finding.reason, 'en')).toBe(
      'No sign of life since 09:00, for 3.5 h; usually it is 2 h at most in the daytime',
    )
  })

  it('is sleep in the evening', () => {
    expect(run([...days(10), ...ordinary(10).slice(0, 12)], at(11, '06:00')).found).toEqual([])
  })

  it('is not ended by what happened before it', () => {
    const late = signal(fridge, 'door_open', at(10, '09:20'), at(10, '14:00'))
    const { found } = run([...days(10), ...ordinary(10).slice(0, 3), late], at(10, '15:00'))
    expect(effects(found)).toHaveLength(1)
  })
})

describe('somebody who is not at home', () => {
  it('is not missed there, until something in the home moves', () => {
    const left = [
      ...days(10),
      ...ordinary(10).slice(0, 2),
      signal(door, 'door_open', at(10, '09:00')),
      signal(door, 'door_close', at(10, '09:00') + 9_000),
    ]
    expect(run(left, at(16, '12:00')).found).toEqual([])
    // Home again, and then silent.
    const back = [...left, signal(door, 'door_open', at(12, '15:00')), signal(motion, 'motion', at(12, '15:01'))]
    expect(effects(run(back, at(16, '12:00')).found)).toEqual([['raise', 'routine.silence', '03-13T18:31']])
  })

  it('may press her pendant elsewhere: that is life, but not at home', () => {
    const seen = [
      ...days(10),
      ...ordinary(10).slice(0, 2),
      signal(door, 'door_close', at(10, '09:00')),
      signal(watch, 'button', at(10, '11:00')),
    ]
    expect(run(seen, at(12, '12:00')).found).toEqual([])
  })
})

describe('a home that is not judged', () => {
  it('sees too little', () => {
    const seldom = Array.from({ length: 20 }, (_, day) =>
      [7, 12, 18].map((hour) => signal(door, 'door_open', at(day, `${hour}:00`))),
    ).flat()
    const { found, state } = run(seldom, at(22, '12:00'))
    expect(found).toEqual([])
    expect(notYet(state.routine as RoutineState, HOME.settings.routine)).toBe('too_few_signs')
  })

  it('belongs to nobody, or has the rule switched off', () => {
    expect(run(days(10), at(12, '12:00'), { ...HOME, residentId: null })).toEqual({ state: {}, found: [] })
    const off = run(days(10), at(12, '12:00'), contextOf([motion], { routine: { enabled: false } }))
    expect(off.found).toEqual([])
    expect(notYet(off.state.routine as RoutineState, { ...HOME.settings.routine, enabled: false })).toBe('disabled')
    expect(notYet({}, HOME.settings.routine)).toBe('too_few_days')
  })
})

describe('what did not reach us', () => {
  it('while the hub was blind is waited for, and a margin after it', () => {
    const blind = [...days(10), signal(hub, 'hub_offline', at(10, '05:00'))]
    expect(run(blind, at(12, '12:00')).found).toEqual([])
    const sees = [...blind, signal(hub, 'hub_online', at(10, '08:00'))]
    expect(effects(run(sees, at(10, '23:00')).found)).toEqual([['raise', 'routine.no_waking_sign', '03-11T09:30']])
  })

  it('while the platform was away is waited for, and a margin after it', () => {
    const outages = [{ from: at(10, '07:30'), to: at(10, '10:00') }]
    const { found } = run(days(10), at(10, '23:00'), { ...HOME, outages })
    expect(effects(found)).toEqual([['raise', 'routine.no_waking_sign', '03-11T11:30']])
    const before = [{ from: at(10, '01:00'), to: at(10, '02:00') }]
    expect(effects(run(days(10), at(10, '23:00'), { ...HOME, outages: before }).found)[0]![2]).toBe('03-11T08:35')
  })

  it('for no reason that is known is told: nothing from a whole home may be somebody on the floor', () => {
    expect(run(days(10), at(11, '03:00')).found).toHaveLength(1)
  })
})

describe('signs of life', () => {
  const meant = (of: DeviceTraits) => SIGNAL_TYPES.filter((type) => signOf(signal(of, type, MORNING)) !== null)
  it('are what only somebody alive can cause', () => {
    const always: SignalType[] = [
      'sos',
      'sos_cancel',
      'help',
      'fall_cancel',
      'leave_bed',
      'bed_enter',
      'motion',
      'door_open',
      'door_close',
      'worn',
      'button',
    ]
    expect(new Set(meant(motion))).toEqual(new Set(always))
    expect(new Set(meant(fridge))).toEqual(new Set([...always, 'triggered', 'released']))
    expect(new Set(meant(device('k', 'button', { role: 'sos' })))).toEqual(new Set([...always, 'triggered']))
    expect(meant(device('k', 'other', { role: 'smoke' }))).not.toContain('triggered')
  })

  it('tell where she is', () => {
    expect(signOf(signal(door, 'door_open', MORNING))).toBe('door')
    expect(signOf(signal(fridge, 'door_open', MORNING))).toBe('home')
    expect(signOf(signal(watch, 'sos', MORNING))).toBe('person')
    expect(signOf(signal(motion, 'help', MORNING))).toBe('home')
    expect(signOf(sample(watch, { steps: 9 }, MORNING))).toBeNull()
  })

  it('are steps that grow, not a number that a watch repeats', () => {
    const counts = (values: number[]) =>
      run(
        values.map((steps, n) => sample(watch, { steps }, MORNING + n * HOUR)),
        MORNING,
      ).state.routine as RoutineState
    expect(counts([500, 500, 510]).l).toBeUndefined()
    expect(counts([500, 530]).l).toBe((MORNING + HOUR) / 30_000)
    // Begun anew at midnight, then walked.
    expect(counts([500, 12]).l).toBeUndefined()
    expect(counts([500, 12, 40]).l).toBe((MORNING + 2 * HOUR) / 30_000)
    expect(counts([500, 500, 500])).toEqual({ s: ['w-1', 500, MORNING / 1000] })
  })
})

describe('habits', () => {
  it('forget what is more than four weeks old', () => {
    const day = dayOf(MORNING)
    let history = withSign(undefined, MORNING + 4 * HOUR)
    for (let n = 1; n < 200; n++) history = withSign(history, dayStart(day + n) + (n < 150 ? 2 : 5) * HOUR)
    expect(history.r).toHaveLength(29 * 6)
    expect(usualOf(history)).toMatchObject({ days: 28, byMinute: 305, earlyMinute: 305, onDays: 28 })
    expect(withSign(history, MORNING)).toBe(history)
    expect(usualOf(withSign(history, dayStart(day + 250)))).toMatchObject({ days: 0 })
  })

  it('leave out days without a sign', () => {
    const holiday = [...days(10), ...Array.from({ length: 4 }, (_, n) => ordinary(14 + n)).flat()]
    const { state } = run(holiday, at(17, '23:00'))
    expect((state.routine as RoutineState).u?.[0]).toBe(12)
    expect(nextDeadline(state, HOME, DETECTORS)).toBe(at(18, '08:35'))
  })
})
