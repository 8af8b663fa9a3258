import { readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { type Logger, pino } from 'pino'
import { systemClock } from '../server/contract/clock.ts'
import type { VirtualDevice, VirtualHome } from '../server/contract/ports.ts'
import { compareWith } from './compare/compare.ts'
import { outcomeText } from './compare/outcome.ts'
import { requireFileHandles } from './file-handles.ts'
import { libraryTable } from './library/list.ts'
import { type CliOptions, HELP, readOptions, UsageError } from './options.ts'
import { TTS_USERNAME } from './peers/tts.ts'
import { type Platform, PlatformError, signIn } from './platform.ts'
import { progressLine } from './progress.ts'
import { provision } from './provision.ts'
import { type Cast, castScenario } from './scenario/cast.ts'
import { play, unmet } from './scenario/play.ts'
import { readScenario, type Scenario, ScenarioError } from './scenario/scenario.ts'
import { createSimulator, type Simulator } from './simulator.ts'
import { readState, writeState } from './state.ts'
import { Timers } from './timers.ts'

const PROGRESS_MS = 5_000
const DRAIN_MS = 15_000

export interface RunContext {
  args: readonly string[]
  env: Readonly<Record<string, string | undefined>>
  /** Aborted when the run is to end (Ctrl-C). */
  signal: AbortSignal
  write: (line: string) => void
}

/**
 * The command `npm run simulate`.
 * @returns the exit code: 0 nothing lost and nothing invented, 1 not so, 2 wrong command line, no server, or refused
 */
export async function run(context: RunContext): Promise<number> {
  try {
    return await simulate(context)
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof PlatformError || error instanceof ScenarioError)) throw error
    context.write(error.message)
    if (error instanceof UsageError) context.write('npm run simulate -- --help lists the options.')
    return 2
  }
}

async function simulate({ args, env, signal, write }: RunContext): Promise<number> {
  const options = readOptions(args, env)
  if (!options) {
    write(HELP)
    return 0
  }
  if (options.listsLibrary) {
    write(libraryTable())
    return 0
  }
  const { password, url, username, scenarioFile } = options
  if (password === null) {
    throw new UsageError('A password is needed: --password, or the environment variable ADMIN_PASSWORD')
  }
  const scenario = scenarioFile === null ? null : await readScenarioFile(scenarioFile)
  if (scenario) write(`Scenario: ${scenario.title}`)
  const session: Session = { options, scenario, signal, write, logLevel: logLevel(env.LOG_LEVEL) }
  if (scenario) {
    const platform = await signIn(url, username, password)
    const { homes, servers, cast } = await castScenario(scenario, platform, options.seed, systemClock.now())
    return await live(session, platform, { homes, servers, cast })
  }
  // Each home has at least one connection; how many they are is known when all of them are made.
  requireFileHandles(options.homes)
  const state = await readState(options.stateFile, url)
  const platform = await signIn(url, username, password)
  const made = await provision({
    platform,
    known: state.homes,
    servers: state.servers,
    ...{ homes: options.homes, mix: options.mix, isSmall: options.isSmall, seed: options.seed },
    now: systemClock.now(),
    save: (homes, servers) => writeState(options.stateFile, { version: 1, url, homes, servers }),
    onProgress: (done, of) => {
      if (done % Math.max(50, Math.round(of / 20)) === 0) write(`${done} of ${of} homes created`)
    },
    signal,
  })
  return signal.aborted ? 0 : await live(session, platform, { ...made, cast: null })
}

async function readScenarioFile(file: string): Promise<Scenario> {
  try {
    return readScenario(await readFile(file, 'utf8'))
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    throw new UsageError(`--scenario ${file} can't be read: ${error.message}`)
  }
}

interface Session {
  options: CliOptions
  scenario: Scenario | null
  signal: AbortSignal
  write: (line: string) => void
  logLevel: string
}

interface Made {
  homes: VirtualHome[]
  servers: VirtualDevice[]
  cast: Cast | null
}

/** Runs the homes for as long as they are to, then compares. @returns the exit code */
async function live(session: Session, platform: Platform, { homes, servers, cast }: Made): Promise<number> {
  const { options, scenario, signal, write } = session
  const startedAt = systemClock.now()
  const log = pino({ level: session.logLevel }, pino.destination({ dest: 2, sync: true }))
  const simulator = createSimulator({
    homes,
    servers,
    mqttUrl: options.mqttUrl,
    tcp: { host: hostOf(options.mqttUrl), watchPort: options.watchPort, pendantPort: options.pendantPort },
    seed: options.seed,
    speed: options.speed,
    clock: systemClock,
    log,
    residents: scenario && !scenario.isDay ? 'still' : 'day',
    telemetryEveryMs: scenario?.telemetryMs ?? options.telemetrySeconds * 1000,
    pressesPerHour: scenario ? 0 : options.pressesPerHour,
    outages: scenario ? false : options.outages,
    qos: scenario?.qos ?? options.qos,
    ...(scenario ? { connectWithinMs: 0 } : {}),
    keepsJournal: true,
  })
  const { links, devices } = simulator.report()
  requireFileHandles(links)
  try {
    await tellBridges(simulator, platform, servers)
    simulator.start()
    write(`${homes.length} homes, ${devices} devices on ${links} connections`)
    if (scenario) await allConnected(simulator, signal)
    await goOn(session, simulator, cast, log)
    write('Ending: what waits is given time to be acknowledged')
    await simulator.stop(DRAIN_MS)
  } finally {
    // Whatever has failed: open connections would keep the process.
    await simulator.stop()
  }
  const settle = { startedAt, settleMs: options.settleSeconds * 1000, onProgress: write }
  const { outcome, telemetry, recorded } = await compareWith(platform, simulator, settle)
  const report = simulator.report()
  write(outcomeText(outcome, telemetry, simulator.journal, report))
  const wrong = scenario && cast ? unmet(scenario.recorded, cast, recorded) : []
  for (const text of wrong) write(`Not as the scenario says: ${text}`)
  if (scenario && wrong.length === 0) write('Recorded as the scenario says.')
  const isStored = telemetry.wrong.length === 0 && report.waiting === 0
  return outcome.isClean && isStored && wrong.length === 0 ? 0 : 1
}

/** Lets the homes live, or plays the scenario, until the end; tells now and then how it stands. */
async function goOn(session: Session, simulator: Simulator, cast: Cast | null, log: Logger): Promise<void> {
  const { options, scenario, signal, write } = session
  const realMs = (routineMs: number) => routineMs / options.speed
  const end = scenario && cast ? play(scenario, cast, simulator, realMs, log) : () => undefined
  const line = progressLine(systemClock)
  const progress = setInterval(() => write(line(simulator.report())), PROGRESS_MS)
  const minutes = options.minutes === null ? null : options.minutes * 60_000
  await ended(signal, scenario ? realMs(scenario.lastsMs) : minutes)
  clearInterval(progress)
  end()
}

/** The brokers that the platform connects to listen on another port each time. */
async function tellBridges(simulator: Simulator, platform: Platform, servers: readonly VirtualDevice[]): Promise<void> {
  for (const { deviceId, url } of await simulator.listen()) {
    const server = servers.find((one) => one.deviceId === deviceId)
    await platform.setBridge(deviceId, { url, username: TTS_USERNAME, password: server?.secret ?? '' })
  }
}

const CONNECT_MS = 30_000

/** A scenario begins when everybody is there. */
async function allConnected(simulator: Simulator, signal: AbortSignal): Promise<void> {
  const until = performance.now() + CONNECT_MS
  for (;;) {
    const { connected, links, refused } = simulator.report()
    if (connected === links || signal.aborted) return
    if (performance.now() > until) {
      throw new PlatformError(
        `${connected} of ${links} connections came about within ${CONNECT_MS / 1000} s, ${refused} logins were refused: ` +
          'is --mqtt right, and are --watch-port and --pendant-port?',
        null,
      )
    }
    await pause(50)
  }
}

const hostOf = (url: string): string => new URL(url).hostname.replace(/^\[(.*)\]$/, '$1')

/** What single devices do is of interest only to somebody who looks for a fault. */
const logLevel = (wanted: string | undefined) =>
  wanted !== undefined && (wanted === 'silent' || wanted in pino.levels.values) ? wanted : 'error'

function ended(signal: AbortSignal, ms: number | null): Promise<void> {
  return new Promise((resolve) => {
    const timers = new Timers()
    if (ms !== null) timers.later(ms, finish)
    // Nothing else may hold the process when no device has a socket or timer.
    const alive = setInterval(() => undefined, 60_000)
    function finish() {
      timers.clear()
      clearInterval(alive)
      signal.removeEventListener('abort', finish)
      resolve()
    }
    signal.addEventListener('abort', finish)
    if (signal.aborted) finish()
  })
}
