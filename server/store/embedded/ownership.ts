import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { EmbeddedPostgresError } from './errors.ts'

/** Session advisory lock (two-key form) that the one server working on the folder holds; 0x616e6875 is "anhu". */
const OWNERSHIP_LOCK = [0x616e6875, 1] as const
/** The connection of an owner that was just killed lives on for a moment. */
const PATIENCE_MS = 3_000

/** The connection that is to hold the lock. Its errors go to `onError`; unheard, they would end the process. */
export function ownershipClient(url: string, onError: (error: Error) => void): pg.Client {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'anhu-ownership',
    connectionTimeoutMillis: 1_500,
    query_timeout: 5_000,
    keepAlive: true,
  })
  client.on('error', onError)
  return client
}

/**
 * Takes the lock on this connection; it is freed with the connection, however our process ends. A refused connection is
 * closed. `root` and `pid` (of PostgreSQL) are named to the person.
 * @throws EmbeddedPostgresError in_use
 */
export async function takeOwnership(client: pg.Client, root: string, pid: number): Promise<void> {
  const until = performance.now() + PATIENCE_MS
  do {
    const sql = 'select pg_try_advisory_lock($1, $2) as owned'
    const answer = await client.query<{ owned: boolean }>(sql, [...OWNERSHIP_LOCK])
    if (answer.rows[0]?.owned) return
    await sleep(50)
  } while (performance.now() < until)
  await client.end()
  throw new EmbeddedPostgresError(
    'in_use',
    `Another server is working on ${root} (its PostgreSQL is process ${pid}): stop it, or set DATA_DIR to another folder`,
  )
}

/** Waits, but not longer than until `signal`. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done)
    if (signal.aborted) done()
  })
}
