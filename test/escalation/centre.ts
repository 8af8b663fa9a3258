import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pino } from 'pino'
import { Registry } from 'prom-client'
import { caseRules } from '../../server/case-rules.ts'
import { createCaseService } from '../../server/cases/service.ts'
import type { CaseAction } from '../../server/contract/case.ts'
import type { EscalationPolicy } from '../../server/contract/escalation.ts'
import type { CaseEvent } from '../../server/contract/push.ts'
import type { SignalType } from '../../server/contract/signal.ts'
import { createEscalation } from '../../server/escalation/escalation.ts'
import { createChannels, whichAreSet } from '../../server/notify/channels.ts'
import { createNotifier } from '../../server/notify/worker.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { addResident, commit, event } from '../support/records.ts'
import { query } from '../support/sql.ts'

export const SECOND = 1_000
export const MINUTE = 60_000
export const SECRET = 'a secret of the test'

export interface Posted {
  path: string
  body: Record<string, unknown>
  headers: Record<string, string | string[] | undefined>
}

/** A call centre on a database of its own, with a provider of calls and messages on a real port. */
export class Centre {
  readonly clock = new FakeClock()
  readonly events: CaseEvent[] = []
  readonly posted: Posted[] = []
  /** What the provider answers. */
  status = 202
  readonly #database: TestDatabase
  readonly #provider: Server
  #node: ReturnType<Centre['node']>

  private constructor(database: TestDatabase, provider: Server) {
    this.#database = database
    this.#provider = provider
    this.#node = this.node()
  }

  static async start(): Promise<Centre> {
    const provider = createServer()
    await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve))
    const centre = new Centre(await createTestDatabase(), provider)
    provider.on('request', (request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        const body = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>
        centre.posted.push({ path: request.url ?? '', body, headers: request.headers })
        response.writeHead(centre.status).end()
      })
    })
    return centre
  }

  /** Where the provider of calls and messages listens. */
  get url(): string {
    return `http://127.0.0.1:${(this.#provider.address() as AddressInfo).port}`
  }

  get db() {
    return this.#database.store.db
  }

  async stop(): Promise<void> {
    this.#provider.closeAllConnections()
    await new Promise((resolve) => this.#provider.close(resolve))
    await this.#database.drop()
  }

  sql(text: string, values: unknown[] = []) {
    return query(this.#database.url, text, values)
  }

  /** A node's recurring work and its case service: all that it knows is in the database. */
  node() {
    const { db, clock } = this
    const log = pino({ level: process.env.TEST_LOG ?? 'silent' })
    const committed = (events: readonly CaseEvent[]) => void this.events.push(...events)
    const { url } = this
    const channels = createChannels({
      smtp: null,
      smsUrl: `${url}/sms`,
      callUrl: `${url}/call`,
      webhookUrl: null,
      secret: SECRET,
    })
    const registry = new Registry()
    const set = whichAreSet(channels)
    const escalation = createEscalation({ db, clock, log, registry, channels: set, catchUpMs: MINUTE, committed })
    const notifier = createNotifier({ db, clock, log, registry, channels })
    const cases = createCaseService(db, clock, caseRules, committed)
    const jobs = [...escalation.jobs, ...notifier.jobs]
    return {
      cases,
      run: async () => {
        await cases.expireHolds()
        for (const job of jobs) await job.run()
      },
    }
  }

  /** Everything that a node had in memory is gone. */
  restart(): void {
    this.#node = this.node()
  }

  run(): Promise<void> {
    return this.#node.run()
  }

  /** Time goes by while the node works, a look each second or so. */
  async pass(ms: number, lookMs = 5 * SECOND): Promise<void> {
    for (let left = ms; left > 0; left -= lookMs) {
      this.clock.advance(Math.min(left, lookMs))
      await this.run()
    }
  }

  /** An account; `onDuty` begins a shift. */
  async user(
    name: string,
    role: 'operator' | 'supervisor' | 'admin',
    over: { phone?: string; onDuty?: boolean } = {},
  ): Promise<string> {
    const [row] = await this.sql(
      `insert into app_user (user_id, username, display_name, role, password_hash, created_at)
       values (gen_random_uuid(), $1, $1, $2, '-', now()) returning user_id`,
      [name, role],
    )
    const userId = String(row?.user_id)
    if (over.phone !== undefined) {
      await this.sql('insert into user_address values ($1, null, $2, now(), $1)', [userId, over.phone])
    }
    if (over.onDuty !== false) await this.signIn(userId)
    return userId
  }

  /** Begins a shift at a desk that stays connected. */
  async signIn(userId: string): Promise<void> {
    await this.sql(
      "insert into duty (user_id, status, since, seen_at) values ($1, 'ready', $2::timestamptz, $2::timestamptz + interval '1 year')",
      [userId, new Date(this.clock.now())],
    )
  }

  /** Ends the shift and closes the desk. */
  async signOut(userId: string): Promise<void> {
    await this.sql("update duty set status = 'off', seen_at = null, gone_at = $2 where user_id = $1", [
      userId,
      new Date(this.clock.now()),
    ])
  }

  /** The policy in force everywhere for emergencies. */
  async policy(steps: EscalationPolicy['steps'], over: Partial<EscalationPolicy> = {}): Promise<void> {
    const policy: EscalationPolicy = {
      ...{ steps, rounds: 2, repeatAfterSeconds: 300, acknowledgeForSeconds: 600, dispatchedForSeconds: 3_600 },
      ...over,
    }
    await this.sql(
      `insert into escalation_policy (category, policy, at, note) values ('emergency', $1, now(), 'test')`,
      [JSON.stringify(policy)],
    )
  }

  /** Somebody presses. @returns the case's id */
  async press(deviceId: string, type: SignalType = 'sos'): Promise<string> {
    const known = await this.sql('select 1 from device where device_id = $1', [deviceId])
    if (known.length === 0) await addResident(this.db, [deviceId])
    await commit(this.db, [event(deviceId, type, this.clock.now())], this.clock.now())
    const [row] = await this.sql(
      'select case_id from alarm_case where device_id = $1 order by opened_at desc limit 1',
      [deviceId],
    )
    return String(row?.case_id)
  }

  /** Somebody who is called when something happens to the resident of the device. */
  async contact(deviceId: string, position: number, phone: string): Promise<void> {
    await this.sql(
      `insert into contact (resident_id, position, name, relation, phone)
       select resident_id, $2, '联系人', '女儿', $3 from device where device_id = $1`,
      [deviceId, position, phone],
    )
  }

  async command(caseId: string, action: CaseAction, userId: string, body: Record<string, unknown> = {}): Promise<void> {
    const [row] = await this.sql('select version from alarm_case where case_id = $1', [caseId])
    await this.#node.cases.command(caseId, action, { version: Number(row?.version), ...body } as never, userId)
  }

  /** What escalation has written in the case's log. */
  async log(caseId: string): Promise<string[]> {
    const rows = await this.sql(
      `select action, detail from case_log where case_id = $1 and (action like '%escal%' or action like '%acknow%'
       or action = 'responsibility_taken') order by log_id`,
      [caseId],
    )
    return rows.map(({ action, detail }) => {
      const { step, why } = detail as { step?: number; why?: string }
      return [action, step, why].filter((part) => part !== undefined).join(' ')
    })
  }

  async escalation(caseId: string) {
    const [row] = await this.sql('select * from escalation where case_id = $1', [caseId])
    return row
  }

  async notifications(caseId: string): Promise<string[]> {
    const rows = await this.sql(
      'select channel, state, error from notification where case_id = $1 order by notification_id',
      [caseId],
    )
    return rows.map(({ channel, state, error }) => [channel, state, error].filter(Boolean).join(' '))
  }
}
