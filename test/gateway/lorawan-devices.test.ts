import { describe, expect, it } from 'vitest'
import { device, NOW, readBytes, sorted, told, UPLINK_MS } from './lorawan-hub.ts'

/** Frames written from the makers' documents. */

const read = (hex: string, model: string, fPort = 85, kind = 'other') =>
  sorted(readBytes(hex.replaceAll(' ', ''), fPort, device(kind, model)))
const told$ = (hex: string, model: string, fPort = 85, kind = 'other') =>
  told(readBytes(hex.replaceAll(' ', ''), fPort, device(kind, model)))
/** Seconds since the epoch, big-endian. */
const secondsBe = (ms: number) => (ms / 1000).toString(16).padStart(8, '0')
const HOUR_AGO = NOW - 3_600_000

describe('Dragino', () => {
  const LAT_LON = '015a7066 06cf3cf8'

  it.each([
    ['TrackerD 2, old', 2, `${LAT_LON} 4fa2 30 01ae 00da`],
    ['TrackerD 3, old', 3, `${LAT_LON} 4fa2 30`],
    ['TrackerD 2, with the time', 2, `${LAT_LON} 4fa2 38 07e9 0b17 0c0000`],
    ['TrackerD 2, new', 2, `${LAT_LON} 00000000 00000000 4fa2 30 00ea 01c2`],
    ['TrackerD 3, new', 3, `${LAT_LON} 00000000 00000000 4fa2 30`],
    ['TrackerD 6, a beacon', 6, `${'00'.repeat(24)} 4fa2 60`],
    ['TrackerD 7, without a position', 7, '4fa2 30'],
    ['TrackerD 8, Wi-Fi', 8, '616263646566 c0 4fa2 30'],
    ['TrackerD 9, beacons', 9, '4fa2 30 00010002c0'],
    ['TrackerD 10, three beacons', 10, `${'00'.repeat(21)} 4fa2 30`],
    ['TrackerD 10, five beacons', 10, `${'00'.repeat(35)} 4fa2 30`],
    ['LGT-92', 2, `${LAT_LON} 4fa2 60 004b 0190 00 2710`],
    ['LGT-92, old', 2, '036f1e 116d10 4fa2 0000 0000'],
    ['LGT-92 at first, without a position', 2, '00000000 00000000 4fa2 60 0000 0000 00 0000'],
  ])('%s: the alarm bit is an SOS', (name, fPort, hex) => {
    const model = name.split(' ')[0]!
    const { events, fields } = read(hex, model, fPort, 'tracker')
    expect(events).toMatchObject([{ type: 'sos', detail: { voltage: 4.002 } }])
    expect(fields.voltage).toBe(4.002)
    expect(fields.lat === undefined).toBe(!hex.includes('015a7066') && !hex.includes('036f1e'))
    expect(told$(hex.replace('4fa2', '0fa2'), model, fPort, 'tracker')).toEqual([])
  })

  it('reads what the new TrackerD measures, and leaves out what could mean two things', () => {
    expect(read(`${LAT_LON} 00000000 00000000 0fa2 30 00ea 01c2`, 'TrackerD', 2).fields).toMatchObject({
      temperature: 23.4,
      humidity: 45,
      moving: 1,
    })
    expect(read(`${LAT_LON} 0fa2 30 01ae 00da`, 'TrackerD', 2).fields.temperature).toBeUndefined()
    expect(read(`${LAT_LON} 0fa2 30 01ae 0884`, 'TrackerD', 2).fields.temperature).toBe(21.8)
  })

  it('keeps stored positions at their own time', () => {
    const { samples, events } = read(`${LAT_LON} 07e9 0b17 0b0d14`, 'TrackerD', 4)
    expect(samples[0]?.deviceTs).toBe(Date.UTC(2025, 10, 23, 11, 13, 20))
    expect(events).toEqual([])
    expect(read(`${LAT_LON} 07e9 0d17 0b0d14`, 'TrackerD', 4).samples).toHaveLength(1)
  })

  it('raises an alarm for a frame of a tracker that is cut off', () => {
    for (const [fPort, model] of [
      [2, 'TrackerD'],
      [2, 'LGT-92'],
      [7, 'TrackerD'],
      [2, 'PB01'],
    ] as const) {
      expect(read('01', model, fPort).unreadable).toMatchObject([{ alarm: true }])
    }
  })

  it('tells versions', () => {
    expect(read('13 0154 01 ff 0fa2 40 00', 'TrackerD', 5)).toMatchObject({
      facts: { firmware: '1.5.4' },
      fields: { voltage: 4.002 },
    })
  })

  it('PB01 and PB05 tell presses and nothing at a heartbeat', () => {
    expect(told$('0ce4 01 00 00ea 01c2', 'PB01', 2)).toEqual([])
    expect(told$('0ce4 01 01 00ea 01c2', 'PB01', 2)).toEqual(['button single'])
    expect(told$('0ce4 03 01 09', 'PB05', 2)).toEqual(['button single 1', 'button single 4'])
    expect(told$('0ce4 03 01 00', 'PB05', 2)).toEqual(['button single'])
    expect(told$('0ce4 03 00 00', 'PB05', 2)).toEqual([])
  })

  it('tells stored presses with their time, but not those that were only asked for', () => {
    const at = secondsBe(HOUR_AGO)
    const { events } = read(`000000000000 81 ${at} 000000000000 01 ${at} 000000000000 41 ${at}`, 'PB01', 3)
    expect(events).toMatchObject([{ deviceTs: HOUR_AGO }, { deviceTs: HOUR_AGO }])
  })
})

describe('Browan', () => {
  it('tells a press of the button', () => {
    expect(told$('01 0b 36', 'TBPB100', 147)).toEqual(['button single'])
    expect(told$('00 0b 36', 'TBPB100', 147)).toEqual([])
    expect(told$('01', 'TBPB100', 147)).toEqual(['button single'])
    expect(read('', 'TBPB100', 147).events).toEqual([])
  })

  it('tells where the key of a locator was pressed', () => {
    // 28.4 N, 117.9 E, accuracy 2^(1+2) m; then the same without a fix.
    const { events, fields } = read('01 0b 36 80 59 b1 01 e0 02 07 27', 'TBOL100', 136)
    expect(fields).toMatchObject({ lat: 28.4, lon: 117.9, acc: 8, voltage: 3.6 })
    expect(events).toMatchObject([{ type: 'button', detail: { press: 'single', lat: 28.4, lon: 117.9 } }])
    expect(read('09 0b 36 80 59 b1 01 e0 02 07 27', 'TBOL100', 136).fields.lat).toBeUndefined()
  })

  it('reads south and west', () => {
    const bytes = Buffer.alloc(11)
    bytes.writeInt32LE(-33_856_784 & 0x0fffffff, 3)
    bytes.writeInt32LE(-70_648_333 & 0x1fffffff, 7)
    expect(read(bytes.toString('hex'), 'TBOL100', 136).fields).toMatchObject({ lat: -33.856784, lon: -70.648333 })
  })

  it('tells doors, motion and air', () => {
    expect(read('01cb3500008a3a00', 'TBDW100', 100).levels.get('door')?.value).toBe('open')
    expect(read('01cb3500008a3a00', 'TBMS100', 102).levels.get('occupancy')?.value).toBe('occupied')
    expect(read('00 0b 36 28 c201 0a00 1900 37', 'TBHV110', 103).fields).toMatchObject({
      humidity: 40,
      co2: 450,
      tvoc: 10,
      iaq: 25,
      temperature: 23,
    })
    expect(read('00 0b 36 28', 'TBHH100', 103).fields).toMatchObject({ humidity: 40, temperature: 22 })
  })
})

describe('Abeeway', () => {
  const HEADER = '03 72 32 89 00'

  it('tells an SOS with every message, wherever it is', () => {
    const fix = '00 1d28b9 016037 02'
    expect(read(`${HEADER} ${fix}`, 'Abeeway Micro Tracker', 18).events).toMatchObject([
      { type: 'sos', detail: { battery: 50, lat: 48.9208064, lon: 2.3082752 } },
    ])
    for (const type of ['03', '05', '07', '09', '0b', '0e']) {
      expect(told$(`${type} 10 32 89 01 00`, 'Abeeway Micro Tracker', 18), type).toEqual(['sos'])
    }
  })

  it('tells start and end of an SOS', () => {
    expect(told$('0a 00 32 89 00 07', 'Abeeway Smart Badge', 18)).toEqual(['sos'])
    expect(told$('0a 10 32 89 00 08', 'Abeeway Smart Badge', 18)).toEqual(['sos_cancel'])
  })

  it('takes the status of the messages that have one', () => {
    expect(told$('00 10', 'Abeeway Smart Badge', 18)).toEqual([])
    expect(told$('0d 10 32 89 00', 'Abeeway Smart Badge', 18)).toEqual([])
  })

  it('tells an SOS of a frame that is cut off', () => {
    const { events, unreadable } = read('03 10', 'Abeeway Smart Badge', 18)
    expect(events).toMatchObject([{ type: 'sos' }])
    expect(unreadable).toMatchObject([{ alarm: false }])
    expect(read('03', 'Abeeway Smart Badge', 18).unreadable).toMatchObject([{ alarm: true }])
  })

  it('keeps the age of a position', () => {
    const { samples } = read(`03 00 ff 89 00 0a 1d28b9 016037 02`, 'Abeeway Micro Tracker', 18)
    const { fields, deviceTs } = samples.find((sample) => sample.fields.lat !== undefined)!
    expect(deviceTs).toBe(UPLINK_MS - 80_000)
    expect(fields.acc).toBe(7.84)
  })

  it('reads an extended position', () => {
    const { fields } = read('0e00320000 003c 02 1d28b980 01603780 00a1 14 2328 0064', 'Abeeway Micro Tracker', 18)
    expect(fields).toMatchObject({ alt: 161, acc: 20, course: 90, speed: 3.6 })
  })

  it('says offline when it is switched off, and why', () => {
    const items = readBytes('090032890001', 18, device('tracker', 'Abeeway Micro Tracker'))
    expect(told(items)).toEqual(['battery_low'])
    expect(items).toContainEqual({ from: '24e124535b316056', kind: 'presence', online: false })
  })

  it('reads the third generation', () => {
    const gnss = '10 5e 0c24 8a 000001 19ff3ff2 04364580 00a1 0000 000a 17 65'
    const { fields, events } = read(gnss, 'Abeeway Compact Tracker', 19)
    expect(fields).toMatchObject({ lat: 43.615845, lon: 7.06656, alt: 161, acc: 23, battery: 94, speed: 0.4 })
    expect(events).toEqual([])
    expect(told$(gnss.replace('10 5e', '50 5e'), 'Abeeway Compact Tracker', 19)).toEqual(['sos'])
    expect(told$('08 5e 0c24 10', 'Abeeway Compact Tracker', 19)).toEqual(['sos'])
    expect(told$('08 5e 0c24 11', 'Abeeway Compact Tracker', 19)).toEqual(['sos_cancel'])
    expect(told$('08 05 0c24 01', 'Abeeway Compact Tracker', 19)).toEqual(['battery_low'])
  })

  it('takes the time of a stored frame of the third generation', () => {
    const { events } = read(`48 de ${secondsBe(HOUR_AGO)} 10`, 'Abeeway Compact Tracker', 19)
    expect(events).toMatchObject([{ type: 'sos', deviceTs: HOUR_AGO }])
  })
})
