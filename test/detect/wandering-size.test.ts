import { describe, expect, test } from 'vitest'
import type { Observation } from '../../server/contract/observation.ts'
import { circle, context, fix, HOUR, MIN, run, S, signal } from './wandering-support.ts'

const bytes = (state: unknown): number => Buffer.byteLength(JSON.stringify(state))
const NIGHT = 13 * HOUR
const everything = {
  fences: [circle(7_000)],
  nightExit: { enabled: true, from: '22:00', to: '06:00', returnS: 600 },
  route: { enabled: true, awayM: 400, minWalks: 8 },
}
const fields = { battery: 100, sats: 0 }

/** A walk of many squares in a direction of its own, so that more ways are known than are kept. */
const walk = (device: string, day: number): Observation[] => {
  const angle = day * 0.7
  const there = Array.from({ length: 34 }, (_, at) => at * 160)
  return [...there, ...there.reverse()].map((far, at) =>
    fix(day * 24 * HOUR + at * 4 * MIN, Math.cos(angle) * far, Math.sin(angle) * far, { device, fields }),
  )
}
const walks = (device: string) => Array.from({ length: 30 }, (_, day) => walk(device, day)).flat()

describe('size of the state', () => {
  test('one tracker, usual ways known, at home: far below 1,000 bytes', () => {
    const { state } = run(
      [...walks('watch-0123456789'), fix(31 * 24 * HOUR, 0, 0, { device: 'watch-0123456789' })],
      context(everything),
    )
    expect(bytes(state.wandering)).toBeLessThanOrEqual(1_000)
    const plain = run([fix(0, 0, 0, { fields }), fix(MIN, 5, 0, { fields })], context())
    expect(bytes(plain.state.wandering)).toBeLessThanOrEqual(200)
  })

  test('three trackers out at once, alarms by position and door, a jump of each, ways full: at most 1,300', () => {
    const devices = ['watch', 'pendant', 'phone'].map((kind) => `${kind}-${'8'.repeat(20)}`)
    const start = 31 * 24 * HOUR + NIGHT
    const seen = [
      ...devices.flatMap((device) => walks(device).map((one) => one)),
      signal(start, 'door_open', 'door-1'),
      signal(start + 5 * S, 'door_close', 'door-1'),
      ...devices.flatMap((device, which) => [
        ...Array.from({ length: 45 }, (_, at) =>
          fix(start + at * MIN + which * S, 160 * at, 5_000, { device, fields }),
        ),
        fix(start + 90 * MIN, 8_000, 0, { device, fields }),
        fix(start + 91 * MIN, 8_100, 0, { device, fields }),
        fix(start + 91 * MIN + 10 * S, 18_000, 9_000, { device, fields, acc: 150 }),
        fix(start + 91 * MIN + 20 * S, 18_000, 9_000, { device, fields, acc: 150 }),
      ]),
      fix(start + 93 * MIN, 100, 100, { device: devices[0]!, fields, late: HOUR }),
      signal(start + 92 * MIN, 'door_open', 'door-1'),
    ]
    const { state } = run(seen, context(everything))
    const { t, k, w, x, p } = state.wandering as Record<string, unknown> & { t: { j?: unknown; n?: number }[] }
    expect(t.every(({ j, n }) => j !== undefined && n !== undefined)).toBe(true)
    expect([k, w, x, p].every((part) => part !== undefined)).toBe(true)
    expect(bytes(state.wandering)).toBeLessThanOrEqual(1_300)
  })
})
