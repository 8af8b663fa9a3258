import type { Protocol } from '../../../server/contract/device.ts'
import type { zhCN } from '../../i18n/zh-CN.ts'
import type { Way } from './connection.ts'
import {
  type Connection,
  chirpStackConfiguration,
  esphomeConfiguration,
  ownTracksLink,
  secretOf,
  tasmotaLine,
  USUAL_PORTS,
  zigbeeConfiguration,
} from './guide-code.ts'

/** How a device is told where to connect. Pure: names of texts and what is to be typed, which is the same in any language. */

type Connect = typeof zhCN.connect
export type StepKey = keyof Connect['step']
export type FactKey = keyof Connect['fact']
export type CodeKey = keyof Connect['code']

export interface Fact {
  key: FactKey
  value: string
}
export interface Code {
  key: CodeKey
  text: string
}
export interface Guide {
  steps: readonly StepKey[]
  facts: readonly Fact[]
  code: readonly Code[]
  /** Opened by a phone, it fills in the app's settings; null: there is no such thing, or no secret to put in. */
  phoneLink: string | null
}

const guide = (parts: Partial<Guide>): Guide => ({ steps: [], facts: [], code: [], phoneLink: null, ...parts })

/** The guide of a device. */
export function guideOf(connection: Connection): Guide {
  const { way, protocol } = connection
  if (way === 'bridge') return bridge(connection)
  if (way === 'lorawan') {
    const facts: Fact[] = [{ key: 'deviceEui', value: connection.address ?? '' }]
    return guide({ steps: ['lorawan', 'lorawanDownlink', 'tryIt'], facts })
  }
  if (way === 'behind') {
    const facts: Fact[] = [{ key: 'friendlyName', value: connection.address ?? '' }]
    return guide({ steps: protocol === 'zigbee2mqtt' ? ['zigbeeBehind', 'tryIt'] : ['viaHub', 'tryIt'], facts })
  }
  return LOGINS[protocol](connection)
}

/** The steps alone, before there is a device. */
export function stepsOf(protocol: Protocol, way: Way, kind: string): readonly StepKey[] {
  const nothing = {
    deviceId: '',
    secret: null,
    hiddenSecret: '',
    address: null,
    origin: '',
    server: { ...USUAL_PORTS, host: '' },
  }
  return guideOf({ ...nothing, protocol, way, kind }).steps
}

const LOGINS: Record<Protocol, (connection: Connection) => Guide> = {
  native,
  zigbee2mqtt: (c) =>
    guide({
      steps: ['zigbeeHub', 'zigbeeJoin'],
      facts: login(c),
      code: [{ key: 'zigbee', text: zigbeeConfiguration(c) }],
    }),
  owntracks: (c) => guide({ steps: ['ownTracks', 'ownTracksTry'], facts: login(c), phoneLink: ownTracksLink(c) }),
  chirpstack: (c) =>
    guide({ steps: ['chirpHub'], facts: login(c), code: [{ key: 'chirpstack', text: chirpStackConfiguration(c) }] }),
  tts: bridge,
  watch: (c) =>
    guide({
      steps: ['watchSms', 'watchApn', 'tryIt'],
      facts: tcp(c, c.server.watch),
      code: [
        { key: 'sms', text: `pw,123456,ip,${c.server.host},${c.server.watch}#` },
        { key: 'smsInterval', text: 'pw,123456,upload,600#' },
      ],
    }),
  minifinder2: (c) => guide({ steps: ['pendant', 'tryIt'], facts: tcp(c, c.server.pendant) }),
  mapped: (c) => guide({ steps: ['mapped'], facts: login(c) }),
  shelly_blu: (c) => guide({ steps: ['shellyBlu', 'tryIt'], facts: login(c) }),
  shelly_gen1: (c) => guide({ steps: ['shellyGen1', 'tryIt'], facts: login(c) }),
  tasmota: (c) =>
    guide({ steps: ['tasmota', 'tryIt'], facts: login(c), code: [{ key: 'tasmota', text: tasmotaLine(c) }] }),
  esphome: (c) =>
    guide({ steps: ['esphome', 'tryIt'], facts: login(c), code: [{ key: 'esphome', text: esphomeConfiguration(c) }] }),
}

const login = (c: Connection): Fact[] => [
  { key: 'host', value: c.server.host },
  { key: 'port', value: String(c.server.mqtt) },
  ...(c.server.mqtts === null ? [] : [{ key: 'tlsPort' as const, value: String(c.server.mqtts) }]),
  { key: 'username', value: c.deviceId },
  { key: 'password', value: secretOf(c) },
]

const tcp = (c: Connection, port: number): Fact[] => [
  { key: 'host', value: c.server.host },
  { key: 'port', value: String(port) },
  { key: 'address', value: c.address ?? '' },
]

/** What follows the `#` is never sent to a server; the terminal takes it out of its address at once. */
function terminalLink({ origin, deviceId, secret }: Connection): string | null {
  return secret === null ? null : `${origin}/terminal#${new URLSearchParams({ id: deviceId, key: secret })}`
}

function native(c: Connection): Guide {
  const topics: Fact[] = [
    { key: 'websocket', value: `${c.origin.replace(/^http/, 'ws')}${c.server.websocketPath}` },
    { key: 'topicSend', value: `care/v1/${c.deviceId}/event` },
    { key: 'topicReceive', value: `care/v1/${c.deviceId}/command` },
  ]
  if (c.kind === 'terminal') {
    return guide({ steps: ['nativeTerminal', 'tryIt'], facts: login(c), phoneLink: terminalLink(c) })
  }
  const example = '{"id":"1","ts":1767225600000,"type":"sos"}'
  return guide({
    steps: ['nativeLogin', 'tryIt'],
    facts: [...login(c), ...topics],
    code: [{ key: 'message', text: example }],
  })
}

function bridge({ protocol }: Connection): Guide {
  if (protocol === 'tts') {
    const account = 'USER      my-app@my-tenant\nPASSWORD  NNSXS.…'
    return guide({ steps: ['bridge', 'ttsBridge'], code: [{ key: 'ttsUser', text: account }] })
  }
  return guide({ steps: protocol === 'chirpstack' ? ['bridge', 'chirpBridge'] : ['bridge'] })
}
