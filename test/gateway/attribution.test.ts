import { describe, expect, it } from 'vitest'
import { attribute } from '../../gateway/attribution.ts'
import type { DecodedItem, DiscoveredDevice, RegisteredDevice } from '../../server/contract/ports.ts'
import type { EventSignal } from '../../server/contract/signal.ts'

const HUB = { deviceId: 'hub-1', isHub: true }
const event = (type: EventSignal['type'], from?: string): DecodedItem => ({
  kind: 'event',
  event: { messageId: 'm1', type, deviceTs: null, detail: { press: 'single' } },
  ...(from === undefined ? {} : { from }),
})
const button: RegisteredDevice = {
  deviceId: 'button-1',
  kind: 'sos_button',
  protocol: 'zigbee2mqtt',
  model: null,
  role: 'sos',
  sources: [],
}
const find = (address: string) => (address === 'known' ? button : null)
const discovered = (role: DiscoveredDevice['role']) => () => ({
  model: 'X',
  vendor: null,
  description: null,
  kind: 'button',
  role,
})
const nothing = () => undefined

describe('whom a message is about', () => {
  it('is the sender when no address is named, else the device registered at the address', () => {
    const items = attribute([event('sos'), event('sos', 'known')], HUB, find, nothing)
    expect(items.map(({ deviceId }) => deviceId)).toEqual(['hub-1', 'button-1'])
    expect(items[1]).toMatchObject({ event: { messageId: 'm1', detail: { press: 'single' } } })
  })

  it('an alarm of a device that nobody has registered is the home’s, told apart by its address', () => {
    const [item] = attribute([event('sos', 'stranger')], HUB, find, nothing)
    expect(item).toMatchObject({
      deviceId: 'hub-1',
      event: { type: 'sos', messageId: 'stranger/m1', detail: { address: 'stranger', unregistered: true } },
    })
  })

  it.each([
    ['sos', 'sos'],
    ['help', 'help'],
    ['ordinary', 'button'],
    [null, 'button'],
  ] as const)('a key that the hub describes as %s is a %s', (role, type) => {
    const [item] = attribute([event('button', 'stranger')], HUB, find, discovered(role))
    expect(item).toMatchObject({ event: { type } })
  })

  it('a registered key stays a key: its role is judged where it is stored', () => {
    expect(attribute([event('button', 'known')], HUB, find, discovered('sos'))).toMatchObject([
      { deviceId: 'button-1', event: { type: 'button' } },
    ])
  })

  it('levels of two strangers do not fall on one another', () => {
    const level = (from: string): DecodedItem => ({
      from,
      kind: 'level',
      report: { level: 'smoke', value: 'true', calm: false, event: null },
    })
    const items = attribute([level('a'), level('b')], HUB, find, nothing)
    expect(items).toMatchObject([{ report: { level: 'a/smoke' } }, { report: { level: 'b/smoke' } }])
  })

  it('readings, presence and facts of a stranger are nobody’s; what could not be read is kept', () => {
    const items: DecodedItem[] = [
      { from: 'x', kind: 'telemetry', sample: { deviceTs: null, fields: { battery: 5 } } },
      { from: 'x', kind: 'presence', online: false },
      { from: 'x', kind: 'facts', facts: { firmware: '1' } },
      { from: 'x', kind: 'unreadable', reason: 'invalid_json', explanation: '', alarm: true },
    ]
    expect(attribute(items, HUB, find, nothing)).toMatchObject([{ kind: 'unreadable', deviceId: 'hub-1' }])
  })

  it('a login that is no hub answers for everything itself', () => {
    const items: DecodedItem[] = [
      { from: 'x', kind: 'telemetry', sample: { deviceTs: null, fields: { battery: 5 } } },
      event('button', 'x'),
    ]
    const attributed = attribute(items, { deviceId: 'shelly-1', isHub: false }, find, nothing)
    expect(attributed).toMatchObject([
      { kind: 'telemetry', deviceId: 'shelly-1' },
      { kind: 'event', deviceId: 'shelly-1', event: { messageId: 'x/m1', type: 'button' } },
    ])
  })
})
