import { Check } from 'typebox/value'
import { describe, expect, it } from 'vitest'
import { changedFields, changeOf, formOf } from '../../dashboard/admin/devices/changes.ts'
import { configArguments } from '../../dashboard/admin/devices/command-args.ts'
import {
  ADDRESS_PATTERN,
  addressForm,
  suggestId,
  tidyAddress,
  WAYS,
  wayOf,
} from '../../dashboard/admin/devices/connection.ts'
import { contentTypeOf, secretsCsv } from '../../dashboard/admin/devices/import-file.ts'
import { NEXT_STEPS } from '../../dashboard/admin/devices/lifecycle.ts'
import { newDevice } from '../../dashboard/admin/devices/new-device.ts'
import { labelContent, readScan } from '../../dashboard/admin/devices/scan-text.ts'
import { mayStep } from '../../server/care/devices/lifecycle.ts'
import { planDevice } from '../../server/care/devices/plan.ts'
import { CommandArguments } from '../../server/contract/command.ts'
import { LIFECYCLE_STATES, NewDevice, PROTOCOLS } from '../../server/contract/device.ts'
import { makeDevice } from './make-device.ts'

describe('what changes in a device', () => {
  const device = makeDevice({ room: '卧室', note: null, role: 'sos', sources: ['10.8.0.0/16'] })

  it('is nothing when the form was left as it was', () => {
    expect(changeOf(device, formOf(device))).toBeNull()
    expect(changeOf(device, { ...formOf(device), note: '  ', room: ' 卧室 ' })).toBeNull()
  })

  it('names only what differs, and the version that was looked at', () => {
    const form = { ...formOf(device), room: ' 卫生间 ', role: null, sources: [] }
    expect(changeOf(device, form)).toEqual({ version: device.version, room: '卫生间', role: null, sources: [] })
    expect(changeOf(device, { ...formOf(device), room: '' })).toEqual({ version: device.version, room: null })
  })

  it('tells what somebody else has changed meanwhile', () => {
    const now = {
      ...device,
      version: device.version + 1,
      residentName: '吴德胜',
      lifecycle: 'faulty' as const,
      battery: 3,
    }
    expect(changedFields(device, now)).toEqual(['residentName', 'lifecycle'])
  })
})

describe('lifecycle steps', () => {
  it('are offered exactly where the server allows them', () => {
    for (const from of LIFECYCLE_STATES) {
      const allowed = LIFECYCLE_STATES.filter((to) => mayStep(from, to))
      expect(NEXT_STEPS[from].toSorted(), from).toEqual(allowed.toSorted())
    }
  })
})

describe('a new device', () => {
  const known = {
    hub: (id: string) =>
      id === 'hub-1' ? { kind: 'hub', protocol: 'zigbee2mqtt', lifecycle: 'in_service' as const } : undefined,
    hasResident: () => true,
  }

  it('of every protocol and way is taken by the server, and is recognised as the same way afterwards', () => {
    for (const protocol of PROTOCOLS) {
      for (const way of WAYS[protocol]) {
        const request = newDevice({
          protocol,
          way,
          deviceId: 'new-1',
          kind: 'button',
          hubId: 'hub-1',
          address: '24:E1:24:13:6B:50:22:17',
          room: ' 卧室 ',
          note: ' ',
          role: 'sos',
          sources: ['10.8.0.0/16'],
        })
        expect(Check(NewDevice, request), `${protocol} ${way}`).toBe(true)
        expect(planDevice(request, known).problems, `${protocol} ${way}`).toEqual([])
        expect(wayOf({ kind: request.kind, protocol, hubId: request.hubId ?? null })).toBe(way)
      }
    }
  })

  it('says no more than its way needs', () => {
    const form = { deviceId: ' hub-2 ', kind: 'button', hubId: 'hub-1', address: 'x', role: 'sos' as const, room: '' }
    expect(newDevice({ ...form, protocol: 'zigbee2mqtt', way: 'hub' })).toEqual({
      deviceId: 'hub-2',
      kind: 'hub',
      protocol: 'zigbee2mqtt',
    })
  })

  it('has its address tidied as it was pasted or scanned', () => {
    const eui = addressForm('chirpstack', 'lorawan')
    expect(tidyAddress(' 24-E1-24-13-6B-50-22-17 ', eui)).toBe('24e124136b502217')
    expect(ADDRESS_PATTERN.lorawan?.test('24e124136b502217')).toBe(true)
    expect(tidyAddress('3509 0001 23', 'watch')).toBe('3509000123')
    // A name at a hub is whatever the hub says, capitals and spaces within it included.
    expect(tidyAddress(' Küche/Taster 1 ', 'behindZigbee')).toBe('Küche/Taster 1')
  })

  it('gets an id from its address where that makes one', () => {
    expect(suggestId('3509000123', 'watch')).toBe('watch-3509000123')
    expect(suggestId('24E124136B502217', 'lorawan')).toBe('lora-24e124136b502217')
    expect(suggestId('bath/button 1', 'behindZigbee')).toBe('bath-button-1')
    expect(suggestId('卫生间按钮', 'behindZigbee')).toBe('')
    expect(suggestId('', 'watch')).toBe('')
    expect(suggestId('x'.repeat(200), 'behind')).toHaveLength(64)
  })
})

describe('settings sent to a device', () => {
  it('hold only what was filled in', () => {
    const args = configArguments({ intervalSeconds: 600, fallDetection: 'off', removalAlarm: 'same', sosNumbers: [] })
    expect(args).toEqual({ intervalSeconds: 600, fallDetection: false })
    expect(Check(CommandArguments, args)).toBe(true)
  })

  it('are refused when there are none, or half a fence', () => {
    expect(configArguments({ fallDetection: 'same', intervalSeconds: null })).toBe('nothing')
    expect(configArguments({ fence: { name: '家', lat: 28.4, lon: null, radius: 300 } })).toBe('incomplete_fence')
    expect(configArguments({ fence: { name: ' ', lat: 0, lon: 0, radius: 300 } })).toBe('incomplete_fence')
    expect(configArguments({ fence: { name: '家', lat: 0, lon: 0, radius: 300 } })).toEqual({
      fence: { name: '家', lat: 0, lon: 0, radius: 300 },
    })
  })
})

describe('a scanned code', () => {
  it('is one of our labels', () => {
    expect(readScan(labelContent('sos-0001'))).toEqual({ is: 'device', deviceId: 'sos-0001' })
    expect(readScan('anhu:device:')).toBeNull()
  })

  it('or a maker’s: LoRa Alliance TR005, a DevEUI, an IMEI, a serial number', () => {
    const tr005 = 'LW:D0:1122334455667788:AABBCCDDEEFF0011:AABB1122:OAABBCCDDEEFF:SYYWWNNNNNN:PFOOBAR:CAF2C'
    expect(readScan(tr005)).toEqual({ is: 'address', address: 'AABBCCDDEEFF0011' })
    expect(readScan('DevEUI:24E124136B502217;SN:6136B50')).toEqual({ is: 'address', address: '24E124136B502217' })
    expect(readScan('IMEI: 861234567890123')).toEqual({ is: 'address', address: '861234567890123' })
    expect(readScan('3509000123\n')).toEqual({ is: 'address', address: '3509000123' })
  })

  it('or nothing of a device', () => {
    for (const text of ['', 'https://example.com/p?id=1', '请扫码关注公众号', 'ab']) expect(readScan(text)).toBeNull()
  })
})

describe('files of an import', () => {
  it('are told apart by their first bytes', () => {
    expect(contentTypeOf(new TextEncoder().encode('设备编号,类型'))).toBe('text/csv')
    expect(contentTypeOf(Uint8Array.of(0x50, 0x4b, 3, 4))).toContain('spreadsheetml')
    expect(contentTypeOf(new Uint8Array())).toBe('text/csv')
  })

  it('give the secrets of those that have one', () => {
    const created = [
      { deviceId: 'a-1', secret: 'x,"y' },
      { deviceId: 'a-2', secret: null },
    ]
    expect(secretsCsv(created)).toBe('\uFEFFdeviceId,secret\r\na-1,"x,""y"\r\n')
  })
})
