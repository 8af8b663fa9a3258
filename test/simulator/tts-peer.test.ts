import { connectAsync, type MqttClient } from 'mqtt'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { VirtualDevice } from '../../server/contract/ports.ts'
import type { PeerContext } from '../../simulator/peers/peer.ts'
import { newTtsPassword, TTS_USERNAME, TtsPeer } from '../../simulator/peers/tts.ts'
import { until } from './broker.ts'
import frames from './frames.json' with { type: 'json' }
import { peerContext, told } from './peer-context.ts'

describe('a network server that is the broker itself', () => {
  const BRIDGE: VirtualDevice = { deviceId: 'tts', secret: newTtsPassword(), kind: 'bridge', room: null }
  const BUTTON: VirtualDevice = {
    deviceId: 'end',
    secret: '',
    room: null,
    kind: 'sos_button',
    model: 'WS101',
    address: '24e1240000000a01',
  }
  let context: PeerContext
  let tts: TtsPeer
  let url: string
  let client: MqttClient | null = null
  const heard: { topic: string; payload: Record<string, unknown> }[] = []

  beforeEach(async () => {
    heard.length = 0
    context = peerContext()
    tts = new TtsPeer(BRIDGE, [BUTTON], context)
    url = await tts.listen()
  })
  afterEach(async () => {
    await client?.endAsync(true)
    await tts.stop()
    client = null
  })
  async function bridge(): Promise<MqttClient> {
    client = await connectAsync(url, { username: TTS_USERNAME, password: BRIDGE.secret, reconnectPeriod: 50 })
    client.on('message', (topic, payload) => heard.push({ topic, payload: JSON.parse(payload.toString()) }))
    await client.subscribeAsync(['v3/+/devices/+/up', 'v3/+/devices/+/down/ack'], { qos: 0 })
    await until(() => tts.online, 'the bridge is there')
    return client
  }

  it('lets in only who knows its key', async () => {
    await expect(connectAsync(url, { username: TTS_USERNAME, password: 'x', reconnectPeriod: 0 })).rejects.toThrow()
    await bridge()
  })

  it('sends uplinks as The Things Stack does, to nobody while nobody is there', async () => {
    await expect(tts.act(BUTTON, 'sos')).rejects.toThrow('no connection')
    expect(context.journal.untoldCounts().get('tts')).toBe(1)
    await bridge()
    await tts.act(BUTTON, 'sos')
    await until(() => heard.length === 1, 'an uplink')
    const [up] = heard
    expect(up?.topic).toBe('v3/care@shangrao/devices/eui-24e1240000000a01/up')
    const real: Record<string, unknown> = frames.tts.raw
    expect(Object.keys(up!.payload).sort()).toEqual(Object.keys(real).sort())
    const message = up!.payload.uplink_message as Record<string, unknown>
    expect(message).toMatchObject({ f_port: 85, f_cnt: 2 })
    expect(Buffer.from(String(message.frm_payload), 'base64').toString('hex')).toBe('017564ff2e01')
    for (const name of ['session_key_id', 'rx_metadata', 'settings', 'version_ids', 'network_ids', 'received_at']) {
      expect(real.uplink_message).toHaveProperty(name)
      expect(message).toHaveProperty(name)
    }
    expect(told(context)).toEqual(['end button due'])
  })

  it('takes a downlink of the platform and acknowledges it', async () => {
    const platformClient = await bridge()
    const downlink = { f_port: 85, frm_payload: '/2T/', confirmed: true, correlation_ids: ['command:1'] }
    const base = 'v3/care@shangrao/devices/eui-24e1240000000a01'
    await platformClient.publishAsync(`${base}/down/push`, JSON.stringify({ downlinks: [downlink] }))
    await until(() => heard.length === 1, 'an acknowledgement')
    expect(heard[0]).toMatchObject({ topic: `${base}/down/ack`, payload: { downlink_ack: downlink } })
    await platformClient.publishAsync('v3/care@shangrao/devices/eui-0000000000000000/down/push', '{}')
    await until(() => context.journal.problems.length === 1, 'a wrong one is noticed')
  })

  it('is gone for a while when its line is cut, and what went out just before is in doubt', async () => {
    await bridge()
    await tts.act(BUTTON, 'sos')
    tts.cut(200)
    await until(() => !tts.online, 'the bridge is gone')
    expect(told(context)).toEqual(['end button doubtful'])
    await until(() => tts.online, 'the bridge is back')
  })
})
