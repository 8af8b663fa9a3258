import type { Kysely } from 'kysely'
import type { CaseEvent } from '../contract/push.ts'
import type { Database } from '../store/schema.ts'
import type { createLayers } from './settings.ts'

/** What every part of the watch works with. */
export interface WatchDeps {
  db: Kysely<Database>
  layers: ReturnType<typeof createLayers>
  /** Called after each commit with the events that it appended to the outbox. */
  committed: (events: readonly CaseEvent[]) => void
}
