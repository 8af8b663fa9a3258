import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type HubFacts, type Known, planDevice } from '../../server/care/devices/plan.ts'
import { DEVICE_KINDS, type NewDevice, PROTOCOLS } from '../../server/contract/device.ts'

const HUBS: Record<string, HubFacts> = {
  zigbee: { kind: 'hub', protocol: 'zigbee2mqtt', lifecycle: 'in_service' },
  server: { kind: 'bridge', protocol: 'tts', lifecycle: 'in_stock' },
  old: { kind: 'hub', protocol: 'zigbee2mqtt', lifecycle: 'retired' },
  box: { kind: 'hub', protocol: 'native', lifecycle: 'in_service' },
  button: { kind: 'sos_button', protocol: 'native', lifecycle: 'in_service' },
}
const known: Known = { hub: (id) => (Object.hasOwn(HUBS, id) ? HUBS[id] : undefined), hasResident: (id) => id === 'r1' }
const plan = (device: Partial<NewDevice>) =>
  planDevice({ deviceId: 'd1', kind: 'sos_button', protocol: 'native', ...device }, known)
const fieldsOf = (device: Partial<NewDevice>) => plan(device).problems.map(({ field }) => field)

describe('what is left out is filled in', () => {
  test.each([
    // device, address, whether it logs in itself
    [{ protocol: 'native' }, null, true],
    [{ protocol: 'owntracks', kind: 'phone' }, null, true],
    [{ protocol: 'shelly_gen1', kind: 'button' }, null, true],
    [{ protocol: 'zigbee2mqtt', kind: 'hub' }, null, true],
    [{ protocol: 'chirpstack', kind: 'hub' }, null, true],
    [{ protocol: 'tts', kind: 'bridge' }, null, true],
    [{ protocol: 'watch', kind: 'watch', deviceId: '8800000015' }, '8800000015', false],
    [{ protocol: 'watch', kind: 'watch', address: ' 8800000015 ' }, '8800000015', false],
    [{ protocol: 'minifinder2', kind: 'pendant', deviceId: '863921000000001' }, '863921000000001', false],
    [{ protocol: 'chirpstack', deviceId: '24E124AAAA000001' }, '24e124aaaa000001', false],
    [{ protocol: 'tts', address: '24-E1-24-AA-AA-00-00-01' }, '24e124aaaa000001', false],
    [{ hubId: 'zigbee', address: 'Bad/Knopf 1' }, 'Bad/Knopf 1', false],
    [{ hubId: 'server', address: '24:E1:24:AA:AA:00:00:01' }, '24e124aaaa000001', false],
  ] as const)('%o → address %s', (device, address, hasSecret) => {
    const { planned, problems } = plan(device)
    expect(problems).toEqual([])
    expect(planned).toMatchObject({ address, hasSecret })
  })

  test('a device behind a hub speaks as the hub does', () => {
    expect(plan({ hubId: 'zigbee', address: 'a', protocol: 'chirpstack' }).planned.protocol).toBe('zigbee2mqtt')
  })

  test('with a resident it is in service, without in stock', () => {
    expect(plan({ residentId: 'r1' }).planned.lifecycle).toBe('in_service')
    expect(plan({ residentId: null }).planned.lifecycle).toBe('in_stock')
    expect(plan({}).planned.lifecycle).toBe('in_stock')
  })

  test.each([
    [{ kind: 'sos_button' }, 'sos'],
    [{ kind: 'sos_button', role: null }, null],
    [{ kind: 'sos_button', role: 'help' }, 'help'],
    [{ kind: 'button' }, null],
    [{ kind: 'button', model: 'HS1EB' }, 'sos'],
    [{ kind: 'bed_sensor', model: 'spm915' }, 'bed'],
    [{ kind: 'door_sensor', model: 'MCCGQ11LM' }, null],
  ] as const)('role of %o is %s', (device, role) => {
    expect(plan(device).planned.role).toBe(role)
  })

  test('a model is kept under its own name, however it was written', () => {
    expect(plan({ model: 'hs1eb/hs1eb-e' }).planned.model).toBe('HS1EB')
  })
})

describe('what is wrong is named', () => {
  test.each([
    [{ hubId: 'nobody', address: 'a' }, ['hubId']],
    [{ hubId: 'old', address: 'a' }, ['hubId']],
    [{ hubId: 'zigbee', address: 'a', deviceId: 'zigbee' }, ['hubId']],
    [{ hubId: 'button', address: 'a' }, ['hubId']],
    [{ hubId: 'box', address: 'a' }, ['hubId']],
    [{ hubId: 'zigbee' }, ['address']],
    [{ hubId: 'zigbee', address: '  ' }, ['address']],
    [{ hubId: 'zigbee', address: 'a', kind: 'hub' }, ['hubId']],
    [{ protocol: 'zigbee2mqtt' }, ['hubId']],
    [{ protocol: 'watch', kind: 'hub' }, ['protocol']],
    [{ residentId: 'nobody' }, ['residentId']],
    [{ model: 'X-1000' }, ['model']],
    [{ sources: ['10.0.0.0/8', '10.0.0.1', 'fd00::/8'] }, []],
    [{ sources: ['10.0.0.0/33', '300.1.1.1', 'fd00::/129', '10.0.0.0/8/8'] }, [0, 1, 2, 3].map((n) => `sources.${n}`)],
    [{ hubId: 'nobody', residentId: 'nobody', model: 'X' }, ['hubId', 'address', 'residentId', 'model']],
  ] as [Partial<NewDevice>, string[]][])('%o: %o', (device, fields) => {
    expect(fieldsOf(device)).toEqual(fields)
  })
})

test('whatever is asked for, the rules hold', () => {
  const word = fc.oneof(fc.string(), fc.constantFrom('r1', ...Object.keys(HUBS), '__proto__', '24E124AAAA000001'))
  const device = fc.record({
    deviceId: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$/),
    kind: fc.oneof(fc.constantFrom(...DEVICE_KINDS), fc.string()),
    protocol: fc.constantFrom(...PROTOCOLS),
    hubId: fc.option(word),
    address: fc.option(word),
    residentId: fc.option(word),
    model: fc.option(word),
  })
  fc.assert(
    fc.property(device, (input) => {
      const { planned, problems } = planDevice(input, known)
      if (problems.length > 0) return
      if (planned.hubId !== null) expect(planned.address).not.toBeNull()
      // Either it logs in itself, or it can be found by an address.
      expect(planned.hasSecret || planned.address !== null).toBe(true)
      expect(planned.lifecycle === 'in_service').toBe(planned.residentId !== null)
      expect(planned.address).not.toBe('')
    }),
  )
})
