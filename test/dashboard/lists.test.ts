import { describe, expect, it } from 'vitest'
import { scrollToRow, windowRows } from '../../dashboard/console/window-rows.ts'
import { buttonsOf, findHomes, homesOf, lastAct, weightOf } from '../../dashboard/simulator/homes.ts'
import type { SimulatedDevice } from '../../server/contract/api.ts'
import { DEVICE_KINDS } from '../../server/contract/device.ts'

describe('rows of the list that are drawn', () => {
  it('are few, whatever the length', () => {
    expect(windowRows(500, 82, 0, 600, 6)).toEqual({ first: 0, last: 14 })
    expect(windowRows(500, 82, 20_500, 600, 6)).toEqual({ first: 244, last: 264 })
    expect(windowRows(3, 82, 0, 600, 6)).toEqual({ first: 0, last: 3 })
  })

  it('stay within a list that has become shorter than the scroll position', () => {
    const { first, last } = windowRows(2, 82, 9000, 600)
    expect(first).toBeLessThanOrEqual(last)
    expect(last).toBe(2)
  })

  it('scroll only when the chosen row is not wholly in view', () => {
    expect(scrollToRow(2, 82, 0, 600)).toBeNull()
    expect(scrollToRow(0, 82, 100, 600)).toBe(0)
    expect(scrollToRow(10, 82, 0, 600)).toBe(302)
  })
})

describe('virtual homes', () => {
  const device = (deviceId: string, residentName: string | null, residentId = residentName): SimulatedDevice => ({
    deviceId,
    kind: 'sos_button',
    residentId,
    residentName,
    place: '弋阳县 桃源街道',
    room: '卧室',
    online: true,
    lastAction: null,
  })

  it('gather the devices of one resident', () => {
    const homes = homesOf([device('a', '周桂兰'), device('b', '吴德胜'), device('c', '周桂兰'), device('d', null)])
    expect(homes.map((home) => home.devices.map((d) => d.deviceId))).toEqual([['a', 'c'], ['b'], ['d']])
    expect(findHomes(homes, '德胜')).toHaveLength(1)
    expect(findHomes(homes, '桃源')).toHaveLength(3)
  })

  it('are two where two residents of one town have the same name', () => {
    const homes = homesOf([device('a', '周桂兰', 'r1'), device('b', '周桂兰', 'r2')])
    expect(homes.map(({ residentName }) => residentName)).toEqual(['周桂兰', '周桂兰'])
  })

  it('have buttons for every kind of device, the unknown included', () => {
    for (const kind of [...DEVICE_KINDS, 'lift']) expect(buttonsOf(kind).length).toBeGreaterThan(0)
    expect(weightOf('sos')).toBe('emergency')
    expect(weightOf('help')).toBe('help')
    expect(weightOf('test')).toBe('plain')
  })

  it('read what a device did last', () => {
    expect(lastAct('sos 2026-03-02T02:41:53.204Z')).toEqual({ type: 'sos', at: '2026-03-02T02:41:53.204Z' })
    expect(lastAct('something else')).toBeNull()
    expect(lastAct(null)).toBeNull()
  })
})
