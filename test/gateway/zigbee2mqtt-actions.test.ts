import { describe, expect, it } from 'vitest'
import { hub, NOW, registered, told } from './zigbee2mqtt-hub.ts'

describe('presses', () => {
  const press = (action: unknown, child = registered({})) =>
    hub()
      .take('zigbee2mqtt/Key', { action }, { child })!
      .map((item) => (item.kind === 'event' ? [item.event.type, item.event.detail] : item))

  it.each([
    ['emergency', 'sos', { action: 'emergency' }],
    ['SOS ', 'sos', { action: 'sos' }],
    ['panic', 'sos', { action: 'panic' }],
    ['1_emergency', 'sos', { action: '1_emergency' }],
    ['emergency\0', 'sos', { action: 'emergency\ufffd' }],
    ['single', 'button', { press: 'single' }],
    ['hold', 'button', { press: 'hold' }],
    ['1_single', 'button', { press: 'single', key: '1' }],
    ['button_2_double', 'button', { press: 'double', key: '2' }],
    ['single_left', 'button', { press: 'single', key: 'left' }],
    ['arrow_left_click', 'button', { press: 'click', key: 'arrow_left' }],
    ['1_long_press', 'button', { press: 'long', key: '1' }],
    ['on', 'button', { press: 'on' }],
    ['off', 'button', { press: 'off' }],
    ['arm_all_zones', 'button', { press: 'arm_all_zones' }],
    [3, 'button', { press: '3' }],
  ])('%j', (action, type, detail) => expect(press(action)).toEqual([[type, detail]]))

  it.each([
    null,
    '',
    ' ',
    false,
    'release',
    'long_release',
    'hold_release_left',
    'emergency_release',
    'brightness_move_up',
    'brightness_stop',
    'rotate_right',
    'dial_rotate_left_step',
    // The thing fell, not a person.
    'drop',
    'fall',
    'vibration',
    'tilt',
    'region_1_enter',
  ])('%j is none', (action) => expect(press(action)).toEqual([]))

  it('may be a dimmer’s word where the key calls for help', () => {
    const child = registered({ role: 'sos' })
    expect(press('brightness_move_up', child)).toEqual([['button', { press: 'brightness_move_up' }]])
    expect(press('brightness_stop', child)).toEqual([])
    expect(press('drop', child)).toEqual([])
  })

  it('end with off on keys that say how they were pressed', () => {
    const home = hub()
    const values = ['off', 'single', 'double', 'hold']
    const definition = {
      model: 'HS1EB',
      exposes: [{ type: 'enum', name: 'action', property: 'action', access: 1, values }],
    }
    home.take('zigbee2mqtt/bridge/devices', [{ friendly_name: 'Key', definition }])
    expect(home.take('zigbee2mqtt/Key', { action: 'off' })).toEqual([])
    expect(told(home.take('zigbee2mqtt/Key', { action: 'hold' }))).toEqual(['button'])
  })

  it('count each time, with ids of their own', () => {
    const home = hub()
    const ids = [1, 2, 3].map(() => {
      const [item] = home.take('zigbee2mqtt/Key', { action: 'single', click: 'single' })!
      return item!.kind === 'event' ? item!.event.messageId : null
    })
    expect(new Set(ids).size).toBe(3)
    expect(told(home.take('zigbee2mqtt/Key', { click: 'single' }))).toEqual(['button'])
  })
})

describe('the plain word beside the JSON', () => {
  const JSON_TOPIC = 'zigbee2mqtt/Key'
  const PLAIN_TOPIC = 'zigbee2mqtt/Key/action'

  it.each([
    [
      [
        ['json', 0],
        ['plain', 5],
      ],
      1,
    ],
    [
      [
        ['plain', 0],
        ['json', 5],
      ],
      1,
    ],
    [[['plain', 0]], 1],
    [
      [
        ['json', 0],
        ['plain', 6_000],
      ],
      2,
    ],
    // Two presses within the window are two, in whatever order their twins come.
    [
      [
        ['json', 0],
        ['plain', 5],
        ['json', 900],
        ['plain', 905],
      ],
      2,
    ],
    [
      [
        ['json', 0],
        ['json', 900],
        ['plain', 905],
        ['plain', 910],
      ],
      2,
    ],
    [
      [
        ['json', 0],
        ['json', 900],
      ],
      2,
    ],
    [
      [
        ['plain', 0],
        ['json', 1],
        ['plain', 2],
      ],
      2,
    ],
  ] as [['json' | 'plain', number][], number][])('%j are %i', (messages, presses) => {
    const home = hub()
    const types = messages.flatMap(([source, ms]) =>
      source === 'json'
        ? told(home.take(JSON_TOPIC, { action: 'emergency' }, { at: NOW + ms }))
        : told(home.take(PLAIN_TOPIC, 'emergency', { at: NOW + ms })),
    )
    expect(types).toEqual(Array(presses).fill('sos'))
  })

  it('is another press when device or word differ', () => {
    const home = hub()
    home.take(JSON_TOPIC, { action: 'emergency' })
    expect(told(home.take('zigbee2mqtt/Other/action', 'emergency'))).toEqual(['sos'])
    expect(told(home.take(PLAIN_TOPIC, 'panic'))).toEqual(['sos'])
  })

  it('is remembered within bounds', () => {
    const home = hub()
    for (let i = 0; i < 3_000; i++) home.take(`zigbee2mqtt/k${i}`, { action: 'single' }, { at: NOW + i })
    for (let i = 0; i < 300; i++) home.take(JSON_TOPIC, { action: 'single' })
    expect(home.memory.twins.size).toBeLessThanOrEqual(500)
    expect(JSON.stringify([...home.memory.twins]).length).toBeLessThan(50_000)
  })
})
