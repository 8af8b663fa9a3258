import { type Path, type PathStep, parseSource, parseTemplate } from '../../../server/contract/mapping-syntax.ts'
import { isRecord, storableText } from '../json.ts'

/** Following paths through a message. Nothing here throws; what isn't there is undefined. */

/** What a rule looks at. */
export interface Scope {
  message: unknown
  /** What `each` has found; without it the message. */
  element: unknown
  captures: ReadonlyMap<string, string>
}

export type Getter = (scope: Scope) => unknown

/** Parts that `each` may find in one message. */
export const MAX_PARTS = 500

function step(value: unknown, at: PathStep): unknown {
  if (at.kind === 'key') return isRecord(value) && Object.hasOwn(value, at.key) ? value[at.key] : undefined
  return at.kind === 'index' && Array.isArray(value) ? value[at.index] : undefined
}

/** Makes a source (checked already) ready for use. */
export function getter(text: string): Getter {
  const source = parseSource(text)
  if (!source.ok) return () => undefined
  if (source.value.kind === 'capture') {
    const { name } = source.value
    return ({ captures }) => captures.get(name)
  }
  const { fromMessage, steps } = source.value.path
  const [only] = steps
  if (only !== undefined && steps.length === 1 && !fromMessage) return ({ element }) => step(element, only)
  return ({ message, element }) => {
    let value = fromMessage ? message : element
    for (const at of steps) value = step(value, at)
    return value
  }
}

/** Text with captures put in; null when one of them is missing. */
export function template(text: string): (captures: ReadonlyMap<string, string>) => string | null {
  const parts = parseTemplate(text)
  if (parts.every((part) => typeof part === 'string')) return () => text
  return (captures) => {
    let filled = ''
    for (const part of parts) {
      const piece = typeof part === 'string' ? part : captures.get(part.name)
      if (piece === undefined) return null
      filled += piece
    }
    return filled
  }
}

/** Every part of a message that a path with wildcards finds, `MAX_PARTS` at most. */
export function partsOf(path: Path, scope: Scope): Scope[] {
  let found: Scope[] = [{ ...scope, element: scope.message }]
  for (const at of path.steps) {
    const next: Scope[] = []
    for (const one of found) follow(one, at, next)
    found = next
  }
  return found
}

/** Adds what the next step leads to, as long as there is room. */
function follow({ message, element, captures }: Scope, at: PathStep, parts: Scope[]): void {
  if (at.kind === 'key' || at.kind === 'index') {
    const value = step(element, at)
    if (value !== undefined && parts.length < MAX_PARTS) parts.push({ message, element: value, captures })
  } else if (Array.isArray(element)) {
    if (at.kind !== 'any') return
    for (const value of element.slice(0, MAX_PARTS - parts.length)) parts.push({ message, element: value, captures })
  } else if (isRecord(element)) {
    for (const key in element) {
      if (parts.length === MAX_PARTS) return
      if (at.kind === 'any') parts.push({ message, element: element[key], captures })
      else if (isBetween(key, at.before, at.after)) {
        const name = key.slice(at.before.length, key.length - at.after.length)
        const found = new Map(captures).set(at.name, storableText(name))
        parts.push({ message, element: element[key], captures: found })
      }
    }
  }
}

const isBetween = (key: string, before: string, after: string): boolean =>
  key.length > before.length + after.length && key.startsWith(before) && key.endsWith(after)
