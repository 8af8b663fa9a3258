import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import { startEmbeddedPostgres } from './embedded-postgres.ts'
import { migrate } from './migrate.ts'
import { sqlState } from './sql-errors.ts'

/** How long a database server that is starting too (docker compose) is waited for. */
const PATIENCE_MS = 30_000

/**
 * The database: the server of DATABASE_URL, or the embedded one in DATA_DIR; migrated.
 * @throws EmbeddedPostgresError or the connection's error when it can't be had
 */
export async function openDatabase(
  config: { databaseUrl: string | null; dataDir: string },
  log: Logger,
): Promise<{ url: string; stop(): Promise<void> }> {
  const { databaseUrl } = config
  if (databaseUrl !== null) {
    await migratePatiently(databaseUrl, log)
    return { url: databaseUrl, stop: async () => undefined }
  }
  const embedded = await startEmbeddedPostgres({ dataDir: join(config.dataDir, 'postgres'), log })
  try {
    await migratePatiently(embedded.url, log)
  } catch (error) {
    await embedded.stop()
    throw error
  }
  return embedded
}

async function migratePatiently(url: string, log: Logger): Promise<void> {
  const until = performance.now() + PATIENCE_MS
  for (;;) {
    try {
      const done = await migrate(url, (error) => log.warn({ err: error }, 'migration connection lost'))
      if (done.length > 0) log.info({ migrations: done }, 'database migrated')
      return
    } catch (error) {
      if (!isNotThereYet(error) || performance.now() > until) throw error
      log.info({ code: sqlState(error) }, 'waiting for the database')
      await sleep(500)
    }
  }
}

/** Refused or reset connections, unknown host (not up yet), and 57P03 cannot_connect_now. */
function isNotThereYet(error: unknown): boolean {
  return ['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', '57P03'].includes(sqlState(error) ?? '')
}
