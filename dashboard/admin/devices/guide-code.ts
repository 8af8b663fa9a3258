import type { ConnectionView } from '../../../server/contract/api.ts'
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
  /** Of the page, with port: where the WebSocket is too. */
  origin: string
  server: Server
}

/** Where devices find the platform. */
export interface Server extends ConnectionView {
  host: string
}

/** The ports unless the administrator changed them: README, "Settings". For when the server cannot be asked. */
export const USUAL_PORTS = { mqtt: 1883, mqtts: 8883, websocketPath: '/mqtt', watch: 5093, pendant: 5116 } as const

/** @param connection undefined: not known; the page's host and the usual ports have to do */
export function serverAt(pageHost: string, connection: ConnectionView | undefined): Server {
  const known = connection ?? { ...USUAL_PORTS, host: null }
  return { ...known, host: known.host ?? pageHost }
}

/** Whether only this very machine can reach a host of that name. */
export const isThisMachine = (host: string): boolean => /^(localhost|127\.[\d.]+|\[::1\])$/.test(host)

export const secretOf = ({ secret, hiddenSecret }: Connection): string => secret ?? hiddenSecret

/** Quoted so that YAML and TOML read it as text, whatever it holds: both take JSON's escapes. */
const quoted = (text: string): string => JSON.stringify(text)

/** Keys as in Zigbee2MQTT's guide, "MQTT" and "Availability". */
export const zigbeeConfiguration = (c: Connection): string =>
  [
    'mqtt:',
    '  base_topic: zigbee2mqtt',
    `  server: mqtt://${c.server.host}:${c.server.mqtt}`,
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
    `    server = "tcp://${c.server.host}:${c.server.mqtt}/"`,
    `    username = ${quoted(c.deviceId)}`,
    `    password = ${quoted(secretOf(c))}`,
    `    client_id = ${quoted(c.deviceId)}`,
    '    json = true',
  ].join('\n')

/** Commands as in Tasmota's documentation, "MQTT commands". The device's own topic is its id. */
export const tasmotaLine = (c: Connection): string =>
  `Backlog MqttHost ${c.server.host}; MqttPort ${c.server.mqtt}; MqttUser ${c.deviceId}; MqttPassword ${secretOf(c)}; Topic ${c.deviceId}`

/** Keys as in ESPHome's documentation, "MQTT client component". */
export const esphomeConfiguration = (c: Connection): string =>
  [
    'mqtt:',
    `  broker: ${c.server.host}`,
    `  port: ${c.server.mqtt}`,
    `  username: ${quoted(c.deviceId)}`,
    `  password: ${quoted(secretOf(c))}`,
    `  topic_prefix: ${quoted(c.deviceId)}`,
  ].join('\n')

/**
 * The app takes its whole configuration from such a link (OwnTracks booklet, "Configuration file"). Mode 0 is MQTT;
 * `cmd` allows what the platform asks of the phone.
 */
export function ownTracksLink({ server, deviceId, secret }: Connection): string | null {
  if (secret === null) return null
  const configuration = {
    _type: 'configuration',
    mode: 0,
    host: server.host,
    port: server.mqtt,
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
