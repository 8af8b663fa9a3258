import type { Logger } from 'pino'
import type { Clock } from '../server/contract/clock.ts'
import type { SimulatorPort, VirtualDevice, VirtualHome } from '../server/contract/ports.ts'
import type { EventType } from '../server/contract/signal.ts'
import { Household } from './household.ts'
import { Journal } from './journal.ts'
import { Ledger, type SimulatorReport } from './ledger.ts'
import { RoutineClock } from './life/routine-clock.ts'
import type { Backoff } from './link.ts'
import { type Candidate, Chances, drawWait } from './occurrences.ts'
import { makePeers } from './peers/make.ts'
import type { Peer, RandomOf } from './peers/peer.ts'
import { TtsPeer } from './peers/tts.ts'
import { quietly } from './quietly.ts'
import { createRandom } from './random.ts'
import { Timers } from './timers.ts'

export interface SimulatorOptions {
  homes: readonly VirtualHome[]
  /** Network servers that speak for devices in several homes. Default none. */
  servers?: readonly VirtualDevice[]
  mqttUrl: string
  seed: number
  clock: Clock
  log: Logger
  /** Where watches and pendants connect. Default 127.0.0.1, 5093, 5116. */
  tcp?: { host: string; watchPort: number; pendantPort: number }
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
  /** Time in which all devices come in at the start. Default 5 ms a connection. */
  connectWithinMs?: number
  /** What residents do and sensors measure runs so many times as fast as the clock. Default 1. */
  speed?: number
  /** `none`: devices measure a still home. `still`: residents who do only what they are told to. `day`: and live their day. */
  residents?: 'none' | 'still' | 'day'
  /** Of hubs, network servers and Wi-Fi devices, which are usually set up with 0. Default 0. */
  qos?: 0 | 1
  /** After so long without an answer a TCP device sends an alarm again. Default 10,000. */
  repeatMs?: number
  /** Whether all that is told is kept for a comparison at the end. Default false. */
  keepsJournal?: boolean
}

export interface SimulatorStatus extends SimulatorReport {
  homes: number
  /** Homes all of whose devices are connected. */
  homesConnected: number
  devices: number
  /** Connections, of devices or hubs, and how many of them are up. */
  links: number
  connected: number
  /** Devices whose login was refused. */
  refused: number
  /** Times that a home's network or power was cut. */
  cuts: number
}

export interface Simulator extends SimulatorPort {
  readonly journal: Journal
  /** Opens the brokers that the platform's bridges connect to; before `start` where there are any. */
  listen(): Promise<{ deviceId: string; url: string }[]>
  /** Returns at once; the devices connect one after the other. */
  start(): void
  /**
   * Ends the simulation: nothing new happens, what waits is given `drainMs` (default 0) to be acknowledged, then the
   * devices say goodbye. Presses that are still waiting reject.
   */
  stop(drainMs?: number): Promise<void>
  report(): SimulatorStatus
  /** Cuts a home's network for so long. False: there is no such home. */
  cutHome(homeId: string, ms: number, power?: boolean): boolean
  household(homeId: string): Household | null
  /** The peer that speaks for a device. */
  peerOf(deviceId: string): Peer | null
}

/** Each home loses its network about every three hours, for 20 s to 3 min; one time in three with its power. */
const OUTAGES_PER_HOME_AND_HOUR = 1 / 3
const OUTAGE_MS = [20_000, 180_000] as const
const POWER_SHARE = 1 / 3

interface Chance extends Candidate {
  deviceId: string
  household: Household
}

/** Virtual homes whose devices speak the protocols of real ones over real connections. */
export function createSimulator(options: SimulatorOptions): Simulator {
  const { homes, mqttUrl, seed, clock, log, telemetryEveryMs = 60_000, historyMs = 0 } = options
  const { pressesPerHour = 15, outages = false, residents = 'none', speed = 1 } = options
  const { tcp = { host: '127.0.0.1', watchPort: 5093, pendantPort: 5116 } } = options
  const ledger = new Ledger()
  const journal = new Journal(options.keepsJournal ?? false)
  const routine = new RoutineClock(clock, speed)
  const { servers = [] } = options
  const random = (name: string) => createRandom(`${seed}/${name}`)
  // Ids are made anew with each registration; what a seed stands for hangs on the place in the list.
  const placeOf = new Map(servers.map(({ deviceId }, at) => [deviceId, `server ${at}`]))
  for (const [at, { devices }] of homes.entries()) {
    for (const [n, { deviceId }] of devices.entries()) placeOf.set(deviceId, `home ${at}/${n}`)
  }
  const randomOf: RandomOf = (purpose, { deviceId }) => random(`${purpose}/${placeOf.get(deviceId)}`)
  const peers = makePeers([...servers, ...homes.flatMap(({ devices }) => devices)], {
    places: { mqttUrl, ...tcp },
    backoff: options.backoff ?? { firstMs: 1_000, mostMs: 60_000 },
    qos: options.qos ?? 0,
    maxSamples: options.maxSamples ?? 1_000,
    repeatMs: options.repeatMs ?? 10_000,
    ...{ clock, log, ledger, journal, random: randomOf },
  })
  const peerOf = new Map(peers.flatMap((peer) => peer.devices.map(({ deviceId }) => [deviceId, peer] as const)))
  const households = new Map<string, Household>()
  const householdOf = new Map<string, Household>()
  for (const [at, home] of homes.entries()) {
    const units = home.devices.flatMap((identity) => {
      const peer = peerOf.get(identity.deviceId)
      return peer ? [{ identity, peer }] : []
    })
    const living = { hasResident: residents !== 'none', hasRoutine: residents === 'day', life: random(`life/${at}`) }
    const shared = { routine, clock, log, random: randomOf, telemetryEveryMs, historyMs }
    const household = new Household({ home, units, ...living, ...shared })
    households.set(home.homeId, household)
    for (const { identity } of units) householdOf.set(identity.deviceId, household)
  }
  const timers = new Timers()
  let cuts = 0

  /** @param ms routine time */
  const later = (ms: number, act: () => void) => timers.later(routine.realMs(ms), act)

  const raise = ({ household, deviceId }: Chance, type: EventType) => {
    quietly(household.act(deviceId, type), log, deviceId)
  }

  function live(chances: Chances<Chance>, source = random('happenings')): void {
    later(drawWait(source, pressesPerHour), () => {
      const happening = chances.draw(source)
      if (happening) {
        const { device, type, followUp } = happening
        raise(device, type)
        if (followUp) later(followUp.afterMs, () => raise(device, followUp.type))
      }
      live(chances, source)
    })
  }

  function allChances(): Chances<Chance> {
    return new Chances(
      [...households.values()].flatMap((household) =>
        household.units.map(({ identity, peer }) => {
          const { deviceId, kind } = identity
          return { household, deviceId, kind, can: peer.can(identity) }
        }),
      ),
    )
  }

  function cutHome(homeId: string, ms: number, power = false): boolean {
    const home = households.get(homeId)
    if (home) cuts++
    // A network server stands elsewhere: it goes on when a home's line is cut.
    for (const peer of new Set(home?.units.map((unit) => unit.peer))) {
      if (peer.devices.every(({ deviceId }) => householdOf.get(deviceId) === home)) peer.cut(ms, power)
    }
    return home !== undefined
  }

  function failNow(source = random('outages')): void {
    later(drawWait(source, OUTAGES_PER_HOME_AND_HOUR * homes.length), () => {
      const { homeId } = source.pick(homes)
      const ms = routine.realMs(source.between(...OUTAGE_MS))
      const power = source.chance(POWER_SHARE)
      log.debug({ homeId, ms, power }, 'network cut')
      cutHome(homeId, ms, power)
      failNow(source)
    })
  }

  function report(): SimulatorStatus {
    const count = (test: (peer: Peer) => boolean) => peers.filter(test).length
    const connected = count((peer) => peer.online)
    const refused = count((peer) => peer.refused)
    const homesConnected = [...households.values()].filter(({ units }) => units.every(({ peer }) => peer.online)).length
    const counts = {
      homes: households.size,
      homesConnected,
      devices: peerOf.size,
      links: peers.length,
      connected,
      refused,
    }
    return { ...ledger.report(), ...counts, cuts }
  }

  return {
    journal,
    async listen() {
      const brokers = peers.filter((peer) => peer instanceof TtsPeer)
      return Promise.all(
        brokers.map(async (peer) => ({ deviceId: peer.devices[0]?.deviceId ?? '', url: await peer.listen() })),
      )
    },
    start() {
      const within = options.connectWithinMs ?? peers.length * 5
      const arrival = random('arrival')
      for (const peer of peers) peer.start(arrival.between(0, within))
      for (const household of households.values()) household.start()
      if (pressesPerHour > 0) live(allChances())
      if (outages && homes.length > 0) failNow()
    },
    async stop(drainMs = 0) {
      timers.clear()
      for (const household of households.values()) household.stop()
      for (const peer of peers) peer.quiesce()
      const until = performance.now() + drainMs
      while (performance.now() < until && peers.some((peer) => peer.waiting > 0)) {
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
      await Promise.all(peers.map((peer) => peer.stop()))
    },
    report,
    cutHome,
    household: (homeId) => households.get(homeId) ?? null,
    peerOf: (deviceId) => peerOf.get(deviceId) ?? null,
    devices: () =>
      [...peerOf].map(([deviceId, peer]) => ({
        deviceId,
        online: peer.online,
        lastAction: householdOf.get(deviceId)?.lastAction(deviceId) ?? null,
      })),
    async press(deviceId, type) {
      const household = householdOf.get(deviceId)
      if (!household) return false
      await household.act(deviceId, type)
      return true
    },
  }
}
