import type { IncomingMessage, ServerResponse } from 'node:http'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify'
import type { Kysely } from 'kysely'
import type { Registry } from 'prom-client'
import type { CommandService } from '../care/commands.ts'
import type { CaseService } from '../cases/service.ts'
import type { ConnectionView } from '../contract/api.ts'
import type { Clock } from '../contract/clock.ts'
import type { MapView } from '../contract/map.ts'
import type { NotifyChannel } from '../contract/notify.ts'
import type { DeviceLinkPort, SimulatorPort } from '../contract/ports.ts'
import type { CaseEvent } from '../contract/push.ts'
import type { Desk } from '../desk/desk.ts'
import type { Verifications } from '../org/seal/verifications.ts'
import type { Sessions } from '../org/sessions.ts'
import type { ProtocolService } from '../protocol/protocols.ts'
import type { Database } from '../store/schema.ts'
import type { Sealer } from '../store/sealed.ts'
import type { TelemetryStore } from '../store/telemetry/telemetry.ts'
import type { IceConfig } from '../voice/ice.ts'
import type { DialSettings } from '../voice/phone.ts'

/** Resolves with what is worth knowing when the thing answers; rejects with the reason when it doesn't. */
export type ReadinessCheck = () => Promise<Record<string, unknown>>

export interface HttpDeps {
  db: Kysely<Database>
  clock: Clock
  log: FastifyBaseLogger
  registry: Registry
  sessions: Sessions
  /** Goes over the chain of seals. */
  verifications: Pick<Verifications, 'start'>
  cases: CaseService
  protocols: ProtocolService
  /** Called after a commit with the events that it appended to the outbox. */
  committed: (events: readonly CaseEvent[]) => void
  commands: Pick<CommandService, 'wake'>
  desk: Pick<Desk, 'wake'>
  /** Seals what the platform has to use itself: passwords of outside brokers, keys of phones. */
  sealer: Sealer
  /** The gateway is put together after the HTTP application. */
  links: () => DeviceLinkPort
  /** Where devices connect to; the ports are known once the gateway listens. */
  connection: () => ConnectionView
  /** Which ways to people are set up. */
  channelsSet: Readonly<Record<NotifyChannel, boolean>>
  /** What answers about messages are signed with; null: none is taken. */
  notifySecret: string | null
  telemetry: Pick<TelemetryStore, 'query'>
  /** What must answer for this node to be ready, by name. */
  readiness: Record<string, ReadinessCheck>
  /** Whether this node takes part in the end-to-end self-test. */
  selfTest: boolean
  /** The demonstration city's simulator, when there is one. */
  simulator: () => SimulatorPort | null
  demo: boolean
  /** The map service that pages may ask for pictures. */
  map: MapView
  voice: VoiceHttp
  /** Folder of the built console; null leaves the pages out (API only). */
  pagesDir: string | null
}

/** What talking with a home needs of the application. */
export interface VoiceHttp {
  /** Words wait for a terminal or a desk. */
  wake(): void
  ice: IceConfig
  dial: DialSettings
  /** Shared with the telephone exchange; null: there is none. */
  exchangeSecret: string | null
}

/** Fastify with the validation and types of `server/contract`. */
export type Api = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>
