import { parseArgs } from 'node:util'

export interface CliOptions {
  homes: number
  seed: number
  /** Of the platform's HTTP server, without a path. */
  url: string
  mqttUrl: string
  username: string
  password: string | null
  pressesPerHour: number
  telemetrySeconds: number
  /** null: until Ctrl-C */
  minutes: number | null
  stateFile: string
  outages: boolean
}

export const HELP = `Virtual homes over real MQTT.

Usage: npm run simulate -- [options]

  --homes N               how many homes (default 30; each has 2 to 5 devices)
  --seed N                seed of homes, values and happenings (default 1)
  --url URL               the platform (default http://127.0.0.1:8080)
  --mqtt URL              its MQTT port (default mqtt://127.0.0.1:1883; also mqtts://, ws://, wss://)
  --username NAME         an administrator, who may create residents and devices (default admin)
  --password TEXT         its password (default: environment variable ADMIN_PASSWORD)
  --presses-per-hour N    happenings over all homes, alarms and daily life (default 15)
  --telemetry-seconds N   interval of each device's telemetry (default 60)
  --outages               homes lose their network from time to time
  --minutes N             how long (default: until Ctrl-C)
  --state FILE            keeps the homes and their secrets for the next run (default ./data/simulator.json)
  --help                  this text

At the end it reports what was sent and acknowledged; exit code 1 if anything stayed unacknowledged.
`

/** A wrong command line; the message names the option and says what it should be. */
export class UsageError extends Error {}

/**
 * Reads the command line.
 * @returns null when help is asked for
 * @throws UsageError
 */
export function readOptions(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): CliOptions | null {
  const values = parse(args)
  if (values.help) return null
  return {
    homes: number('homes', values.homes, { min: 1, max: 20_000, whole: true }) ?? 30,
    seed: number('seed', values.seed, { min: 0, max: 2 ** 32 - 1, whole: true }) ?? 1,
    url: url('url', values.url ?? 'http://127.0.0.1:8080', ['http:', 'https:']).replace(/\/+$/, ''),
    mqttUrl: url('mqtt', values.mqtt ?? 'mqtt://127.0.0.1:1883', ['mqtt:', 'mqtts:', 'ws:', 'wss:']),
    username: values.username ?? 'admin',
    password: values.password ?? (env.ADMIN_PASSWORD || null),
    pressesPerHour:
      number('presses-per-hour', values['presses-per-hour'], { min: 0, max: 3_600_000, whole: false }) ?? 15,
    telemetrySeconds:
      number('telemetry-seconds', values['telemetry-seconds'], { min: 0.1, max: 86_400, whole: false }) ?? 60,
    minutes: number('minutes', values.minutes, { min: 0.01, max: 10_000, whole: false }),
    stateFile: values.state ?? './data/simulator.json',
    outages: values.outages ?? false,
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        homes: { type: 'string' },
        seed: { type: 'string' },
        url: { type: 'string' },
        mqtt: { type: 'string' },
        username: { type: 'string' },
        password: { type: 'string' },
        'presses-per-hour': { type: 'string' },
        'telemetry-seconds': { type: 'string' },
        minutes: { type: 'string' },
        state: { type: 'string' },
        outages: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values
  } catch (error) {
    // Node's message names the option; its further hints are about other programs.
    if (error instanceof TypeError) throw new UsageError(error.message.split(/\.\s/)[0] ?? error.message)
    throw error
  }
}

function number(option: string, text: string | undefined, range: { min: number; max: number; whole: boolean }) {
  if (text === undefined) return null
  const value = Number(text)
  const right =
    text.trim() !== '' && value >= range.min && value <= range.max && (!range.whole || Number.isInteger(value))
  if (right) return value
  const kind = range.whole ? 'a whole number' : 'a number'
  throw new UsageError(`--${option} must be ${kind} from ${range.min} to ${range.max}, not "${text}"`)
}

function url(option: string, text: string, protocols: readonly string[]): string {
  if (URL.canParse(text) && protocols.includes(new URL(text).protocol)) return text
  const allowed = protocols.map((protocol) => `${protocol}//`).join(', ')
  throw new UsageError(`--${option} must be a URL that begins with one of ${allowed}`)
}
