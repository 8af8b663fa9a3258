import type { Generated, JSONColumnType } from 'kysely'
import type { Role } from '../contract/api.ts'
import type { Time } from './column-types.ts'

/** Users, their sessions and what they did, as SQL sees them. */

interface AppUserTable {
  user_id: string
  username: string
  display_name: string
  role: Role
  password_hash: string
  enabled: Generated<boolean>
  created_at: Time
  /** The platform's own: never signs in with a password. */
  service: Generated<boolean>
}

interface SessionTable {
  token_hash: Buffer
  user_id: string
  created_at: Time
  expires_at: Time
}

interface AuditTable {
  /** Number of the transaction; see docs/adr/0027. */
  written_in: Generated<number>
  audit_id: Generated<number>
  at: Time
  user_id: string | null
  action: string
  subject: string | null
  detail: JSONColumnType<Record<string, unknown>, string, string>
}

export interface PeopleTables {
  app_user: AppUserTable
  session: SessionTable
  audit: AuditTable
}
