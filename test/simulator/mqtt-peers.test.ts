import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { VirtualDevice } from '../../server/contract/ports.ts'
import { ChirpstackPeer } from '../../simulator/peers/chirpstack.ts'
import { OwnTracksPeer } from '../../simulator/peers/owntracks.ts'
import type { Peer, PeerContext } from '../../simulator/peers/peer.ts'
import { WifiPeer } from '../../simulator/peers/wifi.ts'
import { Zigbee2MqttPeer } from '../../simulator/peers/zigbee2mqtt.ts'
import { ESPHOME, SHELLY_BLU, SHELLY_GEN1, TASMOTA, type WifiKind } from '../../simulator/wire/wifi.ts'
import { TestBroker, until } from './broker.ts'
import frames from './frames.json' with { type: 'json' }
import { peerContext, told } from './peer-context.ts'

const device = (deviceId: string, kind: string, more: Partial<VirtualDevice> = {}): VirtualDevice => ({
  ...{ deviceId, secret: `secret-of-${deviceId}`, kind, room: null },
  ...more,
})
const HUB = device('hub', 'hub', { protocol: 'zigbee2mqtt' })
const child = (deviceId: string, model: string, address: string) =>
  device(deviceId, 'other', { protocol: 'zigbee2mqtt', hubId: 'hub', model, address })
const SOS = child('sos', 'TS0215A_sos', '卧室/紧急按钮')
const DOOR = child('door', 'MCCGQ11LM', "Porte d'entrée")
const CALL = child('call', 'SEB01ZB', 'cord')

let broker: TestBroker
let context: PeerContext
let peer: Peer

beforeEach(async () => {
  const logins = ['hub', 'server', 'phone', 'wifi']
  broker = new TestBroker(new Map(logins.map((name) => [name, `secret-of-${name}`])))
  await broker.start()
  context = peerContext()
  context.places.mqttUrl = broker.url
})
afterEach(async () => {
  await peer.stop()
  await broker.crash()
})

async function begin(of: Peer): Promise<void> {
  peer = of
  peer.start(0)
  await until(() => peer.online, 'connected')
}
const states = (address: string) => broker.on(`zigbee2mqtt/${address}`).map(({ payload }) => payload)

describe('a Zigbee2MQTT hub', () => {
  const hub = (children = [SOS, DOOR, CALL]) => new Zigbee2MqttPeer(HUB, children, 'zigbee2mqtt', context)

  it('logs in once for all its devices, and tells of itself and of them', async () => {
    await begin(hub())
    await until(() => states('cord').length > 0, 'the first states')
    expect(new Set(broker.received.map(({ clientId }) => clientId))).toEqual(new Set(['hub']))
    expect(broker.on('zigbee2mqtt/bridge/state')).toMatchObject([{ payload: { state: 'online' }, retain: true }])
    expect(broker.on('zigbee2mqtt/bridge/info')[0]?.payload).toMatchObject({ version: expect.any(String) })
    const [list] = broker.on('zigbee2mqtt/bridge/devices')
    expect(list?.payload).toMatchObject([
      { friendly_name: '卧室/紧急按钮', definition: { model: 'TS0215A_sos' } },
      { friendly_name: "Porte d'entrée", power_source: 'Battery' },
      { friendly_name: 'cord' },
    ])
    expect(broker.on("zigbee2mqtt/Porte d'entrée/availability")[0]?.payload).toEqual({ state: 'online' })
    expect(states("Porte d'entrée")[0]).toMatchObject({ battery: 100, contact: true, linkquality: expect.any(Number) })
  })

  it('repeats the whole cached state in each message, with quality of service 0', async () => {
    await begin(hub())
    await peer.act(DOOR, 'door_open')
    peer.sample(DOOR, { ts: 0, fields: { battery: 71 } })
    await until(() => states("Porte d'entrée").length === 3, 'three states')
    expect(states("Porte d'entrée").slice(1)).toMatchObject([{ contact: false }, { contact: false, battery: 71 }])
    expect(broker.on("zigbee2mqtt/Porte d'entrée").map(({ qos, retain }) => [qos, retain])).toEqual(
      Array(3).fill([0, false]),
    )
    expect(told(context).filter((line) => line.startsWith('door door'))).toEqual([
      'door door_close possible',
      'door door_open due',
    ])
  })

  it('tells a press as an action that is not cached, and each press counts', async () => {
    await begin(hub())
    await peer.act(SOS, 'sos')
    await peer.act(SOS, 'sos')
    await until(() => states('卧室/紧急按钮').length >= 3, 'presses')
    const actions = states('卧室/紧急按钮').flatMap((state) => (state as { action?: string }).action ?? [])
    expect(actions.filter((action) => action === 'emergency')).toHaveLength(2)
    expect(told(context).filter((line) => line.startsWith('sos'))).toEqual(['sos sos due', 'sos sos due'])
    await expect(peer.act(SOS, 'fall')).rejects.toThrow("can't tell of fall")
  })

  it('a call that is a condition goes back by itself', async () => {
    await begin(hub())
    await peer.act(CALL, 'sos')
    await until(() => states('cord').some((state) => (state as { sos: boolean }).sos), 'called')
    await until(() => (states('cord').at(-1) as { sos: boolean }).sos === false, 'over')
    expect(told(context).filter((line) => line.startsWith('call sos'))).toEqual(['call sos due'])
  })

  it('tells nothing of what happens while it has no connection, but what lasts is in the next message', async () => {
    await begin(hub())
    await until(() => states('cord').length > 0, 'the first states')
    peer.cut(150)
    await expect(peer.act(DOOR, 'door_open')).rejects.toThrow('no connection')
    await expect(peer.act(SOS, 'sos')).rejects.toThrow('no connection')
    await until(() => broker.on('zigbee2mqtt/bridge/state').length === 3, 'the will, and back again')
    expect(broker.on('zigbee2mqtt/bridge/state').map(({ payload }) => payload)).toEqual([
      { state: 'online' },
      { state: 'offline' },
      { state: 'online' },
    ])
    const before = states("Porte d'entrée").length
    peer.sample(DOOR, { ts: 0, fields: {} })
    await until(() => states("Porte d'entrée").length === before + 1, 'the next message')
    expect(states("Porte d'entrée").at(-1)).toMatchObject({ contact: false })
    expect(context.journal.untoldCounts().get('zigbee2mqtt')).toBe(1)
    expect(told(context).filter((line) => line.startsWith('hub'))).toEqual([
      // So soon after the start nobody can say what the platform knew before.
      'hub hub_online possible',
      'hub hub_offline possible',
      'hub hub_online due',
    ])
  })

  it('after a power cut it starts anew and says every state again', async () => {
    await begin(hub([DOOR]))
    await until(() => states("Porte d'entrée").length === 1, 'the first state')
    peer.cut(50)
    await until(() => broker.on('zigbee2mqtt/bridge/state').length === 3, 'back')
    expect(states("Porte d'entrée")).toHaveLength(1)
    peer.cut(50, true)
    await until(() => states("Porte d'entrée").length === 2, 'said again')
  })

  it('with quality of service 1 a press resolves at its acknowledgement, and is in doubt without one', async () => {
    context = peerContext({ qos: 1 })
    context.places.mqttUrl = broker.url
    await begin(hub())
    await peer.act(SOS, 'sos')
    const press = context.journal.entries.find(({ type }) => type === 'sos')
    expect(press).toMatchObject({ acknowledged: true, fate: 'due' })
    broker.acknowledges = ({ topic, text }) => !topic.includes('紧急') || !text.includes('emergency')
    await expect(peer.act(SOS, 'sos')).rejects.toThrow('no connection')
    expect(context.journal.entries.findLast(({ type }) => type === 'sos')?.fate).toBe('doubtful')
    broker.acknowledges = () => true
    await until(() => peer.waiting === 0, 'nothing waits')
  })

  it('notices what was meant for another home', async () => {
    await begin(hub())
    await until(() => states('cord').length > 0, 'subscribed')
    broker.send('zigbee2mqtt/cord/set', { state: 'ON' })
    broker.send('zigbee2mqtt/kitchen of the neighbour', { contact: false })
    await until(() => context.journal.problems.length > 0, 'noticed')
    expect(context.journal.problems[0]?.text).toContain('kitchen of the neighbour')
    expect(context.journal.feedback()).toEqual([['set', 1]])
  })
})

describe('a phone with OwnTracks', () => {
  const PHONE = device('phone', 'phone', { protocol: 'owntracks' })
  const BASE = 'owntracks/phone/phone'
  const at = (lat: number, fields = {}) => ({
    ts: 1_700_000_000_000,
    fields: { lat, lon: 117.4, acc: 8, battery: 61.4, ...fields },
  })
  const payloads = (topic = BASE) => broker.on(topic).map(({ payload }) => payload as Record<string, unknown>)

  it('reports positions with the fields of the app', async () => {
    await begin(new OwnTracksPeer(PHONE, context))
    peer.sample(PHONE, at(28.4, { speed: 3.6, course: 90 }))
    await until(() => payloads().length === 1, 'a position')
    const [made] = payloads()
    const real = frames.owntracks.find(({ raw }) => raw._type === 'location')!.raw
    expect(made).toMatchObject({
      _type: 'location',
      lat: 28.4,
      lon: 117.4,
      acc: 8,
      batt: 61,
      vel: 4,
      cog: 90,
      tst: 1_700_000_000,
    })
    expect(Object.keys(real).filter((key) => !['image', 'imagename', 'm', 'poi'].includes(key))).toEqual(
      expect.arrayContaining(['acc', 'lat', 'lon', 't', 'tid', 'tst']),
    )
    expect(made).toHaveProperty('tid')
    expect(broker.on(BASE)[0]?.qos).toBe(1)
    await until(() => peer.waiting === 0, 'acknowledged')
  })

  it('keeps what it has to say while it has no connection', async () => {
    await begin(new OwnTracksPeer(PHONE, context))
    peer.cut(150)
    const left = peer.act(PHONE, 'wander')
    peer.sample(PHONE, at(28.5))
    expect(peer.waiting).toBe(2)
    await left
    expect(payloads(`${BASE}/event`)).toMatchObject([{ _type: 'transition', event: 'leave', desc: 'home', t: 'c' }])
    expect(context.journal.entries[0]).toMatchObject({ type: 'wander', acknowledged: true, fate: 'due' })
    // The broker has told of the loss in its name.
    await until(() => payloads().some(({ _type }) => _type === 'lwt'), 'the will')
  })

  it('watches the fence it is given, and answers where it is when asked', async () => {
    await begin(new OwnTracksPeer(PHONE, context))
    peer.sample(PHONE, at(28.4))
    // The subscription has gone out before.
    await until(() => payloads().length === 1, 'a position')
    const waypoint = { _type: 'waypoint', desc: '家', lat: 28.4, lon: 117.4, rad: 100, tst: 1_600_000_000 }
    const list = { _type: 'waypoints', waypoints: [waypoint] }
    broker.send(`${BASE}/cmd`, { _type: 'cmd', action: 'setWaypoints', waypoints: list })
    broker.send(`${BASE}/cmd`, { _type: 'cmd', action: 'reportLocation' })
    await until(() => payloads().some(({ t }) => t === 'r'), 'an answer')
    for (const lat of [28.4, 28.4005, 28.41, 28.42, 28.4]) peer.sample(PHONE, at(lat))
    // Too rough a position decides nothing.
    peer.sample(PHONE, at(28.5, { acc: 900 }))
    await until(() => payloads(`${BASE}/event`).length === 2, 'two crossings')
    expect(payloads(`${BASE}/event`)).toMatchObject([
      { event: 'leave', desc: '家', wtst: 1_600_000_000 },
      { event: 'enter', desc: '家' },
    ])
    expect(told(context)).toEqual(['phone wander due', 'phone wander_end due'])
    expect(Object.fromEntries(context.journal.feedback())).toEqual({ setWaypoints: 1, reportLocation: 1 })
  })
})

describe('a ChirpStack', () => {
  const SERVER = device('server', 'hub', { protocol: 'chirpstack' })
  const BUTTON = device('lora-1', 'sos_button', { hubId: 'server', model: 'WS101', address: '24e1240000000a01' })
  const RADAR = device('lora-2', 'fall_sensor', { hubId: 'server', model: 'VS373', address: '24e1240000000a02' })
  const topic = (eui: string, event: string) =>
    broker.received
      .filter((one) => one.topic.endsWith(`/device/${eui}/event/${event}`))
      .map(({ payload }) => payload as Record<string, unknown>)

  it('publishes the bytes of its end devices as the real one does', async () => {
    await begin(new ChirpstackPeer(SERVER, [BUTTON, RADAR], context))
    peer.sample(BUTTON, { ts: 0, fields: { battery: 16 } })
    await peer.act(BUTTON, 'sos')
    await until(() => topic(BUTTON.address!, 'up').length === 2, 'two uplinks')
    const [report, press] = topic(BUTTON.address!, 'up')
    const keys = Object.keys(frames.chirpstack.raw).filter((key) => key !== 'object')
    expect(Object.keys(press!)).toEqual(expect.arrayContaining(keys))
    expect(Buffer.from(String(press!.data), 'base64').toString('hex')).toBe('017510ff2e01')
    expect([report!.fCnt, press!.fCnt, press!.fPort]).toEqual([1, 2, 85])
    expect(press!.deduplicationId).not.toBe(report!.deduplicationId)
    expect(press!.deviceInfo).toMatchObject({ devEui: BUTTON.address, deviceProfileName: 'WS101' })
    expect(told(context)).toEqual(['lora-1 button due'])
  })

  it('takes a downlink, and acknowledges it when that is wanted', async () => {
    await begin(new ChirpstackPeer(SERVER, [RADAR], context))
    await peer.act(RADAR, 'fall')
    await until(() => topic(RADAR.address!, 'up').length === 1, 'an uplink')
    const base = broker.received.find(({ topic: one }) => one.endsWith('/up'))!.topic.replace('/event/up', '')
    const id = '8d5e7b0e-4f4d-4f6e-8a4b-0a3f9d6f2a11'
    broker.send(`${base}/command/down`, { id, devEui: RADAR.address, confirmed: true, fPort: 85, data: '/2T/' })
    await until(() => topic(RADAR.address!, 'ack').length === 1, 'an acknowledgement')
    expect(topic(RADAR.address!, 'ack')[0]).toMatchObject({ queueItemId: id, acknowledged: true })
    broker.send(`${base.replace(RADAR.address!, 'f'.repeat(16))}/command/down`, { devEui: 'x' })
    await until(() => context.journal.problems.length === 1, 'a wrong one is noticed')
  })
})

describe('Wi-Fi and Bluetooth devices', () => {
  const LOGIN = device('wifi', 'sos_button')
  const GATEWAY = device('wifi', 'hub')
  const on = (part: string) => broker.received.filter(({ topic }) => topic.includes(part))
  const wifi = (kind: WifiKind, children: VirtualDevice[] = []) =>
    begin(new WifiPeer(kind, children.length === 0 ? LOGIN : GATEWAY, children, context))

  it('a Shelly repeats its newest event, and a press is a change of its count', async () => {
    await wifi(SHELLY_GEN1)
    peer.sample(LOGIN, { ts: 0, fields: { rssi: -61 } })
    await peer.act(LOGIN, 'sos')
    peer.sample(LOGIN, { ts: 0, fields: {} })
    await peer.act(LOGIN, 'help')
    await until(() => on('/input_event/0').length === 4, 'four events')
    expect(on('/input_event/0').map(({ payload }) => payload)).toEqual([
      { event: '', event_cnt: 0 },
      { event: 'S', event_cnt: 1 },
      { event: 'S', event_cnt: 1 },
      { event: 'SS', event_cnt: 2 },
    ])
    expect(on('/online')[0]).toMatchObject({ text: 'true', retain: true })
    expect(told(context)).toEqual(['wifi button due', 'wifi button due'])
  })

  it('a Bluetooth button is heard by one gateway or two, under the same packet id', async () => {
    const address = '5c:c7:c1:f2:e4:7c'
    const button = device('blu', 'sos_button', { hubId: 'wifi', address })
    await wifi(SHELLY_BLU, [button])
    for (let n = 0; n < 12; n++) await peer.act(button, 'sos')
    peer.sample(button, { ts: 0, fields: { battery: 70 } })
    await until(() => on(address).some(({ text }) => text.includes('"button":0')), 'a beacon')
    const presses = on(address).map(({ payload }) => payload as { button: number; pid: number })
    const heard = presses.filter(({ button: press }) => press === 1)
    expect(new Set(heard.map(({ pid }) => pid)).size).toBe(12)
    expect(heard.length).toBeGreaterThan(12)
    expect(Object.keys(presses[0]!).sort()).toEqual([
      'BTHome_version',
      'address',
      'battery',
      'button',
      'encryption',
      'pid',
      'rssi',
    ])
    expect(told(context)).toHaveLength(12)
  })

  it('notices that no command can reach it', async () => {
    broker.maySubscribe = false
    await wifi(TASMOTA)
    await until(() => context.journal.problems.length === 1, 'a problem')
    expect(context.journal.problems[0]).toEqual({
      deviceId: 'wifi',
      text: 'its subscription was refused, so no command can reach it',
    })
  })

  it('a Tasmota key says what was done with it', async () => {
    await wifi(TASMOTA)
    await peer.act(LOGIN, 'sos')
    await until(() => on('/RESULT').length === 1, 'a press')
    expect(on('/RESULT')[0]?.payload).toEqual({ Button1: { Action: 'SINGLE' } })
    expect(on('/LWT')[0]).toMatchObject({ text: 'Online', retain: true })
    await peer.stop()
    await until(() => on('/LWT').length === 2, 'a farewell')
    expect(on('/LWT')[1]?.text).toBe('Offline')
  })

  it('a radar of ESPHome keeps its states on the broker', async () => {
    await wifi(ESPHOME)
    peer.sample(LOGIN, { ts: 0, fields: {} })
    await peer.act(LOGIN, 'fall')
    peer.sample(LOGIN, { ts: 0, fields: {} })
    await until(() => on('/binary_sensor/fall_detected/state').length === 3, 'three states')
    expect(on('/binary_sensor/fall_detected/state').map(({ text, retain }) => [text, retain])).toEqual([
      ['OFF', true],
      ['ON', true],
      ['ON', true],
    ])
    expect(told(context).filter((line) => line.includes('fall'))).toEqual(['wifi fall_clear possible', 'wifi fall due'])
  })
})
