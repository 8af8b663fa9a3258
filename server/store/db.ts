import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import type { Database } from './schema.ts'

/** The role every query of the application runs under. It may not delete or rewrite the alarm record. */
export const APP_ROLE = 'anhu_app'

// bigint (seq, counts) as number: all of ours stay far below 2^53.
pg.types.setTypeParser(pg.types.builtins.INT8, Number)
// A date is a day, not a moment in some time zone.
pg.types.setTypeParser(pg.types.builtins.DATE, (text) => text)

/** Statements that one connection keeps prepared at most; ours are fewer, but a list's length makes a text of its own. */
const MAX_PREPARED = 500
const preparedNames = new Map<string, string>()

/**
 * A connection that prepares each statement it sees: parsing and planning are half of an alarm's way through the
 * database (measured: 3.9 → 2.4 ms for the seven statements of a commit).
 */
class PreparingClient extends pg.Client {
  // pg's overloads can't be written down once more; what isn't a plain parametrised statement goes through unchanged.
  override query = ((first: unknown, ...rest: unknown[]) => {
    const run = super.query as (...args: unknown[]) => unknown
    const [values, ...others] = rest
    const name = typeof first === 'string' && Array.isArray(values) && values.length > 0 ? nameOf(first) : undefined
    const args = name === undefined ? [first, ...rest] : [{ name, text: first, values }, ...others]
    const answer = run.apply(this, args)
    if (answer instanceof Promise) answer.catch((error: unknown) => this.#closeUnlessAnswered(error))
    return answer
  }) as pg.Client['query']

  /**
   * After pg's time-out the server may still carry the query out, in a transaction that is still open. Kysely's rollback
   * would wait behind it, time out as well and never be sent, and the next transaction on the connection would be a part
   * of the old one, which its commit would make half true. So such a connection ends, and the server rolls back.
   */
  #closeUnlessAnswered(error: unknown): void {
    if (!(error instanceof pg.DatabaseError)) void this.end()
  }
}

function nameOf(text: string): string | undefined {
  const known = preparedNames.get(text)
  if (known !== undefined || preparedNames.size >= MAX_PREPARED) return known
  const name = `s${preparedNames.size}`
  preparedNames.set(text, name)
  return name
}

export interface Store {
  db: Kysely<Database>
  /** For LISTEN and for what Kysely has no words for. */
  pool: pg.Pool
  close(): Promise<void>
}

export interface StoreOptions {
  url: string
  /** `app` drops to APP_ROLE at connect; `owner` is for migrations only. */
  as: 'app' | 'owner'
  /** Connections at most. */
  max?: number
  onError: (error: Error) => void
}

/** Opens a connection pool; connects lazily. An idle connection's error (server restart) goes to `onError`. */
export function openStore({ url, as, max = 10, onError }: StoreOptions): Store {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    Client: PreparingClient,
    connectionTimeoutMillis: 5_000,
    // In a quiet night the next press must not wait for a new connection and for its statements to be planned again.
    idleTimeoutMillis: 0,
    // A lost server must show as an error, not as a query that never ends.
    query_timeout: 30_000,
    keepAlive: true,
    application_name: `anhu-${as}`,
    options: as === 'app' ? `-c role=${APP_ROLE} -c lock_timeout=10s` : '-c lock_timeout=60s',
  })
  pool.on('error', onError)
  // A connection lost in the middle of a transaction raises its error on the client, too; unheard it ends the process.
  pool.on('connect', (client) => client.on('error', onError))
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) })
  return { db, pool, close: () => db.destroy() }
}
