import { createHash } from 'node:crypto'
import { type Kysely, sql, type Transaction } from 'kysely'
import { DomainError } from '../contract/errors.ts'
import type { RecordingView, StoredPart } from '../contract/voice.ts'
import type { Database } from '../store/schema.ts'
import { voiceSettings } from './settings.ts'

type Db = Kysely<Database>
type Tx = Transaction<Database>

const DAY_MS = 86_400_000

/**
 * Keeps one part of a recording. The same part again is harmless.
 * @throws DomainError not_found, not_owner, not_recorded (no notice was given), already_exists (another part of this number)
 */
export async function storePart(
  tx: Tx,
  {
    callId,
    part,
    body,
    contentType,
    userId,
  }: { callId: string; part: number; body: Buffer; contentType: string; userId: string },
  now: number,
): Promise<StoredPart> {
  await requireRecorded(tx, callId, userId)
  const sha256 = createHash('sha256').update(body).digest()
  const at = new Date(now)
  await tx
    .insertInto('voice_recording')
    .values({ call_id: callId, content_type: contentType, begun_at: at, parts: null, sha256: null })
    .onConflict((c) => c.doNothing())
    .execute()
  const written = await tx
    .insertInto('voice_recording_part')
    .values({ call_id: callId, part, body, sha256, at })
    .onConflict((c) => c.doNothing())
    .executeTakeFirst()
  if (written.numInsertedOrUpdatedRows !== 1n) await requireSame(tx, callId, part, sha256)
  return { part, bytes: body.length, sha256: sha256.toString('hex') }
}

async function requireRecorded(tx: Tx, callId: string, userId: string): Promise<void> {
  const call = await tx.selectFrom('voice_call').selectAll().where('call_id', '=', callId).forShare().executeTakeFirst()
  if (!call) throw new DomainError('not_found', 'There is no such call.')
  if (call.operator_id !== userId) throw new DomainError('not_owner', 'This is another operator’s call.')
  if (call.notice_at === null) {
    throw new DomainError(
      'not_recorded',
      'The resident was not told that this call is recorded: nothing is kept of it.',
    )
  }
}

async function requireSame(tx: Tx, callId: string, part: number, sha256: Buffer): Promise<void> {
  const known = await tx
    .selectFrom('voice_recording_part')
    .select('sha256')
    .where('call_id', '=', callId)
    .where('part', '=', part)
    .executeTakeFirst()
  if (known === undefined || !known.sha256.equals(sha256)) {
    throw new DomainError('already_exists', 'Another part of this number is stored. Recordings are not changed.')
  }
}

/**
 * Notes that all parts are there, after comparing the hash of the whole.
 * @throws DomainError not_found, not_owner, not_recorded, recording_incomplete
 */
export async function finishRecording(
  tx: Tx,
  { callId, parts, sha256, userId }: { callId: string; parts: number; sha256: string; userId: string },
  now: number,
): Promise<void> {
  await requireRecorded(tx, callId, userId)
  const stored = await tx
    .selectFrom('voice_recording')
    .selectAll()
    .where('call_id', '=', callId)
    .forUpdate()
    .executeTakeFirst()
  if (stored?.finished_at && stored.parts === parts && stored.sha256?.toString('hex') === sha256) return
  const hash = createHash('sha256')
  let count = 0
  for await (const { body } of readParts(tx, callId)) {
    hash.update(body)
    count += 1
  }
  if (stored === undefined || count !== parts || stored.finished_at !== null || hash.digest('hex') !== sha256) {
    throw new DomainError(
      'recording_incomplete',
      `${count} of ${parts} parts are stored, or the whole has another hash.`,
    )
  }
  await tx
    .updateTable('voice_recording')
    .set({ parts, sha256: Buffer.from(sha256, 'hex'), finished_at: new Date(now) })
    .where('call_id', '=', callId)
    .execute()
}

/** All of it one after the other, a part at a time. */
async function* readParts(db: Db | Tx, callId: string): AsyncGenerator<{ body: Buffer }> {
  for (let after = -1; ; ) {
    const row = await db
      .selectFrom('voice_recording_part')
      .select(['part', 'body'])
      .where('call_id', '=', callId)
      .where('part', '>', after)
      .orderBy('part')
      .limit(1)
      .executeTakeFirst()
    if (row === undefined) return
    after = row.part
    yield row
  }
}

/** The sound, also of a recording that broke off. @throws DomainError not_found */
export async function readRecording(tx: Tx, callId: string): Promise<{ contentType: string; body: Buffer }> {
  const stored = await tx
    .selectFrom('voice_recording')
    .select('content_type')
    .where('call_id', '=', callId)
    .where('expired_at', 'is', null)
    .executeTakeFirst()
  if (stored === undefined) throw new DomainError('not_found', 'This call has no recording, or not any more.')
  const bodies: Buffer[] = []
  for await (const { body } of readParts(tx, callId)) bodies.push(body)
  return { contentType: stored.content_type, body: Buffer.concat(bodies) }
}

/** Recordings of these calls. */
export async function recordingsOf(db: Db, callIds: readonly string[]): Promise<Map<string, RecordingView>> {
  if (callIds.length === 0) return new Map()
  const { rows } = await sql<{
    call_id: string
    parts: number
    bytes: number
    finished_at: Date | null
    expired_at: Date | null
    sha256: Buffer | null
  }>`
    select r.call_id, r.finished_at, r.expired_at, r.sha256, p.parts, p.bytes from voice_recording r
    cross join lateral (
      select count(*)::int as parts, coalesce(sum(octet_length(body)), 0)::int as bytes
      from voice_recording_part where call_id = r.call_id
    ) p where r.call_id = any(${callIds})`.execute(db)
  return new Map(
    rows.map(({ call_id, parts, bytes, finished_at, expired_at, sha256 }) => [
      call_id,
      {
        parts,
        bytes,
        complete: finished_at !== null,
        expired: expired_at !== null,
        sha256: sha256?.toString('hex') ?? null,
      },
    ]),
  )
}

/** Deletes what is older than the city keeps it; a mark stays. @returns how many calls' */
export async function expireRecordings(db: Db, now: number): Promise<number> {
  const { retentionDays } = await voiceSettings(db)
  const before = new Date(now - retentionDays * DAY_MS)
  const old = await db
    .selectFrom('voice_recording')
    .select('call_id')
    .where('expired_at', 'is', null)
    .where('begun_at', '<', before)
    .limit(1)
    .execute()
  if (old.length === 0) return 0
  const { rows } = await sql<{ n: number }>`select expire_recordings(${before}) as n`.execute(db)
  return rows[0]?.n ?? 0
}
