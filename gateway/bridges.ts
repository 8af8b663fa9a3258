import { createHash } from 'node:crypto'
import type { Logger } from 'pino'
import type { Clock } from '../server/contract/clock.ts'
import type { BridgeSettings, BridgeStatus, DeviceDirectoryPort, PresencePort } from '../server/contract/ports.ts'
import { Bridge } from './bridge.ts'
import type { GatewayLimits } from './limits.ts'
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

/** How often the list of bridges is read anew; a change made on this node is taken up at once. */
const REFRESH_MS = 30_000

/** Keeps one client running for every bridge that is registered. */
export class Bridges {
  readonly #options: BridgesOptions
  readonly #running = new Map<string, { bridge: Bridge; version: string }>()
  #timer: NodeJS.Timeout | null = null
  /** Refreshes go one after the other. */
  #turn: Promise<void> = Promise.resolve()
  #stopped = false

  constructor(options: BridgesOptions) {
    this.#options = options
  }

  start(): void {
    this.#timer = setInterval(() => this.refresh(), REFRESH_MS)
    this.refresh()
  }

  /** Starts, restarts and ends bridges as the registry now has them. */
  refresh(): void {
    this.#turn = this.#turn.then(() => this.#refresh())
  }

  async stop(): Promise<void> {
    this.#stopped = true
    if (this.#timer) clearInterval(this.#timer)
    await this.#turn
    await Promise.all([...this.#running.values()].map(({ bridge }) => bridge.stop()))
    this.#running.clear()
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

  async #refresh(): Promise<void> {
    if (this.#stopped) return
    try {
      const wanted = await this.#options.devices.bridges()
      const names = new Set(wanted.map(({ deviceId }) => deviceId))
      for (const [deviceId, { bridge }] of this.#running) {
        if (names.has(deviceId)) continue
        this.#running.delete(deviceId)
        await bridge.stop()
      }
      for (const settings of wanted) await this.#run(settings)
    } catch (error) {
      // What runs goes on; the next refresh comes in a while.
      this.#options.log.warn({ err: nameOf(error) }, 'bridges not read')
    }
  }

  async #run(settings: BridgeSettings): Promise<void> {
    const { deviceId } = settings
    const version = createHash('sha256').update(JSON.stringify(settings)).digest('hex')
    const current = this.#running.get(deviceId)
    if (current?.version === version) return
    await current?.bridge.stop()
    const protocol = MQTT_PROTOCOLS.get(settings.protocol)
    if (protocol === undefined) {
      this.#options.log.error({ deviceId, protocol: settings.protocol }, 'bridge with an unknown protocol')
      this.#running.delete(deviceId)
      return
    }
    const { waitingPerConnection: messages, waitingBytesPerConnection: bytes } = this.#options.limits
    const bridge = new Bridge({ ...this.#options, settings, protocol, bound: { messages, bytes } })
    this.#running.set(deviceId, { bridge, version })
    bridge.start()
  }
}
