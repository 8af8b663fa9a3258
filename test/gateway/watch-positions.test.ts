import { describe, expect, it } from 'vitest'
import { decode, fieldsOf, framed } from './watch-harness.ts'

describe('positions', () => {
  const AT = 'UD,220322,055105,A,22.761162,N,114.360192,E,3.5,120,47,14,100,64,10,2,00000000,0,0,12.5'
  const withField = (index: number, value: string) => {
    const fields = AT.split(',')
    fields[index] = value
    return framed(fields.join(','))
  }

  it.each([
    ['22.5', 'N', '114.3', 'E', 22.5, 114.3],
    ['22.5', 'S', '114.3', 'W', -22.5, -114.3],
    ['-22.5', 'S', '-114.3', 'W', -22.5, -114.3],
    ['-22.5', 'N', '-114.3', 'E', -22.5, -114.3],
    ['16.4', 'S', '68.1', '', -16.4, 68.1],
    [' 9.1', 'N', '0.0', 'E', 9.1, 0],
  ])('%s,%s,%s,%s', (latText, ns, lonText, ew, lat, lon) => {
    const fields = AT.split(',')
    fields.splice(4, 4, latText, ns, lonText, ew)
    const readings = fieldsOf(decode(framed(fields.join(','))).items)!
    expect([readings.lat, readings.lon]).toEqual([lat, lon])
    expect(Object.is(readings.lon, -0)).toBe(false)
  })

  it('0,0 is no place even with a fix', () => {
    const fields = AT.split(',')
    fields.splice(4, 4, '0.0', 'N', '0.000', 'E')
    expect(fieldsOf(decode(framed(fields.join(','))).items)).toEqual({
      sats: 14,
      gsm: 100,
      battery: 64,
      steps: 10,
      tumbles: 2,
    })
  })

  it('reads everything there is', () => {
    expect(fieldsOf(decode(framed(AT)).items)).toEqual({
      lat: 22.761162,
      lon: 114.360192,
      acc: 12.5,
      speed: 3.5,
      course: 120,
      alt: 47,
      sats: 14,
      gsm: 100,
      battery: 64,
      steps: 10,
      tumbles: 2,
    })
  })

  it.each([
    [1, '3203xx', 'date or time'],
    [2, '', 'date or time'],
    [3, 'X', 'validity'],
    [4, '95.1', 'position'],
    [6, 'east', 'position'],
    [16, 'what', 'status'],
  ])('field %i as %j is unreadable: %s', (index, value, what) => {
    const { items, reply } = decode(withField(index, value))
    expect(items).toEqual([
      { kind: 'unreadable', reason: 'invalid_field', explanation: `UD: the ${what} can't be read`, alarm: false },
    ])
    expect(reply).toBeNull()
  })

  it.each([['310222'], ['001322'], ['000000']])('the day %s does not exist: no device time, but a position', (date) => {
    const { items } = decode(withField(1, date))
    const telemetry = items.find((item) => item.kind === 'telemetry')!
    expect(telemetry.sample.deviceTs).toBeNull()
    expect(telemetry.sample.fields.lat).toBe(22.761162)
  })

  it('readings outside their limits are unknown', () => {
    const fields = AT.split(',')
    fields.splice(8, 8, '-1', '900', '1e9', '-3', '101', '255', 'many', '')
    expect(fieldsOf(decode(framed(fields.join(','))).items)).toEqual({ lat: 22.761162, lon: 114.360192, acc: 12.5 })
  })

  it('any word with a position is one, PP with its own time too', () => {
    for (const content of [AT.replace('UD', 'UD3'), AT.replace('UD', 'XY'), AT.replace('UD,', 'PP,091046,')]) {
      const { items, channel } = decode(framed(content))
      expect(fieldsOf(items)!.lat).toBe(22.761162)
      expect(channel).toBe('position')
    }
  })

  it('stored positions tell nothing of now: no battery state', () => {
    expect(decode(framed(AT)).items.map(({ kind }) => kind)).toEqual(['level', 'telemetry'])
    expect(decode(framed(AT.replace('UD', 'UD2'))).items.map(({ kind }) => kind)).toEqual(['telemetry'])
  })
})
