import { hash } from 'node:crypto'

/** A device's time counts as right when it is this close to the time of receipt; stored messages come within days. */
const CREDIBLE_MS = 7 * 86_400_000
const END = Buffer.from('\0')
const ended = (part: string | Uint8Array): string => `${part}\0`
/** Within this time the same message again is a repetition. */
const REPETITION_MS = 600_000

/**
 * A message id for protocols without one: the same frame again is the same message. A frame that carries no credible time
 * looks the same at every press; there only a repetition within about ten minutes is taken for one.
 * @param parts what makes the message itself, e.g. topic and payload
 * @param deviceTs ms since the epoch, or null
 */
export function frameId(
  parts: readonly (string | Uint8Array)[],
  { deviceTs, receivedAt }: { deviceTs: number | null; receivedAt: number },
): string {
  const whole = parts.every((part) => typeof part === 'string')
    ? parts.map(ended).join('')
    : Buffer.concat(parts.flatMap((part) => [typeof part === 'string' ? Buffer.from(part) : part, END]))
  const digest = hash('sha256', whole, 'hex').slice(0, 24)
  const isCredible = deviceTs !== null && Math.abs(receivedAt - deviceTs) <= CREDIBLE_MS
  return isCredible ? digest : `${digest}@${Math.floor(receivedAt / REPETITION_MS)}`
}
