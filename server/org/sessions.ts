import { createHash, randomBytes } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { Role } from '../contract/api.ts'
import type { Clock } from '../contract/clock.ts'
import type { Database } from '../store/schema.ts'

/** A shift and its handover. */
export const SESSION_MS = 12 * 3_600_000

/** Whom a session belongs to. */
export interface User {
  userId: string
  username: string
  displayName: string
  role: Role
}

export interface LiveSession {
  user: User
  expiresAt: number
}

export interface Sessions {
  /** Starts a session; the token is for the cookie, the database keeps its hash alone. */
  open(user: Pick<User, 'userId'>): Promise<{ token: string; expiresAt: number }>
  /** Who a token belongs to, or null when it is unknown, over, or its user was disabled. */
  find(token: string): Promise<LiveSession | null>
  close(token: string): Promise<void>
  /** Removes sessions that are over. */
  sweep(): Promise<void>
}

const digest = (token: string): Buffer => createHash('sha256').update(token).digest()

/** Ends all sessions of a user, but for the one with this token. Open desks are cut off at the next recheck. */
export async function endSessions(db: Kysely<Database>, userId: string, keepToken?: string): Promise<void> {
  await db
    .deleteFrom('session')
    .where('user_id', '=', userId)
    .$if(keepToken !== undefined, (q) => q.where('token_hash', '!=', digest(keepToken ?? '')))
    .execute()
}

export function createSessions(db: Kysely<Database>, clock: Clock): Sessions {
  return {
    open: async (user) => {
      const token = randomBytes(32).toString('base64url')
      const now = clock.now()
      const expiresAt = now + SESSION_MS
      await db
        .insertInto('session')
        .values({
          token_hash: digest(token),
          user_id: user.userId,
          created_at: new Date(now),
          expires_at: new Date(expiresAt),
        })
        .execute()
      return { token, expiresAt }
    },
    find: async (token) => {
      const row = await db
        .selectFrom('session')
        .innerJoin('app_user', 'app_user.user_id', 'session.user_id')
        .select(['app_user.user_id', 'username', 'display_name', 'role', 'expires_at'])
        .where('token_hash', '=', digest(token))
        .where('expires_at', '>', new Date(clock.now()))
        .where('enabled', '=', true)
        .executeTakeFirst()
      if (!row) return null
      const user = { userId: row.user_id, username: row.username, displayName: row.display_name, role: row.role }
      return { user, expiresAt: row.expires_at.getTime() }
    },
    close: async (token) => {
      await db.deleteFrom('session').where('token_hash', '=', digest(token)).execute()
    },
    sweep: async () => {
      await db.deleteFrom('session').where('expires_at', '<=', new Date(clock.now())).execute()
    },
  }
}
