import { describe, expect, it } from 'vitest'
import { chirpstackProtocol } from '../../gateway/protocols/chirpstack.ts'
import { ttsProtocol } from '../../gateway/protocols/tts.ts'
import type { CommandTarget, DecodedItem, DeviceRoute } from '../../server/contract/ports.ts'
import { CHIRPSTACK_UP, chirpstackUp, device, EUI, network, TTS_UP, ttsUp } from './lorawan-hub.ts'

const routes = (items: readonly DecodedItem[]) =>
  items.flatMap((item) => (item.kind === 'facts' && item.facts.route ? [item.facts.route] : []))
const RADAR = device('fall_sensor')
const PROFILE = { deviceInfo: { deviceProfileName: 'VS373', devEui: EUI } }
const BATTERY = '017564'

describe('how a LoRaWAN device is reached', () => {
  it('is told once, and again when it changes', () => {
    const { decode } = network(chirpstackProtocol)
    const hear = (topic: string, fPort: number) => routes(decode(topic, chirpstackUp(BATTERY, fPort, PROFILE), RADAR))
    const route: DeviceRoute = { base: 'application/a1', fPort: 85, model: 'VS373' }
    expect(hear(CHIRPSTACK_UP, 85)).toEqual([route])
    expect(hear(CHIRPSTACK_UP, 85)).toEqual([])
    expect(hear(CHIRPSTACK_UP, 90)).toEqual([{ ...route, fPort: 90 }])
    const moved = `application/a2/device/${EUI}/event/up`
    expect(hear(moved, 90)).toEqual([{ ...route, fPort: 90, base: 'application/a2' }])
  })

  it('is told once somebody has registered it', () => {
    const { decode } = network(ttsProtocol)
    expect(routes(decode(TTS_UP, ttsUp(BATTERY), null))).toEqual([])
    expect(routes(decode(TTS_UP, ttsUp(BATTERY), device('button', 'WS101')))).toEqual([
      { base: 'v3/care@ttn/devices/bedroom', fPort: 85, model: 'WS101' },
    ])
  })

  it('is not told when no database could keep it', () => {
    const { decode } = network(chirpstackProtocol)
    for (const application of ['a\u0000', 'a\ud800', 'a'.repeat(400)]) {
      const topic = `application/${application}/device/${EUI}/event/up`
      expect(routes(decode(topic, chirpstackUp(BATTERY, 85, PROFILE), RADAR))).toEqual([])
    }
  })

  const target = (lastHeard: CommandTarget['lastHeard']): CommandTarget => ({
    deviceId: 'd1',
    protocol: 'chirpstack',
    kind: 'fall_sensor',
    model: null,
    hubId: null,
    address: EUI,
    ...(lastHeard === undefined ? {} : { lastHeard }),
  })
  const command = { commandId: 'c1', type: 'closed', args: {} } as const

  it('is taken from its record by a login that has not heard of it yet', () => {
    const { memory } = network(chirpstackProtocol)
    expect(chirpstackProtocol.encode(command, target(null), memory)).toEqual([])
    const route: DeviceRoute = { base: 'application/a7', fPort: 85, model: 'VS373' }
    const [downlink] = chirpstackProtocol.encode(command, target({ via: 'lns', route }), memory)
    expect(downlink?.topic).toBe(`application/a7/device/${EUI}/command/down`)
    expect(JSON.parse(downlink!.payload.toString())).toMatchObject({ fPort: 85, data: '/2T/' })
  })

  it('is completed from its record when only a status was heard since', () => {
    const { memory, decode } = network(chirpstackProtocol)
    decode(`application/a2/device/${EUI}/event/status`, { margin: 1 }, RADAR)
    const route: DeviceRoute = { base: 'application/old', fPort: 85, model: 'VS373' }
    const [downlink] = chirpstackProtocol.encode(command, target({ via: 'lns', route }), memory)
    expect(downlink?.topic).toBe(`application/a2/device/${EUI}/command/down`)
    expect(JSON.parse(downlink!.payload.toString())).toMatchObject({ fPort: 85, data: '/2T/' })
  })

  it('is better known by what was heard in this login', () => {
    const { memory, decode } = network(chirpstackProtocol)
    decode(CHIRPSTACK_UP, chirpstackUp(BATTERY, 85, PROFILE), RADAR)
    const route: DeviceRoute = { base: 'application/old', fPort: 85, model: 'VS373' }
    const [downlink] = chirpstackProtocol.encode(command, target({ via: 'lns', route }), memory)
    expect(downlink?.topic).toBe(`application/a1/device/${EUI}/command/down`)
  })
})
