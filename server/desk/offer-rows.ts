import { type Kysely, sql, type Transaction } from 'kysely'
import { QUEUE_BACK, QUEUE_RANK } from '../cases/queue-order.ts'
import type { CaseCategory } from '../contract/case.ts'
import type { DutyStatus } from '../contract/desk.ts'
import { PROFILE_DEFAULT } from '../contract/desk.ts'
import type { OfferBoard } from '../contract/push.ts'
import type { Database } from '../store/schema.ts'
import type { Operator, WaitingCase } from './distribute.ts'
import { isConnected } from './duty.ts'
import type { OpenOffer } from './offers.ts'

type Db = Kysely<Database>
type Tx = Transaction<Database>

/** Cases looked at in one round, the most urgent. */
const CASES = 200

const OPEN = sql`c.state in ('new', 'claimed', 'dispatched', 'on_scene')`
const IN_HAND = sql`c.state in ('claimed', 'dispatched', 'on_scene')`
const ms = (time: Date | null) => time?.getTime() ?? null

/** Whether a round would find anything to do: asked often, and nearly always no. */
export async function hasWork(db: Db): Promise<boolean> {
  const { rows } = await sql<{ work: boolean }>`
    select exists (select from case_offer where ended_at is null)
      or (exists (select from duty where status = 'ready')
        and exists (select from alarm_case c where ${OPEN} and ${QUEUE_RANK} = 0)) as work`.execute(db)
  return rows[0]?.work ?? false
}

export async function openOffers(tx: Tx): Promise<OpenOffer[]> {
  const { rows } = await sql<{
    offer_id: string
    case_id: string
    user_id: string
    remind_due: Date
    pass_due: Date
    reminded_at: Date | null
    waits: boolean
    engaged: boolean
    status: DutyStatus
    seen_at: Date | null
    gone_at: Date | null
  }>`
    select o.offer_id, o.case_id, o.user_id, o.remind_due, o.pass_due, o.reminded_at,
      ${OPEN} and ${QUEUE_RANK} = 0 as waits, d.status, d.seen_at, d.gone_at,
      exists (select from alarm_case other where other.owner_id = o.user_id and other.case_id <> o.case_id
        and other.category = 'emergency' and other.state in ('claimed', 'dispatched', 'on_scene')) as engaged
    from case_offer o join alarm_case c using (case_id) join duty d on d.user_id = o.user_id
    where o.ended_at is null order by o.offer_id`.execute(tx)
  return rows.map((row) => ({
    offerId: row.offer_id,
    caseId: row.case_id,
    userId: row.user_id,
    remindDue: row.remind_due.getTime(),
    passDue: row.pass_due.getTime(),
    reminded: row.reminded_at !== null,
    waits: row.waits,
    engaged: row.engaged,
    operator: { status: row.status, seenAt: ms(row.seen_at), goneAt: ms(row.gone_at) },
  }))
}

export type WaitingRow = WaitingCase & { round: number }

/** Waiting cases that are offered to nobody, most urgent first. */
export async function waitingCases(tx: Tx, followMinutes: number, now: number): Promise<WaitingRow[]> {
  const { rows } = await sql<{
    case_id: string
    category: CaseCategory
    priority: number
    returned_at: Date | null
    opened_at: Date
    follows: string | null
    dialect: string | null
    areas: (string | null)[]
    round: number
    again_due: Date | null
    open: boolean
    passed_by: string[]
  }>`
    select c.case_id, c.category, c.priority, c.returned_at, c.opened_at, r.dialect, d.again_due,
      coalesce(d.round, 1) as round, d.open_at is not null as open,
      array[d0.code, d1.code, d1.parent_code] as areas,
      array(select o.user_id from case_offer o
        where o.case_id = c.case_id and o.round = coalesce(d.round, 1) and o.outcome = 'passed') as passed_by,
      case when c.returned_at is not null then c.owner_id else (
        select p.owner_id from alarm_case p
        where p.resident_id = c.resident_id and p.case_id <> c.case_id and p.owner_id is not null
          and coalesce(p.closed_at, p.resolved_at) >= ${new Date(now - followMinutes * 60_000)}
        order by p.opened_at desc limit 1) end as follows
    from alarm_case c
      left join resident r on r.resident_id = c.resident_id
      left join home h on h.home_id = r.home_id
      left join division d0 on d0.code = h.division_code
      left join division d1 on d1.code = d0.parent_code
      left join case_distribution d on d.case_id = c.case_id
    where ${OPEN} and ${QUEUE_RANK} = 0 and (d.again_due is null or d.again_due <= ${new Date(now)})
      and not exists (select from case_offer o where o.case_id = c.case_id and o.ended_at is null)
    order by ${QUEUE_RANK}, c.priority, ${QUEUE_BACK}, c.opened_at, c.case_id limit ${CASES}`.execute(tx)
  return rows.map((row) => ({
    caseId: row.case_id,
    category: row.category,
    priority: row.priority,
    returnedAt: ms(row.returned_at),
    openedAt: row.opened_at.getTime(),
    follows: row.follows,
    dialect: row.dialect,
    areas: row.areas.filter((code) => code !== null),
    passedBy: row.passed_by,
    againDue: ms(row.again_due),
    open: row.open,
    round: row.round,
  }))
}

/** Everybody who has said that she is ready. */
export async function readyOperators(tx: Tx, now: number): Promise<Operator[]> {
  const { rows } = await sql<{
    user_id: string
    status: DutyStatus
    since: Date
    seen_at: Date | null
    gone_at: Date | null
    idle_since: Date | null
    skills: CaseCategory[] | null
    dialects: string[] | null
    areas: string[] | null
    offered: boolean
    in_hand: number
    emergencies: string[]
  }>`
    select d.user_id, d.status, d.since, d.seen_at, d.gone_at, d.idle_since, p.skills, p.dialects, p.areas,
      exists (select from case_offer o where o.user_id = d.user_id and o.ended_at is null) as offered,
      (select count(*) from alarm_case c where c.owner_id = d.user_id and ${IN_HAND})::int as in_hand,
      array(select c.case_id from alarm_case c
        where c.owner_id = d.user_id and ${IN_HAND} and c.category = 'emergency') as emergencies
    from duty d join app_user u on u.user_id = d.user_id and u.enabled
      left join operator_profile p on p.user_id = d.user_id
    where d.status = 'ready'`.execute(tx)
  return rows.map((row) => ({
    userId: row.user_id,
    status: row.status,
    connected: isConnected({ status: row.status, seenAt: ms(row.seen_at), goneAt: ms(row.gone_at) }, now),
    emergencies: row.emergencies,
    inHand: row.in_hand,
    idleSince: (row.idle_since ?? row.since).getTime(),
    offered: row.offered,
    skills: row.skills ?? PROFILE_DEFAULT.skills,
    dialects: row.dialects ?? PROFILE_DEFAULT.dialects,
    areas: row.areas ?? PROFILE_DEFAULT.areas,
  }))
}

/** Offers as they stand, for the desks, with the times that their operators see. */
export async function offerBoard(db: Db): Promise<OfferBoard> {
  const [offers, open] = await Promise.all([
    db
      .selectFrom('case_offer as o')
      .innerJoin('app_user as u', 'u.user_id', 'o.user_id')
      .select(['o.offer_id', 'o.case_id', 'o.user_id', 'u.display_name', 'o.offered_at', 'o.pass_due', 'o.reminded_at'])
      .where('o.ended_at', 'is', null)
      .orderBy('o.offer_id')
      .execute(),
    sql<{ case_id: string }>`
      select c.case_id from case_distribution d join alarm_case c using (case_id)
      where d.open_at is not null and ${OPEN} and ${QUEUE_RANK} = 0
      order by c.priority, c.opened_at, c.case_id limit 500`.execute(db),
  ])
  return {
    offers: offers.map((row) => ({
      offerId: row.offer_id,
      caseId: row.case_id,
      userId: row.user_id,
      displayName: row.display_name,
      offeredAt: row.offered_at.getTime(),
      expiresAt: row.pass_due.getTime(),
      reminded: row.reminded_at !== null,
    })),
    openToAll: open.rows.map(({ case_id }) => case_id),
  }
}
