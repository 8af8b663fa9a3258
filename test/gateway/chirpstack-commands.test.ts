import { describe, expect, it } from 'vitest'
import { chirpstackProtocol } from '../../gateway/protocols/chirpstack.ts'
import type { DeviceCommand } from '../../server/contract/command.ts'
import type { CommandTarget } from '../../server/contract/ports.ts'
import { CHIRPSTACK_UP, chirpstackUp, EUI, LOGIN, network, sorted } from './lorawan-hub.ts'

const topicOf = (event: string) => `application/a1/device/${EUI}/event/${event}`

describe('commands', () => {
  const target = (model: string | null, kind = 'fall_sensor'): CommandTarget => ({
    deviceId: 'd1',
    protocol: 'chirpstack',
    kind,
    model,
    hubId: null,
    address: EUI,
  })
  const COMMAND_ID = '0197e1a2-7b5c-7def-8123-456789abcdef'
  const command = (type: DeviceCommand['type'], args: DeviceCommand['args'] = {}): DeviceCommand => ({
    commandId: COMMAND_ID,
    type,
    args,
  })
  function ask(model: string | null, asked: DeviceCommand, uplink: unknown = chirpstackUp('0175640101', 85)) {
    const { memory, receive: hear } = network(chirpstackProtocol)
    hear(CHIRPSTACK_UP, uplink)
    return chirpstackProtocol
      .encode(asked, target(model), memory)
      .map(({ topic, payload }) => ({ topic, body: JSON.parse(payload.toString()) as Record<string, unknown> }))
  }
  const bytesOf = (model: string, asked: DeviceCommand, fPort = 85) =>
    ask(model, asked, chirpstackUp('01', fPort)).map(({ body }) => [
      body.fPort,
      Buffer.from(String(body.data), 'base64').toString('hex'),
    ])

  it('ends the alarm of a fall radar', () => {
    expect(ask('VS373', command('closed'))).toEqual([
      {
        topic: `application/a1/device/${EUI}/command/down`,
        body: {
          id: COMMAND_ID,
          devEui: EUI,
          confirmed: true,
          fPort: 85,
          data: Buffer.from('ff64ff', 'hex').toString('base64'),
        },
      },
    ])
  })

  it.each([
    ['WS303', command('closed'), 85, [[85, 'ff3dff']]],
    ['WS101', command('config', { intervalSeconds: 1200 }), 85, [[85, 'ff03b004']]],
    ['WS101', command('config', { intervalSeconds: 10 }), 85, [[85, 'ff033c00']]],
    ['WS101', command('config', { intervalSeconds: 86_400 }), 85, [[85, 'ff0320fd']]],
    ['VS373', command('config', { intervalSeconds: 1200 }), 85, [[85, 'ff8e001400']]],
    ['VS370', command('config', { intervalSeconds: 1200 }), 85, [[85, 'ff8e011400']]],
    ['VS373', command('config', { intervalSeconds: 1200 }), 90, [[90, 'ff8e001400']]],
    [
      'AT101',
      command('config', { fence: { name: 'home', lat: 24.62495, lon: 118.030576, radius: 300 } }),
      85,
      [[85, 'ff8836bf7701f0000907ff892c010000']],
    ],
    ['TrackerD', command('config', { intervalSeconds: 300 }), 2, [[2, '0100012c']]],
    ['LGT-92', command('closed'), 2, [[2, '0201']]],
    ['WS101', command('received'), 85, []],
    ['VS373', command('config', { sosNumbers: ['120'] }), 85, []],
    ['TrackerD', command('locate'), 2, []],
    ['GS101', command('config', { intervalSeconds: 600 }), 85, []],
    ['TBPB100', command('locate'), 147, []],
    ['no such model', command('locate'), 9, []],
  ])('%s %j on port %i', (model, asked, fPort, expected) => {
    expect(bytesOf(model, asked, fPort)).toEqual(expected)
  })

  it('asks an Abeeway tracker in the words of its generation', () => {
    const locate = command('locate')
    const [second] = ask('Abeeway Micro Tracker', locate, chirpstackUp('050032890000', 18))
    expect(second?.body.fPort).toBe(2)
    expect(Buffer.from(String(second?.body.data), 'base64')[0]).toBe(0x01)
    const [third] = ask('Abeeway Micro Tracker', locate, chirpstackUp('08327f4230', 19))
    expect(third?.body.fPort).toBe(3)
    expect(Buffer.from(String(third?.body.data), 'base64')[1]).toBe(0x05)
    const [stop] = ask('Abeeway Micro Tracker', command('closed'), chirpstackUp('050032890000', 18))
    expect(Buffer.from(String(stop?.body.data), 'base64')[0]).toBe(0x05)
  })

  it('remembers what a device without a model turned out to be', () => {
    expect(ask(null, command('closed'), chirpstackUp('06fb0100000100'))).toHaveLength(1)
  })

  it('can’t reach a device that it has not heard of', () => {
    expect(
      chirpstackProtocol.encode(command('closed'), target('VS373'), chirpstackProtocol.createMemory(LOGIN)),
    ).toEqual([])
  })

  it('knows the topics of 10,000 devices, those heard last', () => {
    const { memory, receive: hear } = network(chirpstackProtocol)
    const eui = (index: number) => index.toString(16).padStart(16, '0')
    const status = (index: number) => hear(`application/a1/device/${eui(index)}/event/status`, { margin: 1 })
    for (let index = 0; index < 10_000; index++) status(index)
    status(0)
    status(10_000)
    const reach = (index: number) =>
      chirpstackProtocol.encode(command('closed'), { ...target('VS373'), address: eui(index) }, memory).length
    expect([reach(0), reach(1), reach(2), reach(10_000)]).toEqual([1, 0, 1, 1])
    expect(memory.heard.size).toBe(10_000)
  })

  it('takes an acknowledgement for the reply to its command', () => {
    const { memory, receive: hear } = network(chirpstackProtocol)
    hear(CHIRPSTACK_UP, chirpstackUp('06fb0100000100'))
    const ack = (body: unknown) => sorted(hear(topicOf('ack'), body)).replies
    expect(ack({ acknowledged: true })).toEqual([])
    chirpstackProtocol.encode(command('closed'), target('VS373'), memory)
    const reply = { commandId: COMMAND_ID, type: 'closed', detail: { acknowledged: true } }
    expect(ack({ acknowledged: true, queueItemId: COMMAND_ID })).toMatchObject([reply])
    expect(ack({ acknowledged: true, deduplicationId: 'x' })).toMatchObject([reply])
    expect(ack({ acknowledged: false, queueItemId: COMMAND_ID })).toEqual([])
    expect(ack({ acknowledged: true, queueItemId: '1bbcab1d-6ec6-4136-b3f5-d63be1dc08de' })).toMatchObject([
      { commandId: '1bbcab1d-6ec6-4136-b3f5-d63be1dc08de', type: null },
    ])
  })
})
