import type { Logger } from 'pino'
import type { SignalType } from '../../server/contract/signal.ts'
import { NativePeer } from '../peers/native.ts'
import { quietly } from '../quietly.ts'
import type { Simulator } from '../simulator.ts'
import { Timers } from '../timers.ts'
import type { Cast } from './cast.ts'
import type { ScenarioProblem } from './reader.ts'
import { type Expectation, type Scenario, ScenarioError, type ScenarioStep } from './scenario.ts'

/**
 * Starts a scenario: every step in its time.
 * @param realMs how long so much routine time takes
 * @returns ends it
 * @throws ScenarioError when a device can't tell of what it is to tell
 */
export function play(
  { timeline }: Scenario,
  cast: Cast,
  simulator: Simulator,
  realMs: (routineMs: number) => number,
  log: Logger,
): () => void {
  const problems = timeline.flatMap((step) => impossible(step, cast, simulator))
  if (problems.length > 0) throw new ScenarioError(problems)
  const timers = new Timers()
  for (const step of timeline) {
    const { times, everyMs } = step.do === 'tell' ? step : { times: 1, everyMs: 0 }
    for (let n = 0; n < times; n++) {
      timers.later(realMs(step.atMs + n * everyMs), () => perform(step, cast, simulator, realMs, log))
    }
  }
  return () => timers.clear()
}

function impossible(step: ScenarioStep, cast: Cast, simulator: Simulator): ScenarioProblem[] {
  if (step.do !== 'tell' && step.do !== 'reboot') return []
  const deviceId = cast.devices.get(step.device) ?? ''
  const peer = simulator.peerOf(deviceId)
  if (step.do === 'reboot') {
    const isNative = peer instanceof NativePeer
    return isNative
      ? []
      : [{ place: `${step.place}.device`, reason: 'has no clock of its own: only a native device has' }]
  }
  const identity = peer?.devices.find((device) => device.deviceId === deviceId)
  const can = peer && identity ? peer.can(identity) : []
  if (can.includes(step.type)) return []
  return [
    {
      place: `${step.place}.type`,
      reason: `is nothing that ${step.device} can tell; it can ${can.join(', ') || 'tell nothing'}`,
    },
  ]
}

function perform(
  step: ScenarioStep,
  cast: Cast,
  simulator: Simulator,
  realMs: (routineMs: number) => number,
  log: Logger,
): void {
  switch (step.do) {
    case 'tell': {
      const deviceId = cast.devices.get(step.device) ?? ''
      quietly(simulator.press(deviceId, step.type), log, deviceId)
      return
    }
    case 'cut': {
      const home = cast.homes.get(step.target)
      if (home) simulator.cutHome(home.homeId, realMs(step.ms), step.power)
      else simulator.peerOf(cast.devices.get(step.target) ?? '')?.cut(realMs(step.ms), step.power)
      return
    }
    case 'reboot': {
      const peer = simulator.peerOf(cast.devices.get(step.device) ?? '')
      peer?.cut(realMs(step.ms), true)
      if (peer instanceof NativePeer) peer.setClockError(step.clockErrorMs)
      return
    }
    case 'battery': {
      const [home = ''] = step.device.split('/')
      household(simulator, cast, home)?.setBattery(cast.devices.get(step.device) ?? '', step.percent)
      return
    }
    default:
      live(step, household(simulator, cast, step.home))
  }
}

const household = (simulator: Simulator, cast: Cast, home: string) =>
  simulator.household(cast.homes.get(home)?.homeId ?? '')

type LifeStep = Extract<ScenarioStep, { home: string }>

function live(step: LifeStep, home: ReturnType<Simulator['household']>): void {
  switch (step.do) {
    case 'fall':
      home?.fall(step.liesMs)
      return
    case 'walk':
      home?.leave('stroll', step.ms)
      return
    case 'wander':
      home?.leave('wander', 0)
      return
    case 'tunnel':
      home?.loseSky(step.ms)
      return
    case 'getUp':
      home?.getUp()
      return
    case 'comeHome':
      home?.comeHome()
      return
    case 'jump':
      home?.jump()
      return
    case 'measure':
      home?.sampleNow()
  }
}

/** Where what was recorded is not what the scenario says, as text. */
export function unmet(
  expectations: readonly Expectation[],
  cast: Cast,
  recorded: readonly { deviceId: string; type: SignalType }[],
): string[] {
  return expectations.flatMap(({ device, type, least, most, place }) => {
    const deviceId = cast.devices.get(device)
    const count = recorded.filter((signal) => signal.deviceId === deviceId && signal.type === type).length
    if (count >= least && count <= most) return []
    const wanted =
      least === most ? String(least) : `${least} to ${most === Number.POSITIVE_INFINITY ? 'any number' : most}`
    return [`${place}: ${type} of ${device} was recorded ${count} times, not ${wanted}`]
  })
}
