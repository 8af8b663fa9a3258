import type { VirtualDevice as Identity } from '../../server/contract/ports.ts'
import { ESPHOME, SHELLY_BLU, SHELLY_GEN1, TASMOTA } from '../wire/wifi.ts'
import { ChirpstackPeer } from './chirpstack.ts'
import { NativePeer } from './native.ts'
import { OwnTracksPeer } from './owntracks.ts'
import type { Peer, PeerContext } from './peer.ts'
import { PendantPeer } from './pendant.ts'
import { TtsPeer } from './tts.ts'
import { WatchPeer } from './watch.ts'
import { WifiPeer } from './wifi.ts'
import { Zigbee2MqttPeer } from './zigbee2mqtt.ts'

type Make = (identity: Identity, children: readonly Identity[], context: PeerContext) => Peer

/** Base topics that homes have: most leave what Zigbee2MQTT suggests, and so many have the same. */
const BASES = ['zigbee2mqtt', 'zigbee2mqtt', 'zigbee2mqtt', 'home/zigbee', 'z2m-家']

/** By protocol; what is not here can't be simulated. */
const MAKERS: ReadonlyMap<string, Make> = new Map<string, Make>([
  ['native', (identity, _, context) => new NativePeer(identity, context)],
  [
    'zigbee2mqtt',
    (hub, children, context) => new Zigbee2MqttPeer(hub, children, context.random('base', hub).pick(BASES), context),
  ],
  ['owntracks', (identity, _, context) => new OwnTracksPeer(identity, context)],
  ['chirpstack', (server, ends, context) => new ChirpstackPeer(server, ends, context)],
  ['tts', (bridge, ends, context) => new TtsPeer(bridge, ends, context)],
  ['watch', (identity, _, context) => new WatchPeer(identity, context)],
  ['minifinder2', (identity, _, context) => new PendantPeer(identity, context)],
  ['shelly_gen1', (login, children, context) => new WifiPeer(SHELLY_GEN1, login, children, context)],
  ['shelly_blu', (login, children, context) => new WifiPeer(SHELLY_BLU, login, children, context)],
  ['tasmota', (login, children, context) => new WifiPeer(TASMOTA, login, children, context)],
  ['esphome', (login, children, context) => new WifiPeer(ESPHOME, login, children, context)],
])

/**
 * One peer per device that connects, with the devices that it speaks for. A network server may speak for devices of many
 * homes.
 * @throws RangeError for a device that can't be simulated
 */
export function makePeers(all: readonly Identity[], context: PeerContext): Peer[] {
  const behind = new Map<string, Identity[]>()
  for (const device of all) {
    if (device.hubId === undefined) continue
    const list = behind.get(device.hubId)
    if (list) list.push(device)
    else behind.set(device.hubId, [device])
  }
  return all
    .filter(({ hubId }) => hubId === undefined)
    .map((identity) => {
      const { protocol = 'native' } = identity
      const make = MAKERS.get(protocol)
      if (!make) throw new RangeError(`${identity.deviceId}: ${protocol} can't be simulated`)
      return make(identity, behind.get(identity.deviceId) ?? [], context)
    })
}
