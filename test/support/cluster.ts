import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import type { TestProject } from 'vitest/node'
import { startEmbeddedPostgres } from '../../server/store/embedded-postgres.ts'
import { migrate } from '../../server/store/migrate.ts'
import { query, TEMPLATE } from './sql.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Owner's URL of the run's PostgreSQL; each test file makes databases of its own in it. */
    postgresUrl: string
  }
}

/** One real PostgreSQL for the whole run, on a temporary folder. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = await mkdtemp(join(tmpdir(), 'anhu-test-'))
  const server = await startEmbeddedPostgres({ dataDir, log: pino({ level: 'silent' }) })
  const template = new URL(server.url)
  template.pathname = `/${TEMPLATE}`
  await query(server.url, `create database ${TEMPLATE}`)
  await migrate(template.href, (error) => {
    throw error
  })
  project.provide('postgresUrl', server.url)
  return async () => {
    await server.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}
