import type { Kysely, Transaction } from 'kysely'
import { type OperatorProfile, PROFILE_DEFAULT, type ProfileChange, type ProfileView } from '../contract/desk.ts'
import { DomainError } from '../contract/errors.ts'
import type { Database } from '../store/schema.ts'
import { iso } from '../store/views.ts'

type Db = Kysely<Database>

function profiles(db: Db) {
  return db
    .selectFrom('app_user as u')
    .leftJoin('operator_profile as p', 'p.user_id', 'u.user_id')
    .leftJoin('app_user as author', 'author.user_id', 'p.updated_by')
    .select(['u.user_id', 'u.display_name', 'u.role', 'p.skills', 'p.dialects', 'p.areas', 'p.version', 'p.updated_at'])
    .select('author.display_name as author')
    .where('u.enabled', '=', true)
    .where('u.service', '=', false)
}

type Row = Awaited<ReturnType<ReturnType<typeof profiles>['execute']>>[number]

function view(row: Row): ProfileView {
  const { skills, dialects, areas } = row
  const profile = skills && dialects && areas ? { skills, dialects, areas } : PROFILE_DEFAULT
  return {
    userId: row.user_id,
    displayName: row.display_name,
    role: row.role,
    profile,
    version: row.version ?? 0,
    updatedAt: iso(row.updated_at),
    updatedBy: row.author,
  }
}

/** What everybody can do, by name. */
export async function listProfiles(db: Db): Promise<ProfileView[]> {
  return (await profiles(db).orderBy('u.display_name').orderBy('u.user_id').execute()).map(view)
}

/** What one can do. @throws DomainError not_found */
export async function profileOf(db: Db, userId: string): Promise<ProfileView> {
  const row = await profiles(db).where('u.user_id', '=', userId).executeTakeFirst()
  if (!row) throw new DomainError('not_found', 'There is no such operator.')
  return view(row)
}

/**
 * Sets what an operator can do, with its line in the history.
 * @throws DomainError not_found, stale_version; invalid_request for areas that do not exist
 */
export async function changeProfile(
  tx: Transaction<Database>,
  userId: string,
  { version, profile }: ProfileChange,
  by: { userId: string; now: number },
): Promise<void> {
  const user = await tx
    .selectFrom('app_user')
    .select('user_id')
    .where('user_id', '=', userId)
    // Two supervisors at once: the second one waits here, and then is told.
    .forNoKeyUpdate()
    .executeTakeFirst()
  if (!user) throw new DomainError('not_found', 'There is no such operator.')
  const known = await tx
    .selectFrom('operator_profile')
    .select('version')
    .where('user_id', '=', userId)
    .executeTakeFirst()
  const current = known?.version ?? 0
  if (version !== current) {
    throw new DomainError('stale_version', 'Somebody has changed this profile meanwhile. Look again, then decide.', {
      version: current,
    })
  }
  await refuseUnknownAreas(tx, profile.areas)
  const { skills } = profile
  const said = { skills, dialects: profile.dialects.map((one) => one.trim()), areas: profile.areas }
  const at = new Date(by.now)
  const row = { ...said, version: current + 1, updated_at: at, updated_by: by.userId }
  await tx
    .insertInto('operator_profile')
    .values({ user_id: userId, ...row })
    .onConflict((conflict) => conflict.column('user_id').doUpdateSet(row))
    .execute()
  await tx
    .insertInto('operator_profile_log')
    .values({ user_id: userId, at, actor_id: by.userId, ...said })
    .execute()
}

async function refuseUnknownAreas(tx: Transaction<Database>, areas: OperatorProfile['areas']): Promise<void> {
  if (areas.length === 0) return
  const rows = await tx.selectFrom('division').select('code').where('code', 'in', areas).execute()
  const known = new Set(rows.map(({ code }) => code))
  const index = areas.findIndex((code) => !known.has(code))
  if (index < 0) return
  throw new DomainError('invalid_request', 'One of these areas does not exist.', {
    errors: [{ field: `profile.areas.${index}`, message: 'is no division code' }],
  })
}
