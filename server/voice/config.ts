import Type from 'typebox'
import { Compile } from 'typebox/compile'
import { IceServer } from '../contract/voice.ts'
import type { IceConfig } from './ice.ts'
import type { DialSettings } from './phone.ts'

export interface VoiceConfig {
  ice: IceConfig
  dial: DialSettings
  exchangeSecret: string | null
}

const iceServerList = Compile(Type.Array(IceServer, { maxItems: 10 }))
const ICE_URL = /^(?:stuns?|turns?):[^\s/]+$/
const TURN_URL = /^turns?:[^\s/]+$/
const DOMAIN = /^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d{1,5})?$/
const LEAST_SECRET = 16

/**
 * The settings of talking with homes.
 * @param text a setting by name; null when it is empty or absent
 * @param wrong is told of each wrong setting; never with a value that may be secret
 */
export function readVoiceConfig(text: (name: string) => string | null, wrong: (problem: string) => void): VoiceConfig {
  return {
    ice: { servers: readServers(text, wrong), turn: readTurn(text, wrong) },
    dial: readDial(text, wrong),
    exchangeSecret: readExchange(text, wrong),
  }
}

function readServers(text: (name: string) => string | null, wrong: (problem: string) => void): IceServer[] {
  const value = text('ICE_SERVERS')
  if (value === null) return []
  const servers = parse(value)
  if (iceServerList.Check(servers) && servers.every(({ urls }) => [urls].flat().every((url) => ICE_URL.test(url)))) {
    return servers
  }
  wrong(
    'ICE_SERVERS must be a JSON list like [{"urls":"stun:stun.example.org:3478"}], with username and credential where needed',
  )
  return []
}

function readTurn(text: (name: string) => string | null, wrong: (problem: string) => void): IceConfig['turn'] {
  const value = text('TURN_URL')
  const username = text('TURN_USERNAME')
  const credential = text('TURN_CREDENTIAL')
  const secret = text('TURN_SECRET')
  if (value === null) {
    if (username ?? credential ?? secret) wrong('TURN_URL is missing: the TURN login alone is of no use')
    return null
  }
  const urls = value.split(',').map((url) => url.trim())
  if (!urls.every((url) => TURN_URL.test(url)))
    wrong('TURN_URL must be turn:HOST:PORT or turns:HOST:PORT, several with commas')
  if (secret !== null && (username ?? credential))
    wrong('Set TURN_SECRET, or TURN_USERNAME and TURN_CREDENTIAL, not both')
  if (secret === null && (username === null || credential === null)) {
    wrong('TURN_URL needs TURN_SECRET, or TURN_USERNAME and TURN_CREDENTIAL')
  }
  return { urls, username, credential, secret }
}

function readDial(text: (name: string) => string | null, wrong: (problem: string) => void): DialSettings {
  const scheme = text('DIAL_SCHEME') ?? 'tel'
  if (scheme === 'tel') return { scheme }
  if (scheme !== 'sip') {
    wrong(`DIAL_SCHEME must be one of tel, sip, not "${scheme}"`)
    return { scheme: 'tel' }
  }
  const domain = text('DIAL_SIP_DOMAIN')
  if (domain !== null && DOMAIN.test(domain)) return { scheme, domain }
  wrong('DIAL_SCHEME=sip needs DIAL_SIP_DOMAIN, the host name of the exchange')
  return { scheme: 'tel' }
}

function readExchange(text: (name: string) => string | null, wrong: (problem: string) => void): string | null {
  const secret = text('EXCHANGE_SECRET')
  if (secret !== null && secret.length < LEAST_SECRET)
    wrong(`EXCHANGE_SECRET must have at least ${LEAST_SECRET} characters`)
  return secret
}

function parse(value: string): unknown {
  try {
    return JSON.parse(value)
  } catch {
    // Told as a wrong setting; its text may hold a credential.
    return null
  }
}
