import { describe, expect, test } from 'vitest'
import { DEVICE_ROLES } from '../../server/contract/device.ts'
import { SIGNAL_TYPES } from '../../server/contract/signal.ts'
import { alarmRule } from '../../server/detect/reported.ts'

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
  ] as const)('a key or contact in the role %s', (role, finding) => {
    expect(alarmRule('button', role)).toMatchObject({ ...finding, because: 'reported.role' })
    expect(alarmRule('triggered', role)).toMatchObject(finding)
  })

  test.each(['entrance', 'ordinary', null] as const)(
    'a key or contact in the role %s is kept, nothing more',
    (role) => {
      expect(alarmRule('button', role)).toBeNull()
      expect(alarmRule('triggered', role)).toBeNull()
      expect(alarmRule('released', role)).toBeNull()
    },
  )

  test('a contact that is calm again takes back what it stood for', () => {
    expect(alarmRule('released', 'water_leak')).toMatchObject({
      effect: 'restore',
      kinds: ['water_leak'],
      byResident: false,
    })
  })

  test('a sensor that is sure is believed more than one that is not, and an emergency key fully', () => {
    expect(alarmRule('fall', null)).toMatchObject({ kind: 'fall', certainty: 'likely' })
    expect(alarmRule('fall_suspected', null)).toMatchObject({ kind: 'fall', certainty: 'possible' })
    expect(alarmRule('sos', null)).toMatchObject({ kind: 'sos', certainty: 'confirmed' })
  })

  test('what the resident takes back is told apart from what a device takes back', () => {
    expect(alarmRule('sos_cancel', null)).toMatchObject({ byResident: true, kinds: ['sos', 'help'] })
    expect(alarmRule('smoke_clear', null)).toMatchObject({ byResident: false, kinds: ['smoke'] })
  })
})
