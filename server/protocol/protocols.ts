import type { Kysely } from 'kysely'
import type { Logger } from 'pino'
import type { CaseService } from '../cases/service.ts'
import type { Clock } from '../contract/clock.ts'
import type { ProtocolCell, SecondAsked, SecondPerson, StepAnswer } from '../contract/protocol.ts'
import type { Database } from '../store/schema.ts'
import { planAnswer } from './answer.ts'
import { DEFAULT_PROTOCOLS } from './defaults/index.ts'
import { protocolCells } from './matrix.ts'
import { addDelivered } from './versions.ts'

export interface ProtocolService {
  /** Adds the delivered protocols that are missing, and says aloud which kinds have none. */
  start(): Promise<void>
  /** For `/readyz`: kinds and risks without a protocol. Alarms don't depend on it, so it never fails for that. */
  readiness(): Promise<Record<string, unknown>>
  /** @throws DomainError as a case command; step_not_open; invalid_request */
  answer(caseId: string, body: StepAnswer, actorId: string): Promise<void>
  /** Agrees that a case may end though nobody has reached the resident. @throws DomainError as a case command, same_person */
  second(caseId: string, body: SecondPerson, actorId: string): Promise<void>
  /** Asks the others for it: shown at their desks until one agrees. @throws DomainError as a case command */
  askSecond(caseId: string, body: SecondAsked, actorId: string): Promise<void>
}

interface Deps {
  db: Kysely<Database>
  clock: Clock
  log: Logger
  cases: CaseService
  /** For how long the second person's word holds. */
  secondPersonMs: number
}

export function createProtocols({ db, clock, log, cases, secondPersonMs }: Deps): ProtocolService {
  const missing = async () => gapsOf(await protocolCells(db, clock.now()))
  return {
    start: async () => {
      await addDelivered(db, DEFAULT_PROTOCOLS, clock.now())
      const gaps = await missing()
      if (gaps.length > 0) log.error({ missing: gaps }, 'kinds of alarm without a published protocol')
    },
    readiness: async () => ({ missing: await missing() }),
    answer: (caseId, { version, ...body }, actorId) =>
      cases.carryOut(caseId, { action: 'step', version, actorId }, planAnswer(body)),
    second: (caseId, { version, reason }, actorId) =>
      cases.carryOut(caseId, { action: 'second', version, actorId }, async ({ now }) => ({
        detail: { reason, until: new Date(now + secondPersonMs).toISOString() },
        commands: [],
      })),
    askSecond: (caseId, { version }, actorId) =>
      cases.carryOut(caseId, { action: 'second_asked', version, actorId }, async () => ({ detail: {}, commands: [] })),
  }
}

/** `sos/high`, and so on. */
const gapsOf = (cells: readonly ProtocolCell[]) =>
  cells.filter(({ protocolId }) => protocolId === null).map(({ kind, risk }) => `${kind}/${risk}`)
