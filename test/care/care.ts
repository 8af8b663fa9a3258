import type { Kysely } from 'kysely'
import { type Logger, pino } from 'pino'
import type { By } from '../../server/care/devices/insert.ts'
import { createDevice } from '../../server/care/devices/registry.ts'
import type { NewDevice, NewDeviceAnswer } from '../../server/contract/device.ts'
import type { Knock } from '../../server/contract/ports.ts'
import { ensureUser } from '../../server/org/users.ts'
import type { Database } from '../../server/store/schema.ts'

type Db = Kysely<Database>

export const T0 = Date.parse('2026-03-02T02:41:53Z')

/** Whoever registers devices in a test. */
export async function administrator(db: Db, now = T0): Promise<By> {
  await ensureUser(db, { username: 'admin', displayName: '管理员', role: 'admin', password: 'correct-horse' }, now)
  const { user_id } = await db.selectFrom('app_user').select('user_id').executeTakeFirstOrThrow()
  return { userId: user_id, now }
}

/** Registers a device; an SOS button with a login of its own unless told otherwise. */
export function register(db: Db, by: By, device: Partial<NewDevice> & { deviceId: string }): Promise<NewDeviceAnswer> {
  return db.transaction().execute((tx) => createDevice(tx, { kind: 'sos_button', protocol: 'native', ...device }, by))
}

/** What is known of a device's connection and its last word. */
export async function setState(
  db: Db,
  deviceId: string,
  state: Partial<{ online: boolean; changedAt: number | null; lastSeenAt: number | null }>,
): Promise<void> {
  const { online = false, changedAt = null, lastSeenAt = null } = state
  const time = (at: number | null) => (at === null ? null : new Date(at))
  const row = { online, online_changed_at: time(changedAt), last_seen_at: time(lastSeenAt) }
  await db
    .insertInto('device_state')
    .values({ device_id: deviceId, node: 'test', battery: null, firmware: null, hardware: null, rssi: null, ...row })
    .onConflict((conflict) => conflict.column('device_id').doUpdateSet(row))
    .execute()
}

export const knockOf = (over: Partial<Knock> & { address: string }): Knock => ({
  hubId: null,
  protocol: 'watch',
  device: null,
  payload: Buffer.from('hello'),
  at: T0,
  announced: false,
  ...over,
})

/** A log that remembers what was said at `error` and `warn`. */
export function listeningLog(): { log: Logger; said: string[] } {
  const said: string[] = []
  const write = (line: string) => said.push((JSON.parse(line) as { msg: string }).msg)
  return { log: pino({ level: 'warn' }, { write }), said }
}
