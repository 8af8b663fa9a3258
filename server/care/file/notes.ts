import type { Kysely } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import { type NewNote, NOTE_DAYS, type TemporaryNote } from '../../contract/case-file.ts'
import { DomainError } from '../../contract/errors.ts'
import type { Database } from '../../store/schema.ts'
import { iso } from '../../store/views.ts'
import { type By, lockFile, noteChange, type Tx, wrongField } from './changes.ts'

/** Notes that end by themselves: the end is a column, and whoever reads asks for what holds now. */

const DAY_MS = 86_400_000
/** Ended ones that are shown. */
const PAST_SHOWN = 50

function selectNotes(db: Kysely<Database>, residentId: string) {
  return db
    .selectFrom('resident_note as n')
    .innerJoin('app_user as author', 'author.user_id', 'n.created_by')
    .leftJoin('app_user as ender', 'ender.user_id', 'n.ended_by')
    .selectAll('n')
    .select(['author.display_name as author_name', 'ender.display_name as ender_name'])
    .where('n.resident_id', '=', residentId)
}

type NoteRow = Awaited<ReturnType<ReturnType<typeof selectNotes>['execute']>>[number]

const noteView = (row: NoteRow): TemporaryNote => ({
  noteId: row.note_id,
  text: row.text,
  until: row.until_at.toISOString(),
  version: row.version,
  createdAt: row.created_at.toISOString(),
  createdBy: row.author_name,
  endedAt: iso(row.ended_at),
  endedBy: row.ender_name,
})

/** Notes that hold at `now`, the first to end first. */
export async function currentNotes(db: Kysely<Database>, residentId: string, now: number): Promise<TemporaryNote[]> {
  const rows = await selectNotes(db, residentId)
    .where('n.until_at', '>', new Date(now))
    .where('n.ended_at', 'is', null)
    .orderBy('n.until_at')
    .orderBy('n.note_id')
    .execute()
  return rows.map(noteView)
}

/** Notes that hold no more, the last to end first. */
export async function pastNotes(db: Kysely<Database>, residentId: string, now: number): Promise<TemporaryNote[]> {
  const rows = await selectNotes(db, residentId)
    .where((eb) => eb.or([eb('n.until_at', '<=', new Date(now)), eb('n.ended_at', 'is not', null)]))
    .orderBy((eb) => eb.fn.coalesce('n.ended_at', 'n.until_at'), 'desc')
    .limit(PAST_SHOWN)
    .execute()
  return rows.map(noteView)
}

/** Ms since the epoch. @throws DomainError invalid_request when it is over already or too far away */
function endOf(until: string, now: number): Date {
  const at = Date.parse(until)
  if (at <= now) throw wrongField('until', 'must be later than now')
  if (at > now + NOTE_DAYS * DAY_MS) {
    throw wrongField('until', `must be within ${NOTE_DAYS} days; what holds longer belongs into the file`)
  }
  return new Date(at)
}

/** @returns its id. @throws DomainError not_found, invalid_request */
export async function addNote(tx: Tx, residentId: string, { text, until }: NewNote, by: By): Promise<string> {
  const untilAt = endOf(until, by.now)
  await lockFile(tx, residentId)
  const noteId = uuidv7()
  await tx
    .insertInto('resident_note')
    .values({
      note_id: noteId,
      resident_id: residentId,
      text: text.trim(),
      until_at: untilAt,
      created_at: new Date(by.now),
      created_by: by.userId,
    })
    .execute()
  const after = { noteId, text: text.trim(), until: untilAt.toISOString() }
  await noteChange(tx, residentId, by, { part: 'note', after })
  return noteId
}

interface NoteRef {
  residentId: string
  noteId: string
  version: number
}

/** Lets a note hold longer or shorter. @throws DomainError not_found, stale_version, wrong_state, invalid_request */
export async function moveNote(tx: Tx, of: NoteRef, until: string, by: By): Promise<void> {
  const row = await lockNote(tx, of, by)
  const untilAt = endOf(until, by.now)
  await tx
    .updateTable('resident_note')
    .set({ until_at: untilAt, version: row.version + 1 })
    .where('note_id', '=', of.noteId)
    .execute()
  await noteChange(tx, of.residentId, by, {
    part: 'note',
    before: { noteId: of.noteId, text: row.text, until: row.until_at.toISOString() },
    after: { noteId: of.noteId, text: row.text, until: untilAt.toISOString() },
  })
}

/** Ends a note at once. @throws DomainError not_found, stale_version, wrong_state */
export async function endNote(tx: Tx, of: NoteRef, by: By): Promise<void> {
  const row = await lockNote(tx, of, by)
  await tx
    .updateTable('resident_note')
    .set({ ended_at: new Date(by.now), ended_by: by.userId, version: row.version + 1 })
    .where('note_id', '=', of.noteId)
    .execute()
  const before = { noteId: of.noteId, text: row.text, until: row.until_at.toISOString() }
  await noteChange(tx, of.residentId, by, { part: 'note', before })
}

async function lockNote(tx: Tx, { residentId, noteId, version }: NoteRef, { now }: By) {
  const row = await tx
    .selectFrom('resident_note')
    .selectAll()
    .where('note_id', '=', noteId)
    .where('resident_id', '=', residentId)
    .forUpdate()
    .executeTakeFirst()
  if (!row) throw new DomainError('not_found', 'There is no such note.')
  if (row.ended_at !== null || row.until_at.getTime() <= now) {
    throw new DomainError('wrong_state', 'This note has ended already. Write a new one.')
  }
  if (row.version !== version) {
    throw new DomainError('stale_version', 'Somebody has changed this note since you looked.', { version: row.version })
  }
  return row
}
