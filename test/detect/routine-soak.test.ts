import { describe, expect, it } from 'vitest'
import type { DeviceTraits } from '../../server/contract/observation.ts'
import type { Detector } from '../../server/detect/detector.ts'
import { type DetectState, judge, judgeDeadlines } from '../../server/detect/engine.ts'
import { dayOf, dayStart } from '../../server/detect/habits.ts'
import { notYet, type RoutineState, routine } from '../../server/detect/routine.ts'
import { planHome } from '../../simulator/homes.ts'
import { contextOf, device, HOUR, live, MINUTE, MORNING } from './routine-life.ts'

const DETECTORS = [routine as Detector<unknown>]
const WEEKS = 8
const START = MORNING + 9 * HOUR

/** A home as it is adapted with the city's money, and one with sensors in every room. */
const planned = (index: number): DeviceTraits[] =>
  planHome(7, index, `${index}`, START).devices.map(({ deviceId, kind, room }) => device(deviceId, kind, { room }))
const watched = (): DeviceTraits[] => [
  device('m-bed', 'motion_sensor', { room: '卧室' }),
  device('m-bath', 'motion_sensor', { room: '卫生间' }),
  device('m-kitchen', 'motion_sensor', { room: '厨房' }),
  device('m-living', 'motion_sensor', { room: '客厅' }),
  device('bed', 'bed_sensor'),
  device('door', 'door_sensor', { room: '大门' }),
]

interface Case {
  name: string
  residents: number
  devicesOf: (index: number) => DeviceTraits[]
  /** How much earlier or later her days lie, standard deviation. */
  irregularMs: number
  /** Homes whose residents' illness is looked for, at least: not every home sees enough. */
  judged: number
}

function soak({ residents, devicesOf, irregularMs }: Case) {
  const result = { judgedWeeks: 0, falseAlerts: 0, homes: 0, found: 0, bytes: 0, byRule: {} as Record<string, number> }
  for (let index = 0; index < residents; index++) {
    const devices = devicesOf(index)
    const context = contextOf(devices)
    const observations = live(`soak/${index}`, devices, START, WEEKS * 7, irregularMs)
    let state: DetectState = {}
    let at = 0
    // The day on which she does not get up, some time after four weeks.
    const illDay = dayOf(START) + 29 + (index % 24)
    for (let day = dayOf(START); day < dayOf(START) + WEEKS * 7; day++) {
      const until = dayStart(day + 1)
      const upTo = observations.findIndex((one) => one.receivedAt >= until)
      const batch = observations.slice(at, upTo < 0 ? observations.length : upTo)
      at += batch.length
      const known = state[routine.name] as RoutineState | undefined
      if (day === illDay && known && notYet(known, context.settings.routine) === null) {
        const night = batch.filter((one) => one.receivedAt < dayStart(day) + HOUR)
        const ill = judge(state, night, context, DETECTORS)
        const later = judgeDeadlines(ill.state, context, until, DETECTORS)
        const usual = ((ill.state[routine.name] as RoutineState).u?.[1] ?? 0) * MINUTE
        const deadline = dayStart(day) + usual + context.settings.routine.marginS * 1000 + MINUTE
        result.homes += 1
        const raised = [...ill.found, ...later.found].find(({ finding }) => finding.effect === 'raise')
        if (raised && raised.now <= deadline) result.found += 1
      }
      const judged = judge(state, batch, context, DETECTORS)
      const end = judgeDeadlines(judged.state, context, until, DETECTORS)
      state = end.state
      expect([...judged.failures, ...end.failures]).toEqual([])
      for (const { finding } of [...judged.found, ...end.found]) {
        if (finding.effect !== 'raise') continue
        result.falseAlerts += 1
        const rule = finding.reason.rule
        result.byRule[rule] = (result.byRule[rule] ?? 0) + 1
      }
      const own = state[routine.name] as RoutineState | undefined
      if (own && notYet(own, context.settings.routine) === null) result.judgedWeeks += 1 / 7
      result.bytes = Math.max(result.bytes, JSON.stringify(own ?? {}).length)
    }
  }
  return { ...result, falsePerWeek: result.falseAlerts / (residents * WEEKS) }
}

const CASES: readonly Case[] = [
  { name: 'sensors in every room', residents: 100, devicesOf: watched, irregularMs: 0, judged: 100 },
  {
    name: 'sensors in every room, irregular days',
    residents: 50,
    devicesOf: watched,
    irregularMs: 45 * MINUTE,
    judged: 50,
  },
  { name: 'a few devices, as homes are planned', residents: 40, devicesOf: planned, irregularMs: 0, judged: 25 },
]

describe('residents for eight weeks', () => {
  for (const one of CASES) {
    it(one.name, { timeout: 120_000 }, () => {
      const result = soak(one)
      process.stdout.write(`${one.name}: ${JSON.stringify(result)}\n`)
      expect(result.falsePerWeek).toBeLessThanOrEqual(0.05)
      expect(result.homes).toBeGreaterThanOrEqual(one.judged)
      expect(result.found).toBe(result.homes)
      expect(result.bytes).toBeLessThanOrEqual(350)
    })
  }
})
