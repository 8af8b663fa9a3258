import { describe, expect, it } from 'vitest'
import { device, NOW, readBytes, sorted, told, UPLINK_MS } from './lorawan-hub.ts'

/** Frames written from the makers' documents. */

const read = (hex: string, model: string, fPort = 85, kind = 'other') =>
  sorted(readBytes(hex.replaceAll(' ', ''), fPort, device(kind, model)))
const told$ = (hex: string, model: string, fPort = 85, kind = 'other') =>
  told(readBytes(hex.replaceAll(' ', ''), fPort, device(kind, model)))
/** Seconds since the epoch, little-endian. */
const secondsLe = (ms: number) => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(ms / 1000)
  return bytes.toString('hex')
}
const HOUR_AGO = NOW - 3_600_000

describe('Milesight keys', () => {
  it.each([
    ['ff2e01', 'button single'],
    ['ff2e02', 'button long'],
    ['ff2e03', 'button double'],
    ['ff2e07', 'button unknown'],
  ])('WS101 %s is %s', (hex, press) => {
    expect(told$(hex, 'WS101')).toEqual([press])
  })

  it('WS136 tells each key', () => {
    const { events, fields } = read('01755c ff34030300 ff34060600', 'WS136')
    expect(events.map(({ detail }) => detail)).toEqual([
      { press: 'single', key: '3', battery: 92 },
      { press: 'single', key: '6', battery: 92 },
    ])
    expect(new Set(events.map(({ messageId }) => messageId)).size).toBe(2)
    expect(fields.battery).toBe(92)
  })

  it('finds a press behind what the device says of itself and echoes of settings', () => {
    const hex = 'ff0bff ff0101 ff166745e27566240008 ff090310 ff0a0102 ff0f00 fe03b004 ff28ff ff2e02'
    const { events, facts, unreadable } = read(hex, 'WS101')
    expect(events).toMatchObject([{ type: 'button', detail: { press: 'long' } }])
    expect(facts).toEqual({ hardware: '3.1', firmware: '1.2' })
    expect(unreadable).toEqual([])
  })

  it('raises an alarm for a press that is cut off, and keeps what was read', () => {
    const { unreadable, fields } = read('017510ff2e', 'WS101')
    expect(unreadable).toMatchObject([{ alarm: true, reason: 'unknown_type' }])
    expect(fields.battery).toBe(16)
  })

  it('raises an alarm when a key sends what nobody knows, and none when a thermometer does', () => {
    expect(read('017510 aabb01', 'WS101', 85, 'sos_button').unreadable).toMatchObject([{ alarm: true }])
    expect(read('017510 ff2e01', 'WS136', 85, 'sos_button').unreadable).toMatchObject([{ alarm: true }])
    expect(read('017510 aabb01', 'EM300-TH', 85, 'climate_sensor').unreadable).toMatchObject([{ alarm: false }])
  })

  it('raises an alarm when what follows an unknown channel looks like a press', () => {
    expect(read('017510 aabb00 ff2e01', 'WS101').unreadable).toMatchObject([{ alarm: true }])
  })
})

describe('Milesight VS373', () => {
  it.each([
    ['00', '01', 'fall'],
    ['00', '02', 'fall_clear'],
    ['00', '03', 'fall_clear'],
    ['00', '09', 'fall'],
    ['01', '01', 'inactivity'],
    ['01', '02', 'motion'],
    ['02', '01', 'inactivity'],
    ['03', '01', 'leave_bed'],
    ['03', '02', 'bed_enter'],
    ['04', '01', 'motion'],
    ['05', '01', 'vacant'],
    ['06', '01', 'vital_sign'],
    ['06', '02', 'vital_clear'],
    ['07', '01', 'vital_sign'],
    ['08', '01', 'fall_suspected'],
    ['08', '03', 'fall_clear'],
    ['2a', '01', 'general_alarm'],
  ])('alarm of type %s, status %s is %s', (type, status, expected) => {
    expect(told$(`06fb 0700 ${type} ${status} 00`, 'VS373')).toEqual([expected])
  })

  it.each(['04 02', '05 02', '06 04', '07 04', '2a 02'])('nothing is told by %s', (alarm) => {
    expect(told$(`06fb ffff ${alarm} ff`, 'VS373')).toEqual([])
  })

  it('keeps ids and regions that mean something', () => {
    const [none] = read('06fb ffff 06 01 ff', 'VS373').events
    expect(none?.detail).toEqual({ alarm: 'bradypnea' })
    const [ignored] = read('06fb 0700 00 03 ff', 'VS373').events
    expect(ignored?.detail).toEqual({ alarm: 'fall', alarmId: 7, ignored: true })
  })

  it.each([
    ['03f8 00 00 1000 2000', 'clear', 'occupied', undefined],
    ['03f8 01 00 1000 2000', 'clear', 'vacant', undefined],
    ['03f8 02 00 1000 2000', 'clear', 'occupied', 'in'],
    ['03f8 03 00 1000 2000', 'clear', 'occupied', 'out'],
    ['03f8 04 00 1000 2000', 'fall', 'occupied', undefined],
    ['07b0 04 03 100000 200000', 'fall', 'occupied', undefined],
  ])('room %s', (hex, fall, occupancy, bed) => {
    const { levels, fields } = read(hex, 'VS373')
    expect(levels.get('fall')).toMatchObject({ value: fall, calm: fall === 'clear' })
    expect(levels.get('fall')?.event?.type).toBe(fall === 'fall' ? 'fall' : 'fall_clear')
    expect(levels.get('occupancy')?.value).toBe(occupancy)
    expect(levels.get('bed')?.value).toBe(bed)
    expect(fields).toMatchObject({ use_time_now: 16, use_time_today: 32 })
  })

  it('reads breathing', () => {
    const fast = read('08b1 03 c409', 'VS373')
    expect(fast.fields.resp).toBe(25)
    expect(fast.levels.get('breathing')).toMatchObject({ value: 'tachypnea', event: { type: 'vital_sign' } })
    const none = read('08b1 01 0000', 'VS373')
    expect(none.fields.resp).toBeUndefined()
    expect(none.levels.size).toBe(0)
  })

  it('tells a stored fall with its own time, whatever settings are echoed before', () => {
    const hex = `f9b4070002 f8480000 fe64ff 20ce${secondsLe(HOUR_AGO)} 0700 00 01 ff`
    const { events, unreadable } = read(hex, 'VS373')
    expect(events).toMatchObject([{ type: 'fall', deviceTs: HOUR_AGO, detail: { alarmId: 7, stored: true } }])
    expect(unreadable).toEqual([])
  })

  it('raises an alarm for one that is cut off, or stands behind the unknown', () => {
    for (const hex of ['06fb0700', '06fb', '07b004', 'aabbcc06fb0700000100']) {
      expect(read(hex, 'VS373').unreadable, hex).toMatchObject([{ alarm: true }])
    }
  })
})

describe('Milesight AT101', () => {
  it('has no position without a fix', () => {
    const { fields, levels } = read('0488 ffffffff ffffffff 32', 'AT101')
    expect(fields.lat).toBeUndefined()
    expect([...levels.keys()]).toEqual(['moving'])
  })

  it('tells where somebody left the fence', () => {
    const { levels } = read('017532 0488 36bf7701 f0000907 12', 'AT101')
    expect(levels.get('geofence')).toMatchObject({
      value: 'outside',
      calm: false,
      event: { type: 'wander', deviceTs: UPLINK_MS, detail: { lat: 24.62495, lon: 118.030576, battery: 50 } },
    })
  })

  it('tells tampering, and stored positions with the longitude first', () => {
    expect(read('070001', 'AT101').levels.get('tamper')?.event?.type).toBe('tamper')
    const { samples } = read(`20ce${secondsLe(HOUR_AGO)} f0000907 36bf7701 000000000000`, 'AT101')
    expect(samples[0]).toEqual({ deviceTs: HOUR_AGO, fields: { lat: 24.62495, lon: 118.030576 } })
  })

  it('counts access points, but not a scan that ran out of time', () => {
    expect(read('06d9 00 24e124f5b797 b3 03 06d9 00 24e124ff0004 c8 03', 'AT101').fields.wifi_count).toBe(2)
    expect(read('06d9 00 ffffffffffff 00 10', 'AT101')).toMatchObject({ fields: { wifi_count: 0 } })
  })
})

describe('Milesight sensors', () => {
  it.each([
    ['GS101', '058e01', 'gas', 'alarm', 'gas'],
    ['WS303', '030001', 'water', 'leak', 'water_leak'],
    ['EM300-ZLD', '050001', 'water', 'leak', 'water_leak'],
    ['WS301', '040001', 'mounted', 'removed', 'removed'],
    ['WS203', '050001', 'occupancy', 'occupied', 'motion'],
  ])('%s %s: %s is %s', (model, hex, level, value, event) => {
    expect(read(hex, model).levels.get(level)).toMatchObject({ value, event: { type: event } })
  })

  it('GS101 tells of its mains and its own faults', () => {
    expect(['00', '01', '02', '03', '04', '05'].map((state) => told$(`ff3f${state}`, 'GS101'))).toEqual([
      ['mains_loss'],
      ['mains_restore'],
      ['device_fault'],
      [],
      ['device_fault'],
      ['device_fault'],
    ])
  })

  it('keeps nothing of a stored record that is empty', () => {
    const { samples, unreadable } = read(`20ce${secondsLe(HOUR_AGO)} 00`, 'TS302')
    expect(samples.map(({ deviceTs }) => deviceTs)).toEqual([UPLINK_MS])
    expect(unreadable).toEqual([])
  })

  it('reads a leak or gas of an odd value as one', () => {
    expect(read('0300ff', 'WS303').levels.get('water')?.value).toBe('leak')
    expect(read('058e02', 'GS101').levels.get('gas')?.value).toBe('alarm')
  })
})
