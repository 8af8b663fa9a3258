import type { DeviceCredential, DeviceDirectoryPort, DeviceSettings } from '../server/contract/ports.ts'
import { CONNACK, isDeviceId } from './acl.ts'
import type { GatewayLimits } from './limits.ts'
import type { LoginResult } from './metrics.ts'
import { MQTT_PROTOCOLS } from './protocols/index.ts'
import type { MqttProtocol } from './protocols/protocol.ts'
import { defaultDummyHash, dummyHashLike, RememberedSecrets, Verifier } from './secrets.ts'
import { isHubKind } from './sender.ts'
import type { Sources } from './sources.ts'

export interface LoginRequest {
  username: string | undefined
  password: Buffer | undefined
  /** See `sourceKey`. */
  source: string
  /** True once nobody waits for the answer any more; saves the verification. */
  isCancelled(): boolean
}

export interface AcceptedLogin {
  deviceId: string
  kind: string
  protocol: MqttProtocol
  settings: DeviceSettings
}

export type LoginOutcome =
  | ({ accepted: true } & AcceptedLogin)
  | { accepted: false; result: Exclude<LoginResult, 'accepted'>; returnCode: 3 | 4 | 5 }

const refusal = (result: Exclude<LoginResult, 'accepted'>): LoginOutcome => ({
  accepted: false,
  result,
  returnCode: RETURN_CODES[result],
})

/** MQTT 3.1.1, table 3.1. 3 tells a device to come back later; 4 and 5 that it need not. */
const RETURN_CODES = {
  anonymous: CONNACK.notAuthorized,
  malformed: CONNACK.badUserNameOrPassword,
  wrong: CONNACK.notAuthorized,
  other_protocol: CONNACK.notAuthorized,
  limited: CONNACK.serverUnavailable,
  unavailable: CONNACK.serverUnavailable,
} as const satisfies Record<Exclude<LoginResult, 'accepted'>, 3 | 4 | 5>

/** Checks device id and secret. */
export class Login {
  readonly #devices: DeviceDirectoryPort
  readonly #sources: Sources
  readonly #remembered: RememberedSecrets
  readonly #verifier: Verifier
  #dummyHash = defaultDummyHash()

  constructor(devices: DeviceDirectoryPort, sources: Sources, limits: GatewayLimits) {
    this.#devices = devices
    this.#sources = sources
    this.#remembered = new RememberedSecrets(limits.rememberedSecrets)
    this.#verifier = new Verifier(limits.verifications, limits.verificationsWaiting)
  }

  /**
   * Rejects when the store is down or a stored hash is broken. An attacker can't lock a device out: a secret that was
   * verified before is let in even from a blocked address.
   */
  async check({ username, password, source, isCancelled }: LoginRequest): Promise<LoginOutcome> {
    if (username === undefined || username === '') return refusal('anonymous')
    if (!isDeviceId(username) || password === undefined || password.length > 256) return refusal('malformed')
    const deviceId = username
    const isBlocked = () => this.#sources.isBlocked(source, deviceId)
    const rememberedHash = this.#remembered.matches(deviceId, password)
    if (rememberedHash === null && isBlocked()) return refusal('limited')

    const credential = await this.#devices.credential(deviceId)
    if (credential !== null && rememberedHash === credential.secretHash) return accepted(credential)
    if (rememberedHash !== null) this.#remembered.forget(deviceId)
    if (rememberedHash !== null && isBlocked()) return refusal('limited')

    const secretHash = this.#hashToVerify(credential)
    const verification = await this.#verifier.verify(secretHash, password, () => isCancelled() || isBlocked())
    switch (verification) {
      case 'busy':
        return refusal('unavailable')
      case 'cancelled':
        return refusal('limited')
      case 'wrong':
        this.#sources.failed(source, deviceId)
        return refusal('wrong')
      case 'right': {
        if (credential === null || credential.secretHash === null) return refusal('wrong')
        this.#remembered.remember(deviceId, password, credential.secretHash)
        return accepted(credential)
      }
    }
  }

  /** An unknown device costs the same time as a known one, so that ids can't be probed. */
  #hashToVerify(credential: DeviceCredential | null): string {
    const secretHash = credential?.secretHash ?? null
    if (secretHash === null) return this.#dummyHash
    const parameters = this.#dummyHash.slice(0, this.#dummyHash.indexOf('p='))
    if (!secretHash.startsWith(parameters)) this.#dummyHash = dummyHashLike(secretHash) ?? this.#dummyHash
    return secretHash
  }
}

function accepted({ deviceId, kind, protocol: name, settings }: DeviceCredential): LoginOutcome {
  const protocol = MQTT_PROTOCOLS.get(name)
  if (protocol === undefined) return refusal('other_protocol')
  if (protocol.isHub && !isHubKind(kind)) return refusal('other_protocol')
  return { accepted: true, deviceId, kind, protocol, settings }
}
