import type { Kysely, Transaction } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import type { NewUser, PasswordChange, Role, UserView } from '../contract/api.ts'
import { DomainError } from '../contract/errors.ts'
import { decodeCursor, page } from '../store/cursor.ts'
import type { Database } from '../store/schema.ts'
import { hashPassword, newPassword, passwordFits } from '../store/secrets.ts'
import { endSessions, type User } from './sessions.ts'

type Db = Kysely<Database>

/** The user whose name and password these are, or null; as slow for an unknown name as for a wrong password. */
export async function authenticate(db: Db, username: string, password: string): Promise<User | null> {
  const row = await db
    .selectFrom('app_user')
    .selectAll()
    .where('username', '=', username)
    .where('enabled', '=', true)
    .where('service', '=', false)
    .executeTakeFirst()
  const fits = await passwordFits(row?.password_hash ?? null, password)
  return row && fits
    ? { userId: row.user_id, username: row.username, displayName: row.display_name, role: row.role }
    : null
}

/** Whose name it is, also of a disabled account; null for nobody's. */
export async function userIdOf(db: Db, username: string): Promise<string | null> {
  const row = await db.selectFrom('app_user').select('user_id').where('username', '=', username).executeTakeFirst()
  return row?.user_id ?? null
}

/**
 * Makes an account unless the name is taken; returns its password, or null when it existed.
 * @param user.password generated when null
 */
export async function ensureUser(
  db: Db,
  user: NewUser & { password: string | null },
  now: number,
): Promise<string | null> {
  const known = await db
    .selectFrom('app_user')
    .select('user_id')
    .where('username', '=', user.username)
    .executeTakeFirst()
  if (known) return null
  const password = user.password ?? newPassword()
  return (await insertUser(db, user, password, now)) === null ? null : password
}

/**
 * Makes an account with a generated password, which is returned once and kept as a hash alone.
 * @throws DomainError already_exists
 */
export async function createUser(
  db: Db,
  user: NewUser,
  now: number,
): Promise<{ userId: string; username: string; password: string }> {
  const password = newPassword()
  const userId = await insertUser(db, user, password, now)
  if (userId === null) {
    throw new DomainError('already_exists', 'There is an account with this user name already. Choose another.', {
      errors: [{ field: 'username', message: 'already taken' }],
    })
  }
  return { userId, username: user.username, password }
}

/** The new account's id, or null when the name is taken. */
async function insertUser(db: Db, user: NewUser, password: string, now: number): Promise<string | null> {
  const made = await db
    .insertInto('app_user')
    .values({
      user_id: uuidv7(),
      username: user.username,
      display_name: user.displayName,
      role: user.role,
      password_hash: await hashPassword(password),
      created_at: new Date(now),
    })
    .onConflict((conflict) => conflict.column('username').doNothing())
    .returning('user_id')
    .executeTakeFirst()
  return made?.user_id ?? null
}

const USER_COLUMNS = ['user_id', 'username', 'display_name', 'role', 'enabled', 'created_at'] as const
interface UserRow {
  user_id: string
  username: string
  display_name: string
  role: Role
  enabled: boolean
  created_at: Date
}

const view = (row: UserRow): UserView => ({
  userId: row.user_id,
  username: row.username,
  displayName: row.display_name,
  role: row.role,
  enabled: row.enabled,
  createdAt: row.created_at.toISOString(),
})

/** A page of accounts by user name. */
export async function listUsers(
  db: Db,
  query: { cursor?: string; limit: number },
): Promise<{ items: UserView[]; nextCursor: string | null }> {
  const after = query.cursor === undefined ? null : decodeCursor(query.cursor, 1)
  const rows = await db
    .selectFrom('app_user')
    .select(USER_COLUMNS)
    .where('service', '=', false)
    .$if(after !== null, (q) => q.where('username', '>', String(after?.[0])))
    .orderBy('username')
    .limit(query.limit + 1)
    .execute()
  return page(rows, query.limit, (row) => [row.username], view)
}

const noSuchUser = () => new DomainError('not_found', 'There is no such account.')

/**
 * Disables an account and ends its sessions.
 * @throws DomainError not_found, last_admin, own_account
 */
export async function disableUser(tx: Transaction<Database>, userId: string, actorId: string): Promise<UserView> {
  // Locked together, so that two administrators can't disable each other at the same moment.
  const admins = await tx
    .selectFrom('app_user')
    .select('user_id')
    .where('role', '=', 'admin')
    .where('enabled', '=', true)
    .orderBy('user_id')
    .forNoKeyUpdate()
    .execute()
  if (admins.length === 1 && admins[0]?.user_id === userId) {
    throw new DomainError('last_admin', 'This is the last administrator. Make or enable another one first.')
  }
  if (userId === actorId) {
    throw new DomainError('own_account', 'Nobody can disable his own account. Ask another administrator.')
  }
  const disabled = await setEnabled(tx, userId, false)
  await endSessions(tx, userId)
  return disabled
}

/** Lets a disabled account sign in again. @throws DomainError not_found */
export function enableUser(db: Db, userId: string): Promise<UserView> {
  return setEnabled(db, userId, true)
}

async function setEnabled(db: Db, userId: string, enabled: boolean): Promise<UserView> {
  const row = await db
    .updateTable('app_user')
    .set({ enabled })
    .where('user_id', '=', userId)
    .returning(USER_COLUMNS)
    .executeTakeFirst()
  if (!row) throw noSuchUser()
  return view(row)
}

/** Gives an account a generated password, returned this once, and ends its sessions. @throws DomainError not_found */
export async function resetPassword(tx: Transaction<Database>, userId: string): Promise<string> {
  const password = newPassword()
  await replacePassword(tx, userId, password)
  return password
}

/**
 * Changes the own password; every session of the user ends but the one with this token.
 * @throws DomainError wrong_credentials
 */
export async function changePassword(
  tx: Transaction<Database>,
  userId: string,
  { current, password }: PasswordChange,
  keepToken: string,
): Promise<void> {
  const row = await tx.selectFrom('app_user').select('password_hash').where('user_id', '=', userId).executeTakeFirst()
  if (!(await passwordFits(row?.password_hash ?? null, current))) {
    throw new DomainError('wrong_credentials', 'The current password is wrong.', {
      errors: [{ field: 'current', message: 'is not the current password' }],
    })
  }
  await replacePassword(tx, userId, password, keepToken)
}

async function replacePassword(
  tx: Transaction<Database>,
  userId: string,
  password: string,
  keepToken?: string,
): Promise<void> {
  const changed = await tx
    .updateTable('app_user')
    .set({ password_hash: await hashPassword(password) })
    .where('user_id', '=', userId)
    .returning('user_id')
    .executeTakeFirst()
  if (!changed) throw noSuchUser()
  await endSessions(tx, userId, keepToken)
}

/** Sets a password anew; for ADMIN_PASSWORD given at start, so that a lost password is no lost system. */
export async function setPassword(db: Db, username: string, password: string): Promise<void> {
  const row = await db
    .selectFrom('app_user')
    .select('password_hash')
    .where('username', '=', username)
    .executeTakeFirst()
  if (row && (await passwordFits(row.password_hash, password))) return
  await db
    .updateTable('app_user')
    .set({ password_hash: await hashPassword(password) })
    .where('username', '=', username)
    .execute()
}
