import type { Kysely } from 'kysely'
import type { Logger } from 'pino'
import type { Clock } from '../contract/clock.ts'
import type { Database } from '../store/schema.ts'
import { endForgotten, markGone, markSeen, PRESENCE_EVERY_MS } from './duty.ts'
import { deskSettings } from './settings.ts'

export interface DeskOptions {
  db: Kysely<Database>
  clock: Clock
  log: Logger
  /** Operators with a desk connected to this node. */
  connected: () => readonly string[]
}

export interface Desk {
  jobs: { name: string; everyMs: number; run: () => Promise<unknown> }[]
  /** Something changed that distribution depends on. */
  wake(): void
  /** An operator's first desk of this node came, or her last one went. */
  presence(userId: string, here: boolean): void
  /** Waits for what is under way. */
  stop(): Promise<void>
}

/** Duty and distribution of a node. */
export function createDesk({ db, clock, log, connected }: DeskOptions): Desk {
  let noted: Promise<void> = Promise.resolve()
  return {
    jobs: [
      { name: 'desk presence', everyMs: PRESENCE_EVERY_MS, run: () => markSeen(db, connected(), clock.now()) },
      {
        name: 'forgotten shifts',
        everyMs: 60_000,
        run: async () => endForgotten(db, (await deskSettings(db)).away.offMinutes, clock.now()),
      },
    ],
    wake: () => undefined,
    presence: (userId, here) => {
      // One after the other: who goes and comes at once is here. What fails is mended by the next regular note.
      noted = noted
        .then(() => (here ? markSeen(db, [userId], clock.now()) : markGone(db, userId, clock.now())))
        .catch((error: unknown) => log.warn({ err: error, userId }, 'presence of a desk not noted'))
    },
    stop: () => noted,
  }
}
