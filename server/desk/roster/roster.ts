import { type Kysely, sql, type Transaction } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import { DomainError } from '../../contract/errors.ts'
import type {
  OwnShift,
  RosterChange,
  RosterEntry,
  RosterSlot,
  RosterWeekChange,
  RosterWeekView,
} from '../../contract/roster.ts'
import {
  type Conflict,
  conflictsOf,
  dayAfter,
  isMonday,
  minuteOf,
  mondayOf,
  type PlannedShift,
  shiftSpan,
} from '../../contract/roster-conflicts.ts'
import type { Database } from '../../store/schema.ts'
import { listPatterns } from './patterns.ts'

type Db = Kysely<Database>
type Tx = Transaction<Database>

/** Days beside the week that rest and double booking depend on. */
const BESIDE_DAYS = 2

const badWeek = () =>
  new DomainError('invalid_request', 'A week is named by its Monday.', {
    errors: [{ field: 'monday', message: 'must be a Monday, yyyy-mm-dd' }],
  })

/** Everything to plan a week with. @throws DomainError invalid_request */
export async function rosterWeek(db: Db, monday: string): Promise<RosterWeekView> {
  if (!isMonday(monday)) throw badWeek()
  const [week, people, patterns, rows] = await Promise.all([
    db.selectFrom('roster_week').select('version').where('monday', '=', monday).executeTakeFirst(),
    db
      .selectFrom('app_user as u')
      .select(['u.user_id', 'u.display_name', 'u.role'])
      .where((eb) =>
        eb.or([
          eb('u.enabled', '=', true),
          // Who has left since stays in the weeks that she worked.
          eb.exists(
            eb
              .selectFrom('roster_entry as e')
              .select('e.entry_id')
              .whereRef('e.user_id', '=', 'u.user_id')
              .where('e.monday', '=', monday)
              .where('e.removed_at', 'is', null),
          ),
        ]),
      )
      .orderBy('u.role')
      .orderBy('u.display_name')
      .orderBy('u.user_id')
      .execute(),
    listPatterns(db),
    entriesBetween(db, dayAfter(monday, -BESIDE_DAYS), dayAfter(monday, 6 + BESIDE_DAYS)),
  ])
  const [entries, around] = [
    rows.filter(({ day }) => mondayOf(day) === monday),
    rows.filter(({ day }) => mondayOf(day) !== monday),
  ]
  return {
    monday,
    version: week?.version ?? 0,
    people: people.map((row) => ({ userId: row.user_id, displayName: row.display_name, role: row.role })),
    patterns,
    entries,
    around,
    conflicts: conflictsOf(rows.map(planned), monday),
  }
}

const planned = ({ userId, day, patternId, startAt, endAt }: RosterEntry): PlannedShift => ({
  userId,
  day,
  patternId,
  start: Date.parse(startAt),
  end: Date.parse(endAt),
})

async function entriesBetween(db: Db, from: string, to: string): Promise<RosterEntry[]> {
  const rows = await db
    .selectFrom('roster_entry')
    .selectAll()
    .where('day', '>=', from)
    .where('day', '<=', to)
    .where('removed_at', 'is', null)
    .orderBy('start_at')
    .orderBy('entry_id')
    .execute()
  return rows.map((row) => ({
    entryId: row.entry_id,
    userId: row.user_id,
    day: row.day,
    patternId: row.pattern_id,
    startAt: row.start_at.toISOString(),
    endAt: row.end_at.toISOString(),
  }))
}

const keyOf = ({ userId, day, patternId }: RosterSlot) => `${userId} ${day} ${patternId}`

/**
 * Plans a week anew. What stays as it was is not touched; what is taken off stays in the record.
 * @returns the new version
 * @throws DomainError stale_version; invalid_request for days, people or patterns that can't be; roster_conflict for double
 * booking, and for short rest or long weeks that nobody has accepted with a note
 */
export async function planWeek(
  tx: Tx,
  monday: string,
  change: RosterWeekChange,
  by: { userId: string; now: number },
): Promise<number> {
  if (!isMonday(monday)) throw badWeek()
  // One planner at a time, over all weeks: Sunday night and Monday morning are different weeks of one person.
  await sql`select pg_advisory_xact_lock(hashtext('roster_week'), 0)`.execute(tx)
  const week = await tx.selectFrom('roster_week').select('version').where('monday', '=', monday).executeTakeFirst()
  const inForce = week?.version ?? 0
  if (change.version !== inForce) {
    throw new DomainError('stale_version', 'Somebody has planned this week meanwhile. Look again, then decide.', {
      version: inForce,
    })
  }
  const before = await entriesBetween(tx, dayAfter(monday, -BESIDE_DAYS), dayAfter(monday, 6 + BESIDE_DAYS))
  const current = new Map(before.filter(({ day }) => mondayOf(day) === monday).map((one) => [keyOf(one), one]))
  const wanted = new Map(change.entries.map((slot) => [keyOf(slot), slot]))
  const added = [...wanted.values()].filter((slot) => !current.has(keyOf(slot)))
  const removed = [...current.values()].filter((one) => !wanted.has(keyOf(one)))
  const spans = await spansOf(tx, change, added, monday)
  const kept = before.filter((one) => !removed.includes(one)).map(planned)
  const conflicts = conflictsOf([...kept, ...spans], monday)
  const note = change.note?.trim() || null
  refuseConflicts(conflicts, change, note)
  const version = inForce + 1
  await tx
    .insertInto('roster_week')
    .values({ monday, version })
    .onConflict((conflict) => conflict.column('monday').doUpdateSet({ version }))
    .execute()
  const at = new Date(by.now)
  if (removed.length > 0) {
    await tx
      .updateTable('roster_entry')
      .set({ removed_at: at, removed_by: by.userId })
      .where(
        'entry_id',
        'in',
        removed.map(({ entryId }) => entryId),
      )
      .execute()
  }
  if (spans.length > 0) {
    await tx
      .insertInto('roster_entry')
      .values(
        spans.map(({ userId, day, patternId, start, end }) => ({
          entry_id: uuidv7(),
          monday,
          day,
          user_id: userId,
          pattern_id: patternId,
          start_at: new Date(start),
          end_at: new Date(end),
          created_at: at,
          created_by: by.userId,
        })),
      )
      .execute()
  }
  const said: RosterChange = { added, removed: removed.map(slotOf), accepted: conflicts }
  await tx
    .insertInto('roster_log')
    .values({ monday, version, at, actor_id: by.userId, change: JSON.stringify(said), note })
    .execute()
  return version
}

const slotOf = ({ userId, day, patternId }: RosterSlot): RosterSlot => ({ userId, day, patternId })

/** When the new ones are. */
async function spansOf(
  tx: Tx,
  { entries }: RosterWeekChange,
  added: readonly RosterSlot[],
  monday: string,
): Promise<PlannedShift[]> {
  const patterns = new Map((await listPatterns(tx)).map((one) => [one.patternId, one]))
  const people = new Set(
    (await tx.selectFrom('app_user').select('user_id').where('enabled', '=', true).execute()).map((row) => row.user_id),
  )
  const errors = added.flatMap((slot) => {
    const field = `entries.${entries.indexOf(slot)}`
    const wrong = []
    if (mondayOf(slot.day) !== monday) wrong.push({ field: `${field}.day`, message: 'not a day of this week' })
    if (!people.has(slot.userId)) wrong.push({ field: `${field}.userId`, message: 'no such operator, or disabled' })
    if (!patterns.get(slot.patternId)?.active) {
      wrong.push({ field: `${field}.patternId`, message: 'no such shift pattern, or no longer in use' })
    }
    return wrong
  })
  if (errors.length > 0)
    throw new DomainError('invalid_request', 'Some shifts cannot be planned; see errors.', { errors })
  return added.flatMap((slot) => {
    const pattern = patterns.get(slot.patternId)
    return pattern ? [{ ...slotOf(slot), ...shiftSpan(slot.day, minuteOf(pattern.start), minuteOf(pattern.end)) }] : []
  })
}

const WORDS: Record<Conflict['kind'], (hours: number) => string> = {
  overlap: () => 'two shifts at the same time',
  rest: (hours) => `only ${hours} h of rest before this shift`,
  hours: (hours) => `${hours} h in this week`,
}

function refuseConflicts(
  conflicts: readonly Conflict[],
  { entries, accept }: RosterWeekChange,
  note: string | null,
): void {
  const accepted = accept === true && note !== null
  const refused = conflicts.filter(({ kind }) => kind === 'overlap' || !accepted)
  if (refused.length === 0) return
  const errors = refused.map(({ kind, hours, ...slot }) => {
    const index = entries.findIndex((one) => keyOf(one) === keyOf(slot))
    return { field: index < 0 ? `entries (${slot.day})` : `entries.${index}`, message: WORDS[kind](hours) }
  })
  const how = refused.some(({ kind }) => kind === 'overlap')
    ? 'Nobody can be at two desks; take one of the shifts away.'
    : 'Change them, or say in a note why it is meant and accept.'
  throw new DomainError('roster_conflict', `The week has conflicts. ${how}`, { errors })
}

/** An operator's own shifts from yesterday for four weeks. */
export async function ownShifts(db: Db, userId: string, now: number): Promise<OwnShift[]> {
  const rows = await db
    .selectFrom('roster_entry as e')
    .innerJoin('shift_pattern as p', 'p.pattern_id', 'e.pattern_id')
    .select(['e.entry_id', 'e.day', 'p.name', 'e.start_at', 'e.end_at'])
    .where('e.user_id', '=', userId)
    .where('e.removed_at', 'is', null)
    .where('e.end_at', '>', new Date(now - 86_400_000))
    .where('e.start_at', '<', new Date(now + 28 * 86_400_000))
    .orderBy('e.start_at')
    .execute()
  return rows.map((row) => ({
    entryId: row.entry_id,
    day: row.day,
    pattern: row.name,
    startAt: row.start_at.toISOString(),
    endAt: row.end_at.toISOString(),
  }))
}
