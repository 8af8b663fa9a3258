import { describe, expect, it } from 'vitest'
import { login, short } from './mapper-harness.ts'

describe('tasmota', () => {
  const receive = login('tasmota')
  const zigbee = (device: object) =>
    receive('tele/bridge/SENSOR', { ZbReceived: { Cord: { Device: '0x1', Endpoint: 1, ...device } } })

  it.each([
    ['stat/t/RESULT', { Button2: { Action: 'TRIPLE' } }, ['button triple 2']],
    ['stat/t/RESULT', { Button1: { Action: 'HOLD' } }, ['button long 1']],
    ['stat/t/RESULT', { Button1: { Action: 'PENTA' }, Button2: { Action: 'CLEAR' } }, ['button quintuple 1']],
    ['stat/t/BUTTON1', { Button1: { Action: 'SINGLE' } }, ['button single 1']],
    ['stat/t/RESULT', { Switch1: { Action: 'ON' } }, ['switch_1=on triggered']],
    ['stat/t/RESULT', { Switch1: { Action: 'OFF' } }, ['switch_1=off released calm']],
    ['stat/t/SWITCH1', { Switch1: { Action: 'TOGGLE' } }, ['button single 1']],
    ['stat/t/RESULT', { POWER: 'ON' }, []],
    ['stat/t/POWER', 'ON', []],
    ['tele/t/LWT', 'Offline', ['online false']],
    [
      'tele/t/SENSOR',
      { Time: '2025-11-23T20:13:20', Switch1: 'ON', AM2301: { Temperature: 21, Humidity: 40 } },
      ['switch_1=on triggered', { temperature: 21, humidity: 40 }],
    ],
    ['tele/t/SENSOR', { Time: 'x', ENERGY: { Power: 5 } }, []],
    ['tele/t/STATE', { Vcc: 3.4, Wifi: { RSSI: 82, Signal: -59 } }, [{ rssi: -59 }]],
    ['tele/t/INFO1', { Info1: { Module: 'Generic', Version: '14.2.0' } }, ['facts']],
    ['tasmota/discovery/DC4F22/config', '{', []],
  ])('%s %j tells %j', (topic, raw, told) => {
    expect(short(receive(topic, raw))).toEqual(told)
  })

  const CALM = ['tamper=0 tamper_clear calm', 'battery_low=0 battery_ok calm']

  it.each([
    [{ '0500!00': '010000000000' }, ['triggered', ...CALM]],
    [{ '0500<00': '0200010000' }, ['triggered', ...CALM]],
    [{ '0500?00': '0C0000000000' }, ['released', 'tamper=1 tamper', 'battery_low=1 battery_low']],
    [{ '0500!00': '0001' }, ['released', ...CALM]],
    [{ '0501!02': '' }, ['sos']],
    [{ '0006!02': '', Power: 2 }, ['button toggle 1']],
    [{ '0006!FD': '02' }, ['button long']],
    [{ Contact: 1 }, ['contact=1 door_open']],
    [{ Water: 0 }, ['water=0 water_clear calm']],
    [{ Occupancy: true }, ['occupancy=1 motion']],
    [{ BatteryPercentage: 55, BatteryVoltage: 2.9 }, [{ battery: 55, voltage: 2.9 }]],
    [{ ModelId: 'lumi' }, []],
  ])('Zigbee %j tells %j', (device, told) => {
    const items = zigbee(device)
    expect(short(items)).toEqual(told)
    for (const item of items) expect(item.from).toBe('Cord')
  })

  it('counts every change of a zone, for a key’s is never calm again', () => {
    const ids = [1, 2]
      .map(() => zigbee({ '0500!00': '0100' })[0])
      .map((item) => (item?.kind === 'event' ? item.event.messageId : ''))
    expect(new Set(ids).size).toBe(2)
  })

  it('reads several devices in one message, and keeps zones it can’t read as an alarm', () => {
    const items = receive('tele/t/SENSOR', { ZbReceived: { A: { Water: 1 }, B: { LinkQuality: 9 } } })
    expect(items.map(({ from }) => from)).toEqual(['A', 'B'])
    expect(zigbee({ '0500!00': 'zz' })).toMatchObject([{ kind: 'unreadable', alarm: true }])
    expect(receive('tele/t/SENSOR', '{"ZbRec')).toMatchObject([{ kind: 'unreadable', alarm: true }])
    expect(receive('tele/t/STATE', '{')).toMatchObject([{ kind: 'unreadable', alarm: false }])
  })
})
