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
    for (const one of found) {
      for (const part of follow(one, at)) {
        if (next.length === MAX_PARTS) break
        next.push(part)
      }
    }
    found = next
  }
  return found
}

function* follow(scope: Scope, at: PathStep): Iterable<Scope> {
  const { element } = scope
  if (at.kind === 'key' || at.kind === 'index') {
    const value = step(element, at)
    if (value !== undefined) yield { ...scope, element: value }
  } else if (Array.isArray(element)) {
    if (at.kind === 'any') for (const value of element) yield { ...scope, element: value }
  } else if (isRecord(element)) {
    for (const [key, value] of Object.entries(element)) {
      if (at.kind === 'any') yield { ...scope, element: value }
      else if (isBetween(key, at.before, at.after)) {
        const name = key.slice(at.before.length, key.length - at.after.length)
        yield { ...scope, element: value, captures: new Map(scope.captures).set(at.name, storableText(name)) }
      }
    }
  }
}

const isBetween = (key: string, before: string, after: string): boolean =>
  key.length > before.length + after.length && key.startsWith(before) && key.endsWith(after)
