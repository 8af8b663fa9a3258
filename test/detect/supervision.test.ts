import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DEFAULT_SETTINGS } from '../../server/contract/detect-settings.ts'
import { SUPERVISION_STATES } from '../../server/contract/watch.ts'
import {
  allowanceMs,
  batteryTurn,
  type Caller,
  HOLD_MS,
  look,
  periodS,
  type Supervised,
  testDue,
  unprotected,
} from '../../server/detect/supervision.ts'

const { supervision: settings } = DEFAULT_SETTINGS
const NOW = Date.parse('2026-03-02T02:00:00Z')
const MIN = 60_000
const device = (over: Partial<Supervised> = {}): Supervised => ({
  kind: 'terminal',
  model: null,
  state: 'ok',
  since: NOW - 86_400_000,
  heardAt: NOW,
  enrolledAt: NOW - 86_400_000,
  hub: null,
  ...over,
})

describe('how long a device may be silent', () => {
  test.each([
    ['terminal', null, 900],
    ['watch', null, 21_600],
    ['sos_button', null, 86_400],
    ['hub', null, 900],
    ['bed_sensor', 'native-bed_sensor', 86_400],
    ['button', 'Shelly BLU Button', null],
  ])('%s %s: %s s', (kind, model, seconds) => {
    expect(periodS(kind, model, settings)).toBe(seconds)
  })
  test('is set for its class', () => {
    expect(periodS('terminal', null, { ...settings, mainsS: 300 })).toBe(300)
  })
  test('is so many periods, and the grace of one', () => {
    expect(allowanceMs(900, settings)).toBe(1_080_000)
    expect(allowanceMs(900, { ...settings, misses: 3 })).toBe(2_880_000)
  })
})

describe('a look at a device', () => {
  const at = (minutes: number, over: Partial<Supervised> = {}, outageEnd: number | null = null) =>
    look(device(over), settings, outageEnd, NOW + minutes * MIN)

  test('heard of in time: looked at again when its time is over', () => {
    expect(at(10)).toMatchObject({ state: 'ok', dueAt: NOW + 18 * MIN })
  })
  test('not heard of: late, and held for a moment', () => {
    expect(at(18)).toMatchObject({ state: 'late', dueAt: NOW + 18 * MIN + HOLD_MS })
  })
  test('never heard of: counted from when it was taken in', () => {
    expect(at(0, { heardAt: null }).state).toBe('late')
    expect(at(0, { heardAt: null, enrolledAt: NOW }).state).toBe('ok')
  })
  test('after our own outage nobody is late before one period from its end', () => {
    expect(at(20, {}, NOW + 10 * MIN)).toMatchObject({ state: 'ok', dueAt: NOW + 28 * MIN })
    expect(at(28, {}, NOW + 10 * MIN).state).toBe('late')
  })
  test('behind a silent hub it is not blamed, and has one period from its return', () => {
    expect(at(20, { hub: { heardAt: NOW + 14 * MIN, state: 'ok', backAt: null } }).state).toBe('behind')
    const back = { heardAt: NOW + 99 * MIN, state: 'ok', backAt: NOW + 30 * MIN } as const
    expect(at(40, { state: 'behind', hub: back })).toMatchObject({ state: 'ok', dueAt: NOW + 48 * MIN })
    expect(at(48, { state: 'behind', hub: back }).state).toBe('late')
  })
  test('behind a hub that was heard of since it should have been heard of itself, it is late', () => {
    const heard = (minute: number) => ({ hub: { heardAt: NOW + minute * MIN, state: 'ok', backAt: null } }) as const
    expect(at(18, heard(15)).state).toBe('late')
    expect(at(20, heard(14)).state).toBe('behind')
    expect(at(20, heard(19)).state).toBe('late')
  })
  test('what was told stays lost until it is heard of', () => {
    expect(at(99, { state: 'lost', hub: { heardAt: null, state: 'lost', backAt: null } }).state).toBe('lost')
    expect(at(99, { state: 'lost', heardAt: NOW + 98 * MIN }).state).toBe('ok')
  })
  test('of a device that speaks only when it is used nothing is expected', () => {
    expect(at(99_999, { kind: 'button', model: 'Shelly BLU Button' }).state).toBe('quiet')
  })

  const anyDevice = fc.record({
    kind: fc.constantFrom('terminal', 'watch', 'sos_button', 'hub'),
    model: fc.constant(null),
    state: fc.constantFrom(...SUPERVISION_STATES),
    since: fc.integer({ min: NOW - 1e9, max: NOW }),
    heardAt: fc.option(fc.integer({ min: NOW - 1e9, max: NOW })),
    enrolledAt: fc.integer({ min: NOW - 1e9, max: NOW }),
    hub: fc.option(
      fc.record({
        heardAt: fc.option(fc.integer({ min: NOW - 1e9, max: NOW })),
        state: fc.constantFrom(...SUPERVISION_STATES),
        backAt: fc.option(fc.integer({ min: NOW - 1e9, max: NOW })),
      }),
    ),
  })
  test('whoever was heard of within the allowance, or could not be, is never late', () => {
    fc.assert(
      fc.property(anyDevice, fc.option(fc.integer({ min: NOW - 1e8, max: NOW })), (one, outageEnd) => {
        const { state, from, allowedMs, dueAt } = look(one, settings, outageEnd, NOW)
        const excused = Math.max(one.heardAt ?? one.enrolledAt, outageEnd ?? 0, one.hub?.backAt ?? 0)
        expect(from).toBe(excused)
        if (NOW < excused + (allowedMs ?? 0)) expect(state).toBe('ok')
        else expect(['late', 'lost', 'behind']).toContain(state)
        // Nobody is forgotten: there is a next look, or the lost ones are looked at in every sweep.
        if (state !== 'lost') expect(dueAt).not.toBeNull()
      }),
    )
  })
})

describe('batteries and tests', () => {
  test('a battery is low below the limit, and charged five percent above it', () => {
    expect(batteryTurn(false, 20, settings)).toBeNull()
    expect(batteryTurn(false, 19, settings)).toBe(true)
    expect(batteryTurn(true, 24, settings)).toBeNull()
    expect(batteryTurn(true, 25, settings)).toBe(false)
  })
  test('a test is due so many days after the last one, of what can be tested', () => {
    expect(testDue('pendant', NOW, settings)).toBe(NOW + 31 * 86_400_000)
    expect(testDue('door_sensor', NOW, settings)).toBeNull()
    expect(testDue('pendant', NOW, { ...settings, testDays: 0 })).toBeNull()
  })
})

describe('a resident is unprotected', () => {
  const works: Caller = { state: 'ok', hubState: null, removed: false, battery: 80, faulty: false }
  test.each<[string, Caller[], string[] | null]>([
    ['without a device that calls', [], ['no_device']],
    ['not, while one works', [{ ...works, state: 'lost' }, works], null],
    [
      'when all are lost or behind a lost hub',
      [
        { ...works, state: 'lost' },
        { ...works, hubState: 'lost' },
      ],
      ['hub_lost', 'lost'],
    ],
    ['when it was taken off', [{ ...works, removed: true }], ['removed']],
    ['when its battery is empty', [{ ...works, battery: 5 }], ['battery_empty']],
    ['when it is broken', [{ ...works, faulty: true }], ['faulty']],
    ['not, for a device that is late only', [{ ...works, state: 'late' }], null],
  ])('%s', (_name, callers, reasons) => {
    expect(unprotected(callers)).toEqual(reasons)
  })
})
