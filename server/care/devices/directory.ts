import type { Kysely } from 'kysely'
import type { Logger } from 'pino'
import { LORAWAN_PROTOCOLS, TCP_PROTOCOLS } from '../../contract/device.ts'
import type { BridgeSettings, DeviceDirectoryPort, DeviceSettings, RegisteredDevice } from '../../contract/ports.ts'
import type { Database } from '../../store/schema.ts'
import type { Sealer } from '../../store/sealed.ts'
import { BRIDGE_LEASE_MS, type HeldBridgeRow, holdBridges, releaseBridges } from './bridge-lease.ts'
import { anyOf, holdsAddress } from './insert.ts'
import { createKnocks } from './knocks.ts'
import { type SealedSettings, type StoredSettings, unsealed } from './settings.ts'

type Db = Kysely<Database>

export interface DeviceDirectory extends DeviceDirectoryPort {
  /** Writes who has knocked since the last time. On failure it is kept for the next time. */
  flush(): Promise<void>
}

export interface DirectoryOptions {
  sealer: Sealer
  log: Logger
  /** The name under which this node holds bridges. */
  node: string
  bridgeLeaseMs?: number | undefined
}

/** What the gateway may know of devices. */
export function createDeviceDirectory(db: Db, options: DirectoryOptions): DeviceDirectory {
  const { sealer, log, node, bridgeLeaseMs = BRIDGE_LEASE_MS } = options
  const knocks = createKnocks(db, log)
  /** A device without its secrets can still log in and raise an alarm; a bridge says itself that it is refused. */
  const secretsOf = ({ device_id, sealed_settings }: SettingsRow): SealedSettings => {
    try {
      return unsealed(sealer, device_id, sealed_settings)
    } catch (error) {
      log.error({ err: error, deviceId: device_id }, 'secrets of a device can not be unsealed')
      return {}
    }
  }
  return {
    credential: async (deviceId) => {
      const row = await inUse(db)
        .select(['device_id', 'kind', 'protocol', 'secret_hash', 'settings', 'sealed_settings'])
        .where('device_id', '=', deviceId)
        .executeTakeFirst()
      if (!row) return null
      const { kind, protocol, secret_hash } = row
      return { deviceId, kind, protocol, secretHash: secret_hash, settings: loginSettings(row, secretsOf(row)) }
    },
    byAddress: async (protocol, hubId, address) => {
      const isLoRaWan = LORAWAN_PROTOCOLS.includes(protocol)
      const wanted = isLoRaWan ? address.toLowerCase() : address
      if (hubId !== null)
        return (await behindHub(db, hubId, wanted)) ?? (isLoRaWan ? lorawan(db, protocol, wanted) : null)
      if (isLoRaWan) return lorawan(db, protocol, wanted)
      return TCP_PROTOCOLS.includes(protocol) ? connecting(db, protocol, wanted) : null
    },
    holdBridges: async () => {
      const rows = await holdBridges(db, node, bridgeLeaseMs)
      return { bridges: rows.flatMap((row) => bridgeSettings(row, secretsOf(row))), forMs: bridgeLeaseMs }
    },
    releaseBridges: () => releaseBridges(db, node),
    knocked: knocks.knocked,
    flush: knocks.flush,
  }
}

/** Retired and disabled devices are strangers. */
const inUse = (db: Db) => db.selectFrom('device').where('device.enabled', '=', true).where(holdsAddress)

const registered = (db: Db) => inUse(db).select(['device_id', 'kind', 'protocol', 'model', 'role', 'sources']).limit(1)

type RegisteredRow = Awaited<ReturnType<ReturnType<typeof registered>['execute']>>[number]

const found = (row: RegisteredRow | undefined): RegisteredDevice | null => {
  if (!row) return null
  const { device_id: deviceId, kind, protocol, model, role, sources } = row
  return { deviceId, kind, protocol, model, role, sources }
}

async function behindHub(db: Db, hubId: string, address: string): Promise<RegisteredDevice | null> {
  return found(await registered(db).where('hub_id', '=', hubId).where('address', '=', address).executeTakeFirst())
}

async function connecting(db: Db, protocol: string, address: string): Promise<RegisteredDevice | null> {
  const wanted = registered(db).where('hub_id', 'is', null).where('protocol', '=', protocol)
  return found(await wanted.where('address', '=', address).executeTakeFirst())
}

/** A device of the LoRaWAN network, registered under the one network server's name or the other's. */
async function lorawan(db: Db, protocol: string, address: string): Promise<RegisteredDevice | null> {
  return found(
    await registered(db)
      .where('hub_id', 'is', null)
      .where('protocol', '=', anyOf(LORAWAN_PROTOCOLS))
      .where('address', '=', address)
      .orderBy((eb) => eb('protocol', '=', protocol), 'desc')
      .executeTakeFirst(),
  )
}

interface SettingsRow {
  device_id: string
  settings: Record<string, unknown>
  sealed_settings: Buffer | null
}

function loginSettings({ settings }: SettingsRow, { encryptionKey }: SealedSettings): DeviceSettings {
  const { mapping }: StoredSettings = settings
  return {
    ...(mapping === undefined ? {} : { mapping }),
    ...(encryptionKey === undefined ? {} : { encryptionKey }),
  }
}

/** None without an address to connect to. */
function bridgeSettings(row: HeldBridgeRow, secrets: SealedSettings): BridgeSettings[] {
  const { bridge }: StoredSettings = row.settings
  if (!bridge) return []
  return [
    {
      deviceId: row.device_id,
      protocol: row.protocol,
      ...bridge,
      password: secrets.bridgePassword ?? null,
      clientId: `anhu-${row.device_id}`,
      settings: loginSettings(row, secrets),
    },
  ]
}

/**
 * Looks at start whether what is sealed in this database can be opened with this key, and says so loudly if not. The
 * platform runs on: alarms matter more than the passwords of outside brokers, which can be entered again.
 */
export async function checkSealKey(db: Db, sealer: Sealer, log: Logger): Promise<boolean> {
  const row = await db
    .selectFrom('device')
    .select(['device_id', 'sealed_settings'])
    .where('sealed_settings', 'is not', null)
    .orderBy('device_id')
    .limit(1)
    .executeTakeFirst()
  if (!row) return true
  try {
    unsealed(sealer, row.device_id, row.sealed_settings)
    return true
  } catch (error) {
    log.error({ err: error }, 'the secrets in this database were sealed with another key')
    return false
  }
}
