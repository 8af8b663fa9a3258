import { type Kysely, sql, type Transaction } from 'kysely'
import { type DetectSettings, layered, type SettingScope, type SettingsLayer } from '../../contract/detect-settings.ts'
import type { SettingsChange, SettingsChangeView, SettingsView } from '../../contract/detection.ts'
import { DomainError } from '../../contract/errors.ts'
import { decodeCursor, page } from '../../store/cursor.ts'
import type { Database } from '../../store/schema.ts'
import { subjectOfScope } from './settings-subject.ts'

type Db = Kysely<Database>

/** Where settings are set: for the city, a home, a resident or a device. */
export interface Scope {
  scope: SettingScope
  scopeId: string
}

/** From the farthest to the nearest. */
const ORDER: readonly SettingScope[] = ['city', 'home', 'resident', 'device']

/** What a scope says, and what holds where it says nothing. @throws DomainError not_found */
export async function settingsOf(db: Db, at: Scope): Promise<SettingsView> {
  const chain = await scopesAbove(db, at)
  const layers = new Map<SettingScope, { version: number; settings: SettingsLayer }>()
  for (const one of [...chain, at]) {
    const newest = await newestOf(db, one)
    if (newest) layers.set(one.scope, newest)
  }
  const own = layers.get(at.scope) ?? { version: 0, settings: {} }
  const above = chain
    .toSorted((a, b) => ORDER.indexOf(a.scope) - ORDER.indexOf(b.scope))
    .map((one) => ({ ...one, ...(layers.get(one.scope) ?? { version: 0, settings: {} }) }))
  const wider = above.map(({ settings }) => settings)
  const [inherited, effective] = [layered(...wider), layered(...wider, own.settings)]
  const subject = await subjectOfScope(db, at)
  return { ...at, own: own.settings, inherited, effective, above, subject, version: own.version }
}

/**
 * Replaces what a scope says. Older versions stay: an alert names the one that it was judged by.
 * @throws DomainError not_found, stale_version, invalid_request
 */
export async function changeSettings(
  tx: Transaction<Database>,
  at: Scope,
  { version, settings, note }: Pick<SettingsChange, 'version' | 'settings' | 'note'>,
  by: { userId: string; now: number },
): Promise<number> {
  await scopesAbove(tx, at)
  // One change of a scope at a time: of two that began with the same version one is refused.
  await sql`select pg_advisory_xact_lock(hashtextextended(${`settings:${at.scope}:${at.scopeId}`}, 0))`.execute(tx)
  const current = await newestOf(tx, at)
  if (version !== (current?.version ?? 0)) {
    throw new DomainError('stale_version', 'Somebody has changed these settings since you looked. Look again.', {
      version: current?.version ?? 0,
    })
  }
  refuseContradictions(layered(settings))
  const { version: made } = await tx
    .insertInto('detect_setting')
    .values({
      scope: at.scope,
      scope_id: at.scopeId,
      settings: JSON.stringify(settings),
      at: new Date(by.now),
      user_id: by.userId,
      note: note ?? null,
    })
    .returning('version')
    .executeTakeFirstOrThrow()
  return made
}

/** What a scope has said over time, newest first. */
export async function settingsHistory(
  db: Db,
  at: Scope,
  query: { cursor?: string; limit: number },
): Promise<{ items: SettingsChangeView[]; nextCursor: string | null }> {
  const before = query.cursor === undefined ? null : decodeCursor(query.cursor, 1)
  const rows = await changes(db)
    .where('scope', '=', at.scope)
    .where('scope_id', '=', at.scopeId)
    .$if(before !== null, (q) => q.where(sql<boolean>`version < ${before?.[0]}::bigint`))
    .orderBy('version', 'desc')
    .limit(query.limit + 1)
    .execute()
  return page(rows, query.limit, (row) => [row.version], changeView)
}

/** One change, whatever it was made for: an alert names the version that it was judged by. @throws DomainError not_found */
export async function settingsVersion(db: Db, version: number): Promise<SettingsChangeView> {
  const row = await changes(db).where('version', '=', version).executeTakeFirst()
  if (!row) throw new DomainError('not_found', 'There is no such version of the settings.')
  return changeView(row)
}

const changes = (db: Db) =>
  db
    .selectFrom('detect_setting')
    .leftJoin('app_user', 'app_user.user_id', 'detect_setting.user_id')
    .selectAll('detect_setting')
    .select('app_user.display_name')

type ChangeRow = Awaited<ReturnType<ReturnType<typeof changes>['executeTakeFirstOrThrow']>>

const changeView = (row: ChangeRow): SettingsChangeView => ({
  version: row.version,
  scope: row.scope,
  scopeId: row.scope_id,
  settings: row.settings,
  at: row.at.toISOString(),
  by: row.display_name,
  note: row.note,
})

async function newestOf(db: Db, { scope, scopeId }: Scope) {
  return db
    .selectFrom('detect_setting')
    .select(['version', 'settings'])
    .where('scope', '=', scope)
    .where('scope_id', '=', scopeId)
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst()
}

/** The wider scopes that this one inherits from. @throws DomainError not_found */
async function scopesAbove(db: Db, { scope, scopeId }: Scope): Promise<Scope[]> {
  const city: Scope = { scope: 'city', scopeId: '' }
  const nobody = new DomainError('not_found', 'There is nothing with this id to set anything for.')
  switch (scope) {
    case 'city':
      if (scopeId !== '') throw new DomainError('invalid_request', 'The city has no id: leave scopeId out.')
      return []
    case 'home': {
      const home = await db.selectFrom('home').select('home_id').where('home_id', '=', scopeId).executeTakeFirst()
      if (!home) throw nobody
      return [city]
    }
    case 'resident': {
      const resident = await db
        .selectFrom('resident')
        .select('home_id')
        .where('resident_id', '=', scopeId)
        .executeTakeFirst()
      if (!resident) throw nobody
      return resident.home_id === null ? [city] : [city, { scope: 'home', scopeId: resident.home_id }]
    }
    case 'device': {
      const device = await db
        .selectFrom('device')
        .select('resident_id')
        .where('device_id', '=', scopeId)
        .executeTakeFirst()
      if (!device) throw nobody
      if (device.resident_id === null) return [city]
      const resident: Scope = { scope: 'resident', scopeId: device.resident_id }
      return [...(await scopesAbove(db, resident)), resident]
    }
  }
}

/** Values that are each right, and make no sense together. @throws DomainError invalid_request naming each field */
function refuseContradictions({ vitals, dangers, wandering }: DetectSettings): void {
  const errors: { field: string; message: string }[] = []
  for (const field of ['hr', 'spo2', 'sys', 'dia', 'body_temp'] as const) {
    const { low, high } = vitals[field]
    if (low !== null && high !== null && low >= high) {
      errors.push({ field: `settings.vitals.${field}.low`, message: `must be less than ${high}, the upper limit` })
    }
  }
  if (dangers.coldC >= dangers.hotC) {
    errors.push({ field: 'settings.dangers.coldC', message: `must be less than ${dangers.hotC}, the heat limit` })
  }
  const names = wandering.fences.map(({ fenceId }) => fenceId)
  for (const [n, fenceId] of names.entries()) {
    if (names.indexOf(fenceId) !== n) {
      errors.push({ field: `settings.wandering.fences[${n}].fenceId`, message: 'is there twice' })
    }
  }
  if (errors.length > 0)
    throw new DomainError('invalid_request', 'Some of the settings contradict each other.', { errors })
}
