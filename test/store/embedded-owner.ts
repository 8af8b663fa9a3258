/** Run by embedded-postgres.test.ts as a process that can be killed: owns the cluster in the folder given to it. */
import pino from 'pino'
import { EmbeddedPostgresError, startEmbeddedPostgres } from '../../server/store/embedded-postgres.ts'

const [dataDir = ''] = process.argv.slice(2)
try {
  const { url } = await startEmbeddedPostgres({ dataDir, log: pino({ level: 'silent' }) })
  process.stdout.write(`${JSON.stringify({ url })}\n`)
} catch (error) {
  if (!(error instanceof EmbeddedPostgresError)) throw error
  process.stdout.write(`${JSON.stringify({ code: error.code, message: error.message })}\n`)
}
