import { createHash } from 'node:crypto'
import type { Logger } from 'pino'
import type { Clock } from '../server/contract/clock.ts'
import type { BridgeSettings, BridgeStatus, DeviceDirectoryPort, PresencePort } from '../server/contract/ports.ts'
import { Bridge } from './bridge.ts'
import { type GatewayLimits, monotonicClock } from './limits.ts'
import type { Metrics } from './metrics.ts'
import { nameOf } from './names.ts'
import { MQTT_PROTOCOLS } from './protocols/index.ts'
import type { Reception } from './reception.ts'

export interface BridgesOptions {
  devices: DeviceDirectoryPort
  presence: PresencePort
  reception: Reception
  metrics: Metrics
  limits: GatewayLimits
  clock: Clock
  log: Logger
}

/** How often what this node holds is renewed until it is known for how long that lasts. */
const FIRST_REFRESH_MS = 5_000
/** Parts of the time for which bridges are held: how often that is renewed, and how much earlier they are ended. */
const PARTS = 6

/**
 * Keeps one client running for every bridge that this node holds. What can't be renewed in time is ended before another
 * node may take it over.
 */
export class Bridges {
  readonly #options: BridgesOptions
  readonly #running = new Map<string, { bridge: Bridge; version: string }>()
  #refreshEveryMs = FIRST_REFRESH_MS
  #timer: NodeJS.Timeout | null = null
  #ending: NodeJS.Timeout | null = null
  /** Until when the bridges may run, by the monotonic clock. */
  #heldUntil = Number.NEGATIVE_INFINITY
  /** The last answer named some. */
  #holds = false
  #round: Promise<void> | null = null
  #again = false
  #stopped = false

  constructor(options: BridgesOptions) {
    this.#options = options
  }

  start(): void {
    this.refresh()
  }

  /** Starts, restarts and ends bridges as the registry now has them, and this node holds them. Returns at once. */
  refresh(): void {
    if (this.#stopped) return
    if (this.#round === null) this.#round = this.#refreshAll()
    else this.#again = true
  }

  async stop(): Promise<void> {
    this.#stopped = true
    if (this.#timer) clearTimeout(this.#timer)
    if (this.#ending) clearTimeout(this.#ending)
    await this.#end()
    await this.#round
    if (!this.#holds) return
    try {
      await this.#options.devices.releaseBridges()
    } catch (error) {
      this.#options.log.warn(
        { err: nameOf(error) },
        'bridges not released; another node takes them over when they run out',
      )
    }
  }

  /** Messages taken and not stored yet. */
  get waiting(): number {
    return [...this.#running.values()].reduce((sum, { bridge }) => sum + bridge.waiting, 0)
  }

  status(): BridgeStatus[] {
    return [...this.#running.values()].map(({ bridge }) => bridge.status())
  }

  of(deviceId: string): Bridge | null {
    return this.#running.get(deviceId)?.bridge ?? null
  }

  *speaking(protocol: string): Iterable<Bridge> {
    for (const { bridge } of this.#running.values()) if (bridge.sender.protocol.name === protocol) yield bridge
  }

  get #isHeld(): boolean {
    return monotonicClock.now() < this.#heldUntil
  }

  async #refreshAll(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer)
    do {
      this.#again = false
      await this.#refresh()
    } while (this.#again && !this.#stopped)
    this.#round = null
    if (!this.#stopped) this.#timer = setTimeout(() => this.refresh(), this.#refreshEveryMs)
  }

  async #refresh(): Promise<void> {
    try {
      const asked = monotonicClock.now()
      const { bridges: wanted, forMs } = await this.#options.devices.holdBridges()
      this.#refreshEveryMs = forMs / PARTS
      this.#holds = wanted.length > 0
      // After a standstill of the process the answer may come before the timer's turn.
      if (!this.#isHeld) await this.#giveUp()
      this.#holdUntil(asked + forMs - forMs / PARTS)
      const names = new Set(wanted.map(({ deviceId }) => deviceId))
      for (const [deviceId, { bridge }] of this.#running) {
        if (names.has(deviceId)) continue
        this.#running.delete(deviceId)
        await bridge.stop()
      }
      for (const settings of wanted) await this.#run(settings)
    } catch (error) {
      // What runs goes on until its time is over; the next refresh comes in a while.
      this.#options.log.warn({ err: nameOf(error) }, 'bridges not read')
    }
  }

  #holdUntil(until: number): void {
    this.#heldUntil = until
    if (this.#stopped) return
    if (this.#ending) clearTimeout(this.#ending)
    this.#ending = setTimeout(() => void this.#giveUp(), until - monotonicClock.now())
  }

  /** Another node may take them over soon. */
  async #giveUp(): Promise<void> {
    if (this.#running.size === 0) return
    this.#options.log.warn(
      { bridges: this.#running.size },
      'bridges ended: that this node holds them was not renewed in time',
    )
    await this.#end()
  }

  async #end(): Promise<void> {
    const ended = [...this.#running.values()]
    this.#running.clear()
    await Promise.all(ended.map(({ bridge }) => bridge.stop()))
  }

  async #run(settings: BridgeSettings): Promise<void> {
    const { deviceId } = settings
    const version = createHash('sha256').update(JSON.stringify(settings)).digest('hex')
    const current = this.#running.get(deviceId)
    if (current?.version === version) return
    await current?.bridge.stop()
    this.#running.delete(deviceId)
    if (this.#stopped || !this.#isHeld) return
    const protocol = MQTT_PROTOCOLS.get(settings.protocol)
    if (protocol === undefined) {
      this.#options.log.error({ deviceId, protocol: settings.protocol }, 'bridge with an unknown protocol')
      return
    }
    const { waitingPerConnection: messages, waitingBytesPerConnection: bytes } = this.#options.limits
    const bridge = new Bridge({
      ...this.#options,
      settings,
      protocol,
      bound: { messages, bytes },
      isHeld: () => this.#isHeld,
    })
    this.#running.set(deviceId, { bridge, version })
    bridge.start()
  }
}
