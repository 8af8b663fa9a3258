import { describe, expect, test } from 'vitest'
import { explain, explainInAll } from '../../server/contract/explain/explain.ts'
import type { Observation } from '../../server/contract/observation.ts'
import {
  at,
  BARE,
  BATH,
  BED,
  CUPBOARD,
  caseOf,
  DOOR,
  fall,
  HALL,
  HOME,
  KEY,
  LAMP,
  later,
  logOf,
  motion,
  RADAR,
} from './fall-home.ts'
import { context, device, sample, signal, told, WATCH } from './support.ts'

describe('nothing moves', () => {
  test('ten seconds after a fall it is confirmed and severe, after two minutes it is told again', () => {
    const judged = later([fall(0)])
    expect(told(judged)).toEqual(['assess fall falls.still', 'assess fall falls.no_recovery'])
    expect(judged.found.map(({ now }) => now)).toEqual([at(10), at(120)])
    expect(judged.found[0]!.finding).toMatchObject({ certainty: 'confirmed', severe: true, deviceId: 'watch' })
    expect(judged.found[1]!.finding).toMatchObject({ severe: true, again: true })
    expect(explain(judged.found[0]!.finding.reason, 'zh-CN')).toBe('10:00 跌倒后 10 秒没有发现任何动静')
    expect(judged.state).toEqual({})
  })

  test('operators see the fall at once, and each step on the one case', () => {
    const { folded, log } = caseOf([fall(0)])
    expect(log).toEqual(['opened', 'signal', 'assessed', 'assessed'])
    expect(folded).toMatchObject({ priority: 1, state: 'new', version: 3 })
    expect(folded.alerts).toMatchObject([{ certainty: 'confirmed', severe: true, signalCount: 1 }])
  })

  test('of a home where nothing shows movement, stillness is not claimed', () => {
    const judged = later([fall(0)], BARE)
    expect(told(judged)).toEqual(['assess fall falls.unwatched', 'assess fall falls.no_recovery_unwatched'])
    expect(judged.found[0]!.finding).toMatchObject({ certainty: 'likely' })
    expect(judged.found[0]!.finding).not.toHaveProperty('severe')
    expect(caseOf([fall(0)], BARE, 60).folded.alerts).toMatchObject([{ certainty: 'likely', severe: false }])
    expect(caseOf([fall(0)], BARE, 130).folded.alerts).toMatchObject([{ certainty: 'likely', severe: true }])
  })

  test('a watch that counts steps shows it by itself; a radar does when its model reports motion', () => {
    expect(told(later([fall(0), sample({ steps: 4000 }, at(0))], BARE))[0]).toBe('assess fall falls.still')
    const silent = context({ devices: [device('radar', 'fall_sensor', { model: 'WS101' })] })
    expect(told(later([fall(0)], silent))[0]).toBe('assess fall falls.unwatched')
  })

  test('a suspected fall becomes likely, no more', () => {
    expect(later([fall(0, RADAR, 'fall_suspected')]).found[0]!.finding).toMatchObject({
      certainty: 'likely',
      severe: true,
    })
  })

  test('the fall’s own movement, and what happened before, is no movement', () => {
    const old = signal('motion', at(-30), { device: HALL, receivedAt: at(4) })
    expect(told(later([fall(0), motion(2), old]))).toEqual(told(later([fall(0)])))
  })

  test('a radar that loses whoever lies still says nothing', () => {
    expect(told(later([fall(0, RADAR), signal('vacant', at(20), { device: RADAR })]))).toEqual(told(later([fall(0)])))
  })

  test('the device itself may say that nothing moves', () => {
    const judged = later([fall(0, RADAR), motion(5, RADAR), signal('inactivity', at(40), { device: RADAR })])
    expect(told(judged)).toEqual(['assess fall falls.motionless', 'assess fall falls.not_up'])
    expect(judged.found[0]!.finding).toMatchObject({ certainty: 'confirmed', severe: true })
  })

  test('a fall that is told again and again moves no deadline', () => {
    const judged = later([0, 4, 8, 12, 60, 110].map((s) => fall(s, RADAR)))
    expect(told(judged)).toEqual(['assess fall falls.still', 'assess fall falls.no_recovery'])
    expect(judged.found.map(({ now }) => now)).toEqual([at(10), at(120)])
  })

  test('of a fall that was stored for an hour nobody says that stillness followed; that nobody gets up is told', () => {
    const stored = signal('fall', at(-3600), { receivedAt: at(0) })
    expect(told(later([stored]))).toEqual(['assess fall falls.no_recovery'])
    expect(told(later([stored, motion(30), motion(40, BATH)]))).toEqual(['assess fall falls.moved_room'])
  })

  test('what moved after a fall is known already when the fall comes late: she was up', () => {
    const stored = signal('fall', at(-600), { device: RADAR, receivedAt: at(0) })
    expect(told(later([motion(-300), stored]))).toEqual(['assess fall falls.moved_room'])
    expect(told(later([motion(-900), stored]))).toEqual(['assess fall falls.no_recovery'])
  })

  test('a clock that runs ahead hides nothing', () => {
    const ahead = signal('fall', at(200), { receivedAt: at(0), device: RADAR })
    expect(told(later([ahead, motion(8)]))).toEqual(['assess fall falls.moved_room'])
  })

  test('the nearest settings hold', () => {
    const slow = context({
      devices: [HALL, WATCH],
      deviceSettings: { watch: { falls: { stillnessS: 30, noRecoveryS: 3600 } } },
    })
    const judged = later([fall(0)], slow, 3 * 3600)
    expect(judged.found.map(({ now }) => now)).toEqual([at(30), at(3600)])
  })
})

describe('something moves', () => {
  const up = (seen: readonly Observation[], home = HOME) => later([fall(0, RADAR), ...seen], home)

  test.each([
    ['in another room', [motion(30)], 'falls.moved_room'],
    ['into bed', [signal('bed_enter', at(60), { device: BED })], 'falls.moved_bed'],
    ['a door inside', [signal('door_open', at(60), { device: CUPBOARD })], 'falls.moved_door'],
    ['a lamp is switched on', [signal('button', at(60), { device: LAMP })], 'falls.moved_used'],
    ['steps', [sample({ steps: 10 }, at(5)), sample({ steps: 30 }, at(40))], 'falls.moved_steps'],
    [
      'another place',
      [sample({ lat: 28.4, lon: 117.4, acc: 10 }, at(5)), sample({ lat: 28.402, lon: 117.4, acc: 10 }, at(60))],
      'falls.moved_place',
    ],
  ] as const)('%s: less sure, and it says what and when', (_, seen, rule) => {
    const judged = up(seen)
    const last = judged.found.at(-1)!.finding
    expect(last).toMatchObject({
      effect: 'assess',
      kind: 'fall',
      certainty: 'possible',
      severe: false,
      reason: { rule },
    })
    expect(last).toHaveProperty('evidence')
    for (const sentence of Object.values(explainInAll(last.reason))) expect(sentence).not.toContain('?')
    expect(judged.found.filter(({ now }) => now >= at(120))).toEqual([])
  })

  test('lowers urgency and closes nothing', () => {
    const { folded, log } = caseOf([fall(0, RADAR), motion(30)])
    expect(folded).toMatchObject({ state: 'new', priority: 2, cancelled: false })
    expect(log).toEqual(['opened', 'signal', 'assessed', 'assessed'])
  })

  test('in the room of the fall: she is not lifeless, but has not got up', () => {
    const judged = up([motion(6, BATH), motion(50, BATH)])
    expect(told(judged)).toEqual(['assess fall falls.not_up'])
    expect(judged.found[0]!.finding).toMatchObject({ again: true, reason: { values: { seen: at(50) } } })
    expect(judged.found[0]!.finding).not.toHaveProperty('severe')
  })

  test('after a fall of a worn device it takes two rooms', () => {
    expect(told(later([fall(0), motion(6), motion(15)]))).toEqual(['assess fall falls.not_up'])
    expect(told(later([fall(0), motion(6), motion(15, BATH)]))).toEqual(['assess fall falls.moved_room'])
  })

  test('whoever opens the front door may be a helper, and so may be what moves then', () => {
    const door = signal('door_open', at(60), { device: DOOR })
    expect(told(up([door, motion(65)]))).toEqual(['assess fall falls.still', 'assess fall falls.not_up'])
    const inHall = device('radar', 'fall_sensor', { room: '客厅' })
    const home = context({ devices: [inHall, HALL, DOOR] })
    expect(told(later([fall(0, inHall), motion(50), door], home))).toContain('assess fall falls.moved_door')
    expect(told(later([fall(0, inHall), signal('sos', at(50)), door], home))).not.toContain(
      'assess fall falls.moved_door',
    )
  })

  test('where others live only what she wears speaks for her', () => {
    const shared = context({ devices: HOME.devices, livesAlone: false })
    expect(told(up([motion(6), motion(30, BATH)], shared))).toEqual(['assess fall falls.not_up'])
    expect(told(up([sample({ steps: 10 }, at(5)), sample({ steps: 30 }, at(40))], shared))).toContain(
      'assess fall falls.moved_steps',
    )
  })

  test('a counter that begins anew, an arm that twitches and a receiver that drifts are not walking', () => {
    const seen = [
      sample({ steps: 9000 }, at(5)),
      sample({ steps: 2 }, at(15)),
      sample({ steps: 5 }, at(25)),
      sample({ lat: 28.4, lon: 117.4, acc: 80 }, at(30)),
      sample({ lat: 28.401, lon: 117.4, acc: 90 }, at(40)),
      sample({ lat: 0, lon: 0 }, at(50)),
    ]
    expect(told(later([fall(0), ...seen], BARE))).toEqual(['assess fall falls.still', 'assess fall falls.not_up'])
  })

  test('a fall after it is another fall, judged anew', () => {
    const judged = later([fall(0, RADAR), motion(30), fall(300, RADAR)])
    expect(told(judged)).toEqual([
      'assess fall falls.still',
      'assess fall falls.moved_room',
      'assess fall falls.again',
      'assess fall falls.still',
      'assess fall falls.no_recovery',
    ])
    expect(caseOf([fall(0, RADAR), motion(30), fall(300, RADAR)], HOME, 305).folded.alerts).toMatchObject([
      { certainty: 'likely', deviceState: 'active' },
    ])
  })

  test('a fall from before it that arrives late is not', () => {
    const late = signal('fall', at(20), { device: RADAR, receivedAt: at(40) })
    expect(told(up([motion(30), late]))).toEqual(told(up([motion(30)])))
  })

  test('maybe, and then yes', () => {
    const seen = [fall(0, RADAR, 'fall_suspected'), fall(4, RADAR)]
    expect(told(later(seen, HOME, 5))).toEqual(['assess fall falls.again'])
    expect(caseOf(seen, HOME, 5).folded.alerts).toMatchObject([{ certainty: 'likely' }])
    expect(told(later([fall(0, RADAR), fall(4, RADAR, 'fall_suspected')], HOME, 5))).toEqual([])
  })
})

describe('two devices', () => {
  test('confirm one another', () => {
    const judged = later([fall(0), fall(5, RADAR)], HOME, 6)
    expect(judged.found.map(({ finding }) => finding)).toMatchObject([
      { deviceId: 'radar', certainty: 'confirmed', evidence: { signalIds: [`watch-fall-${at(0)}`] } },
      { deviceId: 'watch', certainty: 'confirmed', evidence: { signalIds: [`radar-fall-${at(5)}`] } },
    ])
    expect(caseOf([fall(0), fall(5, RADAR)], HOME, 6).folded.alerts).toMatchObject([
      { certainty: 'confirmed' },
      { certainty: 'confirmed' },
    ])
  })

  test.each([
    ['after', 30],
    ['before', -30],
  ])('a call for help %s the fall confirms it', (_, seconds) => {
    const call = signal('button', at(seconds), { device: KEY })
    const judged = later([call, fall(0)], HOME, 40)
    const finding = judged.found.map((one) => one.finding).find(({ reason }) => reason.rule === 'falls.corroborated')
    expect(finding).toMatchObject({ deviceId: 'watch', certainty: 'confirmed', reason: { values: { apart: 30_000 } } })
    expect(finding?.effect === 'assess' && finding.evidence).toEqual({ signalIds: [call.signalId] })
  })

  test('a call from the same device, one too long ago, and one that was taken back do not', () => {
    expect(told(later([signal('sos', at(1)), fall(0)], HOME, 9))).toEqual([])
    expect(told(later([signal('sos', at(-90), { device: KEY }), fall(0)], HOME, 9))).toEqual([])
    const back = [signal('sos', at(-9), { device: KEY }), signal('sos_cancel', at(-5), { device: KEY }), fall(0)]
    expect(told(later(back, HOME, 9))).toEqual([])
  })

  test('a call makes nothing less sure: it is no sign that she got up', () => {
    const judged = later([fall(0), signal('sos', at(6), { device: KEY }), signal('help', at(8))])
    expect(told(judged)).toEqual(['assess fall falls.corroborated', 'assess fall falls.not_up'])
  })

  test('both are less sure when she walks, but she has fallen', () => {
    const judged = later([fall(0), fall(2, RADAR), motion(8, HALL), motion(9, HALL)])
    expect(judged.found.slice(2).map(({ finding }) => finding)).toMatchObject([
      { deviceId: 'watch', certainty: 'likely', severe: false },
      { deviceId: 'radar', certainty: 'likely', severe: false },
    ])
  })
})

describe('taken back', () => {
  test('in time: recorded, lower, open, and no deadline comes', () => {
    const seen = [fall(0), signal('sos_cancel', at(15))]
    expect(told(later(seen))).toEqual(['assess fall falls.still', 'restore fall falls.cancelled_in_time'])
    const { folded } = caseOf(seen)
    expect(folded).toMatchObject({ cancelled: true, state: 'new', priority: 2 })
    expect(caseOf([fall(0), signal('fall_cancel', at(5))]).folded).toMatchObject({ cancelled: true, state: 'new' })
  })

  test('the log of the case says whether it was in time, or late', () => {
    const lines = (seen: Parameters<typeof logOf>[0]) =>
      logOf(seen)
        .flatMap(({ log }) => log)
        .filter(({ action }) => action === 'cancelled')
        .map(({ detail }) => (detail.why as { en: string }).en)
    expect(lines([fall(0), signal('fall_cancel', at(15))])).toEqual([
      'The resident took it back 15 s after the fall, within the 20 s allowed',
    ])
    const late = [fall(0), signal('fall_cancel', at(45))]
    expect(lines(late)).toEqual([
      'Taken back 45 s after the fall, later than the 20 s allowed: still to be asked about',
    ])
    expect(logOf(late).at(-1)?.case.alerts).toMatchObject([
      { deviceState: 'restored', assessment: { rule: 'falls.cancelled_late' } },
    ])
  })

  test('late, by the alarm key: less sure, and still an alarm', () => {
    const seen = [fall(0), signal('sos_cancel', at(45))]
    expect(told(later(seen))).toEqual(['assess fall falls.still', 'assess fall falls.cancelled_late'])
    const { folded } = caseOf(seen)
    expect(folded).toMatchObject({ cancelled: false, priority: 2 })
    expect(folded.alerts).toMatchObject([{ deviceState: 'active', certainty: 'possible', severe: false }])
  })

  test('a radar that sees nobody on the floor speaks for itself alone', () => {
    const clear = signal('fall_clear', at(5), { device: RADAR })
    expect(told(later([fall(0, RADAR), clear]))).toEqual([])
    expect(told(later([fall(0), fall(1, RADAR), clear]))).toEqual([
      'assess fall falls.corroborated',
      'assess fall falls.corroborated',
      'assess fall falls.still',
      'assess fall falls.no_recovery',
    ])
  })

  test('a cancel from before the fall, delivered late, stops nothing', () => {
    const stale = signal('sos_cancel', at(-40), { receivedAt: at(2) })
    expect(told(later([fall(0), stale]))).toEqual(told(later([fall(0)])))
  })
})
