import { type Kysely, sql, type Transaction } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import { PROFILE_DEFAULT } from '../../contract/desk.ts'
import type { GapEnd } from '../../contract/roster.ts'
import type { Database } from '../../store/schema.ts'
import { isAway } from '../duty.ts'
import { deskSettings } from '../settings.ts'
import { EARLY_MS, type Gap, type GapInput, type GapPerson, type GapShift, judgeGaps } from './judge-gaps.ts'

type Db = Kysely<Database>
type Tx = Transaction<Database>

const AHEAD_MS = 24 * 3_600_000

/**
 * Compares the roster and who is really there with what is required: opens gaps, closes those that are filled or over. Any
 * node may do it, one at a time; a restart loses nothing.
 * @returns how many were opened and closed
 */
export async function gapRound(db: Db, now: number): Promise<{ opened: number; closed: number }> {
  return db.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(hashtext('duty_gap'), 0)`.execute(tx)
    const gaps = new Map(judgeGaps(await readInput(tx, now), now).map((gap) => [gap.key, gap]))
    const open = await tx.selectFrom('duty_gap').selectAll().where('closed_at', 'is', null).execute()
    let closed = 0
    for (const row of open) {
      const gap = gaps.get(row.key)
      if (gap) await keepUp(tx, row, gap)
      else closed += await close(tx, row.gap_id, row.until_at.getTime() <= now ? 'over' : 'filled', now)
    }
    const known = new Set(open.map((row) => row.key))
    const fresh = [...gaps.values()].filter(({ key }) => !known.has(key))
    if (fresh.length > 0)
      await tx
        .insertInto('duty_gap')
        .values(fresh.map((gap) => rowOf(gap, now)))
        .execute()
    return { opened: fresh.length, closed }
  })
}

const rowOf = ({ key, kind, patternId, userId, skill, area, need, have, from, until }: Gap, now: number) => ({
  gap_id: uuidv7(),
  key,
  kind,
  pattern_id: patternId,
  user_id: userId,
  skill,
  area,
  need,
  have,
  from_at: new Date(from),
  until_at: new Date(until),
  opened_at: new Date(now),
})

async function keepUp(
  tx: Tx,
  row: { gap_id: string; need: number; have: number; until_at: Date },
  { need, have, from, until }: Gap,
): Promise<void> {
  if (row.need === need && row.have === have && row.until_at.getTime() === until) return
  await tx
    .updateTable('duty_gap')
    .set({ need, have, from_at: new Date(from), until_at: new Date(until) })
    .where('gap_id', '=', row.gap_id)
    .execute()
}

async function close(tx: Tx, gapId: string, why: GapEnd, now: number): Promise<number> {
  await tx
    .updateTable('duty_gap')
    .set({ closed_at: new Date(now), closed_why: why })
    .where('gap_id', '=', gapId)
    .execute()
  return 1
}

async function readInput(tx: Tx, now: number): Promise<GapInput> {
  const [patterns, shifts, people] = await Promise.all([
    tx.selectFrom('shift_pattern').selectAll().where('active', '=', true).execute(),
    readShifts(tx, now),
    readPeople(tx, now),
  ])
  return {
    patterns: patterns.map((row) => ({
      patternId: row.pattern_id,
      startMinute: row.start_minute,
      endMinute: row.end_minute,
      required: row.required,
    })),
    shifts,
    people,
  }
}

interface ShiftRow {
  entry_id: string
  user_id: string
  pattern_id: string
  start_at: Date
  end_at: Date
  signed_on: boolean
}

async function readShifts(tx: Tx, now: number): Promise<GapShift[]> {
  const early = EARLY_MS / 1000
  const { rows } = await sql<ShiftRow>`
    select e.entry_id, e.user_id, e.pattern_id, e.start_at, e.end_at, e.start_at <= ${new Date(now)} and (
      coalesce(d.status <> 'off', false) or exists (
        select from duty_log l where l.user_id = e.user_id and l.action = 'status'
          and l.at between e.start_at - make_interval(secs => ${early}) and ${new Date(now)}
          and (l.to_status <> 'off' or l.at > e.start_at))) as signed_on
    from roster_entry e left join duty d on d.user_id = e.user_id
    where e.removed_at is null and e.end_at > ${new Date(now)} and e.start_at < ${new Date(now + AHEAD_MS)}`.execute(tx)
  return rows.map((row) => ({
    entryId: row.entry_id,
    userId: row.user_id,
    patternId: row.pattern_id,
    start: row.start_at.getTime(),
    end: row.end_at.getTime(),
    signedOn: row.signed_on,
  }))
}

async function readPeople(tx: Tx, now: number): Promise<GapPerson[]> {
  const { away } = await deskSettings(tx)
  const rows = await tx
    .selectFrom('app_user as u')
    .leftJoin('duty as d', 'd.user_id', 'u.user_id')
    .leftJoin('operator_profile as p', 'p.user_id', 'u.user_id')
    .select(['u.user_id', 'd.status', 'd.seen_at', 'd.gone_at', 'p.skills', 'p.areas'])
    .where('u.enabled', '=', true)
    .execute()
  return rows.map((row) => {
    const status = row.status ?? 'off'
    const presence = { status, seenAt: row.seen_at?.getTime() ?? null, goneAt: row.gone_at?.getTime() ?? null }
    const here = status !== 'off' && !isAway(presence, away.awaySeconds, now)
    return {
      userId: row.user_id,
      skills: row.skills ?? PROFILE_DEFAULT.skills,
      areas: row.areas ?? PROFILE_DEFAULT.areas,
      here,
      working: here && status !== 'break',
    }
  })
}
