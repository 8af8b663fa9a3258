import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { checkMapping, presetProtocols } from '../../gateway/protocols/mapper/index.ts'
import { esphome as esphomeMapping } from '../../gateway/protocols/mapper/presets/esphome.ts'
import { shellyBlu } from '../../gateway/protocols/mapper/presets/shelly-blu.ts'
import { shellyGen1 } from '../../gateway/protocols/mapper/presets/shelly-gen1.ts'
import { tasmota as tasmotaMapping } from '../../gateway/protocols/mapper/presets/tasmota.ts'
import { login, short } from './mapper-harness.ts'

const FILE = new URL('../fixtures/misc-shelly-tasmota-esphome.json', import.meta.url)
const samples: { topic: string; raw: unknown; expected: { meaning: string } }[] = JSON.parse(readFileSync(FILE, 'utf8'))

describe('presets', () => {
  it('are right mappings', () => {
    for (const mapping of [shellyBlu, shellyGen1, tasmotaMapping, esphomeMapping]) {
      expect(checkMapping(JSON.parse(JSON.stringify(mapping)))).toMatchObject({ ok: true })
    }
    expect(presetProtocols.map(({ name }) => name)).toEqual(['shelly_blu', 'shelly_gen1', 'tasmota', 'esphome'])
  })

  it('take every topic that a bridge subscribes to', () => {
    for (const { bridgeTopics, createMemory, topicsOf } of presetProtocols) {
      const context = { deviceId: 'd1', settings: {}, willTopic: null }
      const { channelOf } = topicsOf(context, createMemory(context))
      for (const filter of bridgeTopics)
        expect(['mapped', 'ignored']).toContain(channelOf(filter.replaceAll(/[+#]/g, 'x')))
    }
  })
})

describe('samples', () => {
  const expected: Record<string, [preset: string, topic: string, told: unknown[]]> = {
    'Shelly BLU Button: button 1 single': [
      'shelly_blu',
      '5c:c7:c1:f2:e4:7c',
      ['button single', 'encryption=0 calm', { battery: 70, rssi: -76 }],
    ],
    'Shelly BLU Door/Window closed': [
      'shelly_blu',
      '60:ef:ab:42:ed:25',
      ['window=0 door_close calm', 'encryption=0 calm', { battery: 100, illuminance: 13, rotation: 0, rssi: -55 }],
    ],
    'Shelly BLU Motion': [
      'shelly_blu',
      'shelly-blu/events/e8:e0:7e:d0:f9:89',
      ['motion=1 motion', 'encryption=0 calm', expect.any(Object)],
    ],
    'event emitted by the Shelly BLU script': [
      'shelly_blu',
      'shellyplus1-a8/events/rpc',
      ['button single', 'encryption=0 calm', { battery: 100, rssi: -76 }],
    ],
    'Shelly Gen1 (and': [
      'shelly_gen1',
      'shellies/shelly1-483FDA91BCEF/input_event/0',
      ['count:shellies/shelly1-483F=73:s button'],
    ],
    'Tasmota button': ['tasmota', 'stat/tasmota/RESULT', ['button single 1']],
    'last will topic': ['tasmota', 'tele/tasmota_XXXXXX/LWT', ['online true']],
    'Tasmota Zigbee bridge': [
      'tasmota',
      'tele/t/SENSOR',
      ['triggered', 'tamper=0 tamper_clear calm', 'battery_low=0 battery_ok calm', { link_quality: 70 }],
    ],
    'IAS zone restored': [
      'tasmota',
      'tele/t/SENSOR',
      ['released', 'tamper=0 tamper_clear calm', 'battery_low=0 battery_ok calm', { link_quality: 70 }],
    ],
    'temperature sensor behind': [
      'tasmota',
      'tele/t/SENSOR',
      [{ temperature: 25.72, humidity: 47.73, link_quality: 116 }],
    ],
    'ESPHome birth message': ['esphome', 'radar/status', ['online true']],
    'fall from an ESPHome radar': [
      'esphome',
      'bedroom-radar/binary_sensor/fall_detected/state',
      ['fall_detected=on fall'],
    ],
  }

  it.each(samples.map((sample) => [sample.expected.meaning, sample.raw] as const))('%s', (meaning, raw) => {
    const found = Object.entries(expected).find(([start]) => meaning.startsWith(start) || meaning.includes(start))
    if (found === undefined) throw new Error('not expected')
    const [preset, topic, told] = found[1]
    // The documentation prints `*` where a value was left out.
    const text =
      typeof raw === 'string'
        ? raw.replaceAll('"script:*"', '"script:1"').replaceAll(/:\*/g, ':"5c:c7:c1:f2:e4:7c"')
        : raw
    expect(short(login(preset)(topic, text))).toEqual(told)
  })

  it('say which device behind the gateway they are about', () => {
    const [press] = samples
    for (const item of login('shelly_blu')('any', press!.raw)) expect(item.from).toBe('5c:c7:c1:f2:e4:7c')
    const leak = samples.find(({ topic, raw }) => topic.endsWith('/SENSOR') && JSON.stringify(raw).includes('0x099F'))
    for (const item of login('tasmota')('tele/t/SENSOR', leak!.raw)) expect(item.from).toBe('0x099F')
  })
})

describe('esphome', () => {
  const receive = login('esphome')

  it.each([
    ['fall_detected', 'fall', 'fall_clear'],
    ['bathroom_sos', 'sos', null],
    ['panic_cord', 'sos', null],
    ['help_key', 'help', null],
    ['kitchen_smoke', 'smoke', 'smoke_clear'],
    ['gas_alarm', 'gas', 'gas_clear'],
    ['kitchen_co', 'co', 'co_clear'],
    ['co', 'co', 'co_clear'],
    ['sink_leak', 'water_leak', 'water_clear'],
    ['front_door', 'door_open', 'door_close'],
    ['contact', 'door_open', 'door_close'],
    ['people_exist', 'motion', 'vacant'],
    ['corridor_presence', 'motion', 'vacant'],
    ['reed', 'triggered', 'released'],
    ['cover', 'triggered', 'released'],
  ])('%s is %s and %s', (id, on, off) => {
    const topic = `radar/binary_sensor/${id}/state`
    expect(short(receive(topic, 'ON'))).toEqual([`${id}=on ${on}`])
    expect(short(receive(`home/${topic}`, 'OFF'))).toEqual([`${id}=off${off === null ? '' : ` ${off}`} calm`])
    expect(receive(topic, 'maybe')).toMatchObject([{ kind: 'unreadable', alarm: true }])
    expect(receive(topic, 'ON', { replayed: true })).toEqual([])
  })

  it.each([
    ['radar/sensor/real_time_heart_rate/state', '71', [{ hr: 71 }]],
    ['radar/sensor/real_time_heart_rate/state', '0', []],
    ['radar/sensor/wifi_signal/state', '-61', [{ rssi: -61 }]],
    ['radar/sensor/room-temperature/state', '21.5', [{ room_temperature: 21.5 }]],
    ['radar/sensor/room/state', 'nan', []],
    ['radar/text_sensor/version/state', 'x', []],
    ['radar/switch/led/state', 'ON', []],
    ['radar/binary_sensor/status/state', 'ON', []],
    ['radar/debug', '[D][x]', []],
    ['radar/status', 'offline', ['online false']],
    ['radar/event/key/state', { event_type: 'double' }, ['button double key']],
  ])('%s %j tells %j', (topic, raw, told) => {
    expect(short(receive(topic, raw))).toEqual(told)
  })
})
