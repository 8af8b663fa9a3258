import type { Logger } from 'pino'
import { startEmbeddedPostgres } from '../embedded-postgres.ts'
import { clusterExists, layoutOf, readCluster, urlOf } from './cluster.ts'
import { findServer } from './postmaster.ts'

/**
 * The embedded database for a command beside the server: the running one is used as it is and goes on running; without
 * one it is started, and ended by `stop`.
 * @throws EmbeddedPostgresError, Error when there is no database in the folder
 */
export async function connectEmbedded(dataDir: string, log: Logger): Promise<{ url: string; stop(): Promise<void> }> {
  const layout = layoutOf(dataDir)
  if (!(await clusterExists(layout)))
    throw new Error(`There is no database in ${dataDir}. Set DATA_DIR or DATABASE_URL.`)
  const running = await findServer(layout.data)
  if (running === null) return startEmbeddedPostgres({ dataDir, log })
  return { url: urlOf(await readCluster(layout), running.port), stop: async () => undefined }
}
