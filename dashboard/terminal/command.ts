import type { FeedbackType } from '../../server/contract/command.ts'

/** Commands of the native protocol as the terminal reads them. Pure; nothing here throws. */

export type Command = { id: string | number | null } & (
  | { type: FeedbackType; text: string | null; eventId: string | null; caseId: string | null }
  | { type: 'message'; text: string }
  | { type: 'sound'; seconds: number }
  | { type: 'locate' }
  | { type: 'config'; intervalSeconds: number | null; phone: string | null }
  | { type: 'unsupported'; reason: 'unsupported' | 'invalid' }
)

const FEEDBACK: readonly string[] = ['received', 'answered', 'dispatched', 'arrived', 'closed'] satisfies FeedbackType[]
const isFeedback = (type: string): type is FeedbackType => FEEDBACK.includes(type)

const SOUND_SECONDS = { usual: 30, most: 120 }
const INTERVAL_SECONDS = { least: 10, most: 86_400 }
const MAX_TEXT = 500

/** Reads one command; null when it is not even JSON of an object, so that there is nothing to answer to. */
export function parseCommand(payload: string): Command | null {
  const message = parseObject(payload)
  if (message === null) return null
  const id = typeof message.id === 'string' || typeof message.id === 'number' ? message.id : null
  const { type } = message
  if (typeof type !== 'string') return { id, type: 'unsupported', reason: 'invalid' }
  if (isFeedback(type)) {
    return { id, type, text: textOf(message.text), eventId: textOf(message.event), caseId: textOf(message.case) }
  }
  switch (type) {
    case 'message': {
      const text = textOf(message.text)
      return text === null ? { id, type: 'unsupported', reason: 'invalid' } : { id, type, text }
    }
    case 'sound':
      return { id, type, seconds: secondsOf(message.seconds) }
    case 'locate':
      return { id, type }
    case 'config':
      return configOf(id, message)
    default:
      return { id, type: 'unsupported', reason: 'unsupported' }
  }
}

function parseObject(payload: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(payload)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null
  } catch {
    // Not JSON: no command of ours, and nobody waits for a reply to it.
    return null
  }
}

function textOf(value: unknown): string | null {
  if (typeof value !== 'string') return null
  const text = value.trim().slice(0, MAX_TEXT)
  return text === '' ? null : text
}

function secondsOf(value: unknown): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) return SOUND_SECONDS.usual
  return Math.min(SOUND_SECONDS.most, Math.max(1, Math.round(value)))
}

const PHONE = /^\+?[0-9]{3,20}$/

/** Of a configuration the terminal can take the heartbeat's interval and the number to ring; more is not its business. */
function configOf(id: string | number | null, message: Record<string, unknown>): Command {
  const { intervalSeconds: wanted, sosNumbers } = message
  const isInterval = typeof wanted === 'number' && wanted >= INTERVAL_SECONDS.least && wanted <= INTERVAL_SECONDS.most
  const number: unknown = Array.isArray(sosNumbers) ? sosNumbers[0] : undefined
  const phone = typeof number === 'string' && PHONE.test(number) ? number : null
  if (!isInterval && phone === null) return { id, type: 'unsupported', reason: 'unsupported' }
  return { id, type: 'config', intervalSeconds: isInterval ? Math.round(wanted) : null, phone }
}
