import type { DeviceCommand } from '../server/contract/command.ts'
import { LORAWAN_PROTOCOLS, TCP_PROTOCOLS } from '../server/contract/device.ts'
import type { CommandTarget, DeliveryResult, DeviceLinkPort } from '../server/contract/ports.ts'
import type { Bridges } from './bridges.ts'
import { sendCommand } from './commands.ts'
import type { Connections } from './connections.ts'
import type { Downlink } from './protocols/protocol.ts'
import type { Roster } from './roster.ts'
import type { Sender } from './sender.ts'
import type { TcpServer } from './tcp/server.ts'

export interface LinksOptions {
  connections: Connections
  bridges: Bridges
  tcpServers: ReadonlyMap<string, TcpServer>
  roster: Roster
  /** A command that the device has not acknowledged by then counts as not delivered, ms. */
  commandMs: number
}

/** Somebody who may be able to reach a device. */
interface Carrier {
  sender: Sender
  send(downlink: Downlink): Promise<boolean>
}

/** The way of a command from the server to a device, whichever way that is connected. */
export function createLinks(options: LinksOptions): DeviceLinkPort {
  const { connections, bridges, tcpServers, roster } = options

  function* carriersOf(holder: string): Iterable<Carrier> {
    const online = connections.device(holder)
    if (online) yield fromConnections(online)
    const bridge = bridges.of(holder)
    if (bridge?.connected) yield { sender: bridge.sender, send: (downlink) => bridge.publish(downlink) }
  }

  function* carriers({ deviceId, hubId, protocol, lastHeard }: CommandTarget): Iterable<Carrier> {
    const holder = hubId ?? deviceId
    yield* carriersOf(holder)
    // A LoRaWAN device belongs to no hub: whichever network server has heard of it can reach it, the last one best.
    if (hubId !== null || !LORAWAN_PROTOCOLS.includes(protocol)) return
    if (lastHeard && lastHeard.via !== holder) yield* carriersOf(lastHeard.via)
    for (const server of connections.speaking(protocol)) yield fromConnections(server)
    for (const one of bridges.speaking(protocol)) {
      if (one.connected) yield { sender: one.sender, send: (downlink) => one.publish(downlink) }
    }
  }

  function fromConnections(device: NonNullable<ReturnType<Connections['device']>>): Carrier {
    return {
      sender: device.sender,
      send: async (downlink) => {
        const sent = [...device.connections].map((one) => sendCommand(one, downlink, options.commandMs))
        return (await Promise.all(sent)).includes(true)
      },
    }
  }

  async function deliverOverMqtt(target: CommandTarget, command: DeviceCommand): Promise<DeliveryResult> {
    let result: DeliveryResult = 'offline'
    for (const { sender, send } of carriers(target)) {
      // How one network server reaches a device means nothing to another.
      const lastHeard = target.lastHeard?.via === sender.login.deviceId ? target.lastHeard : null
      const downlinks = sender.protocol.encode(command, { ...target, lastHeard }, sender.memory)
      if (downlinks.length > 0) {
        if (await all(downlinks, send)) return 'delivered'
        result = 'offline'
      } else if (!LORAWAN_PROTOCOLS.includes(target.protocol)) result = 'unsupported'
      // A network server that has not heard of the device since it logged in will hear of it yet.
    }
    return result
  }

  async function deliverOverTcp(target: CommandTarget, command: DeviceCommand): Promise<DeliveryResult> {
    const session = tcpServers.get(target.protocol)?.sessionOf(target.deviceId) ?? null
    if (session === null || session.last === null || session.closed) return 'offline'
    const bytes = session.protocol.encode(command, session.last)
    if (bytes === null) return 'unsupported'
    return new Promise((resolve) => {
      session.socket.write(bytes, (error) => resolve(error ? 'offline' : 'delivered'))
    })
  }

  return {
    deliver: (target, command) =>
      TCP_PROTOCOLS.includes(target.protocol) ? deliverOverTcp(target, command) : deliverOverMqtt(target, command),
    say: async (deviceId, word) => {
      const online = connections.device(deviceId)
      const downlink = online?.sender.protocol.encodeVoice?.(word, deviceId)
      return online && downlink ? fromConnections(online).send(downlink) : false
    },
    changed() {
      roster.forget()
      bridges.refresh()
    },
    bridges: () => bridges.status(),
  }
}

async function all(downlinks: readonly Downlink[], send: (downlink: Downlink) => Promise<boolean>): Promise<boolean> {
  for (const downlink of downlinks) if (!(await send(downlink))) return false
  return true
}
