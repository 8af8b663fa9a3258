import type { Logger } from 'pino'
import type { Clock } from '../server/contract/clock.ts'
import type { VirtualDevice as Identity, VirtualHome } from '../server/contract/ports.ts'
import type { EventType } from '../server/contract/signal.ts'
import { devicesAt, type Telling, tellingsOf, worn } from './life/devices.ts'
import {
  type Body,
  comeHome,
  fall,
  getUp,
  type Happening,
  jumpAway,
  leave,
  loseSky,
  nextChange,
  observe,
  type Resident,
  startResident,
  stepResident,
} from './life/resident.ts'
import type { RoutineClock } from './life/routine-clock.ts'
import type { Walk } from './life/walk.ts'
import type { Detail, Peer, RandomOf } from './peers/peer.ts'
import { quietly } from './quietly.ts'
import type { Random } from './random.ts'
import { measure, type SensorState, startSensor } from './sensors.ts'
import { Timers } from './timers.ts'

/** A device of a home, whoever speaks for it. */
export interface Unit {
  identity: Identity
  peer: Peer
}

export interface HouseholdOptions {
  home: VirtualHome
  units: readonly Unit[]
  routine: RoutineClock
  clock: Clock
  log: Logger
  /** The resident's source of chance. */
  life: Random
  random: RandomOf
  /** Routine time between two measurements of a device. */
  telemetryEveryMs: number
  /** Whether a resident lives here; without one the devices measure a still home. */
  hasResident: boolean
  /** Whether the resident goes through the day; else only what is asked for happens. */
  hasRoutine: boolean
  historyMs: number
}

interface Gauge extends Unit {
  sensor: SensorState
  random: Random
  isLow: boolean
  lastAction: string | null
}

const HISTORY_STEP_MS = 600_000
const LOW_BATTERY = 15
const FULL_AGAIN = 30

/** One home: its resident, and what its devices measure and notice. */
export class Household {
  readonly home: VirtualHome
  readonly #options: HouseholdOptions
  readonly #gauges: readonly Gauge[]
  readonly #random: Random
  /** Measurements, and what devices will tell. */
  readonly #timers = new Timers()
  /** The next change of the day. */
  readonly #change = new Timers()
  #resident: Resident | null
  #isOver = false

  constructor(options: HouseholdOptions) {
    const { home, units, routine, random, hasResident, historyMs } = options
    this.home = home
    this.#options = options
    this.#random = options.life
    const now = routine.now()
    this.#gauges = units.map((unit) => {
      const own = random('sensor', unit.identity)
      const sensor = startSensor(unit.identity.kind, now - historyMs, own)
      return { ...unit, sensor, random: own, isLow: false, lastAction: null }
    })
    for (const gauge of this.#gauges) {
      for (let ts = now - historyMs; ts < now; ts += HISTORY_STEP_MS) this.#sample(gauge, ts, ts)
    }
    this.#resident = hasResident ? startResident(now, this.#random, options.hasRoutine) : null
  }

  get units(): readonly Unit[] {
    return this.#gauges
  }

  /** What a device did last, as "type ISO-time". */
  lastAction(deviceId: string): string | null {
    return this.#gauge(deviceId)?.lastAction ?? null
  }

  start(): void {
    const { telemetryEveryMs, routine, hasRoutine } = this.#options
    for (const gauge of this.#gauges) {
      if (isSilent(gauge.identity)) continue
      this.#measureIn(gauge, gauge.random.between(0, routine.realMs(telemetryEveryMs)))
    }
    if (hasRoutine) this.#await()
  }

  /** Nothing happens any more by itself. */
  stop(): void {
    this.#isOver = true
    this.#change.clear()
    this.#timers.clear()
  }

  /** Something happens at a device. @throws RangeError when the home has no such device */
  async act(deviceId: string, type: EventType, detail?: Detail): Promise<void> {
    const gauge = this.#gauge(deviceId)
    if (!gauge) throw new RangeError(`${this.home.homeId} has no device ${deviceId}`)
    gauge.lastAction = `${type} ${new Date(this.#options.clock.now()).toISOString()}`
    await gauge.peer.act(gauge.identity, type, detail)
  }

  /** Falls where the resident is. @param upAfterMs routine time; null: doesn't get up alone */
  fall(upAfterMs: number | null): void {
    this.#apply((state, now) => fall(state, now, upAfterMs))
  }

  getUp(): void {
    this.#apply((state, now) => getUp(state, now, this.#random))
  }

  /** Goes out. @param ms routine time until a stroll is over */
  leave(kind: Walk['kind'], ms: number): void {
    this.#apply((state, now) => leave(state, kind, now, ms, this.#random))
  }

  comeHome(): void {
    this.#apply((state, now) => comeHome(state, now, this.#random))
  }

  /** No fix for so long, routine time: a tunnel. */
  loseSky(ms: number): void {
    this.#apply((state, now) => ({ state: loseSky(state, now + ms), happenings: [] }))
  }

  /** The position is a mobile cell's for a while. */
  jump(): void {
    this.#apply((state, now) => ({ state: jumpAway(state, now, this.#random), happenings: [] }))
  }

  /** All devices of the home measure now. */
  sampleNow(): void {
    for (const gauge of this.#gauges) if (!isSilent(gauge.identity)) this.#measure(gauge)
  }

  /** The battery of a device is at so many % from now on. */
  setBattery(deviceId: string, percent: number): void {
    const gauge = this.#gauge(deviceId)
    if (!gauge) return
    gauge.sensor = { ...gauge.sensor, battery: percent }
    this.#measure(gauge)
  }

  #gauge(deviceId: string): Gauge | undefined {
    return this.#gauges.find(({ identity }) => identity.deviceId === deviceId)
  }

  #apply(change: (state: Resident, now: number) => { state: Resident; happenings: Happening[] }): void {
    if (!this.#resident) return
    this.#observe()
    const { state, happenings } = change(this.#resident, this.#options.routine.now())
    this.#resident = state
    for (const happening of happenings) this.#notice(happening)
    if (this.#options.hasRoutine) this.#await()
  }

  /** Waits for the next change of the day. */
  #await(): void {
    this.#change.clear()
    if (!this.#resident || this.#isOver) return
    const { routine } = this.#options
    const wait = routine.realMs(nextChange(this.#resident) - routine.now())
    this.#change.later(Math.max(1, wait), () => this.#apply((state, now) => stepResident(state, now, this.#random)))
  }

  #notice(happening: Happening): void {
    const place = this.#resident?.place ?? 'living'
    for (const telling of tellingsOf(happening, place, this.#random)) this.#tell(telling)
  }

  #tell(telling: Telling): void {
    const { routine } = this.#options
    for (const { identity, peer } of devicesAt(this.#gauges, telling)) {
      const type = telling.types.find((one) => peer.can(identity).includes(one))
      if (type === undefined) continue
      const act = () => this.#actQuietly(identity.deviceId, type)
      if (telling.afterMs === 0) act()
      else if (!this.#isOver) this.#timers.later(routine.realMs(telling.afterMs), act)
    }
  }

  #measureIn(gauge: Gauge, ms: number): void {
    const { telemetryEveryMs, routine } = this.#options
    this.#timers.later(ms, () => {
      this.#measure(gauge)
      this.#measureIn(gauge, routine.realMs(telemetryEveryMs))
    })
  }

  #measure(gauge: Gauge): void {
    const { clock, routine, hasRoutine } = this.#options
    this.#sample(gauge, routine.now(), clock.now())
    if (hasRoutine) this.#watchBattery(gauge)
  }

  /** @param at routine time @param ts the device's clock */
  #sample(gauge: Gauge, at: number, ts: number): void {
    const { state, fields } = measure(gauge.sensor, this.home, at, gauge.random)
    gauge.sensor = state
    const { kind } = gauge.identity
    const body = this.#observe()
    gauge.peer.sample(gauge.identity, { ts, fields: body ? worn(kind, fields, body) : fields })
  }

  #observe(): Body | null {
    if (!this.#resident) return null
    const { state, body } = observe(this.#resident, this.home, this.#options.routine.now(), this.#random)
    this.#resident = state
    return body
  }

  /** A device that says so tells once that its battery is low, and once that it is not any more. */
  #watchBattery(gauge: Gauge): void {
    const { identity, peer, sensor, isLow } = gauge
    // A watch says it in every position.
    if (peer.protocol === 'watch') return
    const type =
      !isLow && sensor.battery < LOW_BATTERY
        ? 'battery_low'
        : isLow && sensor.battery > FULL_AGAIN
          ? 'battery_ok'
          : null
    if (type === null) return
    gauge.isLow = !isLow
    if (peer.can(identity).includes(type)) this.#actQuietly(identity.deviceId, type)
  }

  #actQuietly(deviceId: string, type: EventType): void {
    quietly(this.act(deviceId, type), this.#options.log, deviceId)
  }
}

/** Hubs and bridges measure nothing. */
const isSilent = ({ kind }: Identity): boolean => kind === 'hub' || kind === 'bridge'
