import { type Kysely, sql, type Transaction } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import { rowEvent } from '../cases/event.ts'
import { foldFindings } from '../cases/fold.ts'
import { subjectOf } from '../cases/folded.ts'
import { loadOpenCases, lockSubjects, writeChanges } from '../cases/record.ts'
import type { DrillAlarm, NewDrill } from '../contract/drill.ts'
import { DomainError } from '../contract/errors.ts'
import { DRILL_DEVICE } from '../contract/purpose.ts'
import type { CaseEvent } from '../contract/push.ts'
import { appendOutbox } from '../store/outbox.ts'
import type { Database } from '../store/schema.ts'

type Tx = Transaction<Database>

const wrong = (field: string, message: string) =>
  new DomainError('invalid_request', 'Some fields are not right; see errors.', { errors: [{ field, message }] })

/**
 * Plans a drill, or begins it at once. Virtual homes of drills that are over are used again.
 * @returns its id
 * @throws DomainError invalid_request naming the field
 */
export async function createDrill(tx: Tx, drill: NewDrill, by: { userId: string; now: number }): Promise<string> {
  const { now } = by
  const from = drill.from === undefined ? now : Math.max(Date.parse(drill.from), now)
  const { virtualHomes = 0, residentIds = [], participantIds = [], divisionCode } = drill
  if (virtualHomes + residentIds.length === 0) throw wrong('virtualHomes', 'a drill needs a home or a resident')
  if (divisionCode !== undefined) {
    const place = await tx.selectFrom('division').select('code').where('code', '=', divisionCode).executeTakeFirst()
    if (!place) throw wrong('divisionCode', 'there is no such place')
  }
  const drillId = uuidv7()
  await tx
    .insertInto('drill')
    .values({
      drill_id: drillId,
      title: drill.title.trim(),
      note: drill.note?.trim() || null,
      division_code: divisionCode ?? null,
      author_id: by.userId,
      from_at: new Date(from),
      until_at: new Date(from + drill.minutes * 60_000),
      ended_by: null,
    })
    .execute()
  await takePart(tx, drillId, residentIds)
  await lendHomes(tx, drillId, virtualHomes, divisionCode ?? null, now)
  const { rows } = await sql`
    insert into drill_participant (drill_id, user_id)
    select ${drillId}::uuid, user_id from app_user where user_id = any(${participantIds}::uuid[]) and not service
    returning 1`.execute(tx)
  if (rows.length !== new Set(participantIds).size) throw wrong('participantIds', 'one of them has no account')
  return drillId
}

async function takePart(tx: Tx, drillId: string, residentIds: readonly string[]): Promise<void> {
  const { rows } = await sql`
    insert into drill_resident (drill_id, resident_id, virtual)
    select ${drillId}::uuid, resident_id, false from resident r where resident_id = any(${residentIds}::text[])
      and not exists (select from drill_resident v where v.resident_id = r.resident_id and v.virtual)
    returning 1`.execute(tx)
  if (rows.length !== new Set(residentIds).size) throw wrong('residentIds', 'one of them is no resident')
}

/** Homes in which nobody lives: free ones first, then new ones. */
async function lendHomes(
  tx: Tx,
  drillId: string,
  count: number,
  divisionCode: string | null,
  now: number,
): Promise<void> {
  if (count === 0) return
  // Two drills that begin together must not lend the same home.
  await sql`select pg_advisory_xact_lock(hashtextextended('drill homes', 0))`.execute(tx)
  const { rows: free } = await sql<{ resident_id: string }>`
    select distinct v.resident_id from drill_resident v join resident r using (resident_id)
      left join home on home.home_id = r.home_id
    where v.virtual and home.division_code is not distinct from ${divisionCode}::text
      and not exists (select from drill_resident o join drill d using (drill_id)
        where o.resident_id = v.resident_id and d.ended_at is null and d.until_at > ${new Date(now)})
    order by 1 limit ${count}`.execute(tx)
  const ids = free.map((row) => row.resident_id)
  while (ids.length < count) ids.push(await buildHome(tx, divisionCode, now))
  await tx
    .insertInto('drill_resident')
    .values(ids.map((resident_id) => ({ drill_id: drillId, resident_id, virtual: true })))
    .execute()
}

async function buildHome(tx: Tx, divisionCode: string | null, now: number): Promise<string> {
  const residentId = uuidv7()
  const { rows } = await sql<{ n: number }>`
    select count(distinct resident_id)::int + 1 as n from drill_resident where virtual`.execute(tx)
  await sql`insert into home (home_id, division_code, address) values (${residentId}, ${divisionCode}, '演练住所')`.execute(
    tx,
  )
  await sql`
    insert into resident (resident_id, home_id, name, gender, lives_alone, created_at)
    values (${residentId}, ${residentId}, ${`演练 ${rows[0]?.n ?? 1} 号`}, 'unknown', true, ${new Date(now)})`.execute(
    tx,
  )
  return residentId
}

/**
 * Raises an alarm in a drill that runs: from here on the same way as any other.
 * @throws DomainError not_found, wrong_state (not running; a case of the resident is open already), invalid_request
 */
export async function raiseAlarm(tx: Tx, drillId: string, alarm: DrillAlarm, now: number): Promise<CaseEvent[]> {
  const drill = await lockDrill(tx, drillId)
  if (drill.ended_at !== null || drill.until_at.getTime() <= now || drill.from_at.getTime() > now) {
    throw new DomainError('wrong_state', 'This drill does not run now.')
  }
  const { residentId, kind } = alarm
  const part = await tx
    .selectFrom('drill_resident')
    .select('virtual')
    .where('drill_id', '=', drillId)
    .where('resident_id', '=', residentId)
    .executeTakeFirst()
  if (!part) throw wrong('residentId', 'does not take part in this drill')
  await sql`
    insert into device (device_id, kind, protocol, enabled, lifecycle, created_at)
    values (${DRILL_DEVICE}, 'other', 'native', false, 'in_stock', ${new Date(now)}) on conflict do nothing`.execute(tx)
  const of = { residentId, deviceId: DRILL_DEVICE }
  await lockSubjects(tx, [subjectOf(of)])
  const standing = await loadOpenCases(tx, [of], now)
  const existing = standing.open.get(subjectOf(of))
  // Nobody practises on somebody who has really called; and a drill's case that is answered is not begun anew.
  if (existing !== undefined) {
    throw new DomainError('other_case_open', 'There is an open case of this resident. Wait until it is closed.')
  }
  const reason = { rule: 'platform.drill', values: { at: now }, settingsVersion: 0 } as const
  const finding = { effect: 'raise', kind, certainty: 'confirmed', deviceId: DRILL_DEVICE, at: now, reason } as const
  const changes = foldFindings(standing.open, [{ signalId: null, residentId, finding, foundAt: now }])
  return writeChanges(tx, changes, standing, now)
}

async function lockDrill(tx: Tx, drillId: string) {
  const drill = await tx.selectFrom('drill').selectAll().where('drill_id', '=', drillId).forUpdate().executeTakeFirst()
  if (!drill) throw new DomainError('not_found', 'There is no such drill.')
  return drill
}

/** Ends a drill and its open cases. @throws DomainError not_found, wrong_state */
export async function endDrill(tx: Tx, drillId: string, by: { userId: string; now: number }): Promise<CaseEvent[]> {
  const drill = await lockDrill(tx, drillId)
  if (drill.ended_at !== null) throw new DomainError('wrong_state', 'This drill is over already.')
  return end(tx, drill, by.userId, by.now)
}

/** Ends the drills whose time is over. Any node may do it. */
export async function endDueDrills(db: Kysely<Database>, now: number): Promise<CaseEvent[]> {
  const due = db.selectFrom('drill').where('ended_at', 'is', null).where('until_at', '<=', new Date(now))
  if ((await due.select('drill_id').limit(1).executeTakeFirst()) === undefined) return []
  return db.transaction().execute(async (tx) => {
    const drill = await tx
      .selectFrom('drill')
      .selectAll()
      .where('ended_at', 'is', null)
      .where('until_at', '<=', new Date(now))
      .orderBy('until_at')
      .limit(1)
      .forUpdate()
      .skipLocked()
      .executeTakeFirst()
    return drill === undefined ? [] : end(tx, drill, null, now)
  })
}

async function end(
  tx: Tx,
  { drill_id: drillId, author_id: authorId }: { drill_id: string; author_id: string },
  userId: string | null,
  now: number,
): Promise<CaseEvent[]> {
  const at = new Date(now)
  await tx.updateTable('drill').set({ ended_at: at, ended_by: userId }).where('drill_id', '=', drillId).execute()
  const open = await tx
    .selectFrom('alarm_case')
    .select(['case_id', 'state'])
    .where('drill_id', '=', drillId)
    .where('purpose', '=', 'drill')
    .where('state', '!=', 'closed')
    .orderBy('case_id')
    .forUpdate()
    .execute()
  if (open.length === 0) return []
  const before = new Map(open.map((row) => [row.case_id, row.state]))
  const changed = await tx
    .updateTable('alarm_case')
    .set((eb) => ({
      state: 'closed' as const,
      version: eb('version', '+', 1),
      owner_id: eb.fn.coalesce('owner_id', eb.val(authorId)),
      outcome: eb.fn.coalesce('outcome', eb.val('test' as const)),
      hold_until: null,
      hold_by: null,
      resolved_at: eb.fn.coalesce('resolved_at', eb.val(at)),
      closed_at: at,
    }))
    .where('case_id', 'in', [...before.keys()])
    .returningAll()
    .execute()
  await tx
    .insertInto('case_log')
    .values(
      changed.map((row) => ({
        case_id: row.case_id,
        at,
        action: 'drill_ended' as const,
        actor_id: userId,
        from_state: before.get(row.case_id) ?? null,
        to_state: row.state,
        version: row.version,
        detail: JSON.stringify({ drillId }),
      })),
    )
    .execute()
  return appendOutbox(
    tx,
    changed.map((row) => rowEvent(row, now)),
    now,
  )
}
