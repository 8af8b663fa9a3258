import { readFileSync } from 'node:fs'
import { chirpstackProtocol } from '../../gateway/protocols/chirpstack.ts'
import type { NetworkMemory } from '../../gateway/protocols/lorawan/network.ts'
import type { MqttProtocol } from '../../gateway/protocols/protocol.ts'
import { ttsProtocol } from '../../gateway/protocols/tts.ts'
import type { DecodedItem, RegisteredDevice } from '../../server/contract/ports.ts'

/** What the tests of the LoRaWAN protocols have in common. */

export interface Sample {
  source: string
  device?: string
  topic?: string
  fPort?: number
  raw: string | Record<string, unknown>
  frm_hex?: string
  expected: {
    meaning?: string
    documented?: Record<string, unknown>
    vendorDecoderOutput?: Record<string, unknown>
    vendorDecoder?: string
  }
}

const load = (name: string): Sample[] =>
  JSON.parse(readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url), 'utf8'))
export const CHIRPSTACK_SAMPLES = load('chirpstack-milesight')
export const TTS_SAMPLES = load('tts')

export const EUI = '24e124535b316056'
export const LOGIN = { deviceId: 'lns', settings: {}, willTopic: null }
/** 2025-11-23T12:13:20Z */
export const NOW = 1_763_900_000_000
const UPLINK_TIME = '2025-11-23T12:13:19.500Z'
export const UPLINK_MS = NOW - 500

/** A network server of its own, with its memory. */
export function network(protocol: MqttProtocol<NetworkMemory>) {
  const memory = protocol.createMemory(LOGIN)
  const topics = protocol.topicsOf(LOGIN, memory)
  /** Everything that a message comes to. */
  const decode = (topic: string, body: unknown, child: RegisteredDevice | null = null, replayed = false) => {
    const payload = Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
    const message = { topic, payload, receivedAt: NOW, replayed }
    const channel = topics.channelOf(topic) ?? 'refused'
    return protocol.decode(channel, message, { login: LOGIN, child, memory })
  }
  return {
    memory,
    decode,
    /** What a message says: all but how the device is reached, which is in every first one (lorawan-route.test.ts). */
    receive: (...args: Parameters<typeof decode>): DecodedItem[] =>
      decode(...args).filter((item) => item.kind !== 'facts' || item.facts.route === undefined),
  }
}

export const device = (kind: string, model: string | null = null, role: RegisteredDevice['role'] = null) =>
  ({ deviceId: 'd1', kind, protocol: 'chirpstack', model, role, sources: [] }) satisfies RegisteredDevice

const base64 = (hex: string): string => Buffer.from(hex, 'hex').toString('base64')
let count = 0

/** An uplink as ChirpStack tells it. */
export const chirpstackUp = (hex: string, fPort = 85, more: Record<string, unknown> = {}) => ({
  deduplicationId: `3ac7e3c4-4401-4b8d-9386-${String(++count).padStart(12, '0')}`,
  time: UPLINK_TIME,
  deviceInfo: { applicationId: 'a1', deviceProfileName: 'default', deviceName: 'bedroom', devEui: EUI, tags: {} },
  fCnt: count,
  fPort,
  data: base64(hex),
  rxInfo: [
    { gatewayId: 'g1', rssi: -90, snr: 3 },
    { gatewayId: 'g2', rssi: -61, snr: 9.5 },
  ],
  ...more,
})
export const CHIRPSTACK_UP = `application/a1/device/${EUI}/event/up`

/** An uplink as The Things Stack tells it. */
export const ttsUp = (hex: string, fPort = 85, more: Record<string, unknown> = {}) => ({
  end_device_ids: { device_id: 'bedroom', application_ids: { application_id: 'care' }, dev_eui: EUI.toUpperCase() },
  received_at: '2025-11-23T12:13:19.900Z',
  uplink_message: {
    session_key_id: 'AXA50tHUGUucuzS/bCGMNw==',
    f_cnt: ++count,
    f_port: fPort,
    frm_payload: base64(hex),
    rx_metadata: [{ gateway_ids: { gateway_id: 'gtw1' }, rssi: -35, snr: 5 }],
    received_at: UPLINK_TIME,
    ...more,
  },
})
export const TTS_UP = 'v3/care@ttn/devices/bedroom/up'

/** What a device's bytes come to, through ChirpStack. */
export function readBytes(hex: string, fPort: number, child: RegisteredDevice | null): DecodedItem[] {
  return network(chirpstackProtocol).receive(CHIRPSTACK_UP, chirpstackUp(hex, fPort), child)
}
/** The same through The Things Stack. */
export function readBytesOfTts(hex: string, fPort: number, child: RegisteredDevice | null): DecodedItem[] {
  return network(ttsProtocol).receive(TTS_UP, ttsUp(hex, fPort), child)
}

type ItemOf<K extends DecodedItem['kind']> = Extract<DecodedItem, { kind: K }>
const only = <K extends DecodedItem['kind']>(items: readonly DecodedItem[], kind: K): ItemOf<K>[] =>
  items.filter((item): item is ItemOf<K> => item.kind === kind)

/** Items sorted by what they say. */
export function sorted(items: readonly DecodedItem[]) {
  const samples = only(items, 'telemetry').map(({ sample }) => sample)
  return {
    events: only(items, 'event').map(({ event }) => event),
    levels: new Map(only(items, 'level').map(({ report }) => [report.level, report])),
    /** Readings of the time of the uplink. */
    fields: Object.assign({}, ...samples.map(({ fields }) => fields)) as Record<string, number>,
    samples,
    facts: only(items, 'facts')[0]?.facts,
    unreadable: only(items, 'unreadable'),
    discovered: only(items, 'discovered')[0]?.device,
    replies: only(items, 'reply').map(({ reply }) => reply),
  }
}

/** Types with the detail that tells presses and keys apart. */
export const told = (items: readonly DecodedItem[]): string[] =>
  only(items, 'event').map(({ event: { type, detail } }) =>
    [type, detail.press, detail.key].filter((part) => part !== undefined).join(' '),
  )
