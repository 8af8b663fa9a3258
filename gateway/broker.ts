import { randomUUID } from 'node:crypto'
import { Aedes, type AedesOptions, type Client, type ConnectPacket, type PublishPacket, type Subscription } from 'aedes'
import type { Logger } from 'pino'
import { CONNACK, connectDecision, maySubscribe } from './acl.ts'
import { commandAcknowledged, withCommandId } from './commands.ts'
import type { Connection, Connections } from './connections.ts'
import type { Inbound } from './inbound.ts'
import type { GatewayLimits } from './limits.ts'
import type { AcceptedLogin, Login } from './login.ts'
import type { Metrics } from './metrics.ts'
import { nameOf } from './names.ts'
import { MQTT_PROTOCOLS } from './protocols/index.ts'
import { createSessionStore } from './session-store.ts'

/**
 * Aedes as a device broker: its hooks, wrapped so that each answers exactly once and never throws (an exception in a hook
 * ends the process).
 */
export interface BrokerOptions {
  limits: GatewayLimits
  login: Login
  connections: Connections
  inbound: Inbound
  metrics: Metrics
  log: Logger
  /** The connection a client belongs to; null before `handle` has returned. */
  connectionOf(client: Client): Connection | null
  /** The device has subscribed to something: commands may reach it now. */
  reachable(deviceId: string): void
}

/** CONNACK of MQTT 5 with reason 0x84 "unsupported protocol version" and no properties. */
const VERSION_5_REFUSAL = Buffer.from([0x20, 0x03, 0x00, 0x84, 0x00])
/** How long a refused MQTT 5 client has to take its answer. */
const REFUSAL_MS = 1_000

/**
 * Devices talk to the platform, not to each other, and the intake has the message before Aedes would route it: nothing is
 * routed, retained or queued, and `$SYS` has no readers. Commands go straight to the client (commands.ts).
 */
class DeviceBroker extends Aedes {
  override publish(
    _packet: PublishPacket,
    clientOrDone?: Client | null | ((error?: Error) => void),
    done?: (error?: Error) => void,
  ): void {
    const callback = typeof clientOrDone === 'function' ? clientOrDone : done
    callback?.()
  }
}

/** Creates a broker that listens to nothing yet: sockets are given to its `handle`. */
export async function createBroker(options: BrokerOptions): Promise<Aedes> {
  const { limits, log, connectionOf } = options
  const sessions = createSessionStore((client, messageId) => {
    const connection = connectionOf(client)
    if (connection) commandAcknowledged(connection, messageId)
  })
  const broker = new DeviceBroker({
    persistence: sessions,
    connectTimeout: limits.connectMs,
    drainTimeout: limits.drainMs,
    // Packets of one chunk that a client sent behind its CONNECT without waiting for CONNACK, as it may.
    queueLimit: limits.waitingPerConnection,
    // Ids are ours by the time Aedes sees them, and longer than MQTT 3.1's 23 characters.
    maxClientsIdLength: Number.MAX_SAFE_INTEGER,
    preConnect: preConnectHook(options),
    authenticate: authenticateHook(options),
    authorizePublish: (client, packet, callback) => {
      const answer = once(callback)
      try {
        const connection = client && connectionOf(client)
        if (!connection) return answer(new Error('unknown client'))
        const { messageId } = packet
        const isRepeated = packet.qos === 2 && messageId !== undefined && sessions.isTaken(connection.client, messageId)
        if (isRepeated) return answer()
        options.inbound.receive(connection, packet, answer)
      } catch (error) {
        log.error({ err: nameOf(error) }, 'mqtt: publish hook failed')
        answer(new Error('internal'))
      }
    },
    authorizeSubscribe: subscribeHook(options),
    authorizeForward: (client, packet) => {
      const connection = connectionOf(client)
      return connection ? withCommandId(connection, packet) : null
    },
  })
  listenToEvents(broker, options)
  await broker.listen()
  return broker
}

function preConnectHook({ connectionOf, metrics }: BrokerOptions): NonNullable<AedesOptions['preConnect']> {
  return (client, packet, callback) => {
    const answer = once(callback)
    const connection = connectionOf(client)
    if (connection === null) return answer(new Error('unknown client'), false)
    const { protocolVersion = 4, clientId, clean = true } = packet
    const decision = connectDecision({ protocolVersion, clientId, clean })
    if (decision.kind === 'refuse_version_5') {
      metrics.refused('version_5')
      const refuse = () => answer(new Error('version_5'), false)
      setTimeout(refuse, REFUSAL_MS).unref()
      connection.conn.end(VERSION_5_REFUSAL, refuse)
      return
    }
    // Aedes can send CONNACK 2 only as the answer to a login.
    connection.identifierRejected = decision.kind === 'reject_identifier'
    connection.clientId = clientId === '' ? randomUUID() : clientId
    connection.willTopic = packet.will?.topic ?? null
    rewriteConnect(packet)
    answer(null, true)
  }
}

/**
 * Two devices may well come with the same factory client id, and an id is only proven by a login: Aedes gets one of ours,
 * and connections.ts takes over by device and client id. Sessions are clean ones, see session-store.ts.
 */
function rewriteConnect(packet: ConnectPacket): void {
  packet.clientId = randomUUID()
  packet.clean = true
}

/** An error that Aedes turns into the CONNACK with this return code. */
function refusal(returnCode: 2 | 3 | 4 | 5, message: string) {
  return Object.assign(new Error(message), { returnCode })
}

function authenticateHook(options: BrokerOptions): NonNullable<AedesOptions['authenticate']> {
  const { connectionOf, login, metrics, log, limits } = options
  return (client, username, password, callback) => {
    const timer = setTimeout(() => {
      metrics.login('unavailable')
      answer(refusal(CONNACK.serverUnavailable, 'login timed out'), null)
    }, limits.loginMs)
    let isAnswered = false
    const answer = once((error: ReturnType<typeof refusal> | null, success: true | null) => {
      isAnswered = true
      clearTimeout(timer)
      callback(error, success)
    })
    const connection = connectionOf(client)
    if (connection === null) return answer(refusal(CONNACK.serverUnavailable, 'unknown client'), null)
    if (connection.identifierRejected) {
      metrics.refused('identifier_rejected')
      return answer(refusal(CONNACK.identifierRejected, 'identifier_rejected'), null)
    }
    login
      .check({ username, password, source: connection.source, isCancelled: () => isAnswered || connection.closed })
      .then((outcome) => {
        if (isAnswered || client.closed || connection.closed) return
        metrics.login(outcome.accepted ? 'accepted' : outcome.result)
        if (!outcome.accepted) {
          log.debug({ result: outcome.result }, 'mqtt: login refused')
          return answer(refusal(outcome.returnCode, outcome.result), null)
        }
        admit(options, connection, outcome)
        answer(null, true)
      })
      .catch((error: unknown) => {
        if (isAnswered) return
        metrics.login('unavailable')
        log.warn({ err: nameOf(error) }, 'mqtt: login not possible now')
        answer(refusal(CONNACK.serverUnavailable, 'unavailable'), null)
      })
  }
}

/** The login was right: the connection is the device's, and older ones may have to go. */
function admit({ connections, metrics, log }: BrokerOptions, connection: Connection, accepted: AcceptedLogin): void {
  const { deviceId } = accepted
  const superseded = connections.attach(connection, accepted)
  for (const [other, reason] of superseded) {
    metrics.refused(reason)
    log.debug({ deviceId, reason }, 'mqtt: older connection closed')
    other.conn.destroy()
  }
}

function subscribeHook({ connectionOf, metrics, log }: BrokerOptions): NonNullable<AedesOptions['authorizeSubscribe']> {
  return (client, subscription, callback) => {
    const device = connectionOf(client)?.device ?? null
    if (device !== null && maySubscribe(device.sender.topics, subscription.topic)) return callback(null, subscription)
    metrics.refused('subscribe_not_allowed')
    log.warn({ deviceId: device?.deviceId, reason: 'subscribe_not_allowed' }, 'mqtt: subscription refused')
    // 0x80 in SUBACK; the connection stays.
    callback(null, null)
  }
}

/** Aedes' events. Its error messages hold no payload; its error objects do (`info` is the packet), so they aren't logged. */
function listenToEvents(broker: Aedes, { connectionOf, reachable, log }: BrokerOptions): void {
  const ended = (client: Client, error: Error) => {
    const connection = connectionOf(client)
    log.debug({ deviceId: connection?.device?.deviceId, reason: error.message }, 'mqtt: connection ended')
  }
  broker.on('clientError', ended)
  broker.on('connectionError', ended)
  // An 'error' event without a listener would end the process.
  const emitter: NodeJS.EventEmitter = broker
  emitter.on('error', (error: unknown) => log.error({ err: nameOf(error) }, 'mqtt: broker error'))
  broker.on('subscribe', (subscriptions: Subscription[], client) => {
    const connection = connectionOf(client)
    if (!connection?.device) return
    for (const { topic, qos } of subscriptions) connection.subscriptions.set(topic, qos)
    reachable(connection.device.deviceId)
  })
  broker.on('unsubscribe', (topics, client) => {
    const connection = connectionOf(client)
    for (const topic of topics) connection?.subscriptions.delete(topic)
  })
}

/** Device protocols that may log in; for the start's log line. */
export const PROTOCOL_NAMES: readonly string[] = [...MQTT_PROTOCOLS.keys()]

function once<A extends unknown[]>(callback: (...args: A) => void): (...args: A) => void {
  let called = false
  return (...args) => {
    if (called) return
    called = true
    callback(...args)
  }
}
