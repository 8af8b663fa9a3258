import { nativeProtocol } from './native.ts'
import type { MqttProtocol } from './protocol.ts'

/** Every protocol spoken over MQTT. A new one is a file here and a line in this table. */
export const MQTT_PROTOCOLS: ReadonlyMap<string, MqttProtocol> = new Map([nativeProtocol].map((p) => [p.name, p]))
