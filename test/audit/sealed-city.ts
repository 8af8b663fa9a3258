import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { Registry } from 'prom-client'
import { audit } from '../../server/org/audit.ts'
import { createSealer } from '../../server/org/seal/sealer.ts'
import { type VerifyOptions, verifyChain } from '../../server/org/seal/verify.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { addResident, commit, event } from '../support/records.ts'
import { query } from '../support/sql.ts'

/** A database with a sealed record, and somebody who owns it. */
export class SealedCity {
  readonly clock = new FakeClock()
  readonly database: TestDatabase
  readonly #anchorFile: string | null

  private constructor(database: TestDatabase, anchorFile: string | null) {
    this.database = database
    this.#anchorFile = anchorFile
  }

  static async start(anchorFile: string | null = null): Promise<SealedCity> {
    return new SealedCity(await createTestDatabase(), anchorFile)
  }

  get db() {
    return this.database.store.db
  }

  node() {
    return createSealer({
      db: this.db,
      clock: this.clock,
      log: pino({ level: 'silent' }),
      registry: new Registry(),
      anchorFile: this.#anchorFile,
    })
  }

  /** Somebody reads a file, `n` times; each is an entry. */
  async read(n: number): Promise<void> {
    for (let i = 0; i < n; i++) {
      await audit(this.db, { userId: null, action: 'case.read', subject: `c${i}` }, this.clock.now())
      this.clock.advance(1_000)
    }
  }

  /** Somebody presses: a signal, a case and its log. */
  async press(deviceId: string): Promise<void> {
    await addResident(this.db, [deviceId])
    await commit(this.db, [event(deviceId, 'sos', this.clock.now())], this.clock.now())
  }

  /** Until no more than so many wait: other tests' transactions on the same server hold the horizon up. */
  async seal(sealer = this.node(), left = 0): Promise<void> {
    for (let tries = 0; tries < 200; tries++) {
      await sealer.run()
      if ((await this.verify()).unsealed === left) return
      await sleep(25)
    }
    throw new Error('not sealed')
  }

  verify(options: VerifyOptions = {}) {
    return verifyChain(this.db, options)
  }

  /** As the owner, with the guards switched off. */
  async tamper(...statements: string[]): Promise<void> {
    const tables = ['audit', 'case_log', 'signal', 'alert_signal', 'audit_seal', 'audit_seal_part']
    const set = (word: string) => tables.map((table) => `alter table ${table} ${word} trigger append_only;`).join('')
    await query(this.database.url, `${set('disable')}${statements.join(';')};${set('enable')}`)
  }

  drop(): Promise<void> {
    return this.database.drop()
  }
}
