import { createTransport } from 'nodemailer'
import type { NotifyChannel, NotifyError } from '../contract/notify.ts'
import { sign } from './signature.ts'

export interface NotifySettings {
  smtp: { url: string; from: string } | null
  smsUrl: string | null
  callUrl: string | null
  webhookUrl: string | null
  /** Signs what goes to the three addresses, and what comes back. */
  secret: string | null
}

/** One message as a channel sends it. */
export interface Message {
  notificationId: string
  caseId: string
  /** Address or number; null for the webhook. */
  to: string | null
  subject: string
  text: string
  /** Facts without personal data, for other systems. */
  facts: Record<string, unknown>
}

/** It was not sent. `permanent`: trying again would not help. */
export class SendError extends Error {
  readonly code: NotifyError
  readonly permanent: boolean
  constructor(code: NotifyError, permanent: boolean) {
    super(code)
    this.code = code
    this.permanent = permanent
  }
}

interface Channel {
  /** Whether the settings say how to reach it. */
  set: boolean
  /** @throws SendError */
  send(message: Message, now: number): Promise<void>
}

export type Channels = Readonly<Record<NotifyChannel, Channel>>

const UNSET: Channel = {
  set: false,
  send: () => Promise.reject(new SendError('channel_unset', true)),
}
/** The event that was committed with it is the message. */
const DESK: Channel = { set: true, send: () => Promise.resolve() }

/** Longer than this and the next attempt has to do, ms. It must stay below the time for which a node keeps a message. */
const TIMEOUT_MS = 10_000

/** Which ways to people are set up. */
export function whichAreSet(channels: Channels): Readonly<Record<NotifyChannel, boolean>> {
  const { desk, email, sms, voice, webhook } = channels
  return { desk: desk.set, email: email.set, sms: sms.set, voice: voice.set, webhook: webhook.set }
}

/** All ways to people, and how each is set up. */
export function createChannels(settings: NotifySettings): Channels {
  const { smtp, smsUrl, callUrl, webhookUrl, secret } = settings
  const http = (url: string | null, body: (message: Message) => object): Channel =>
    url === null || secret === null ? UNSET : postTo(url, secret, body)
  return {
    desk: DESK,
    email: smtp === null ? UNSET : mailThrough(smtp),
    sms: http(smsUrl, ({ notificationId, to, text }) => ({ id: notificationId, to, text })),
    voice: http(callUrl, ({ notificationId, to, text }) => ({
      id: notificationId,
      to,
      text,
      keys: { 1: 'accepted', 2: 'declined' },
      answer: `/api/v1/notifications/${notificationId}/answer`,
    })),
    webhook: http(webhookUrl, ({ notificationId, text, facts }) => ({ id: notificationId, text, ...facts })),
  }
}

function mailThrough({ url, from }: { url: string; from: string }): Channel {
  const transport = createTransport(
    { url, connectionTimeout: TIMEOUT_MS, greetingTimeout: TIMEOUT_MS, socketTimeout: TIMEOUT_MS },
    { from },
  )
  return {
    set: true,
    send: async ({ to, subject, text, notificationId, caseId }) => {
      if (to === null) throw new SendError('no_address', true)
      try {
        await transport.sendMail({
          to,
          subject,
          text,
          // The same message sent again is the same message.
          messageId: `<${notificationId}@anhu>`,
          headers: { 'X-Anhu-Case': caseId, 'X-Priority': '1', 'Auto-Submitted': 'auto-generated' },
        })
      } catch (error) {
        throw mailError(error)
      }
    },
  }
}

/** RFC 5321: 5yz is a refusal for good, 4yz for now. */
function mailError(error: unknown): SendError {
  const { responseCode, code } = error as { responseCode?: number; code?: string }
  if (responseCode !== undefined && responseCode >= 500) return new SendError('refused', true)
  return new SendError(code === 'ETIMEDOUT' ? 'timeout' : 'unavailable', false)
}

function postTo(url: string, secret: string, bodyOf: (message: Message) => object): Channel {
  return {
    set: true,
    send: async (message, now) => {
      const body = JSON.stringify(bodyOf(message))
      const timestamp = String(Math.floor(now / 1000))
      const status = await post(url, body, {
        'content-type': 'application/json',
        'idempotency-key': message.notificationId,
        'x-anhu-timestamp': timestamp,
        'x-anhu-signature': sign(secret, timestamp, body),
      })
      if (status >= 200 && status < 300) return
      // Too many, or too slow: for now. Any other 4xx says that the request itself is not wanted.
      const permanent = status >= 300 && status < 500 && status !== 408 && status !== 429
      throw new SendError(permanent ? 'refused' : 'unavailable', permanent)
    },
  }
}

async function post(url: string, body: string, headers: Record<string, string>): Promise<number> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      body,
      headers,
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    await response.body?.cancel()
    return response.status
  } catch (error) {
    const timedOut = error instanceof Error && error.name === 'TimeoutError'
    throw new SendError(timedOut ? 'timeout' : 'unavailable', false)
  }
}
