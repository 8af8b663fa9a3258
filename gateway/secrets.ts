import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { verify } from '@node-rs/argon2'

/**
 * Secrets that argon2 has already verified in this process, as HMAC-SHA-256 under a key that never leaves it. A whole
 * city reconnecting after a power cut would otherwise cost tens of ms of CPU per device.
 */
export class RememberedSecrets {
  readonly #key = randomBytes(32)
  readonly #max: number
  /** Least recently used first. */
  readonly #known = new Map<string, { mac: Buffer; secretHash: string }>()

  constructor(max: number) {
    this.#max = max
  }

  /** True when this secret was verified before. The caller still compares `secretHash` with the stored one. */
  matches(deviceId: string, secret: Buffer): string | null {
    const known = this.#known.get(deviceId)
    if (known === undefined || !timingSafeEqual(known.mac, this.#macOf(deviceId, secret))) return null
    this.#known.delete(deviceId)
    this.#known.set(deviceId, known)
    return known.secretHash
  }

  remember(deviceId: string, secret: Buffer, secretHash: string): void {
    this.#known.delete(deviceId)
    this.#known.set(deviceId, { mac: this.#macOf(deviceId, secret), secretHash })
    const oldest = this.#known.keys().next()
    if (this.#known.size > this.#max && !oldest.done) this.#known.delete(oldest.value)
  }

  forget(deviceId: string): void {
    this.#known.delete(deviceId)
  }

  #macOf(deviceId: string, secret: Buffer): Buffer {
    // The NUL can't occur in a device id, so the two parts can't be shifted against each other.
    return createHmac('sha256', this.#key).update(`${deviceId}\0`).update(secret).digest()
  }
}

export type Verification = 'right' | 'wrong' | 'cancelled' | 'busy'

/** Runs argon2 a few at a time: each takes a thread of libuv's pool, which file system and DNS need too. */
export class Verifier {
  readonly #atATime: number
  readonly #maxWaiting: number
  readonly #waiting: (() => void)[] = []
  #running = 0

  constructor(atATime: number, maxWaiting: number) {
    this.#atATime = atATime
    this.#maxWaiting = maxWaiting
  }

  /**
   * `isCancelled` is asked when its turn comes. Rejects when the stored hash is malformed.
   */
  async verify(secretHash: string, secret: Buffer, isCancelled: () => boolean): Promise<Verification> {
    if (this.#running >= this.#atATime) {
      if (this.#waiting.length >= this.#maxWaiting) return 'busy'
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    } else this.#running++
    try {
      if (isCancelled()) return 'cancelled'
      return (await verify(secretHash, secret)) ? 'right' : 'wrong'
    } finally {
      // The turn goes straight to the next one, so `#running` stays as it is.
      const next = this.#waiting.shift()
      if (next === undefined) this.#running--
      else next()
    }
  }
}

const PHC = /^(\$argon2id\$v=\d+\$m=\d+,t=\d+,p=\d+)\$[A-Za-z0-9+/]+\$[A-Za-z0-9+/]+$/

const base64 = (bytes: number): string => randomBytes(bytes).toString('base64').replace(/=+$/, '')

/** A hash that no secret fits, as costly to verify as `secretHash`; null when that isn't argon2id in PHC format. */
export function dummyHashLike(secretHash: string): string | null {
  const parameters = PHC.exec(secretHash)?.[1]
  return parameters === undefined ? null : `${parameters}$${base64(16)}$${base64(32)}`
}

/** For the time before any real hash has been seen: the library's default cost. */
export function defaultDummyHash(): string {
  return `$argon2id$v=19$m=19456,t=2,p=1$${base64(16)}$${base64(32)}`
}
