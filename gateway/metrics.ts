import { Counter, Gauge, type Registry } from 'prom-client'

/** The gateway's figures. Labels hold names of our own only: never an id, an address or a topic. */

export const LOGIN_RESULTS = [
  'accepted',
  'wrong',
  'malformed',
  'anonymous',
  'limited',
  'unavailable',
  'other_protocol',
] as const
export type LoginResult = (typeof LOGIN_RESULTS)[number]

export const REFUSALS = [
  'too_many_connections',
  'too_many_from_address',
  'new_connections_rate',
  'packet_too_large',
  'malformed_packet',
  'not_a_connect',
  'version_5',
  'identifier_rejected',
  'publish_not_allowed',
  'subscribe_not_allowed',
  'will_not_allowed',
  'taken_over',
  'too_many_of_device',
  'tls_handshake',
  'websocket_handshake',
  // Devices over TCP.
  'no_frame',
  'silent',
  'no_identity',
  'other_identity',
  'not_registered',
  'source_not_allowed',
] as const
export type Refusal = (typeof REFUSALS)[number]

export interface Metrics {
  message(channel: string): void
  login(result: LoginResult): void
  refused(reason: Refusal): void
  /** Bytes between frames that belong to none. */
  skipped(protocol: string, bytes: number): void
}

/** Registers the metrics; the gauges are read when they are scraped. */
export function createMetrics(
  registry: Registry,
  read: { connections(): number; tcpConnections(): number; unanswered(): number },
): Metrics {
  const registers = [registry]
  new Gauge({
    name: 'anhu_mqtt_connections',
    help: 'Authenticated MQTT connections',
    registers,
    collect() {
      this.set(read.connections())
    },
  })
  new Gauge({
    name: 'anhu_tcp_connections',
    help: 'Devices connected over TCP',
    registers,
    collect() {
      this.set(read.tcpConnections())
    },
  })
  new Gauge({
    name: 'anhu_mqtt_unanswered',
    help: 'MQTT messages taken from devices and not yet stored',
    registers,
    collect() {
      this.set(read.unanswered())
    },
  })
  // Counted in a plain map: prom-client hashes the labels at every inc(), which the hot path need not pay for.
  const counted = new Map<string, number>()
  new Counter({
    name: 'anhu_mqtt_messages_total',
    help: 'Messages and frames taken from devices',
    labelNames: ['channel'],
    registers,
    collect() {
      for (const [channel, count] of counted) {
        this.inc({ channel }, count)
        counted.set(channel, 0)
      }
    },
  })
  const logins = new Counter({
    name: 'anhu_mqtt_logins_total',
    help: 'MQTT logins by result',
    labelNames: ['result'],
    registers,
  })
  const refused = new Counter({
    name: 'anhu_mqtt_refused_total',
    help: 'What the gateway refused: connections, packets, subscriptions',
    labelNames: ['reason'],
    registers,
  })
  const skipped = new Counter({
    name: 'anhu_tcp_skipped_bytes_total',
    help: 'Bytes between frames that belong to no frame',
    labelNames: ['protocol'],
    registers,
  })
  return {
    message: (channel) => counted.set(channel, (counted.get(channel) ?? 0) + 1),
    login: (result) => logins.inc({ result }),
    refused: (reason) => refused.inc({ reason }),
    skipped: (protocol, bytes) => skipped.inc({ protocol }, bytes),
  }
}
