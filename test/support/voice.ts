import { setTimeout as sleep } from 'node:timers/promises'
import { connectAsync, type MqttClient } from 'mqtt'
import type { Socket } from 'socket.io-client'
import type { CaseSummary } from '../../server/contract/case.ts'
import type { ClientToServerEvents, ServerToClientEvents } from '../../server/contract/push.ts'
import type { CaseVoice, StartedCall, VoiceAnswer, WordToDesk, WordToTerminal } from '../../server/contract/voice.ts'
import type { Answer, ApiClient, TestApp } from './app.ts'

/** A home terminal that speaks MQTT, and a desk on its socket, as far as calls go. */

export interface FakeTerminal {
  client: MqttClient
  residentId: string
  deviceId: string
  /** Everything it was told of calls, in order. */
  words: WordToTerminal[]
  say(word: object): Promise<unknown>
  press(type?: string): Promise<unknown>
}

export async function addTerminal(
  app: TestApp,
  admin: ApiClient,
  deviceId: string,
  options: { residentId?: string; kind?: string; node?: TestApp } = {},
): Promise<FakeTerminal> {
  const resident = await admin.post<{ residentId: string }>('/residents', { name: '周桂兰', birthDate: '1943-05-06' })
  const residentId = options.residentId ?? resident.body.residentId
  const device = { deviceId, kind: options.kind ?? 'terminal', protocol: 'native', residentId, room: '客厅' }
  const { body } = await admin.post<{ secret: string }>('/devices', device)
  const client = await connectAsync(`mqtt://127.0.0.1:${(options.node ?? app).mqttPort}`, {
    username: deviceId,
    password: body.secret,
    clientId: deviceId,
    reconnectPeriod: 0,
  })
  const words: WordToTerminal[] = []
  client.on('message', (topic, payload) => {
    if (topic.endsWith('/voice')) words.push(JSON.parse(payload.toString()) as WordToTerminal)
  })
  await client.subscribeAsync(`care/v1/${deviceId}/voice`, { qos: 1 })
  let events = 0
  return {
    client,
    residentId,
    deviceId,
    words,
    say: (word) => client.publishAsync(`care/v1/${deviceId}/voice-reply`, JSON.stringify(word), { qos: 1 }),
    press: (type = 'sos') => {
      events += 1
      const event = JSON.stringify({ id: `${deviceId}-${events}`, type, ts: app.clock.now() })
      return client.publishAsync(`care/v1/${deviceId}/event`, event, { qos: 1 })
    },
  }
}

export interface FakeDesk {
  socket: Socket<ServerToClientEvents, ClientToServerEvents>
  words: WordToDesk[]
  say(word: object): Promise<VoiceAnswer>
}

export async function openDesk(operator: ApiClient): Promise<FakeDesk> {
  const socket = (await operator.desk()) as FakeDesk['socket']
  const words: WordToDesk[] = []
  socket.on('voice', (word, acknowledge) => {
    words.push(word)
    acknowledge()
  })
  return { socket, words, say: (word) => socket.timeout(5_000).emitWithAck('voice', word) }
}

/** The open case of a resident. */
export async function caseOf(operator: ApiClient, residentId: string): Promise<CaseSummary> {
  for (let tries = 0; tries < 100; tries++) {
    const { body } = await operator.get<{ items: CaseSummary[] }>('/cases?state=open')
    const found = body.items.find((item) => item.residentId === residentId)
    if (found) return found
    await sleep(30)
  }
  throw new Error('there is no case of this resident')
}

export async function claimCase(operator: ApiClient, residentId: string): Promise<string> {
  const { caseId, version } = await caseOf(operator, residentId)
  const { status } = await operator.post(`/cases/${caseId}/claim`, { version })
  if (status !== 200) throw new Error(`claim answered ${status}`)
  return caseId
}

export const startCall = (operator: ApiClient, caseId: string, deviceId?: string): Promise<Answer<StartedCall>> =>
  operator.post<StartedCall>(`/cases/${caseId}/calls`, deviceId === undefined ? {} : { deviceId })

export const voiceOf = async (operator: ApiClient, caseId: string): Promise<CaseVoice> =>
  (await operator.get<CaseVoice>(`/cases/${caseId}/voice`)).body
