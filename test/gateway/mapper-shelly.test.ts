import { describe, expect, it } from 'vitest'
import type { DecodedItem } from '../../server/contract/ports.ts'
import { login, NOW, short } from './mapper-harness.ts'

describe('shelly_blu', () => {
  const data = { encryption: false, BTHome_version: 2, pid: 6, battery: 70, rssi: -76, address: '5c:c7:c1:f2:e4:7c' }
  const pressed = (button: unknown) =>
    short(login('shelly_blu')('m', { ...data, button })).filter(
      (one) => typeof one === 'string' && one.startsWith('button'),
    )

  it.each([
    [0, []],
    [1, ['button single']],
    [2, ['button double']],
    [3, ['button triple']],
    [4, ['button long']],
    [254, ['button hold']],
    [77, ['button other']],
    [[0, 0, 4, 0], ['button long 3']],
    [null, []],
  ])('button %j tells %j', (button, told) => {
    expect(pressed(button)).toEqual(told)
  })

  it('counts a press once that several Shellies heard, by either way', () => {
    const id = (items: DecodedItem[]) => (items[0]?.kind === 'event' ? items[0].event.messageId : null)
    const receive = login('shelly_blu')
    const first = id(receive('m', { ...data, button: 1 }))
    expect(id(receive('n', { ...data, button: 1, rssi: -50 }, { at: NOW + 900 }))).toBe(first)
    const event = { component: 'script:1', event: 'shelly-blu', data: { ...data, button: 1 } }
    expect(id(receive('s/events/rpc', { method: 'NotifyEvent', params: { events: [event] } }))).toBe(first)
    expect(id(receive('m', { ...data, pid: 7, button: 1 }))).not.toBe(first)
    // 256 packets later.
    expect(id(receive('m', { ...data, button: 1 }, { at: NOW + 3_600_000 }))).not.toBe(first)
  })

  it('reads what the gateway itself notifies', () => {
    const notify = (event: object) =>
      login('shelly_blu')('shellyplus1-a8/events/rpc', { method: 'NotifyEvent', params: { ts: 1, events: [event] } })
    const ts = NOW / 1000
    const blu = notify({ component: 'bthomedevice:200', id: 200, event: 'double_push', ts })
    expect(blu).toMatchObject([
      { from: 'bthomedevice:200', event: { type: 'button', deviceTs: NOW, detail: { press: 'double' } } },
    ])
    const wired = notify({ component: 'input:0', id: 0, event: 'long_push', ts })
    expect(wired).toMatchObject([{ event: { type: 'button', detail: { press: 'long', key: 0 } } }])
    expect(wired[0]).not.toHaveProperty('from')
    for (const event of [
      { component: 'input:0', event: 'btn_down' },
      { component: 'sys', event: 'sleep' },
    ])
      expect(notify(event)).toEqual([])
    expect(
      login('shelly_blu')('x/events/rpc', { method: 'NotifyStatus', params: { 'switch:0': { output: true } } }),
    ).toEqual([])
  })

  it('does not take an encrypted device for a living one', () => {
    const items = login('shelly_blu')('m', { encryption: true, BTHome_version: 2, rssi: -60, address: 'aa' })
    expect(short(items)).toEqual(['encryption=1 device_fault', { rssi: -60 }])
  })

  it.each([
    [{ window: 1 }, 'window=1 door_open'],
    [{ moisture: 1 }, 'moisture=1 water_leak'],
    [{ smoke: 0 }, 'smoke=0 smoke_clear calm'],
    [{ tamper: true }, 'tamper=1 tamper'],
  ])('%j tells %s', (more, told) => {
    expect(short(login('shelly_blu')('m', { ...data, ...more }))).toContain(told)
  })

  it('knows presence and noise; what can’t be read may be a press', () => {
    const receive = login('shelly_blu')
    expect(short(receive('shellyplus1-a8/online', 'false'))).toEqual(['online false'])
    expect(receive('shellyplus1-a8/status/input:0', '{"id":0')).toEqual([])
    expect(receive('m', '{"BTHome_version":2,"butt')).toMatchObject([{ kind: 'unreadable', alarm: true }])
    expect(receive('x/events/rpc', '{"src"')).toMatchObject([{ kind: 'unreadable', alarm: true }])
    expect(receive('m', { hello: 1 })).toMatchObject([{ kind: 'unreadable', alarm: false }])
  })
})

describe('shelly_gen1', () => {
  const receive = login('shelly_gen1')
  const input = (raw: unknown) => receive('shellies/i3/input_event/1', raw)

  it.each([
    [{ event: 'S', event_cnt: 1 }, '1:s', 'single'],
    [{ event: 'SS', event_cnt: 2 }, '2:ss', 'double'],
    [{ event: 'SSS', event_cnt: 3 }, '3:sss', 'triple'],
    [{ event: 'L', event_cnt: 4 }, '4:l', 'long'],
    [{ event: 'XL', event_cnt: 5 }, '5:xl', 'other'],
  ])('%j is a press once', (raw, value, press) => {
    const level = 'count:shellies/i3/input_event/1'
    expect(input(raw)).toMatchObject([
      { kind: 'level', report: { level, value, calm: false, event: { type: 'button', detail: { press, key: '1' } } } },
    ])
  })

  it('tells nothing of its state after a start', () => {
    expect(input({ event: '', event_cnt: 0 })).toMatchObject([{ report: { value: '0:', event: null, calm: true } }])
  })

  it('keeps what it can’t read as an alarm', () => {
    for (const raw of ['', '{', {}, { event_cnt: 5 }, { event: {}, event_cnt: 5 }]) {
      expect(input(raw)).toMatchObject([{ kind: 'unreadable', alarm: true }])
    }
    expect(receive('shellies/x/sensor/flood', 'wet')).toMatchObject([{ kind: 'unreadable', alarm: true }])
  })

  it.each([
    ['online', 'true', ['online true']],
    ['online', 'false', ['online false']],
    ['sensor/flood', 'true', ['flood=1 water_leak']],
    ['sensor/flood', 'false', ['flood=0 water_clear calm']],
    ['sensor/smoke', 'true', ['smoke=1 smoke']],
    ['sensor/gas', 'heavy', ['gas=heavy gas']],
    ['sensor/gas', 'none', ['gas=none gas_clear calm']],
    ['sensor/gas', 'test', ['gas=test test']],
    ['sensor/operation', 'fault', ['operation=fault device_fault']],
    ['sensor/motion', 'true', ['motion=1 motion']],
    ['sensor/state', 'open', ['state=open door_open']],
    ['sensor/state', 'close', ['state=close door_close calm']],
    ['sensor/battery', '77', [{ battery: 77 }]],
    ['sensor/temperature', '21.5', [{ temperature: 21.5 }]],
    ['sensor/temperature', '999', []],
    ['sensor/lux', '120', [{ illuminance: 120 }]],
    ['sensor/act_reasons', '["button"]', []],
    ['sensor/error', '0', []],
    ['input/0', '1', []],
    ['relay/0', 'on', []],
    [
      'status',
      { motion: true, timestamp: NOW / 1000, vibration: false, lux: 8, bat: 90 },
      ['motion=1 motion', 'vibration=0 tamper_clear calm', { illuminance: 8, battery: 90 }],
    ],
    ['info', { bat: { value: 98, voltage: 2.9 }, wifi_sta: { rssi: -60 } }, [{ battery: 98, rssi: -60, voltage: 2.9 }]],
    ['announce', { id: 'x', model: 'SHBTN-2', fw_ver: '1.11' }, ['facts']],
  ])('%s %j tells %j', (topic, raw, told) => {
    expect(short(receive(`shellies/x/${topic}`, raw))).toEqual(told)
  })
})
