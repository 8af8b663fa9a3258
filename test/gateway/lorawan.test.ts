import { describe, expect, it } from 'vitest'
import { chirpstackProtocol } from '../../gateway/protocols/chirpstack.ts'
import { codecOfModel } from '../../gateway/protocols/lorawan/catalogue.ts'
import { ttsProtocol } from '../../gateway/protocols/tts.ts'
import type { DecodedItem } from '../../server/contract/ports.ts'
import { CHIRPSTACK_SAMPLES, device, NOW, network, readBytes, type Sample, sorted, TTS_SAMPLES } from './lorawan-hub.ts'

/** Every shared sample of a device's bytes gives what the vendor's own decoder gives (else what is documented). */

type Read = ReturnType<typeof sorted>
type Check = (value: unknown, read: Read) => void

const field =
  (name: string, values: Record<string, number> = {}): Check =>
  (value, { fields }) => {
    expect(fields[name], name).toBe(typeof value === 'number' ? value : values[String(value)])
  }
const state =
  (level: string, values: Record<string, string | undefined>): Check =>
  (value, { levels }) => {
    expect(Object.keys(values), level).toContain(value)
    expect(levels.get(level)?.value, level).toBe(values[String(value)])
  }
const sameName = (...names: string[]): Record<string, Check> =>
  Object.fromEntries(names.map((name) => [name, field(name)]))

const ALARM_CODES = {
  'threshold alarm release': 0,
  threshold_alarm_release: 0,
  'threshold alarm': 1,
  mutation_alarm: 2,
  'high temperature alarm': 3,
}
const OCCUPANCY = { vacant: 'vacant', occupied: 'occupied', normal: 'vacant', trigger: 'occupied' }
const PRESSES: Record<string, string> = { 'short press': 'single', 'long press': 'long', 'double press': 'double' }
const VS373_ALARMS: Record<string, string> = {
  'fall alarm_triggered': 'fall',
  'fall alarm_deactivated': 'fall_clear',
  'fall alarm_ignored': 'fall_clear',
  'dwell alarm_triggered': 'inactivity',
  'lying_down alarm_triggered': 'fall_suspected',
  'bradynea alarm_triggered': 'vital_sign',
}
interface VendorAlarm {
  alarm_id: number
  alarm_type: string
  alarm_status: string
  region_id?: number
  timestamp?: number
}

function checkAlarm(alarm: VendorAlarm, { events }: Read, at: number | undefined): void {
  const found = events.find(({ detail }) => detail.alarmId === alarm.alarm_id)
  expect(found?.type).toBe(VS373_ALARMS[`${alarm.alarm_type} ${alarm.alarm_status}`])
  expect(found?.detail.region).toBe(alarm.region_id)
  if (alarm.alarm_status === 'alarm_ignored') expect(found?.detail.ignored).toBe(true)
  if (at !== undefined) expect(found?.deviceTs).toBe(at)
}

/** A record of a device's log: an alarm, or a sample. */
function checkHistory(records: unknown, read: Read): void {
  for (const record of records as (Record<string, unknown> & VendorAlarm)[]) {
    const at = record.timestamp! * 1000
    if (record.alarm_type !== undefined) {
      checkAlarm(record, read, at)
      continue
    }
    const sample = read.samples.find(({ deviceTs }) => deviceTs === at)
    const names: Record<string, [string, number]> = {
      magnet_status: ['door_open', record.magnet_status === 'open' ? 1 : 0],
      leakage_status: ['leak', record.leakage_status === 'leak' ? 1 : 0],
    }
    for (const [key, value] of Object.entries(record)) {
      if (key === 'timestamp') continue
      const [name, number] = names[key] ?? [key, value]
      expect(sample?.fields[name], `${key} at ${at}`).toBe(number)
    }
  }
}

/** What each word of a vendor's decoder is with us. A word that is not here fails the test. */
const CHECKS: Record<string, Check> = {
  ...sameName('battery', 'temperature', 'humidity', 'nh3', 'h2s', 'co2', 'distance', 'remaining'),
  ...sameName('angle_x', 'angle_y', 'angle_z', 'total_in', 'total_out', 'period_in', 'period_out'),
  ...sameName('temperature_chn1', 'temperature_chn2', 'temperature_chn2_mutation', 'target_temperature'),
  ...sameName('valve_opening', 'motor_stroke', 'motor_position', 'use_time_now', 'use_time_today'),
  latitude: field('lat'),
  longitude: field('lon'),
  position: field('tilted', { normal: 0, tilt: 1 }),
  daylight: field('daylight', { dim: 0, light: 1 }),
  temperature_alarm: field('temperature_alarm', ALARM_CODES),
  temperature_chn1_alarm: field('temperature_chn1_alarm', ALARM_CODES),
  temperature_chn2_alarm: field('temperature_chn2_alarm', ALARM_CODES),
  total_count_alarm: field('total_count_alarm', ALARM_CODES),
  period_count_alarm: field('period_count_alarm', ALARM_CODES),
  threshold_x: field('threshold_x', { normal: 0, trigger: 1 }),
  threshold_y: field('threshold_y', { normal: 0, trigger: 1 }),
  threshold_z: field('threshold_z', { normal: 0, trigger: 1 }),
  valve_status: field('valve', { off: 0, on: 1 }),
  relay_output_status: field('relay', { off: 0, on: 1 }),
  calibration_status: field('calibration', { failed: 0, success: 1 }),
  target_status: field('target_status', { normal: 0 }),
  region_1_occupancy: field('region_1_occupancy', { vacant: 0, occupied: 1 }),
  region_2_occupancy: field('region_2_occupancy', { vacant: 0, occupied: 1 }),
  region_3_occupancy: field('region_3_occupancy', { vacant: 0, occupied: 1 }),
  region_4_occupancy: field('region_4_occupancy', { vacant: 0, occupied: 1 }),
  magnet_status: state('door', { open: 'open', close: 'closed' }),
  magnet_chn2: state('contact_2', { open: 'open', close: 'closed' }),
  tamper_status: state('mounted', { installed: 'mounted', uninstalled: 'removed' }),
  leakage_status: state('water', { normal: 'dry', leak: 'leak' }),
  gas_status: state('gas', { normal: 'normal', alarm: 'alarm' }),
  pir: state('occupancy', OCCUPANCY),
  occupancy: state('occupancy', OCCUPANCY),
  motion_status: state('moving', { moving: 'moving', stop: 'still', unknown: undefined }),
  geofence_status: state('geofence', { inside: 'inside', outside: 'outside', unset: undefined }),
  detection_status: (value, { levels }) => {
    expect(levels.get('fall')?.value).toBe(value === 'fall' ? 'fall' : 'clear')
    expect(levels.get('occupancy')?.value).toBe(value === 'vacant' ? 'vacant' : 'occupied')
  },
  button_event: (value, { events }) => {
    const { status } = value as { status: string }
    expect(events).toMatchObject([{ type: 'button', detail: { press: PRESSES[status] } }])
  },
  events: (value, read) => {
    for (const alarm of value as VendorAlarm[]) checkAlarm(alarm, read, undefined)
  },
  history: checkHistory,
  wifi: (value, { fields }) => expect(fields.wifi_count).toBe((value as unknown[]).length),
  hardware_version: (value, { facts }) => expect(`v${facts?.hardware}`).toBe(value),
  firmware_version: (value, { facts }) => expect(`v${facts?.firmware}`).toBe(value),
}
/** Nothing that anybody in a call centre could use. */
const MEANINGLESS = new Set(['wifi_scan_result', 'device_status', 'ipso_version', 'sn'])

function checkVendorOutput(output: Record<string, unknown>, items: readonly DecodedItem[]): void {
  const read = sorted(items)
  for (const [key, value] of Object.entries(output)) {
    if (MEANINGLESS.has(key)) continue
    const [, button, part] = /^button_(\d+)(_.*)?$/.exec(key) ?? []
    if (button === undefined) {
      const check = CHECKS[key]
      expect(check, key).toBeDefined()
      check?.(value, read)
    } else if (part === undefined) {
      expect(read.events.map(({ detail }) => detail.key)).toContain(button)
    }
  }
  // Nothing is invented either: a level or an event stands for a word of the vendor's.
  const words = JSON.stringify(output)
  if (read.events.length > 0) expect(words).toMatch(/button|events|history/)
  if (read.levels.has('fall')) expect(words).toContain('detection_status')
}

const deviceOf = ({ device: name, expected, source }: Sample): string =>
  name ?? /([a-z0-9-]+)-decoder\.js/.exec(expected.vendorDecoder ?? source)?.[1] ?? ''
const isBytes = (sample: Sample): boolean => typeof sample.raw === 'string'
const named = (samples: Sample[]) =>
  samples.map((sample, index) => [`${index} ${deviceOf(sample)} ${sample.source}`.slice(0, 90), sample] as const)

const BYTES = CHIRPSTACK_SAMPLES.filter(isBytes)
const MESSAGES = [...CHIRPSTACK_SAMPLES, ...TTS_SAMPLES].filter(
  (sample) => !isBytes(sample) && sample.expected.vendorDecoderOutput !== undefined,
)
const DOCUMENTED = TTS_SAMPLES.filter(isBytes)

const KINDS_OF_ONE_MEANING = new Set(['sos_button', 'fall_sensor', 'door_sensor', 'gas_sensor', 'water_sensor'])
const codecOf = (sample: Sample) => codecOfModel(deviceOf(sample))!

describe('shared samples', () => {
  it('are all here and of a sort that is looked at', () => {
    expect(CHIRPSTACK_SAMPLES).toHaveLength(77)
    expect(TTS_SAMPLES).toHaveLength(40)
    const events = [...CHIRPSTACK_SAMPLES, ...TTS_SAMPLES].filter(
      (sample) => !isBytes(sample) && sample.expected.vendorDecoderOutput === undefined,
    )
    // The events of the network servers themselves: see chirpstack.test.ts and tts.test.ts.
    expect(events).toHaveLength(5 + 6)
    expect(BYTES.length + MESSAGES.length + DOCUMENTED.length + events.length).toBe(117)
  })

  it.each(named(BYTES))('of bytes: %s', (_, sample) => {
    const items = readBytes(String(sample.raw), sample.fPort ?? 85, device('other', deviceOf(sample)))
    checkVendorOutput(sample.expected.vendorDecoderOutput!, items)
  })

  it.each(named(MESSAGES))('of a network server: %s', (_, sample) => {
    const protocol = sample.topic!.startsWith('v3/') ? ttsProtocol : chirpstackProtocol
    const items = network(protocol).receive(sample.topic!, sample.raw, device('other', deviceOf(sample)))
    for (const item of items) expect(item.from).toBe('1000000000000001')
    checkVendorOutput(sample.expected.vendorDecoderOutput!, items)
  })

  it.each(named(MESSAGES.filter((sample) => KINDS_OF_ONE_MEANING.has(codecOf(sample).kind))))(
    'is read without a model by its kind: %s',
    (_, sample) => {
      const { kind, model } = codecOf(sample)
      const [withModel, withKind] = [device(kind, model), device(kind)].map((child) => {
        const { events, levels } = sorted(readBytes(sample.frm_hex!, 85, child))
        return [events.map(({ type, detail }) => [type, detail]), [...levels.values()].map(({ value }) => value)]
      })
      expect(withKind).toEqual(withModel)
    },
  )
})

describe('documented samples of other makers', () => {
  const find = (part: string) => String(DOCUMENTED.find(({ source }) => source.includes(part))!.raw)
  const read = (hex: string, fPort: number, model: string) => sorted(readBytes(hex, fPort, device('other', model)))

  it('are eight', () => {
    expect(DOCUMENTED).toHaveLength(8)
  })

  it('Abeeway, second generation: position', () => {
    const { fields, events, samples } = read(find('asset-tracker-2'), 18, 'Abeeway Micro Tracker')
    expect(fields).toMatchObject({ lat: 48.9208064, lon: 2.3082752, acc: 7.84, temperature: 25.3, moving: 0 })
    expect(samples.find(({ fields: { lat } }) => lat !== undefined)?.deviceTs).toBe(NOW - 500)
    expect(events).toEqual([])
  })

  it('Abeeway, second generation: event', () => {
    const { fields, events } = read('0a00f9860000', 18, 'Abeeway Micro Tracker')
    expect(fields).toMatchObject({ temperature: 23.8, moving: 0 })
    expect(events).toEqual([])
  })

  it('Abeeway, third generation: motion', () => {
    const { fields, levels, events } = read(find('asset-tracker-3'), 19, 'Abeeway Smart Badge')
    expect(levels.get('moving')?.value).toBe('moving')
    expect(fields.charging).toBe(1)
    expect(events).toEqual([])
  })

  it('Browan door and leak sensors', () => {
    const door = read(find('tbdw100'), 100, 'TBDW100')
    expect(door.levels.get('door')?.value).toBe('closed')
    expect(door.fields).toMatchObject({ voltage: 3.6, device_temperature: 21, event_count: 14986 })
    const leak = read(find('tbwl100'), 106, 'TBWL100')
    expect(leak.levels.get('water')?.value).toBe('leak')
    expect(leak.levels.get('water')?.event?.type).toBe('water_leak')
    expect(leak.fields).toMatchObject({ voltage: 3.6, temperature: 22, humidity: 40 })
  })

  it('Dragino LGT-92, TrackerD and PB01', () => {
    const lgt = read(find('lgt92'), 2, 'LGT-92')
    expect(lgt.fields).toMatchObject({ lat: 22.70626, lon: 114.24252, voltage: 3.36 })
    expect(lgt.events).toEqual([])
    const tracker = read(find('TrackerD'), 2, 'TrackerD')
    expect(tracker.events).toMatchObject([{ type: 'sos', detail: { lat: 22.70423, lon: 114.244856, voltage: 4.002 } }])
    const key = read(find('PB01'), 2, 'PB01')
    expect(key.events).toMatchObject([{ type: 'button', detail: { press: 'single' } }])
    expect(key.fields).toMatchObject({ voltage: 3.3, temperature: 23.4, humidity: 45 })
  })
})
