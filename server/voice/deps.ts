import type { Kysely } from 'kysely'
import type { Logger } from 'pino'
import type { Clock } from '../contract/clock.ts'
import type { DeviceLinkPort } from '../contract/ports.ts'
import type { CaseEvent, DeskLines } from '../contract/push.ts'
import type { Database } from '../store/schema.ts'
import type { IceConfig } from './ice.ts'

export interface VoiceDeps {
  db: Kysely<Database>
  clock: Clock
  log: Logger
  /** Names this node: it speaks to the terminals that are connected to it. */
  node: string
  /** The gateway is put together later. */
  links: () => Pick<DeviceLinkPort, 'say'>
  /** The desks that are connected to this node. */
  desks: () => DeskLines
  ice: IceConfig
  /** Called after each commit with the events that it appended to the outbox. */
  committed: (events: readonly CaseEvent[]) => void
}
