import type { AttributedItem, DecodedItem, DiscoveredDevice, RegisteredDevice } from '../server/contract/ports.ts'
import type { EventSignal } from '../server/contract/signal.ts'

/** Whom the items of a message are about. Pure. */

export interface SenderFacts {
  deviceId: string
  isHub: boolean
}

/**
 * Gives each item its device. What comes from a device that nobody has registered is told of the hub it came through: an
 * alarm from a known home must not wait for paperwork. Its readings are left out, since they are nobody's.
 * @param find the registered device at an address, or null
 * @param discovered what the hub has told of the device at an address
 */
export function attribute(
  items: readonly DecodedItem[],
  sender: SenderFacts,
  find: (address: string) => RegisteredDevice | null,
  discovered: (address: string) => DiscoveredDevice | undefined,
): AttributedItem[] {
  const attributed: AttributedItem[] = []
  for (const item of items) {
    if (item.kind === 'discovered') continue
    const { from } = item
    const device = from === undefined ? null : find(from)
    if (from === undefined) attributed.push({ ...item, deviceId: sender.deviceId })
    else if (device !== null) attributed.push({ ...item, deviceId: device.deviceId })
    else {
      const told = sender.isHub ? toldOfHub(item, from, discovered(from)) : ownPart(item, from)
      if (told !== null) attributed.push({ ...told, deviceId: sender.deviceId })
    }
  }
  return attributed
}

/** A login that is no hub answers for its parts itself; what they say must not fall on one another. */
function ownPart(item: DecodedItem, from: string): DecodedItem {
  switch (item.kind) {
    case 'event':
      return { ...item, event: { ...item.event, messageId: `${from}/${item.event.messageId}` } }
    case 'level':
      return { ...item, report: { ...item.report, level: `${from}/${item.report.level}` } }
    default:
      return item
  }
}

function toldOfHub(item: DecodedItem, from: string, device: DiscoveredDevice | undefined): DecodedItem | null {
  switch (item.kind) {
    case 'event':
      return { ...item, event: behindHub(item.event, from, device) }
    case 'level': {
      const { report } = item
      const event = report.event && behindHub(report.event, from, device)
      return { ...item, report: { ...report, level: `${from}/${report.level}`, event } }
    }
    case 'unreadable':
      return item
    case 'telemetry':
    case 'presence':
    case 'facts':
    case 'reply':
    case 'discovered':
      return null
  }
}

/** A key that is plainly an emergency key counts as one although nobody has given it its role yet. */
function behindHub(event: EventSignal, from: string, device: DiscoveredDevice | undefined): EventSignal {
  const role = event.type === 'button' ? device?.role : null
  const type = role === 'sos' || role === 'help' ? role : event.type
  const detail = { ...event.detail, address: from, unregistered: true }
  return { ...event, type, messageId: `${from}/${event.messageId}`, detail }
}
