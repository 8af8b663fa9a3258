import { type Kysely, sql, type Transaction } from 'kysely'
import { DomainError } from '../contract/errors.ts'
import type { AlertKind } from '../contract/kinds.ts'
import type { ProtocolContent, ProtocolDetail, ProtocolVersion, RiskLevel } from '../contract/protocol.ts'
import { checkProtocol } from '../contract/protocol-check.ts'
import { decodeCursor, page } from '../store/cursor.ts'
import type { Database } from '../store/schema.ts'
import type { DefaultProtocol } from './defaults/write.ts'

type Db = Kysely<Database>
type Tx = Transaction<Database>

/**
 * Protocols in all their versions. Every save is a row; none is ever changed. Among the protocols that serve the same kind and
 * risk the one published last counts, and what somebody here has published counts before what was delivered.
 */

/** Adds the delivered protocols that are not there yet; returns how many. Several nodes may start at once. */
export async function addDelivered(db: Db, delivered: readonly DefaultProtocol[], now: number): Promise<number> {
  return db.transaction().execute(async (tx) => {
    const added = await tx
      .insertInto('protocol')
      .values(delivered.map(({ id }) => ({ protocol_id: id, created_at: new Date(now) })))
      .onConflict((on) => on.doNothing())
      .returning('protocol_id')
      .execute()
    const ids = new Set(added.map((row) => row.protocol_id))
    for (const { id, content } of delivered) {
      if (ids.has(id))
        await append(tx, { protocolId: id, state: 'published', content, number: 1, userId: null, note: null }, now)
    }
    return added.length
  })
}

/** The version that serves a kind and a risk; null: none. @param at ms: of what was published until then */
export async function versionFor(db: Db, kind: AlertKind, risk: RiskLevel, at: number): Promise<number | null> {
  const { rows } = await sql<{ version: number }>`
    select version from (${newestPublished(at)}) newest
    where ${kind} = any(kinds) and ${risk} = any(risks)
    order by (user_id is not null) desc, version desc limit 1`.execute(db)
  return rows[0]?.version ?? null
}

/** Of each protocol what was published last. */
export function newestPublished(at: number) {
  return sql`select distinct on (protocol_id) version, protocol_id, kinds, risks, user_id from protocol_version
    where state = 'published' and at <= ${new Date(at)} order by protocol_id, version desc`
}

function versions(db: Db) {
  return db
    .selectFrom('protocol_version as v')
    .leftJoin('app_user', 'app_user.user_id', 'v.user_id')
    .selectAll('v')
    .select('app_user.display_name')
}
type VersionRow = Awaited<ReturnType<ReturnType<typeof versions>['executeTakeFirstOrThrow']>>

const view = (row: VersionRow): ProtocolVersion => ({
  version: row.version,
  protocolId: row.protocol_id,
  state: row.state,
  number: row.number,
  content: row.content,
  at: row.at.toISOString(),
  by: row.display_name,
  note: row.note,
})

/** One saved state. @throws DomainError not_found */
export async function getVersion(db: Db, version: number): Promise<ProtocolVersion> {
  const row = await versions(db).where('version', '=', version).executeTakeFirst()
  if (!row) throw new DomainError('not_found', 'There is no such version.')
  return view(row)
}

/** A protocol as it is saved and as it is published. @throws DomainError not_found */
export async function protocolDetail(db: Db, protocolId: string): Promise<ProtocolDetail> {
  const of = versions(db).where('protocol_id', '=', protocolId).orderBy('version', 'desc').limit(1)
  const [newest, published] = await Promise.all([
    of.executeTakeFirst(),
    of.where('state', '=', 'published').executeTakeFirst(),
  ])
  if (!newest) throw new DomainError('not_found', 'There is no such protocol.')
  return { protocolId, newest: view(newest), published: published ? view(published) : null }
}

/** Everything that was saved of a protocol, newest first. */
export async function protocolHistory(
  db: Db,
  protocolId: string,
  query: { cursor?: string; limit: number },
): Promise<{ items: ProtocolVersion[]; nextCursor: string | null }> {
  const after = query.cursor === undefined ? null : Number(decodeCursor(query.cursor, 1)[0])
  const rows = await versions(db)
    .where('protocol_id', '=', protocolId)
    .$if(after !== null, (q) => q.where('version', '<', after))
    .orderBy('version', 'desc')
    .limit(query.limit + 1)
    .execute()
  return page(rows, query.limit, (row) => [row.version], view)
}

interface Saved {
  userId: string
  content: ProtocolContent
  note?: string | undefined
}

/** A new protocol with its first draft. @throws DomainError already_exists */
export async function createProtocol(tx: Tx, protocolId: string, saved: Saved, now: number): Promise<ProtocolDetail> {
  const added = await tx
    .insertInto('protocol')
    .values({ protocol_id: protocolId, created_at: new Date(now) })
    .onConflict((on) => on.doNothing())
    .returning('protocol_id')
    .executeTakeFirst()
  if (!added) throw new DomainError('already_exists', 'There is a protocol with this id already.')
  await append(tx, { protocolId, state: 'draft', number: null, ...saved, note: saved.note ?? null }, now)
  return protocolDetail(tx, protocolId)
}

/** Saves a draft; it may lack things. @throws DomainError not_found, stale_version */
export async function saveDraft(
  tx: Tx,
  protocolId: string,
  base: number,
  saved: Saved,
  now: number,
): Promise<ProtocolDetail> {
  await lockOn(tx, protocolId, base)
  await append(tx, { protocolId, state: 'draft', number: null, ...saved, note: saved.note ?? null }, now)
  return protocolDetail(tx, protocolId)
}

/** Publishes: from now on new cases get it. @throws DomainError not_found, stale_version, invalid_request */
export async function publish(
  tx: Tx,
  protocolId: string,
  base: number,
  saved: Saved & { note: string },
  now: number,
): Promise<ProtocolDetail> {
  const faults = checkProtocol(saved.content)
  if (faults.length > 0) {
    throw new DomainError(
      'invalid_request',
      'The protocol is not right yet; see errors. It is saved as a draft only.',
      {
        errors: faults.map(({ place, message }) => ({ field: `content.${place}`, message })),
      },
    )
  }
  await lockOn(tx, protocolId, base)
  const last = await tx
    .selectFrom('protocol_version')
    .select((eb) => eb.fn.max('number').as('number'))
    .where('protocol_id', '=', protocolId)
    .executeTakeFirst()
  await append(tx, { protocolId, state: 'published', number: (last?.number ?? 0) + 1, ...saved }, now)
  return protocolDetail(tx, protocolId)
}

/** One author at a time, and only on what is newest. */
async function lockOn(tx: Tx, protocolId: string, base: number): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`protocol/${protocolId}`}, 0))`.execute(tx)
  const row = await tx
    .selectFrom('protocol_version')
    .select('version')
    .where('protocol_id', '=', protocolId)
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (!row) throw new DomainError('not_found', 'There is no such protocol.')
  if (row.version === base) return
  throw new DomainError('stale_version', 'Somebody else has saved this protocol meanwhile. Look at it again.', {
    version: row.version,
  })
}

interface NewVersion {
  protocolId: string
  state: 'draft' | 'published'
  number: number | null
  content: ProtocolContent
  userId: string | null
  note: string | null
}

async function append(
  tx: Tx,
  { protocolId, state, number, content, userId, note }: NewVersion,
  now: number,
): Promise<void> {
  await tx
    .insertInto('protocol_version')
    .values({
      protocol_id: protocolId,
      state,
      number,
      kinds: content.kinds,
      risks: content.risks,
      content: JSON.stringify(content),
      at: new Date(now),
      user_id: userId,
      note,
    })
    .execute()
}
