import { type Kysely, sql } from 'kysely'
import type { Logger } from 'pino'
import { Counter, Gauge, type Registry } from 'prom-client'
import type { AlertKind } from '../contract/case.ts'
import type { Clock } from '../contract/clock.ts'
import type { Language } from '../contract/explain/template.ts'
import type { NotifyChannel, NotifyError, RecipientKind } from '../contract/notify.ts'
import type { Database } from '../store/schema.ts'
import { type Channels, SendError } from './channels.ts'
import { textOf } from './texts.ts'

export interface NotifyOptions {
  db: Kysely<Database>
  clock: Clock
  log: Logger
  registry: Registry
  channels: Channels
}

/** Messages that one node sends at a time. */
const BATCH = 20
/** A node that took a message and was killed has it no longer than this, ms. */
const LEASE_MS = 60_000
/** Waits between attempts, ms; after the last one it has failed. */
export const RETRY_AFTER_MS = [5_000, 15_000, 45_000, 120_000, 300_000] as const

interface Claimed {
  notification_id: string
  case_id: string
  channel: NotifyChannel
  recipient_kind: RecipientKind
  recipient_id: string
  attempts: number
  expires_at: Date
  kind: AlertKind
  opened_at: Date
  place: string | null
  name: string | null
  to: string | null
  language: Language
}

/** Sends what is due. Any node may; a message is taken by one. */
export function createNotifier({ db, clock, log, registry, channels }: NotifyOptions) {
  const outcomes = new Counter({
    name: 'anhu_notifications_total',
    help: 'Notifications by channel and what became of them',
    labelNames: ['channel', 'outcome'],
    registers: [registry],
  })
  const waiting = new Gauge({
    name: 'anhu_notifications_queued',
    help: 'Notifications that are due and not sent',
    registers: [registry],
  })

  async function deliverDue(): Promise<number> {
    let sent = 0
    for (let count = BATCH; count === BATCH; ) {
      const claimed = await claim(db, clock.now())
      await Promise.all(claimed.map(deliver))
      count = claimed.length
      sent += count
    }
    return sent
  }

  async function deliver(one: Claimed): Promise<void> {
    const now = clock.now()
    const { subject, text } = textOf(toldOf(one, now), one.recipient_kind, one.language)
    try {
      if (one.expires_at.getTime() <= now) throw new SendError('too_late', true)
      if (one.to === null && one.channel !== 'webhook') throw new SendError('no_address', true)
      // Somebody may have taken the case since this was claimed.
      if (await isCancelled(db, one.notification_id)) return
      const facts = { caseId: one.case_id, kind: one.kind, place: one.place, openedAt: one.opened_at.toISOString() }
      const message = { notificationId: one.notification_id, caseId: one.case_id, to: one.to, subject, text, facts }
      await channels[one.channel].send(message, now)
      await settleSent(db, one.notification_id, text, clock.now())
      outcomes.inc({ channel: one.channel, outcome: 'sent' })
    } catch (error) {
      if (!(error instanceof SendError)) throw error
      const retry = error.permanent ? undefined : RETRY_AFTER_MS[one.attempts - 1]
      await settleFailed(db, one.notification_id, error.code, retry, clock.now())
      outcomes.inc({ channel: one.channel, outcome: retry === undefined ? 'failed' : 'again' })
      log.warn(
        { notification: one.notification_id, case: one.case_id, channel: one.channel, code: error.code, retry },
        'a notification was not sent',
      )
    }
  }

  async function count(): Promise<void> {
    const { rows } = await sql<{ n: number }>`
      select count(*)::int as n from notification where state = 'queued' and due_at <= ${new Date(clock.now())}`.execute(
      db,
    )
    waiting.set(rows[0]?.n ?? 0)
  }

  return {
    deliverDue,
    jobs: [
      { name: 'notifications', everyMs: 1_000, run: deliverDue },
      { name: 'notification figures', everyMs: 15_000, run: count },
    ],
  }
}

const toldOf = (one: Claimed, now: number) => ({
  caseId: one.case_id,
  kind: one.kind,
  place: one.place,
  surname: one.name === null ? null : (Array.from(one.name)[0] ?? null),
  waitedSeconds: (now - one.opened_at.getTime()) / 1000,
})

/**
 * Takes what is due for this node alone: it comes due again only when this node has not said within the lease what became of
 * it. Addresses are looked up now, so that one corrected meanwhile is used.
 */
async function claim(db: Kysely<Database>, now: number): Promise<Claimed[]> {
  const { rows } = await sql<Claimed>`
    with due as (
      select notification_id from notification where state = 'queued' and due_at <= ${new Date(now)}
      order by due_at limit ${BATCH} for update skip locked
    ), taken as (
      update notification n set attempts = attempts + 1, due_at = ${new Date(now + LEASE_MS)}
      from due where n.notification_id = due.notification_id returning n.*
    )
    select n.notification_id, n.case_id, n.channel, n.recipient_kind, n.recipient_id, n.attempts, n.expires_at, c.kind,
      c.opened_at, coalesce(place.place, area.place) as place, r.name,
      case
        when n.recipient_kind = 'contact' then contact.phone
        when n.channel = 'email' then coalesce(a.email, g.email)
        else coalesce(a.phone, g.phone)
      end as to, coalesce(a.language, g.language, 'zh-CN') as language
    from taken n
    join alarm_case c on c.case_id = n.case_id
    left join resident r on r.resident_id = c.resident_id
    left join home on home.home_id = r.home_id
    left join division_place place on place.code = home.division_code
    left join incident i on i.incident_id = c.incident_id and i.area_kind = 'division'
    left join division_place area on area.code = i.area_id
    left join user_address a on n.recipient_kind = 'user' and a.user_id::text = n.recipient_id
    left join responder_group g on n.recipient_kind = 'group' and g.group_id = n.recipient_id
    left join contact on n.recipient_kind = 'contact' and contact.resident_id = c.resident_id
      and contact.position::text = n.recipient_id`.execute(db)
  return rows
}

async function isCancelled(db: Kysely<Database>, notificationId: string): Promise<boolean> {
  const { rows } = await sql`
    select 1 from notification where notification_id = ${notificationId} and state <> 'queued'`.execute(db)
  return rows.length > 0
}

/** What was taken back while it was on its way stays cancelled, with the time at which it went out all the same. */
async function settleSent(db: Kysely<Database>, notificationId: string, text: string, now: number): Promise<void> {
  const at = new Date(now)
  await sql`
    update notification set sent_at = ${at}, settled_at = ${at}, due_at = null, error = null, text = ${text},
      state = case when state = 'queued' then 'sent' else state end
    where notification_id = ${notificationId}`.execute(db)
}

async function settleFailed(
  db: Kysely<Database>,
  notificationId: string,
  error: NotifyError,
  retryMs: number | undefined,
  now: number,
): Promise<void> {
  const dueAt = retryMs === undefined ? null : new Date(now + retryMs)
  await sql`
    update notification set error = ${error}, due_at = ${dueAt},
      state = ${dueAt === null ? 'failed' : 'queued'}, settled_at = ${dueAt === null ? new Date(now) : null}
    where notification_id = ${notificationId} and state = 'queued'`.execute(db)
}
