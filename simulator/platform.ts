import { setTimeout as pause } from 'node:timers/promises'
import type { NewResident } from '../server/contract/api.ts'
import type { DeviceSettingsChange, NewDevice } from '../server/contract/device.ts'
import type { SignalType } from '../server/contract/signal.ts'
import type { Recorded } from './compare/match.ts'

/** The platform did not do what was asked; the message says in one line what to do about it. */
export class PlatformError extends Error {
  /** The contract's error code, or null when no answer of the platform's own came. */
  readonly code: string | null
  constructor(message: string, code: string | null) {
    super(message)
    this.code = code
  }
}

/** The platform's HTTP API, as far as virtual homes need it. */
export interface Platform {
  /** How far its clock is ahead of ours, ms; below two seconds it can't be told and counts as 0. */
  readonly clockAheadMs: number
  /** @throws PlatformError */
  createResident(resident: NewResident): Promise<string>
  /**
   * @returns the device's secret, empty for one that never logs in itself
   * @throws PlatformError, code `already_exists` when the id is taken
   */
  createDevice(device: NewDevice): Promise<string>
  /** Tells a bridge where its broker is. @throws PlatformError */
  setBridge(deviceId: string, bridge: NonNullable<DeviceSettingsChange['bridge']>): Promise<void>
  /** The ids of all devices. @throws PlatformError */
  deviceIds(): Promise<Set<string>>
  /**
   * What was recorded since then, of all devices.
   * @param from ms since the epoch
   * @param onPage is told how many there are so far
   * @throws PlatformError
   */
  signals(from: number, onPage: (signals: number) => void): Promise<Recorded[]>
  /** How many values of a field were stored with times from `from` to before `to`, ms since the epoch. @throws PlatformError */
  values(deviceId: string, field: string, from: number, to: number): Promise<number>
}

const MOST_ATTEMPTS = 8

/**
 * Signs in.
 * @param url of the server, without a path
 * @throws PlatformError when there is no server, or it refuses name and password
 */
export async function signIn(url: string, username: string, password: string): Promise<Platform> {
  const logIn = async () => {
    const { headers } = await send(url, null, 'POST', '/session', { username, password })
    const lines = headers.getSetCookie()
    if (lines.length === 0) throw new PlatformError(`${url} gave no session cookie: is it this platform?`, null)
    return { cookie: lines.map((line) => line.split(';')[0]).join('; '), date: headers.get('date') }
  }
  let session = await logIn()
  const clockAheadMs = clockAhead(session.date)
  /** A session ends after some hours; a run may take days. */
  const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    try {
      return (await send(url, session.cookie, method, path, body)).body
    } catch (error) {
      if (!(error instanceof PlatformError && error.code === 'not_signed_in')) throw error
      session = await logIn()
      return (await send(url, session.cookie, method, path, body)).body
    }
  }
  /** All items of a list, page by page. */
  async function* pages(path: string): AsyncGenerator<unknown[]> {
    let cursor: unknown = null
    do {
      const query: string = typeof cursor === 'string' ? `&cursor=${encodeURIComponent(cursor)}` : ''
      const body = await call('GET', `${path}limit=500${query}`)
      const items = property(body, 'items')
      if (!Array.isArray(items)) throw unexpected('items')
      yield items
      cursor = property(body, 'nextCursor')
    } while (typeof cursor === 'string')
  }
  return {
    clockAheadMs,
    createResident: async (resident) => text(await call('POST', '/residents', resident), 'residentId'),
    createDevice: async (device) => {
      const answer = await call('POST', '/devices', device)
      return property(answer, 'secret') === null ? '' : text(answer, 'secret')
    },
    setBridge: async (deviceId, bridge) => {
      await call('PUT', `/devices/${encodeURIComponent(deviceId)}/settings`, { bridge })
    },
    deviceIds: async () => {
      const ids = new Set<string>()
      for await (const items of pages('/devices?')) for (const item of items) ids.add(text(item, 'deviceId'))
      return ids
    },
    signals: async (from, onPage) => {
      const signals: Recorded[] = []
      for await (const items of pages(`/signals?from=${encodeURIComponent(new Date(from).toISOString())}&`)) {
        signals.push(...items.map(recorded))
        onPage(signals.length)
      }
      return signals
    },
    values: async (deviceId, field, from, to) => {
      const path = `/devices/${encodeURIComponent(deviceId)}/telemetry?field=${field}&from=${from}&to=${to}`
      const items = property(await call('GET', path), 'items')
      if (!Array.isArray(items)) throw unexpected('items')
      return items.length
    },
  }
}

/** RFC 9110 section 6.6.1: the time of the answer, in whole seconds. */
function clockAhead(date: string | null): number {
  const ahead = Date.parse(date ?? '') + 500 - Date.now()
  return Math.abs(ahead) >= 2_000 ? Math.round(ahead) : 0
}

function recorded(item: unknown): Recorded {
  return {
    deviceId: text(item, 'deviceId'),
    messageId: text(item, 'messageId'),
    // A type that is not known here is extra in any case.
    type: text(item, 'type') as SignalType,
    receivedAt: Date.parse(text(item, 'receivedAt')),
  }
}

interface Answer {
  headers: Headers
  body: unknown
}

async function send(url: string, cookie: string | null, method: string, path: string, body?: unknown): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    const response = await request(url, cookie, method, path, body)
    // Rate limited: the server says for how long. RFC 9110 section 10.2.3, as seconds.
    if (response.status === 429 && attempt < MOST_ATTEMPTS) {
      const seconds = Number(response.headers.get('retry-after'))
      await response.body?.cancel()
      await pause(Math.min(60, seconds > 0 ? seconds : attempt) * 1000)
      continue
    }
    const parsed = await parse(response)
    if (response.ok) return { headers: response.headers, body: parsed }
    throw refusal(url, path, response.status, parsed)
  }
}

async function request(url: string, cookie: string | null, method: string, path: string, body: unknown) {
  // The server's own origin, as a browser on its pages would send it (protection against cross-site requests).
  const headers: Record<string, string> = { accept: 'application/json', origin: new URL(url).origin }
  if (cookie) headers.cookie = cookie
  if (body !== undefined) headers['content-type'] = 'application/json'
  try {
    return await fetch(`${url}/api/v1${path}`, {
      method,
      headers,
      redirect: 'error',
      signal: AbortSignal.timeout(30_000),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  } catch (error) {
    throw new PlatformError(
      `No answer from ${url} (${reasonOf(error)}). Start the server, or name another with --url.`,
      null,
    )
  }
}

/** Of a failed request: the system's code where there is one (`ECONNREFUSED`), else what the error says. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  if (!(cause instanceof Error)) return String(cause)
  // The code of a DOMException, as of a timeout, is a number that says nothing.
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.message
}

async function parse(response: Response): Promise<unknown> {
  const raw = await response.text()
  try {
    return raw === '' ? null : JSON.parse(raw)
  } catch (error) {
    // Not JSON: some other server's page. Told apart by the missing properties.
    if (error instanceof SyntaxError) return null
    throw error
  }
}

function refusal(url: string, path: string, status: number, body: unknown): PlatformError {
  const code = property(body, 'code')
  const known = typeof code === 'string' ? code : null
  if (known === 'wrong_credentials') {
    return new PlatformError('Wrong user name or password: give them with --username and --password.', known)
  }
  if (known === 'forbidden') {
    return new PlatformError('This account may not create residents and devices: sign in as an administrator.', known)
  }
  const detail = property(body, 'detail')
  return new PlatformError(
    `${url} refused ${path}: ${status} ${typeof detail === 'string' ? detail : ''}`.trim(),
    known,
  )
}

function property(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined
}

function text(value: unknown, key: string): string {
  const found = property(value, key)
  if (typeof found === 'string') return found
  throw unexpected(key)
}

const unexpected = (key: string) => new PlatformError(`The server's answer has no "${key}": another version?`, null)
