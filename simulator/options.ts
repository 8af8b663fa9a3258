import { parseArgs } from 'node:util'
import { MIXABLE, type Mix, NATIVE_ONLY, readMix } from './mix.ts'

export interface CliOptions {
  homes: number
  mix: Mix
  /** One native device a home. */
  isSmall: boolean
  scenarioFile: string | null
  /** Only lists the labelled scenarios of detection. */
  listsLibrary: boolean
  seed: number
  /** Routine time runs so many times as fast as the clock. */
  speed: number
  /** Of the platform's HTTP server, without a path. */
  url: string
  mqttUrl: string
  watchPort: number
  pendantPort: number
  username: string
  password: string | null
  pressesPerHour: number
  telemetrySeconds: number
  /** null: until Ctrl-C */
  minutes: number | null
  stateFile: string
  outages: boolean
  qos: 0 | 1
  settleSeconds: number
}

/** From so many homes on each has one native device, unless a mix is asked for. */
const SMALL_FROM = 2_000

export const HELP = `Virtual homes whose devices speak the protocols of real ones.

Usage: npm run simulate -- [options]

  --homes N               how many homes (default 30, at most 20000; each has 2 to 5 devices, with --mix 1 to 18;
                          from ${SMALL_FROM} on one native device each, unless --mix is given)
  --mix LIST              kinds of homes and their shares, as in native=3,zigbee2mqtt=2,watch (default native):
                          ${MIXABLE.slice(0, 7).join(', ')},
                          ${MIXABLE.slice(7).join(', ')};
                          also pendant, lorawan, wifi, all
  --scenario FILE         plays a scenario (simulator/scenarios/*.json) instead, and checks what was recorded; homes,
                          time and traffic are those of the file then, whatever --homes, --mix, --minutes, --state,
                          --qos, --outages, --presses-per-hour and --telemetry-seconds say
  --list-library          lists the labelled scenarios of detection (docs/scenarios.md) and ends
  --seed N                seed of homes, residents' days, values and happenings (default 1); ids and secrets are new
                          with each registration
  --speed N               residents, sensors, happenings and outages run N times as fast as the clock (default 1, at
                          most 3600). What the platform sees of time stays real: devices stamp messages with the time of
                          sending, connections, acknowledgements and repetitions take as long as they take. So
                          intervals (--telemetry-seconds) shrink by N, and so do the times of a scenario; --minutes
                          does not. Beyond about 60 a day's falls and walks come so close together that real devices
                          could not tell them apart.
  --url URL               the platform (default http://127.0.0.1:8080)
  --mqtt URL              its MQTT port (default mqtt://127.0.0.1:1883; also mqtts://, ws://, wss://)
  --watch-port N          its port for GPS watches, on the host of --mqtt (default 5093)
  --pendant-port N        its port for pendants, likewise (default 5116)
  --username NAME         an administrator, who may create residents and devices (default admin)
  --password TEXT         its password (default: environment variable ADMIN_PASSWORD)
  --presses-per-hour N    happenings by chance over all homes, beside the residents' day (default 15)
  --telemetry-seconds N   interval of each device's telemetry (default 60)
  --qos N                 quality of service of hubs, network servers and Wi-Fi devices (default 0, as they come)
  --outages               homes lose their network or power from time to time
  --minutes N             how long, real time (default: until Ctrl-C)
  --settle-seconds N      waits so long before it compares (default 2)
  --state FILE            keeps the homes and their secrets for the next run (default ./data/simulator.json)
  --help                  this text

At the end what was sent is compared with what the platform has recorded: by the id where the protocol has one, else by
device, type and time. Exit code 0: nothing lost, nothing invented, all acknowledged; 1: something is not as it should
be; 2: wrong command line, no server, or refused. What was sent without an acknowledgement (QoS 0) just before its
connection was lost is listed as in doubt: nobody can know whether it arrived.

Each device or hub needs a connection: for --homes 10000 the limit of open files (ulimit -n) must be above 10100.
The Things Stack (tts) is simulated as a broker on 127.0.0.1, so the platform must run on this machine for it.
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
  const homes = whole('homes', values.homes, 1, 20_000) ?? 30
  return {
    homes,
    mix: values.mix === undefined ? NATIVE_ONLY : mix(values.mix),
    isSmall: values.mix === undefined && homes >= SMALL_FROM,
    scenarioFile: values.scenario ?? null,
    listsLibrary: values['list-library'] ?? false,
    seed: whole('seed', values.seed, 0, 2 ** 32 - 1) ?? 1,
    speed: number('speed', values.speed, 0.1, 3_600) ?? 1,
    url: url('url', values.url ?? 'http://127.0.0.1:8080', ['http:', 'https:']).replace(/\/+$/, ''),
    mqttUrl: url('mqtt', values.mqtt ?? 'mqtt://127.0.0.1:1883', ['mqtt:', 'mqtts:', 'ws:', 'wss:']),
    watchPort: whole('watch-port', values['watch-port'], 1, 65_535) ?? 5093,
    pendantPort: whole('pendant-port', values['pendant-port'], 1, 65_535) ?? 5116,
    username: values.username ?? 'admin',
    password: values.password ?? (env.ADMIN_PASSWORD || null),
    pressesPerHour: number('presses-per-hour', values['presses-per-hour'], 0, 3_600_000) ?? 15,
    telemetrySeconds: number('telemetry-seconds', values['telemetry-seconds'], 0.1, 86_400) ?? 60,
    minutes: number('minutes', values.minutes, 0.01, 10_000),
    stateFile: values.state ?? './data/simulator.json',
    outages: values.outages ?? false,
    qos: whole('qos', values.qos, 0, 1) === 1 ? 1 : 0,
    settleSeconds: number('settle-seconds', values['settle-seconds'], 0, 3_600) ?? 2,
  }
}

const TEXTS = [
  'homes',
  'mix',
  'scenario',
  'seed',
  'speed',
  'url',
  'mqtt',
  'watch-port',
  'pendant-port',
  'username',
  'password',
  'presses-per-hour',
  'telemetry-seconds',
  'minutes',
  'state',
  'qos',
  'settle-seconds',
] as const
type Texts = Partial<Record<(typeof TEXTS)[number], string>>
type Flags = { outages?: boolean; help?: boolean; 'list-library'?: boolean }

function parse(args: readonly string[]): Texts & Flags {
  try {
    const texts = Object.fromEntries(TEXTS.map((name) => [name, { type: 'string' as const }]))
    const flag = { type: 'boolean' as const }
    const flags = { outages: flag, 'list-library': flag, help: { ...flag, short: 'h' } }
    const { values } = parseArgs({ args: [...args], options: { ...texts, ...flags } })
    return values as Texts & Flags
  } catch (error) {
    // Node's message names the option; its further hints are about other programs.
    if (error instanceof TypeError) throw new UsageError(error.message.split(/\.\s/)[0] ?? error.message)
    throw error
  }
}

const whole = (option: string, text: string | undefined, min: number, max: number): number | null =>
  inRange(option, text, { min, max, kind: 'a whole number' })
const number = (option: string, text: string | undefined, min: number, max: number): number | null =>
  inRange(option, text, { min, max, kind: 'a number' })

function inRange(option: string, text: string | undefined, range: { min: number; max: number; kind: string }) {
  if (text === undefined) return null
  const value = Number(text)
  const { min, max, kind } = range
  const isRight = text.trim() !== '' && value >= min && value <= max
  if (isRight && (kind === 'a number' || Number.isInteger(value))) return value
  throw new UsageError(`--${option} must be ${kind} from ${min} to ${max}, not "${text}"`)
}

function mix(text: string): Mix {
  const read = readMix(text)
  if (typeof read === 'string') throw new UsageError(`--mix: ${read}`)
  return read
}

function url(option: string, text: string, protocols: readonly string[]): string {
  if (URL.canParse(text) && protocols.includes(new URL(text).protocol)) return text
  const allowed = protocols.map((protocol) => `${protocol}//`).join(', ')
  throw new UsageError(`--${option} must be a URL that begins with one of ${allowed}, not "${text}"`)
}
