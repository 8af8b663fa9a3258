/**
 * The small languages within a mapping (mapping.ts): topic patterns, JSON paths, sources and templates. Each parser gives
 * the parsed form or says what is wrong. docs/mapping.md explains them to people.
 */

export type Parsed<T> = { ok: true; value: T } | { ok: false; message: string }

const wrong = (message: string): { ok: false; message: string } => ({ ok: false, message })

const NAME = '[a-zA-Z][a-zA-Z0-9_]{0,29}'
const CAPTURE = new RegExp(`^\\{(${NAME})\\}$`)
const MAX_TEXT = 200
const MAX_LEVELS = 20
export const MAX_PATH_STEPS = 10

/** One level of a topic pattern: MQTT 3.1.1, 4.7, and `{name}`, which is `+` with a name. */
export type TopicLevel =
  | { kind: 'word'; word: string }
  | { kind: 'any' }
  | { kind: 'capture'; name: string }
  | { kind: 'rest' }

/** A topic pattern, e.g. `shellies/{id}/input_event/{key}`. */
export function parseTopic(text: string): Parsed<TopicLevel[]> {
  if (text === '') return wrong('a topic must not be empty')
  if (text.length > MAX_TEXT) return wrong(`a topic may have ${MAX_TEXT} characters`)
  if (text.includes('\0')) return wrong('a topic must not hold U+0000')
  if (isReserved(text)) return wrong("topics beginning with '$' or 'care/' are the platform's own")
  const words = text.split('/')
  if (words.length > MAX_LEVELS) return wrong(`a topic may have ${MAX_LEVELS} levels`)
  const levels: TopicLevel[] = []
  const names = new Set<string>()
  for (const [at, word] of words.entries()) {
    const level = parseLevel(word)
    if (!level.ok) return level
    if (level.value.kind === 'rest' && at < words.length - 1) return wrong("'#' must be the last level")
    if (level.value.kind === 'capture') {
      if (names.has(level.value.name)) return wrong(`'{${level.value.name}}' stands here twice`)
      names.add(level.value.name)
    }
    levels.push(level.value)
  }
  return { ok: true, value: levels }
}

/** True for topics that no mapped device may have: the broker's and the platform's. */
export const isReserved = (topic: string): boolean => topic.startsWith('$') || /^care(?:\/|$)/.test(topic)

function parseLevel(word: string): Parsed<TopicLevel> {
  if (word === '+') return { ok: true, value: { kind: 'any' } }
  if (word === '#') return { ok: true, value: { kind: 'rest' } }
  const name = CAPTURE.exec(word)?.[1]
  if (name !== undefined) return { ok: true, value: { kind: 'capture', name } }
  if (word.includes('+')) return wrong("'+' must be a whole level")
  if (word.includes('#')) return wrong("'#' must be a whole level")
  if (/[{}]/.test(word)) return wrong("'{name}' must be a whole level; a name is letters, digits and _")
  return { ok: true, value: { kind: 'word', word } }
}

/** One step of a path. `any` and `capture` match several keys and stand in `each` only. */
export type PathStep =
  | { kind: 'key'; key: string }
  | { kind: 'index'; index: number }
  | { kind: 'any' }
  /** A key that begins with `before` and ends with `after`; what is between gets the name. */
  | { kind: 'capture'; before: string; name: string; after: string }

export interface Path {
  /** `$`: the whole message; otherwise what `each` has found, which without `each` is the whole message too. */
  fromMessage: boolean
  steps: PathStep[]
}

const BARE = '[^.[\\]{}*"\'\\s]'
const STEP = new RegExp(
  [
    `\\.?(?<key>${BARE}+)(?!${BARE}|[{*])`,
    `\\.?(?<before>${BARE}*)\\{(?<name>${NAME})\\}(?<after>${BARE}*)`,
    '\\.?(?<any>\\*)',
    '\\[(?<every>\\*)\\]',
    '\\[(?<index>\\d{1,4})\\]',
    "\\['(?<single>[^']*)'\\]",
    '\\["(?<double>[^"]*)"\\]',
  ].join('|'),
  'y',
)

/**
 * A path: `$`, `$.a.b[0]`, `a.b`, `['a key'].b`, `@` for what `each` has found itself.
 * @param wildcards whether `*`, `[*]` and `{name}` may stand for keys
 */
export function parsePath(text: string, wildcards: boolean): Parsed<Path> {
  if (text === '') return wrong('a path must not be empty')
  if (text.length > MAX_TEXT) return wrong(`a path may have ${MAX_TEXT} characters`)
  const root = text[0] === '$' || text[0] === '@' ? text[0] : ''
  const steps: PathStep[] = []
  let at = root.length
  while (at < text.length) {
    STEP.lastIndex = at
    const match = STEP.exec(text)
    // The first key follows nothing, every other one a dot; after $ or @ even the first one does.
    const dotted = text[at] === '.' || text[at] === '['
    const first = at === 0
    if (match === null || (first ? text[at] === '.' : !dotted))
      return wrong(`can't be read from '${text.slice(at, at + 20)}' on`)
    const step = stepOf(match.groups ?? {})
    if ((step.kind === 'any' || step.kind === 'capture') && !wildcards)
      return wrong("'*' and '{name}' stand in 'each' only")
    steps.push(step)
    at += match[0].length
  }
  if (steps.length > MAX_PATH_STEPS) return wrong(`a path may have ${MAX_PATH_STEPS} steps`)
  return { ok: true, value: { fromMessage: root === '$', steps } }
}

function stepOf(groups: Record<string, string | undefined>): PathStep {
  const { before, name, after, index } = groups
  if (name !== undefined) return { kind: 'capture', before: before ?? '', name, after: after ?? '' }
  if (index !== undefined) return { kind: 'index', index: Number(index) }
  const key = groups.key ?? groups.single ?? groups.double
  return key === undefined ? { kind: 'any' } : { kind: 'key', key }
}

/** Where a value comes from: a path, or `{name}`, what the topic or `each` has captured. */
export type Source = { kind: 'path'; path: Path } | { kind: 'capture'; name: string }

export function parseSource(text: string): Parsed<Source> {
  const name = CAPTURE.exec(text)?.[1]
  if (name !== undefined) return { ok: true, value: { kind: 'capture', name } }
  const path = parsePath(text, false)
  return path.ok ? { ok: true, value: { kind: 'path', path: path.value } } : path
}

/** Text with `{name}` in it. */
export type Template = readonly (string | { name: string })[]

const PLACEHOLDER = new RegExp(`\\{(${NAME})\\}`)

/** Braces that hold no name are ordinary text. */
export function parseTemplate(text: string): Template {
  return text
    .split(PLACEHOLDER)
    .map((part, at) => (at % 2 === 1 ? { name: part } : part))
    .filter((part) => part !== '')
}

/** Every name that a template asks for. */
export const namesIn = (template: Template): string[] =>
  template.flatMap((part) => (typeof part === 'string' ? [] : [part.name]))

/** Every name that topic levels capture. */
export const capturedBy = (levels: readonly TopicLevel[]): string[] =>
  levels.flatMap((level) => (level.kind === 'capture' ? [level.name] : []))

/** True when every topic that `second` matches is matched by `first` too. */
export function covers(first: readonly TopicLevel[], second: readonly TopicLevel[]): boolean {
  for (const [at, level] of first.entries()) {
    if (level.kind === 'rest') return true
    const other = second[at]
    if (other === undefined || other.kind === 'rest') return false
    if (level.kind === 'word' && (other.kind !== 'word' || other.word !== level.word)) return false
  }
  return first.length === second.length
}

const TRUTH = new Map([
  ['true', '1'],
  ['false', '0'],
])

/** A word as it is compared: without surrounding blanks, in small letters, `true` as 1 and `false` as 0. */
export function plainWord(word: string): string {
  const small = word.trim().toLowerCase()
  return TRUTH.get(small) ?? small
}
