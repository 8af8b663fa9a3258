import { pino } from 'pino'
import { systemClock } from '../server/contract/clock.ts'
import { HELP, readOptions, UsageError } from './options.ts'
import { PlatformError, signIn } from './platform.ts'
import { provision } from './provision.ts'
import { createSimulator, type SimulatorStatus } from './simulator.ts'
import { readState, writeState } from './state.ts'

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
 * @returns the exit code: 0 all acknowledged, 1 not all, 2 wrong command line, no server, or refused
 */
export async function run(context: RunContext): Promise<number> {
  try {
    return await simulate(context)
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof PlatformError)) throw error
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
  const { password, url, username, stateFile, seed, homes: wanted } = options
  if (password === null) {
    throw new UsageError('A password is needed: --password, or the environment variable ADMIN_PASSWORD')
  }
  const state = await readState(stateFile, url)
  const platform = await signIn(url, username, password)
  const homes = await provision({
    platform,
    known: state.homes,
    homes: wanted,
    seed,
    now: systemClock.now(),
    save: (made) => writeState(stateFile, { version: 1, url, homes: made }),
    onProgress: (done, of) => {
      if (done % 50 === 0) write(`${done} of ${of} homes created`)
    },
    signal,
  })
  if (signal.aborted) return 0

  const simulator = createSimulator({
    homes,
    mqttUrl: options.mqttUrl,
    seed,
    clock: systemClock,
    log: pino({ level: logLevel(env.LOG_LEVEL) }, pino.destination({ dest: 2, sync: true })),
    telemetryEveryMs: options.telemetrySeconds * 1000,
    pressesPerHour: options.pressesPerHour,
    outages: options.outages,
  })
  simulator.start()
  const progress = setInterval(() => write(progressLine(simulator.report())), PROGRESS_MS)
  await ended(signal, options.minutes === null ? null : options.minutes * 60_000)
  clearInterval(progress)
  await simulator.stop(DRAIN_MS)
  const report = simulator.report()
  write(reportText(report))
  return report.sent === report.acknowledged ? 0 : 1
}

/** What single devices do is of interest only to somebody who looks for a fault. */
const logLevel = (wanted: string | undefined) =>
  wanted !== undefined && (wanted === 'silent' || wanted in pino.levels.values) ? wanted : 'error'

/** One line on how it stands. */
export function progressLine(status: SimulatorStatus): string {
  const { connected, devices, sent, acknowledged, waiting, refused, dropped } = status
  const extra = [refused > 0 ? `${refused} logins refused` : '', dropped > 0 ? `${dropped} samples dropped` : '']
  return [
    `${connected}/${devices} connected`,
    `${sent} sent`,
    `${acknowledged} acknowledged`,
    `${waiting} waiting`,
    ...extra.filter(Boolean),
  ].join(', ')
}

/** Sent and acknowledged by type. */
export function reportText({ byType, ...total }: SimulatorStatus): string {
  const rows = Object.entries(byType).sort(([a], [b]) => (a < b ? -1 : 1))
  const lines = [...rows, ['total', total] as const].map(
    ([type, { sent, acknowledged }]) =>
      `${type.padEnd(14)}${String(sent).padStart(10)}${String(acknowledged).padStart(15)}`,
  )
  const head = `${'type'.padEnd(14)}${'sent'.padStart(10)}${'acknowledged'.padStart(15)}`
  const { waiting, dropped } = total
  const verdict =
    waiting + dropped === 0
      ? 'All was acknowledged.'
      : `NOT acknowledged: ${waiting} waiting, ${dropped} samples dropped at the bound.`
  return [head, ...lines, verdict].join('\n')
}

function ended(signal: AbortSignal, ms: number | null): Promise<void> {
  return new Promise((resolve) => {
    const timer = ms === null ? undefined : setTimeout(finish, ms)
    // Nothing else may hold the process when no device has a socket or timer.
    const alive = setInterval(() => undefined, 60_000)
    function finish() {
      clearTimeout(timer)
      clearInterval(alive)
      signal.removeEventListener('abort', finish)
      resolve()
    }
    signal.addEventListener('abort', finish)
    if (signal.aborted) finish()
  })
}
