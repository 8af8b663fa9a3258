import { createHash } from 'node:crypto'

/** A name as it is, or when it is too long its beginning with a digest of the whole, so that no two become the same. */
export function shortName(name: string, max: number): string {
  if (name.length <= max) return name
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 12)
  return `${storableStart(name, max - digest.length - 1)}~${digest}`
}

/** The beginning of a text, without half a character at its end. */
const storableStart = (text: string, length: number): string => text.slice(0, length).replace(/\p{Surrogate}$/u, '')
