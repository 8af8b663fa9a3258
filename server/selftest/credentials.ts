import { randomBytes } from 'node:crypto'
import { type Kysely, sql } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import { SELF_TEST_DEVICE } from '../contract/purpose.ts'
import type { Database } from '../store/schema.ts'
import { hashDeviceSecret, hashPassword, newSecret } from '../store/secrets.ts'

/** The account behind the desk of the self-test. */
export const SELF_TEST_USER = 'anhu-selftest'

/**
 * The account, the row of the turns, and the suppression that keeps the self-test's case quiet; each once for all nodes.
 * @returns the account's id
 */
export async function ensureSelfTest(db: Kysely<Database>, now: number): Promise<string> {
  const at = new Date(now)
  const known = await db
    .selectFrom('app_user')
    .select('user_id')
    .where('username', '=', SELF_TEST_USER)
    .executeTakeFirst()
  if (!known) {
    await db
      .insertInto('app_user')
      .values({
        user_id: uuidv7(),
        username: SELF_TEST_USER,
        display_name: '平台自检',
        role: 'operator',
        // Of random bytes that nobody knows; besides, a service account is not let in by password.
        password_hash: await hashPassword(randomBytes(32).toString('base64')),
        created_at: at,
        service: true,
      })
      .onConflict((conflict) => conflict.column('username').doNothing())
      .execute()
  }
  const { user_id: userId } = await db
    .selectFrom('app_user')
    .select('user_id')
    .where('username', '=', SELF_TEST_USER)
    .executeTakeFirstOrThrow()
  await sql`insert into self_test (due_at) values (${at}) on conflict do nothing`.execute(db)
  await sql`
    insert into suppression (suppression_id, scope, scope_id, kind, reason, author_id, from_at, until_at)
    select ${uuidv7()}::uuid, 'device', ${SELF_TEST_DEVICE}, 'maintenance', '平台自检', ${userId}::uuid, ${at}, '9999-12-31'
    where not exists (select from suppression where scope_id = ${SELF_TEST_DEVICE} and ended_at is null)`.execute(db)
  return userId
}

/** Gives the device a new secret, which lives in this process alone. */
export async function newDeviceSecret(db: Kysely<Database>, now: number): Promise<string> {
  const secret = newSecret()
  const secretHash = await hashDeviceSecret(secret)
  await sql`
    insert into device (device_id, kind, protocol, secret_hash, enabled, lifecycle, created_at)
    values (${SELF_TEST_DEVICE}, 'other', 'native', ${secretHash}, true, 'in_stock', ${new Date(now)})
    on conflict (device_id) do update set secret_hash = excluded.secret_hash`.execute(db)
  return secret
}

/** What the device has to say so that its case changes: its fault is over, or begins. */
export async function nextWord(db: Kysely<Database>): Promise<'device_fault' | 'restore'> {
  const { rows } = await sql`
    select 1 from alert join alarm_case c using (case_id)
    where c.device_id = ${SELF_TEST_DEVICE} and c.resident_id is null and c.state = 'new'
      and alert.device_state = 'active' limit 1`.execute(db)
  return rows.length > 0 ? 'restore' : 'device_fault'
}
