import { type Kysely, sql, type Transaction } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import { subjectOf } from '../cases/folded.ts'
import { loadOpenCases, lockSubjects, writeChanges } from '../cases/record.ts'
import type { Role } from '../contract/api.ts'
import { DomainError } from '../contract/errors.ts'
import type { CaseEvent } from '../contract/push.ts'
import { type NewSuppression, SUPPRESSION_LIMIT_MINUTES } from '../contract/watch.ts'
import type { Database } from '../store/schema.ts'
import type { WatchDeps } from './deps.ts'

type Tx = Transaction<Database>

/** Cases told in one transaction. */
const BATCH = 50

/** Where the id of each scope is to be found. */
const TABLES = {
  device: { table: 'device', column: 'device_id' },
  resident: { table: 'resident', column: 'resident_id' },
  home: { table: 'home', column: 'home_id' },
  division: { table: 'division', column: 'code' },
} as const

/**
 * Puts something on test or in maintenance, from now on.
 * @returns its id
 * @throws DomainError invalid_request for a scope that is not there or too long a time; forbidden for an operator and a division
 */
export async function suppress(
  tx: Tx,
  { scope, scopeId, kind, reason, minutes }: NewSuppression,
  by: { userId: string; role: Role },
  now: number,
): Promise<string> {
  const limit = SUPPRESSION_LIMIT_MINUTES[kind]
  if (minutes > limit) throw wrong('minutes', `${kind} lasts ${limit} minutes at most`)
  if (scope === 'division' && by.role !== 'admin') {
    throw new DomainError('forbidden', 'Only administrators may put a whole division in maintenance.')
  }
  const { table, column } = TABLES[scope]
  const { rows } = await sql`
    select 1 from ${sql.table(table)} where ${sql.ref(column)} = ${scopeId}`.execute(tx)
  if (rows.length === 0) throw wrong('scopeId', `unknown ${scope}`)
  const suppressionId = uuidv7()
  await tx
    .insertInto('suppression')
    .values({
      suppression_id: suppressionId,
      scope,
      scope_id: scopeId,
      kind,
      reason: reason.trim(),
      author_id: by.userId,
      from_at: new Date(now),
      until_at: new Date(now + minutes * 60_000),
    })
    .execute()
  return suppressionId
}

const wrong = (field: string, message: string) =>
  new DomainError('invalid_request', 'This suppression is not possible.', { errors: [{ field, message }] })

/** Ends one by hand. @throws DomainError not_found, wrong_state when it has ended already */
export async function endSuppression(tx: Tx, suppressionId: string, userId: string, now: number): Promise<void> {
  const row = await tx
    .selectFrom('suppression')
    .select('ended_at')
    .where('suppression_id', '=', suppressionId)
    .forUpdate()
    .executeTakeFirst()
  if (row === undefined) throw new DomainError('not_found', 'There is no such suppression.')
  if (row.ended_at !== null) throw new DomainError('wrong_state', 'It has ended already.')
  await tx
    .updateTable('suppression')
    .set({ ended_at: new Date(now), ended_by: userId })
    .where('suppression_id', '=', suppressionId)
    .execute()
}

/** Ends what is over, and tells of cases that it kept quiet and that are still to be dealt with. Any node may do it. */
export async function suppressionRound(deps: Pick<WatchDeps, 'db' | 'committed'>, now: number): Promise<void> {
  await sql`
    update suppression set ended_at = until_at where suppression_id in (
      select suppression_id from suppression where ended_at is null and until_at <= ${new Date(now)}
      for update skip locked)`.execute(deps.db)
  await tellReleased(deps, now)
}

/** Tells of open cases with active alerts that nothing keeps quiet any more. */
export async function tellReleased({ db, committed }: Pick<WatchDeps, 'db' | 'committed'>, now: number): Promise<void> {
  for (let count = BATCH; count === BATCH; ) {
    const of = await released(db, now)
    if (of.length > 0) committed(await db.transaction().execute((tx) => tell(tx, of, now)))
    count = of.length
  }
}

type Subject = { residentId: string | null; deviceId: string }

async function released(db: Kysely<Database>, now: number): Promise<Subject[]> {
  const { rows } = await sql<Subject>`
    select c.resident_id as "residentId", c.device_id as "deviceId"
    from alarm_case c join suppression s using (suppression_id)
    where c.suppression_id is not null and c.state in ('new', 'claimed', 'dispatched', 'on_scene')
      and (s.ended_at is not null or s.until_at <= ${new Date(now)})
      and exists (select from alert where alert.case_id = c.case_id and alert.device_state = 'active')
    limit ${BATCH}`.execute(db)
  return rows
}

async function tell(tx: Tx, of: readonly Subject[], now: number): Promise<CaseEvent[]> {
  await lockSubjects(tx, of.map(subjectOf))
  const standing = await loadOpenCases(tx, of, now)
  const changes = [...standing.open.values()]
    // Somebody else may have told of it meanwhile.
    .filter(({ suppressionId }) => suppressionId !== null)
    .map((one) => ({ case: { ...one, version: one.version + 1 }, isNew: false, log: [], links: [], told: true }))
  return writeChanges(tx, changes, standing, now)
}
