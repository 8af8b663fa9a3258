import type { Kysely } from 'kysely'
import type { Logger } from 'pino'
import { Gauge, type Registry } from 'prom-client'
import type { Clock } from '../contract/clock.ts'
import { ESCALATION_STATES, type NotifyChannel } from '../contract/notify.ts'
import type { CaseEvent } from '../contract/push.ts'
import type { Database } from '../store/schema.ts'
import { checkReach } from './check.ts'
import { beginNew } from './new-cases.ts'
import { escalateDue } from './round.ts'
import { readWorld } from './world.ts'

/** After a commit, ms: alarms come in bursts, and each sweep looks for all. */
const WAKE_MS = 100

interface EscalationOptions {
  db: Kysely<Database>
  clock: Clock
  log: Logger
  registry: Registry
  /** Which ways to people are set up. */
  channels: Readonly<Record<NotifyChannel, boolean>>
  /** What is later than this has been missed, ms. */
  catchUpMs: number
  /** Called after each commit with the events that it appended to the outbox. */
  committed: (events: readonly CaseEvent[]) => void
}

/** The recurring work of escalation. All times are columns; any node may do any of it, and a restart loses nothing. */
export function createEscalation({ db, clock, log, registry, channels, catchUpMs, committed }: EscalationOptions) {
  const running = new Gauge({
    name: 'anhu_escalations',
    help: 'Escalations that have not ended, by state',
    labelNames: ['state'],
    registers: [registry],
  })
  const unreachable = new Gauge({
    name: 'anhu_escalation_unreachable_steps',
    help: 'Steps of policies that would reach nobody, and policies with nobody on duty, at the last check',
    registers: [registry],
  })

  async function sweep(): Promise<void> {
    await beginNew(db)
    await escalateDue({ db, channels, catchUpMs, committed }, clock.now())
  }

  let woken: Promise<void> | null = null
  let again = false
  let stopped = false

  /** Soon, many commits at once make one sweep; what goes wrong is tried again by the recurring work. */
  function wake(): void {
    if (stopped) return
    if (woken !== null) {
      again = true
      return
    }
    woken = sweepSoon().finally(() => {
      woken = null
      if (!again) return
      again = false
      wake()
    })
  }

  async function sweepSoon(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, WAKE_MS))
    await sweep().catch((error: unknown) =>
      log.warn({ err: error }, 'the escalation was woken in vain, it comes again'),
    )
  }

  async function check(): Promise<void> {
    const now = clock.now()
    const steps = await checkReach(db, await readWorld(db, channels, now), now)
    if (steps === null) return
    unreachable.set(steps)
    if (steps > 0) log.warn({ steps }, 'steps of the escalation would reach nobody')
  }

  async function count(): Promise<void> {
    const rows = await db
      .selectFrom('escalation')
      .select((eb) => ['state', eb.fn.countAll<number>().as('n')])
      .where('state', '<>', 'ended')
      .groupBy('state')
      .execute()
    for (const state of ESCALATION_STATES) {
      if (state !== 'ended') running.set({ state }, rows.find((row) => row.state === state)?.n ?? 0)
    }
  }

  return {
    wake,
    /** Waits for what is under way. */
    stop: async () => {
      stopped = true
      await woken
    },
    jobs: [
      { name: 'escalation', everyMs: 1_000, run: sweep },
      { name: 'escalation check', everyMs: 30_000, run: check },
      { name: 'escalation figures', everyMs: 15_000, run: count },
    ],
  }
}
