import { describe, expect, it } from 'vitest'
import { codecFor, type Hints } from '../../gateway/protocols/lorawan/catalogue.ts'

describe('which codec', () => {
  const bytes = Buffer.from('017510ff2e01', 'hex')
  const find = (hints: Partial<Hints>) =>
    codecFor({ model: null, kind: null, profile: [], name: null, fPort: 85, bytes, ...hints })
  const modelOf = (hints: Partial<Hints>) => find(hints)?.model

  it.each([
    ['WS101', 'WS101'],
    ['milesight-ws101', 'WS101'],
    ['WS101-SOS 868M', 'WS101'],
    ['milesight-iot vs373', 'VS373'],
    ['em300 mcs', 'EM300-MCS'],
    ['EM300-SLD-ZLD', 'EM300-SLD'],
    ['VS34x', 'VS340'],
    ['TrackerD-LS', 'TrackerD'],
    ['dragino lgt92', 'LGT-92'],
    ['Dragino PB01-L', 'PB01'],
    ['PB05-L', 'PB05'],
    ['browan tbpb100', 'TBPB100'],
    ['Tabs Push Button', 'TBPB100'],
    ['Object Locator', 'TBOL100'],
    ['abeeway abeeway-compact-tracker', 'Abeeway Compact Tracker'],
    ['abeeway abeeway-smart-badge', 'Abeeway Smart Badge'],
  ])('%s is %s', (text, model) => {
    expect(modelOf({ model: text })).toBe(model)
    expect(modelOf({ profile: [text] })).toBe(model)
    expect(modelOf({ name: text })).toBe(model)
  })

  it('believes the record first, then the network server, then a name', () => {
    expect(modelOf({ model: 'WS303', profile: ['WS301'], name: 'WS101' })).toBe('WS303')
    expect(modelOf({ model: 'no such', profile: ['WS301'], name: 'WS101' })).toBe('WS301')
    expect(modelOf({ profile: ['Chirpstack default device profile'], name: 'WS303 bathroom' })).toBe('WS303')
  })

  it('believes a name only when the kind agrees', () => {
    expect(modelOf({ name: 'beside WS301', kind: 'door_sensor' })).toBe('WS301')
    expect(find({ name: 'beside WS301', kind: 'sos_button' })).toMatchObject({ model: null, kind: 'sos_button' })
    expect(modelOf({ name: 'WS101', kind: 'button' })).toBe('WS101')
  })

  it('knows devices by their port and shape', () => {
    const shape = (fPort: number, length: number, kind: string | null = null) =>
      modelOf({ fPort, kind, bytes: Buffer.alloc(length) })
    expect([shape(147, 3), shape(100, 8), shape(106, 5), shape(136, 11)]).toEqual([
      'TBPB100',
      'TBDW100',
      'TBWL100',
      'TBOL100',
    ])
    expect([shape(2, 8), shape(2, 5), shape(2, 15), shape(2, 23), shape(2, 16)]).toEqual([
      'PB01',
      'PB05',
      'TrackerD',
      'TrackerD',
      'LGT-92',
    ])
    expect([shape(2, 8, 'sos_button'), shape(2, 15, 'tracker'), shape(7, 3, 'tracker')]).toEqual([
      'PB01',
      'TrackerD',
      'TrackerD',
    ])
    expect([shape(2, 8, 'climate_sensor'), shape(2, 15, 'sos_button'), shape(2, 9), shape(7, 3), shape(1, 1)]).toEqual(
      Array(5).fill(undefined),
    )
    expect([18, 19].map((fPort) => find({ fPort })?.vendor)).toEqual(['Abeeway', 'Abeeway'])
  })

  it('knows Milesight devices by what they send', () => {
    const sends = (hex: string) => modelOf({ bytes: Buffer.from(hex, 'hex') })
    expect([sends('017510ff2e01'), sends('017510ff34010000'), sends('06fb0100000100'), sends('058e01')]).toEqual([
      'WS101',
      'WS156',
      'VS373',
      'GS101',
    ])
    expect(find({ bytes: Buffer.from('0367180104686d', 'hex') })).toMatchObject({ model: null, vendor: 'Milesight' })
  })

  it('does not take one model for another', () => {
    for (const text of ['ws1010', 'aws101', 'trackerdaughter', 'pb011'])
      expect(modelOf({ fPort: 9, name: text })).toBe(undefined)
  })
})
