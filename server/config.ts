import { hostname } from 'node:os'
import { resolve } from 'node:path'
import { MAP_DATUMS, type MapView } from './contract/map.ts'
import type { NotifySettings } from './notify/channels.ts'
import { parseKey, SealError } from './store/sealed.ts'
import { readVoiceConfig } from './voice/config.ts'
import type { IceConfig } from './voice/ice.ts'
import type { DialSettings } from './voice/phone.ts'

/** All settings, from the environment. See README for their meaning. */
export interface Config {
  host: string
  /** Name or address under which devices reach the platform; null: that of the page. */
  publicHost: string | null
  httpPort: number
  mqttPort: number
  mqttsPort: number
  /** GPS watches and pendants over TCP. */
  watchPort: number
  pendantPort: number
  tls: { cert: string; key: string; ca: string | null } | null
  dataDir: string
  databaseUrl: string | null
  influx: {
    url: string
    token: string | null
    org: string | null
    bucket: string
    database: string
    username: string | null
    password: string | null
  } | null
  adminPassword: string | null
  /** Key for passwords and keys that the platform has to use itself; null: one of its own in `dataDir`. */
  sealKey: string | null
  /** Pictures under maps, as the pages are told. */
  map: MapView
  /** Where the newest seal of the audit is noted, outside the database; null: in the log alone. */
  auditAnchorFile: string | null
  /** One test alarm a minute through the whole platform. */
  selfTest: boolean
  /** For how long a second person's word holds that a case may end without contact or visit; ms. */
  secondPersonMs: number
  /** Ways to people away from their desks. */
  notify: NotifySettings
  /** What an escalation should have done longer ago than this has been missed, ms. */
  escalationCatchUpMs: number
  /** How desks and terminals find a way to each other when they talk. */
  ice: IceConfig
  dial: DialSettings
  /** Shared with the telephone exchange; null: it may not report. */
  exchangeSecret: string | null
  demo: boolean
  logLevel: LogLevel
  /** Names this node among others: whose connections and bridges are whose. */
  node: string
}

/** A host's name or IPv4 address, without scheme, port or path: it is put into settings of devices as it is. */
const HOST_NAME = /^(?=.{1,253}$)[\p{L}\p{N}](?:[\p{L}\p{N}.-]*[\p{L}\p{N}])?$/u

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
type LogLevel = (typeof LOG_LEVELS)[number]

export class ConfigError extends Error {
  readonly problems: readonly string[]
  constructor(problems: readonly string[]) {
    super(`Wrong settings: ${problems.join('; ')}`)
    this.problems = problems
  }
}

/**
 * Reads the settings.
 * @throws ConfigError naming every wrong setting at once
 */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const problems: string[] = []
  const text = (name: string) => env[name] || null
  const port = (name: string, fallback: number) => {
    const value = text(name)
    if (value === null) return fallback
    if (/^\d{1,5}$/.test(value) && Number(value) <= 65_535) return Number(value)
    problems.push(`${name} must be a port from 0 to 65535 (0: any free one), not "${value}"`)
    return fallback
  }
  const minutes = (name: string, fallback: number, most: number) => {
    const value = text(name)
    if (value === null) return fallback
    if (/^\d{1,4}$/.test(value) && Number(value) >= 1 && Number(value) <= most) return Number(value)
    problems.push(`${name} must be a number of minutes from 1 to ${most}, not "${value}"`)
    return fallback
  }
  const url = (name: string, protocols: string[]) => {
    const value = text(name)
    // A wrong URL may hold a password: it is not repeated.
    if (value !== null && !(URL.canParse(value) && protocols.includes(new URL(value).protocol))) {
      problems.push(`${name} must be a URL that begins with ${protocols.map((p) => `${p}//`).join(' or ')}`)
    }
    return value
  }
  const oneOf = <T extends string>(name: string, allowed: readonly T[], fallback: T): T => {
    const value = text(name) ?? fallback
    if ((allowed as readonly string[]).includes(value)) return value as T
    problems.push(`${name} must be one of ${allowed.join(', ')}, not "${value}"`)
    return fallback
  }

  const cert = text('TLS_CERT')
  const key = text('TLS_KEY')
  if ((cert === null) !== (key === null))
    problems.push('TLS_CERT and TLS_KEY must be set together (paths of PEM files)')
  const adminPassword = text('ADMIN_PASSWORD')
  if (adminPassword !== null && adminPassword.length < 8)
    problems.push('ADMIN_PASSWORD must have at least 8 characters')
  const sealKey = text('SEAL_KEY')
  try {
    if (sealKey !== null) parseKey(sealKey, 'SEAL_KEY')
  } catch (error) {
    if (!(error instanceof SealError)) throw error
    problems.push(error.message)
  }
  const publicHost = text('PUBLIC_HOST')
  if (publicHost !== null && !HOST_NAME.test(publicHost)) {
    problems.push('PUBLIC_HOST must be a host name or an IPv4 address, without scheme, port or path')
  }
  const tiles = url('MAP_TILES', ['http:', 'https:'])
  if (tiles !== null && ['{z}', '{x}', '{y}'].some((place) => !tiles.includes(place))) {
    problems.push('MAP_TILES must hold {z}, {x} and {y}')
  }
  const smtpUrl = url('SMTP_URL', ['smtp:', 'smtps:'])
  const smtpFrom = text('SMTP_FROM')
  if ((smtpUrl === null) !== (smtpFrom === null)) problems.push('SMTP_URL and SMTP_FROM must be set together')
  const carriers = {
    smsUrl: url('SMS_WEBHOOK_URL', ['http:', 'https:']),
    callUrl: url('CALL_WEBHOOK_URL', ['http:', 'https:']),
    webhookUrl: url('NOTIFY_WEBHOOK_URL', ['http:', 'https:']),
  }
  const notifySecret = text('NOTIFY_SECRET')
  if (notifySecret === null && Object.values(carriers).some((one) => one !== null)) {
    problems.push('NOTIFY_SECRET must be set with SMS_WEBHOOK_URL, CALL_WEBHOOK_URL or NOTIFY_WEBHOOK_URL')
  }
  if (notifySecret !== null && notifySecret.length < 16) problems.push('NOTIFY_SECRET must have at least 16 characters')
  const catchUp = text('ESCALATION_CATCH_UP_SECONDS') ?? '60'
  if (!/^\d{1,5}$/.test(catchUp) || Number(catchUp) < 5) {
    problems.push('ESCALATION_CATCH_UP_SECONDS must be a whole number of seconds from 5 to 99999')
  }
  const influxUrl = url('INFLUX_URL', ['http:', 'https:'])
  const voice = readVoiceConfig(text, (problem) => problems.push(problem))
  // One process does both jobs for now; a node that was told otherwise must not start as something else.
  oneOf('ROLE', ['all'], 'all')

  const config: Config = {
    host: text('HOST') ?? '0.0.0.0',
    publicHost,
    httpPort: port('HTTP_PORT', 8080),
    mqttPort: port('MQTT_PORT', 1883),
    mqttsPort: port('MQTTS_PORT', 8883),
    watchPort: port('WATCH_PORT', 5093),
    pendantPort: port('PENDANT_PORT', 5116),
    tls: cert && key ? { cert, key, ca: text('TLS_CA') } : null,
    dataDir: resolve(text('DATA_DIR') ?? './data'),
    databaseUrl: url('DATABASE_URL', ['postgres:', 'postgresql:']),
    influx: influxUrl
      ? {
          url: influxUrl,
          token: text('INFLUX_TOKEN'),
          org: text('INFLUX_ORG'),
          bucket: text('INFLUX_BUCKET') ?? 'anhu',
          database: text('INFLUX_DATABASE') ?? 'anhu',
          username: text('INFLUX_USERNAME'),
          password: text('INFLUX_PASSWORD'),
        }
      : null,
    adminPassword,
    sealKey,
    map: { tiles, datum: oneOf('MAP_DATUM', MAP_DATUMS, 'wgs84') },
    auditAnchorFile: text('AUDIT_ANCHOR_FILE'),
    selfTest: oneOf('SELF_TEST', ['0', '1'], '1') === '1',
    secondPersonMs: minutes('SECOND_PERSON_MINUTES', 10, 120) * 60_000,
    notify: {
      smtp: smtpUrl && smtpFrom ? { url: smtpUrl, from: smtpFrom } : null,
      ...carriers,
      secret: notifySecret,
    },
    escalationCatchUpMs: Number(catchUp) * 1000,
    ...voice,
    demo: oneOf('DEMO', ['0', '1'], '0') === '1',
    logLevel: oneOf('LOG_LEVEL', LOG_LEVELS, 'info'),
    node: hostname(),
  }
  if (problems.length > 0) throw new ConfigError(problems)
  return config
}
