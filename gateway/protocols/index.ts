import { chirpstackProtocol } from './chirpstack.ts'
import { mappedProtocol, presetProtocols } from './mapper/index.ts'
import { minifinder2Protocol } from './minifinder2.ts'
import { nativeProtocol } from './native.ts'
import { owntracksProtocol } from './owntracks.ts'
import type { MqttProtocol, TcpProtocol } from './protocol.ts'
import { ttsProtocol } from './tts.ts'
import { watchProtocol } from './watch.ts'
import { zigbee2mqttProtocol } from './zigbee2mqtt.ts'

/** Every protocol spoken over MQTT. A new one is a file here and a line in this table. */
export const MQTT_PROTOCOLS: ReadonlyMap<string, MqttProtocol> = byName<MqttProtocol>([
  nativeProtocol,
  zigbee2mqttProtocol,
  owntracksProtocol,
  chirpstackProtocol,
  ttsProtocol,
  mappedProtocol,
  ...presetProtocols,
])

/** Every protocol spoken in frames over TCP. */
export const TCP_PROTOCOL_TABLE: ReadonlyMap<string, TcpProtocol> = byName<TcpProtocol>([
  watchProtocol,
  minifinder2Protocol,
])

function byName<P extends { name: string }>(protocols: readonly P[]): ReadonlyMap<string, P> {
  return new Map(protocols.map((protocol) => [protocol.name, protocol]))
}
