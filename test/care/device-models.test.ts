import { Check } from 'typebox/value'
import { describe, expect, test } from 'vitest'
import { codecOfModel } from '../../gateway/protocols/lorawan/catalogue.ts'
import { DEVICE_KINDS, DeviceModelView, PROTOCOLS } from '../../server/contract/device.ts'
import { DEVICE_MODELS, heartbeatSeconds, modelOf } from '../../server/contract/device-models.ts'
import { EVENT_TYPES } from '../../server/contract/signal.ts'

describe('the catalogue', () => {
  test.each(DEVICE_MODELS.map((model) => [model.model, model] as const))('%s is complete', (_, model) => {
    expect(Check(DeviceModelView, model)).toBe(true)
    expect(DEVICE_KINDS).toContain(model.kind)
    for (const protocol of model.protocols) expect(PROTOCOLS).toContain(protocol)
    for (const type of model.reports) expect(EVENT_TYPES).toContain(type)
    expect(model.name['zh-CN']).not.toBe('')
    expect(model.model.length).toBeLessThanOrEqual(60)
  })

  test('names each model once, whatever its case', () => {
    const keys = DEVICE_MODELS.map((model) => model.model.toLowerCase())
    expect(new Set(keys).size).toBe(keys.length)
  })

  test('has a model for each way of speaking but the free mapping, and emergency keys are emergency keys', () => {
    const spoken = new Set(DEVICE_MODELS.flatMap((model) => model.protocols))
    expect([...spoken].toSorted()).toEqual(PROTOCOLS.filter((name) => name !== 'mapped').toSorted())
    for (const model of ['TS0215A_sos', 'HS1EB', 'MIR-SO100', 'WS101', 'PB01']) {
      expect(modelOf(model)).toMatchObject({ kind: 'sos_button', role: 'sos' })
    }
  })

  test('a LoRaWAN model offers what its codec can ask for', () => {
    const asked = { closed: {}, config: { intervalSeconds: 600 }, locate: {} } as const
    for (const { model, protocols, commands } of DEVICE_MODELS) {
      if (!protocols.includes('chirpstack') || commands.length === 0) continue
      const codec = codecOfModel(model)
      const can = Object.entries(asked).filter(([type, args]) =>
        codec?.encode?.({ commandId: 'c', type: type as 'config', args }, null).some(({ bytes }) => bytes.length > 0),
      )
      expect([model, ...commands.toSorted()]).toEqual([model, ...can.map(([type]) => type)])
    }
  })

  test.each([
    ['ts0215a_SOS', 'TS0215A_sos'],
    ['HS1EB/HS1EB-E', 'HS1EB'],
    ['HS3SA/HS1SA', 'HS3SA'],
    [' ws101 ', 'WS101'],
    ['Shelly BLU Door/Window', 'Shelly BLU Door/Window'],
    ['toString', undefined],
    ['', undefined],
    [null, undefined],
  ])('finds %s', (key, model) => {
    expect(modelOf(key)?.model).toBe(model)
  })

  test.each([
    ['sos_button', null, 86_400],
    ['fall_sensor', null, 900],
    ['watch', null, 21_600],
    ['smoke_sensor', null, 86_400],
    ['something else', null, 86_400],
    ['other', 'MIR-HE200-TY', 900],
    ['gas_sensor', 'HS1CG-E', 86_400],
    ['button', 'Shelly BLU Button', null],
    ['fall_sensor', 'no such model', 900],
  ])('%s (%s) is heard of every %s s', (kind, model, seconds) => {
    expect(heartbeatSeconds(kind, model)).toBe(seconds)
  })
})
