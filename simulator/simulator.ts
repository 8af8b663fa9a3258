import type { Logger } from 'pino'
import type { Clock } from '../server/contract/clock.ts'
import type { SimulatorPort, VirtualHome } from '../server/contract/ports.ts'
import { Ledger, type SimulatorReport } from './ledger.ts'
import type { Backoff } from './link.ts'
import { drawHappening, drawWait } from './occurrences.ts'
import { createRandom } from './random.ts'
import { VirtualDevice } from './virtual-device.ts'

export interface SimulatorOptions {
  homes: readonly VirtualHome[]
  mqttUrl: string
  seed: number
  clock: Clock
  log: Logger
  /** Default 60,000; the devices spread over the interval. */
  telemetryEveryMs?: number
  /** Happenings an hour over all homes, alarms and daily life; 0 for none. Default 15. */
  pressesPerHour?: number
  /** Whether homes lose their network from time to time. Default false. */
  outages?: boolean
  /** Samples a device keeps while offline. Default 1,000. */
  maxSamples?: number
  /** Devices begin as if they had been offline for so long. Default 0. */
  historyMs?: number
  /** Default: 1 s at first, 60 s at most. */
  backoff?: Backoff
  /** Time in which all devices come in at the start. Default 5 ms a device. */
  connectWithinMs?: number
}

export interface SimulatorStatus extends SimulatorReport {
  devices: number
  connected: number
  /** Devices whose login was refused. */
  refused: number
}

export interface Simulator extends SimulatorPort {
  /** Returns at once; the devices connect one after the other. */
  start(): void
  /**
   * Ends the simulation: nothing new happens, what waits is given `drainMs` (default 0) to be acknowledged, then the
   * devices say goodbye. Presses that are still waiting reject.
   */
  stop(drainMs?: number): Promise<void>
  report(): SimulatorStatus
  /** Cuts a home's network for so long. False: there is no such home. */
  cutHome(homeId: string, ms: number): boolean
}

/** Each home loses its network about every three hours, for 20 s to 3 min. */
const OUTAGES_PER_HOME_AND_HOUR = 1 / 3
const OUTAGE_MS = [20_000, 180_000] as const
/** Node turns a longer timer into 1 ms. */
const MAX_TIMER_MS = 2 ** 31 - 1

/** Virtual homes whose devices speak the native protocol over real MQTT connections. */
export function createSimulator(options: SimulatorOptions): Simulator {
  const { homes, mqttUrl, seed, clock, log } = options
  const { pressesPerHour = 15, outages = false, telemetryEveryMs = 60_000, maxSamples = 1_000, historyMs = 0 } = options
  const backoff = options.backoff ?? { firstMs: 1_000, mostMs: 60_000 }
  const ledger = new Ledger()
  const units = new Map<string, VirtualDevice>()
  const byHome = new Map<string, VirtualDevice[]>()
  for (const home of homes) {
    const devices = home.devices.map((identity) => {
      const { deviceId } = identity
      const random = createRandom(`${seed}/device/${deviceId}`)
      const linkRandom = createRandom(`${seed}/link/${deviceId}`)
      const shared = { home, mqttUrl, telemetryEveryMs, maxSamples, historyMs, backoff, clock, log, ledger }
      return new VirtualDevice({ ...shared, identity, random, linkRandom })
    })
    byHome.set(home.homeId, devices)
    for (const device of devices) units.set(device.identity.deviceId, device)
  }
  const candidates = [...units.values()].map((unit) => ({ unit, kind: unit.identity.kind }))
  const timers = new Set<NodeJS.Timeout>()

  const later = (ms: number, act: () => void) => {
    const timer = setTimeout(
      () => {
        timers.delete(timer)
        act()
      },
      Math.min(ms, MAX_TIMER_MS),
    )
    timers.add(timer)
  }

  const raise = (unit: VirtualDevice, type: Parameters<VirtualDevice['raise']>[0]) => {
    unit.raise(type).catch((err: unknown) => {
      log.debug({ deviceId: unit.identity.deviceId, type, err }, 'event not acknowledged')
    })
  }

  function live(random = createRandom(`${seed}/happenings`)): void {
    later(drawWait(random, pressesPerHour), () => {
      const happening = drawHappening(random, candidates)
      if (happening) {
        const { device, type, followUp } = happening
        raise(device.unit, type)
        if (followUp) later(followUp.afterMs, () => raise(device.unit, followUp.type))
      }
      live(random)
    })
  }

  function cutHome(homeId: string, ms: number): boolean {
    const devices = byHome.get(homeId)
    for (const device of devices ?? []) device.offlineFor(ms)
    return devices !== undefined
  }

  function failNow(random = createRandom(`${seed}/outages`)): void {
    later(drawWait(random, OUTAGES_PER_HOME_AND_HOUR * homes.length), () => {
      const { homeId } = random.pick(homes)
      const ms = Math.round(random.between(...OUTAGE_MS))
      log.debug({ homeId, ms }, 'network cut')
      cutHome(homeId, ms)
      failNow(random)
    })
  }

  function report(): SimulatorStatus {
    const all = [...units.values()]
    const count = (test: (unit: VirtualDevice) => boolean) => all.filter(test).length
    const connected = count((unit) => unit.online)
    return { ...ledger.report(), devices: all.length, connected, refused: count((unit) => unit.refused) }
  }

  return {
    start() {
      const within = options.connectWithinMs ?? units.size * 5
      const random = createRandom(`${seed}/arrival`)
      for (const unit of units.values()) unit.start(random.between(0, within))
      if (pressesPerHour > 0) live()
      if (outages && homes.length > 0) failNow()
    },
    async stop(drainMs = 0) {
      for (const timer of timers) clearTimeout(timer)
      timers.clear()
      for (const unit of units.values()) unit.quiesce()
      const until = performance.now() + drainMs
      while (performance.now() < until && [...units.values()].some((unit) => unit.waiting > 0)) {
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
      await Promise.all([...units.values()].map((unit) => unit.stop()))
    },
    report,
    cutHome,
    devices: () =>
      [...units.values()].map((unit) => ({
        deviceId: unit.identity.deviceId,
        online: unit.online,
        lastAction: unit.lastAction,
      })),
    async press(deviceId, type) {
      const unit = units.get(deviceId)
      if (!unit) return false
      await unit.raise(type)
      return true
    },
  }
}
