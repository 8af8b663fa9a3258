import { type Kysely, sql, type Transaction } from 'kysely'
import { categoryOf } from '../cases/urgency.ts'
import { DomainError } from '../contract/errors.ts'
import type { PolicyBody, PolicyScope, PolicyView, WithdrawBody } from '../contract/escalation.ts'
import type { Database } from '../store/schema.ts'
import type { World } from './recipients.ts'
import type { InForce } from './resolve.ts'
import { mistakesOf, warningsOf } from './warnings.ts'

type Db = Kysely<Database>
type Tx = Transaction<Database>

interface Row extends Omit<InForce, 'policy'> {
  policy: InForce['policy'] | null
  at: Date
  note: string
  by: string | null
  place: string | null
}

const NEWEST = sql`
  select distinct on (category, kind, division_code) * from escalation_policy
  order by category, kind, division_code, version desc`

/** All policies in force. */
export async function policiesInForce(db: Db): Promise<InForce[]> {
  const { rows } = await sql<InForce>`
    select version, category, kind, division_code as "divisionCode", policy from (${NEWEST}) newest
    where policy is not null`.execute(db)
  return rows
}

/** The policies of these versions, whether in force still or not. */
export async function policiesOf(db: Db, versions: readonly number[]): Promise<Map<number, InForce['policy']>> {
  const { rows } = await sql<{ version: number; policy: InForce['policy'] }>`
    select version, policy from escalation_policy
    where version = any(${versions}::bigint[]) and policy is not null`.execute(db)
  return new Map(rows.map((row) => [row.version, row.policy]))
}

const selected = (rows: ReturnType<typeof sql>) => sql<Row>`
  select p.version, p.category, p.kind, p.division_code as "divisionCode", p.policy, p.at, p.note,
    u.display_name as by, coalesce(place.place, p.division_code) as place
  from (${rows}) p
  left join app_user u on u.user_id = p.user_id
  left join division_place place on place.code = p.division_code`

function view(row: Row, world: World | null): PolicyView {
  return {
    category: row.category,
    kind: row.kind === '' ? null : row.kind,
    divisionCode: row.divisionCode === '' ? null : row.divisionCode,
    place: row.divisionCode === '' ? null : row.place,
    version: row.version,
    policy: row.policy,
    at: row.at.toISOString(),
    by: row.by,
    note: row.note,
    warnings: row.policy === null || world === null ? [] : warningsOf(row.policy, world),
  }
}

/** Policies in force, the widest first within a category; with what would come to nothing now. */
export async function listPolicies(db: Db, world: World): Promise<PolicyView[]> {
  const { rows } = await sql<Row>`
    select * from (${selected(NEWEST)}) p where policy is not null
    order by array_position(array['emergency', 'help', 'care', 'fault'], category), "divisionCode", kind`.execute(db)
  return rows.map((row) => view(row, world))
}

/** All that was published for one scope, newest first, withdrawals too. */
export async function policyHistory(db: Db, scope: PolicyScope): Promise<PolicyView[]> {
  const { rows } = await sql<Row>`
    ${selected(sql`
      select * from escalation_policy where category = ${scope.category} and kind = ${scope.kind ?? ''}
        and division_code = ${scope.divisionCode ?? ''} order by version desc limit 100`)}
    order by p.version desc`.execute(db)
  return rows.map((row) => view(row, null))
}

/**
 * Publishes a new version.
 * @returns it, with what would come to nothing now
 * @throws DomainError invalid_request, stale_version when another one was published meanwhile
 */
export async function publishPolicy(
  tx: Tx,
  body: PolicyBody,
  by: { userId: string; world: World },
  now: number,
): Promise<PolicyView> {
  const errors = [...(await scopeMistakes(tx, body)), ...mistakesOf(body.policy)]
  if (errors.length > 0) throw new DomainError('invalid_request', 'Some fields are not right; see errors.', { errors })
  await refuseStale(tx, body, body.basedOn)
  return insert(tx, body, body.policy, body.note, by, now)
}

/** Takes a narrower policy out of force. @throws DomainError invalid_request for the widest, not_found, stale_version */
export async function withdrawPolicy(
  tx: Tx,
  body: WithdrawBody,
  by: { userId: string; world: World },
  now: number,
): Promise<PolicyView> {
  if (body.kind === null && body.divisionCode === null) {
    const errors = [{ field: 'divisionCode', message: 'the one for the whole category and everywhere always stays' }]
    throw new DomainError('invalid_request', 'This policy can be changed, but not withdrawn.', { errors })
  }
  await refuseStale(tx, body, body.basedOn)
  return insert(tx, body, null, body.note, by, now)
}

async function insert(
  tx: Tx,
  scope: PolicyScope,
  policy: PolicyBody['policy'] | null,
  note: string,
  by: { userId: string; world: World },
  now: number,
): Promise<PolicyView> {
  const { rows } = await sql<Row>`
    with made as (
      insert into escalation_policy (category, kind, division_code, policy, at, user_id, note)
      values (${scope.category}, ${scope.kind ?? ''}, ${scope.divisionCode ?? ''},
        ${policy === null ? null : JSON.stringify(policy)}::jsonb, ${new Date(now)}, ${by.userId}, ${note.trim()})
      returning *
    ) ${selected(sql`select * from made`)}`.execute(tx)
  const [row] = rows
  if (row === undefined) throw new Error('a policy that was just written is not there')
  return view(row, by.world)
}

/** Two who change the same policy at once: the second is told. */
async function refuseStale(tx: Tx, scope: PolicyScope, basedOn: number | null): Promise<void> {
  const key = `escalation ${scope.category} ${scope.kind ?? ''} ${scope.divisionCode ?? ''}`
  await sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`.execute(tx)
  const [newest] = await policyHistory(tx, scope)
  const current = newest === undefined || newest.policy === null ? null : newest.version
  if (current === basedOn) return
  throw new DomainError('stale_version', 'Somebody else has changed this policy meanwhile. Look at it again.', {
    ...(newest === undefined ? {} : { version: newest.version }),
  })
}

async function scopeMistakes(tx: Tx, scope: PolicyScope): Promise<{ field: string; message: string }[]> {
  const errors = []
  if (scope.kind !== null && categoryOf(scope.kind) !== scope.category) {
    errors.push({ field: 'kind', message: `belongs to the category ${categoryOf(scope.kind)}` })
  }
  if (scope.divisionCode !== null) {
    const { rows } = await sql`select 1 from division where code = ${scope.divisionCode}`.execute(tx)
    if (rows.length === 0) errors.push({ field: 'divisionCode', message: 'unknown division' })
  }
  return errors
}
