import type { Kysely } from 'kysely'
import type { Logger } from 'pino'
import { Counter, type Registry } from 'prom-client'
import type { Clock } from '../contract/clock.ts'
import type { OfferBoard } from '../contract/push.ts'
import type { Database } from '../store/schema.ts'
import { endForgotten, markGone, markSeen, PRESENCE_EVERY_MS } from './duty.ts'
import { offerRound } from './offer-round.ts'
import { offerBoard } from './offer-rows.ts'
import { deskSettings } from './settings.ts'

/** A round for each commit would do nothing but rounds in a storm. */
const GAP_MS = 200

export interface DeskOptions {
  db: Kysely<Database>
  clock: Clock
  log: Logger
  registry: Registry
  /** Operators with a desk connected to this node. */
  connected: () => readonly string[]
  /** Tells the desks of this node what is offered to whom. */
  show: (board: OfferBoard) => void
}

export interface Desk {
  jobs: { name: string; everyMs: number; run: () => Promise<unknown> }[]
  /** Something changed that distribution depends on. */
  wake(): void
  /** An operator's first desk of this node came, or her last one went. */
  presence(userId: string, here: boolean): void
  /** A desk says that it shows an offer. */
  shown(offerId: string): void
  /** Waits for what is under way. */
  stop(): Promise<void>
}

/** Duty and distribution of a node. */
export function createDesk({ db, clock, log, registry, connected, show }: DeskOptions): Desk {
  const steps = new Counter({
    name: 'anhu_case_offers_total',
    help: 'Cases offered to operators, reminders, and offers that were passed over or withdrawn',
    labelNames: ['step'],
    registers: [registry],
  })
  let noted: Promise<void> = Promise.resolve()
  let last: Promise<void> = Promise.resolve()
  let running: Promise<void> | null = null
  let again = false
  let stopped = false

  /** One after the other, so that desks are never shown what was before. */
  function round(): Promise<void> {
    const mine = last.then(offerAndShow)
    last = mine.catch(() => undefined)
    return mine
  }

  async function offerAndShow(): Promise<void> {
    const done = await offerRound(db, clock.now())
    for (const [step, count] of Object.entries(done)) steps.inc({ step }, count)
    show(await offerBoard(db))
  }

  function wake(): void {
    again = true
    if (stopped) return
    running ??= rounds().finally(() => {
      running = null
      // Woken between the last round and this moment.
      if (again) wake()
    })
  }

  async function rounds(): Promise<void> {
    while (again && !stopped) {
      again = false
      // The next recurring round is a second away.
      await round().catch((error: unknown) => log.warn({ err: error }, 'cases not distributed, trying again'))
      await new Promise((resolve) => setTimeout(resolve, GAP_MS))
    }
  }

  /** One after the other: who goes and comes at once is here. */
  function note(what: () => Promise<unknown>, failed: string): void {
    noted = noted.then(what).then(
      () => undefined,
      (error: unknown) => log.warn({ err: error }, failed),
    )
  }

  return {
    jobs: [
      { name: 'desk presence', everyMs: PRESENCE_EVERY_MS, run: () => markSeen(db, connected(), clock.now()) },
      { name: 'distribution', everyMs: 1_000, run: round },
      {
        name: 'forgotten shifts',
        everyMs: 60_000,
        run: async () => endForgotten(db, (await deskSettings(db)).away.offMinutes, clock.now()),
      },
    ],
    wake,
    presence: (userId, here) => {
      note(
        () => (here ? markSeen(db, [userId], clock.now()) : markGone(db, userId, clock.now())),
        'presence of a desk not noted; the next regular note mends it',
      )
      if (here) note(async () => wake(), 'not woken')
    },
    shown: (offerId) =>
      note(
        () =>
          db
            .updateTable('case_offer')
            .set({ shown_at: new Date(clock.now()) })
            .where('offer_id', '=', offerId)
            .where('shown_at', 'is', null)
            .where('ended_at', 'is', null)
            .execute(),
        'not noted that a desk shows an offer',
      ),
    stop: async () => {
      stopped = true
      await running
      await last
      await noted
    },
  }
}
