import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { pino } from 'pino'
import { startApp } from './app.ts'
import { type Config, ConfigError, readConfig } from './config.ts'
import { systemClock } from './contract/clock.ts'
import { prepareAccounts } from './org/accounts.ts'
import { seedDivisions } from './org/divisions.ts'
import { explainStartError } from './start-errors.ts'
import { openDatabase } from './store/open-database.ts'
import { createTeardown } from './teardown.ts'

const { onStop, stop } = createTeardown()

/** The process: settings, database, application, accounts, demonstration city; signals end it cleanly. */
async function main(): Promise<void> {
  const config = readConfig(process.env)
  // Synchronous: the last lines before a crash are the ones that matter.
  const log = pino({ level: config.logLevel, base: null }, pino.destination({ dest: 1, sync: true }))
  let stopping = false
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (stopping) return
      stopping = true
      log.info({ signal }, 'stopping')
      stop().then(
        () => process.exit(0),
        (error: unknown) => {
          log.error({ err: error }, 'did not stop cleanly')
          process.exit(1)
        },
      )
    })
  }

  const database = await openDatabase(config, log)
  onStop(() => database.stop())
  const app = await startApp({
    config,
    databaseUrl: database.url,
    clock: systemClock,
    log,
    tls: await readTls(config),
    pagesDir: join(dirname(fileURLToPath(import.meta.url)), '../dashboard'),
    timers: true,
    selfTest: config.selfTest,
  })
  onStop(() => app.stop())
  await seedDivisions(app.store.db)
  const accounts = await prepareAccounts(app.store.db, config, systemClock.now())
  // Whoever started us waits for this line, whatever level of log he wants.
  log.child({}, { level: 'info' }).info(
    {
      http: app.httpPort,
      mqtt: app.mqttPort,
      mqtts: app.mqttsPort ?? undefined,
      watch: app.watchPort,
      pendant: app.pendantPort,
    },
    'ready',
  )
  printWelcome(app.httpPort, app.mqttPort, accounts)
  if (config.demo) {
    const { startDemo } = await import('./demo/demo.ts')
    onStop(await startDemo({ app, config, clock: systemClock, log }))
  }
}

async function readTls({ tls }: Config) {
  if (tls === null) return null
  const [cert, key, ca] = await Promise.all([
    readFile(tls.cert),
    readFile(tls.key),
    tls.ca === null ? null : readFile(tls.ca),
  ])
  return { cert, key, ca }
}

function printWelcome(
  http: number,
  mqtt: number,
  accounts: readonly { username: string; password: string | null }[],
): void {
  const lines = accounts.map(
    ({ username, password }) => `  ${username.padEnd(10)} ${password ?? '(password as set before)'}`,
  )
  process.stdout.write(
    `\n安护 · Anhu\n  http://localhost:${http}/   API /api/docs   MQTT port ${mqtt}\n${lines.join('\n')}\n\n`,
  )
}

main().catch(async (error: unknown) => {
  const lines = error instanceof ConfigError ? error.problems : [explainStartError(error)]
  for (const line of lines) process.stderr.write(`${line}\n`)
  await stop().catch((failure: unknown) => process.stderr.write(`${explainStartError(failure)}\n`))
  process.exit(1)
})
