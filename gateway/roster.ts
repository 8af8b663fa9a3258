import type { Logger } from 'pino'
import type { Clock } from '../server/contract/clock.ts'
import type { DeviceDirectoryPort, RegisteredDevice } from '../server/contract/ports.ts'
import { nameOf } from './names.ts'

/** How long a look-up is remembered; a change made on this node is known at once (`forget`). */
const KNOWN_MS = 60_000
const UNKNOWN_MS = 5_000
const MAX_REMEMBERED = 200_000
const RETRY_MS = 250

interface Remembered {
  device: RegisteredDevice | null
  until: number
}

export interface RosterOptions {
  devices: DeviceDirectoryPort
  clock: Clock
  log: Logger
  isStopping: () => boolean
}

/** Which registered device an address belongs to. */
export class Roster {
  readonly #options: RosterOptions
  /** Oldest first. */
  readonly #remembered = new Map<string, Remembered>()
  readonly #underWay = new Map<string, Promise<RegisteredDevice | null>>()
  /** Raised by `forget`, so that a look-up from before is not remembered. */
  #generation = 0

  constructor(options: RosterOptions) {
    this.#options = options
  }

  /** What is remembered; undefined: it has to be looked up. */
  remembered(protocol: string, hubId: string | null, address: string): RegisteredDevice | null | undefined {
    const known = this.#remembered.get(keyOf(protocol, hubId, address))
    return known !== undefined && known.until > this.#options.clock.now() ? known.device : undefined
  }

  /**
   * The registered device, or null. Waits while the store is down, since an alarm must not be attributed wrongly; rejects
   * when the server is stopping.
   */
  async find(protocol: string, hubId: string | null, address: string): Promise<RegisteredDevice | null> {
    const known = this.remembered(protocol, hubId, address)
    if (known !== undefined) return known
    const key = keyOf(protocol, hubId, address)
    const waiting = this.#underWay.get(key)
    if (waiting !== undefined) return waiting
    const lookUp = this.#lookUp(key, protocol, hubId, address).finally(() => this.#underWay.delete(key))
    this.#underWay.set(key, lookUp)
    return lookUp
  }

  /** Device records have changed. */
  forget(): void {
    this.#generation++
    this.#remembered.clear()
  }

  async #lookUp(
    key: string,
    protocol: string,
    hubId: string | null,
    address: string,
  ): Promise<RegisteredDevice | null> {
    const { devices, clock, log, isStopping } = this.#options
    for (;;) {
      if (isStopping()) throw new Error('stopping')
      const generation = this.#generation
      try {
        const device = await devices.byAddress(protocol, hubId, address)
        if (generation === this.#generation) {
          this.#remember(key, { device, until: clock.now() + (device === null ? UNKNOWN_MS : KNOWN_MS) })
        }
        return device
      } catch (error) {
        log.warn({ err: nameOf(error) }, 'device not looked up, trying again')
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
      }
    }
  }

  #remember(key: string, entry: Remembered): void {
    this.#remembered.delete(key)
    this.#remembered.set(key, entry)
    if (this.#remembered.size <= MAX_REMEMBERED) return
    const oldest = this.#remembered.keys().next()
    if (!oldest.done) this.#remembered.delete(oldest.value)
  }
}

const keyOf = (protocol: string, hubId: string | null, address: string): string =>
  `${protocol}\n${hubId ?? ''}\n${address}`
