import { describe, expect, it } from 'vitest'
import { NO_POWER, type Power, powerAfter, type Reading } from '../../dashboard/terminal/power.ts'

const MINUTE = 60_000

/** Feeds readings, and a look each second in between. */
function run(
  readings: readonly (readonly [seconds: number, reading: Reading])[],
  end: number,
  start: Power = NO_POWER,
) {
  let power = start
  const told: string[] = []
  const sent: number[] = []
  let next = 0
  for (let second = 0; second <= end; second++) {
    const due = readings[next]
    const reading = due !== undefined && due[0] <= second ? due[1] : null
    if (reading !== null) next += 1
    const after = powerAfter(power, reading, second * 1000, 10 * MINUTE)
    power = after.power
    told.push(...after.events.map((event) => `${event}@${second}`))
    if (after.isDue) sent.push(second)
  }
  return { told, sent, power }
}

const on = (level: number): Reading => ({ level, charging: true })
const off = (level: number): Reading => ({ level, charging: false })

describe('power', () => {
  it('tells a pulled plug once it has lasted, and the end of it', () => {
    const { told } = run(
      [
        [0, on(90)],
        [10, off(90)],
        [60, on(90)],
      ],
      100,
    )
    expect(told).toEqual(['mains_loss@15', 'mains_restore@65'])
  })

  it('says nothing of a loose contact', () => {
    const flicker = Array.from({ length: 40 }, (_, n) => [n * 2, n % 2 === 0 ? on(90) : off(90)] as const)
    expect(run([...flicker, [80, on(90)]], 120).told).toEqual([])
  })

  it('tells a low battery once, and when it is no longer', () => {
    const { told } = run(
      [
        [0, off(16)],
        [10, off(14)],
        [20, off(15)],
        [30, off(14)],
        [40, on(14)],
      ],
      41,
    )
    expect(told).toEqual(['mains_loss@5', 'battery_low@10', 'battery_ok@40'])
  })

  it('remembers over a restart what was told', () => {
    const start = { ...NO_POWER, toldMains: false, toldLow: true }
    expect(run([[0, off(10)]], 60, start).told).toEqual([])
    expect(run([[0, on(10)]], 60, start).told).toEqual(['battery_ok@0', 'mains_restore@5'])
  })

  it('sends a reading at the start, every interval, and on a change', () => {
    expect(run([], 1300).sent).toEqual([0, 600, 1200])
    expect(run([[0, on(90)]], 700).sent).toEqual([0, 600])
    const { sent } = run(
      [
        [0, on(90)],
        [5, on(91)],
        [100, off(91)],
        [101, off(90)],
      ],
      200,
    )
    expect(sent).toEqual([0, 60, 100, 160])
  })

  it('does not fall silent when the clock is set back', () => {
    const { power } = run([[0, on(50)]], 10)
    expect(powerAfter(power, null, -MINUTE, 10 * MINUTE).isDue).toBe(true)
  })
})
