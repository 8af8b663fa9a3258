import { describe, expect, test } from 'vitest'
import { DEVICE_ROLES } from '../../server/contract/device.ts'
import { SIGNAL_TYPES } from '../../server/contract/signal.ts'
import { alarmRule } from '../../server/detect/alarm-rules.ts'

describe('what a signal means', () => {
  test('a role changes nothing where the device says itself what happened', () => {
    for (const type of SIGNAL_TYPES) {
      if (['button', 'triggered', 'released'].includes(type)) continue
      for (const role of DEVICE_ROLES) expect(alarmRule(type, role)).toEqual(alarmRule(type, null))
    }
  })

  test.each([
    ['sos', { effect: 'raise', kind: 'sos' }],
    ['help', { effect: 'raise', kind: 'help' }],
    ['fall', { effect: 'raise', kind: 'fall' }],
    ['bed', { effect: 'raise', kind: 'leave_bed' }],
    ['entrance', { effect: 'record' }],
    ['ordinary', { effect: 'record' }],
    [null, { effect: 'record' }],
  ] as const)('a key or contact in the role %s', (role, finding) => {
    expect(alarmRule('button', role)).toEqual(finding)
    expect(alarmRule('triggered', role)).toEqual(finding)
  })

  test('a contact that is calm again takes back what it stood for', () => {
    expect(alarmRule('released', 'water_leak')).toEqual({ effect: 'restore', kinds: ['water_leak'], byResident: false })
    expect(alarmRule('released', null)).toEqual({ effect: 'record' })
  })
})
