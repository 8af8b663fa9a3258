import { X509Certificate } from 'node:crypto'
import type { Kysely, Transaction } from 'kysely'
import type { BridgeView, DeviceSettingsChange, DeviceSettingsView } from '../../contract/device.ts'
import { DomainError } from '../../contract/errors.ts'
import { checkMapping } from '../../contract/mapping.ts'
import type { BridgeStatus } from '../../contract/ports.ts'
import type { Database } from '../../store/schema.ts'
import { SealError, type Sealer } from '../../store/sealed.ts'
import { bridgeHolders } from './bridge-lease.ts'
import type { FieldProblem } from './plan.ts'
import { lockDevice } from './registry.ts'
import { noSuchDevice } from './views.ts'

/** `device.settings`, as it is stored. */
export interface StoredSettings {
  mapping?: unknown
  bridge?: StoredBridge
}
interface StoredBridge {
  url: string
  username: string | null
  ca: string | null
  topics: string[]
}
/** `device.sealed_settings`, once unsealed: what has to be used and must not be read by others. */
export interface SealedSettings {
  encryptionKey?: string
  bridgePassword?: string
}

/** The sealed half of a device's settings. @throws SealError */
export function unsealed(sealer: Sealer, deviceId: string, sealed: Buffer | null): SealedSettings {
  return sealed === null ? {} : sealer.unseal(sealed, deviceId)
}

/** What may be shown of a device's settings. @throws DomainError not_found */
export async function getSettings(db: Kysely<Database>, sealer: Sealer, deviceId: string): Promise<DeviceSettingsView> {
  const row = await db
    .selectFrom('device')
    .select(['settings', 'sealed_settings'])
    .where('device_id', '=', deviceId)
    .executeTakeFirst()
  if (!row) throw noSuchDevice()
  const { mapping = null, bridge }: StoredSettings = row.settings
  const secrets = opened(sealer, deviceId, row.sealed_settings) ?? {}
  return {
    mapping,
    hasEncryptionKey: secrets.encryptionKey !== undefined,
    bridge: bridge ? { ...bridge, hasPassword: secrets.bridgePassword !== undefined } : null,
  }
}

/**
 * Changes what is given; null takes it away.
 * @throws DomainError not_found, wrong_state (retired), invalid_request naming every wrong place
 */
export async function changeSettings(
  tx: Transaction<Database>,
  sealer: Sealer,
  deviceId: string,
  change: DeviceSettingsChange,
): Promise<void> {
  const row = await lockDevice(tx, deviceId, null)
  const problems = [
    ...mappingProblems(row.protocol, change.mapping),
    ...keyProblems(row.protocol, change.encryptionKey),
    ...bridgeProblems(row.kind, change.bridge),
  ]
  if (problems.length > 0) {
    throw new DomainError('invalid_request', 'Some settings are not right; see errors.', { errors: problems })
  }
  const before: StoredSettings = row.settings
  const secrets = changedSecrets(secretsBefore(sealer, row, change), change)
  const settings: StoredSettings = {
    ...kept('mapping', change.mapping === undefined ? before.mapping : change.mapping),
    ...kept('bridge', change.bridge === undefined ? before.bridge : storedBridge(change.bridge)),
  }
  const sealed = Object.keys(secrets).length === 0 ? null : sealer.seal({ ...secrets }, deviceId)
  await tx
    .updateTable('device')
    .set({ settings: JSON.stringify(settings), sealed_settings: sealed })
    .where('device_id', '=', deviceId)
    .execute()
}

/** Null: they can't be opened with this key. */
function opened(sealer: Sealer, deviceId: string, sealed: Buffer | null): SealedSettings | null {
  try {
    return unsealed(sealer, deviceId, sealed)
  } catch (error) {
    if (error instanceof SealError) return null
    throw error
  }
}

/** Secrets that can't be opened are lost once they are entered anew, and not before. */
function secretsBefore(
  sealer: Sealer,
  { device_id, sealed_settings }: { device_id: string; sealed_settings: Buffer | null },
  { encryptionKey, bridge }: DeviceSettingsChange,
): SealedSettings {
  const before = opened(sealer, device_id, sealed_settings)
  if (before !== null) return before
  if (encryptionKey !== undefined || bridge === null || bridge?.password !== undefined) return {}
  throw new DomainError('wrong_state', 'The secrets of this device were sealed with another key. Enter them again.')
}

const kept = (name: string, value: unknown) => (value === undefined || value === null ? {} : { [name]: value })

function storedBridge(bridge: DeviceSettingsChange['bridge']): StoredBridge | null {
  if (!bridge) return null
  const { url, username = null, ca = null, topics = [] } = bridge
  return { url, username, ca, topics }
}

function changedSecrets(before: SealedSettings, { encryptionKey, bridge }: DeviceSettingsChange): SealedSettings {
  const password = bridge === null ? null : bridge?.password
  return {
    ...kept('encryptionKey', encryptionKey === undefined ? before.encryptionKey : encryptionKey),
    ...kept('bridgePassword', password === undefined ? before.bridgePassword : password),
  }
}

function mappingProblems(protocol: string, mapping: unknown): FieldProblem[] {
  if (mapping === undefined || mapping === null) return []
  if (protocol !== 'mapped') return [{ field: 'mapping', message: 'only a device of protocol mapped has one' }]
  const checked = checkMapping(mapping)
  if (checked.ok) return []
  return checked.problems.map(({ path, message }) => ({ field: path === '' ? 'mapping' : `mapping.${path}`, message }))
}

/** The key is padded to 32 bytes by the phone (OwnTracks booklet, encryption). */
const MAX_KEY_BYTES = 32

function keyProblems(protocol: string, key: string | null | undefined): FieldProblem[] {
  if (key === undefined || key === null) return []
  if (protocol !== 'owntracks')
    return [{ field: 'encryptionKey', message: 'only a device of protocol owntracks has one' }]
  const isLong = Buffer.byteLength(key) > MAX_KEY_BYTES
  return isLong ? [{ field: 'encryptionKey', message: `is longer than ${MAX_KEY_BYTES} bytes` }] : []
}

function bridgeProblems(kind: string, bridge: DeviceSettingsChange['bridge']): FieldProblem[] {
  if (!bridge) return []
  if (kind !== 'bridge') return [{ field: 'bridge', message: 'only a device of kind bridge has one' }]
  const problems: FieldProblem[] = []
  if (!URL.canParse(bridge.url) || new URL(bridge.url).hostname === '') {
    problems.push({ field: 'bridge.url', message: 'names no host' })
  }
  if (typeof bridge.ca === 'string' && !isCertificate(bridge.ca)) {
    problems.push({ field: 'bridge.ca', message: 'is no certificate in PEM form' })
  }
  for (const [n, topic] of (bridge.topics ?? []).entries()) {
    if (!isTopicFilter(topic)) problems.push({ field: `bridge.topics.${n}`, message: 'is no topic filter' })
  }
  return problems
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).subject !== null
  } catch {
    return false
  }
}

/** MQTT 3.1.1, 4.7.1: `#` is a whole level and the last one, `+` a whole level. */
function isTopicFilter(filter: string): boolean {
  const levels = filter.split('/')
  return levels.every((level, n) => (level === '#' ? n === levels.length - 1 : level === '+' || !/[#+\0]/.test(level)))
}

/** Bridges that are to be connected: how those of this node are doing, and who holds the others. */
export async function listBridges(db: Kysely<Database>, statuses: readonly BridgeStatus[]): Promise<BridgeView[]> {
  const rows = await db
    .selectFrom('device')
    .select(['device_id', 'protocol', 'settings'])
    .where('kind', '=', 'bridge')
    .where('lifecycle', '<>', 'retired')
    .orderBy('device_id')
    .execute()
  const holders = await bridgeHolders(db)
  const statusOf = new Map(statuses.map((status) => [status.deviceId, status]))
  return rows.flatMap(({ device_id, protocol, settings }) => {
    const { bridge }: StoredSettings = settings
    if (!bridge) return []
    return {
      deviceId: device_id,
      protocol,
      url: bridge.url,
      ...stateOf(statusOf.get(device_id), holders.get(device_id)),
    }
  })
}

type BridgeState = Pick<BridgeView, 'state' | 'node' | 'since' | 'reason' | 'messages'>

/** This node knows of another's bridge only what that one has written down. */
function stateOf(own: BridgeStatus | undefined, holder: { node: string; connected: boolean } | undefined): BridgeState {
  if (own) {
    const { state, since, reason, messages } = own
    return { state, node: null, since: new Date(since).toISOString(), reason, messages }
  }
  if (!holder) return { state: 'waiting', node: null, since: null, reason: 'no_node', messages: null }
  const reason = holder.connected ? null : 'not_connected_there'
  return { state: 'elsewhere', node: holder.node, since: null, reason, messages: null }
}
