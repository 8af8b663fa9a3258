import type { Protocol } from '../../../server/contract/device.ts'
import type { Way } from './connection.ts'

/** What is typed or pasted into a device so that it finds the platform; the same in any language. Pure. */

export interface Connection {
  protocol: Protocol
  way: Way
  deviceId: string
  /** Null: not known any more, or there is none. */
  secret: string | null
  /** Stands where the secret would. */
  hiddenSecret: string
  address: string | null
  kind: string
  host: string
  /** Of the page, with port: where the WebSocket is too. */
  origin: string
}

/** The platform's ports unless its administrator changed them: README, "Settings". */
export const PORTS = { mqtt: 1883, mqtts: 8883, watch: 5093, minifinder2: 5116 } as const

export const secretOf = ({ secret, hiddenSecret }: Connection): string => secret ?? hiddenSecret

/** Quoted so that YAML and TOML read it as text, whatever it holds: both take JSON's escapes. */
const quoted = (text: string): string => JSON.stringify(text)

/** Keys as in Zigbee2MQTT's guide, "MQTT" and "Availability". */
export const zigbeeConfiguration = (c: Connection): string =>
  [
    'mqtt:',
    '  base_topic: zigbee2mqtt',
    `  server: mqtt://${c.host}:${PORTS.mqtt}`,
    `  user: ${quoted(c.deviceId)}`,
    `  password: ${quoted(secretOf(c))}`,
    `  client_id: ${quoted(c.deviceId)}`,
    '  version: 4',
    'availability:',
    '  enabled: true',
    'advanced:',
    '  last_seen: ISO_8601',
  ].join('\n')

/** Keys as in ChirpStack 4's configuration, "integration.mqtt". */
export const chirpStackConfiguration = (c: Connection): string =>
  [
    '[integration]',
    '  enabled = ["mqtt"]',
    '',
    '  [integration.mqtt]',
    `    server = "tcp://${c.host}:${PORTS.mqtt}/"`,
    `    username = ${quoted(c.deviceId)}`,
    `    password = ${quoted(secretOf(c))}`,
    `    client_id = ${quoted(c.deviceId)}`,
    '    json = true',
  ].join('\n')

/** Commands as in Tasmota's documentation, "MQTT commands". The device's own topic is its id. */
export const tasmotaLine = (c: Connection): string =>
  `Backlog MqttHost ${c.host}; MqttPort ${PORTS.mqtt}; MqttUser ${c.deviceId}; MqttPassword ${secretOf(c)}; Topic ${c.deviceId}`

/** Keys as in ESPHome's documentation, "MQTT client component". */
export const esphomeConfiguration = (c: Connection): string =>
  [
    'mqtt:',
    `  broker: ${c.host}`,
    `  port: ${PORTS.mqtt}`,
    `  username: ${quoted(c.deviceId)}`,
    `  password: ${quoted(secretOf(c))}`,
    `  topic_prefix: ${quoted(c.deviceId)}`,
  ].join('\n')

/**
 * The app takes its whole configuration from such a link (OwnTracks booklet, "Configuration file"). Mode 0 is MQTT;
 * `cmd` allows what the platform asks of the phone.
 */
export function ownTracksLink({ host, deviceId, secret }: Connection): string | null {
  if (secret === null) return null
  const configuration = {
    _type: 'configuration',
    mode: 0,
    host,
    port: PORTS.mqtt,
    tls: false,
    auth: true,
    username: deviceId,
    password: secret,
    clientId: deviceId,
    deviceId: 'phone',
    tid: deviceId.slice(-2),
    cmd: true,
  }
  return `owntracks:///config?inline=${encodeURIComponent(btoa(JSON.stringify(configuration)))}`
}
