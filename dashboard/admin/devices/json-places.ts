/** Where in a JSON text something stands. Pure; for a message beside the text that it is about. */

export interface Place {
  /** 1-based. */
  line: number
  /** Characters from the beginning of the text. */
  from: number
  to: number
}

/** `rules/0/topic`, `/rules/0/topic`, `rules[0].topic` → its steps. */
export function pathSteps(path: string): string[] {
  return path.split(/[/.[\]]+/).filter(Boolean)
}

/**
 * The value at a path, or the nearest thing above it that exists.
 * @param text valid JSON
 */
export function placeOf(text: string, steps: readonly string[]): Place {
  const { from, to } = new Reader(text).whole(steps)
  return { line: lineAt(text, from), from, to }
}

/** Line of the first thing that JSON doesn't allow, or null. Browsers' own messages don't always name a place. */
export function syntaxErrorLine(text: string): number | null {
  try {
    new Reader(text).whole(null)
    return null
  } catch (error) {
    if (error instanceof Stumble) return lineAt(text, error.at)
    throw error
  }
}

/** 1-based line of a position. */
function lineAt(text: string, position: number): number {
  let line = 1
  for (let at = text.indexOf('\n'); at !== -1 && at < position; at = text.indexOf('\n', at + 1)) line++
  return line
}

interface Range {
  from: number
  to: number
}

class Stumble extends Error {
  readonly at: number
  constructor(at: number) {
    super('not JSON')
    this.at = at
  }
}

// RFC 8259, chapters 2, 6 and 7.
const SPACE = /[ \t\n\r]*/y
const STRING = /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y

/** Walks through JSON; what is not asked for is passed over. */
class Reader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  /** @param steps to what is looked for; null: nothing is. @throws Stumble */
  whole(steps: readonly string[] | null): Range {
    this.#take(SPACE)
    const from = this.#at
    const found = this.#value(steps)
    const to = this.#at
    this.#take(SPACE)
    if (this.#at < this.#text.length) throw new Stumble(this.#at)
    return found ?? { from, to }
  }

  /** Passes over one value. @returns where the thing at `steps` stands, as near as there is; null: nothing was asked for */
  #value(steps: readonly string[] | null): Range | null {
    const from = this.#at
    const first = this.#text[from]
    let inner: Range | null = null
    if (first === '{') inner = this.#list('}', (_, name) => this.#member(steps, name))
    else if (first === '[') inner = this.#list(']', (index) => this.#value(after(steps, String(index))))
    else this.#take(first === '"' ? STRING : SCALAR, true)
    return steps === null ? null : (inner ?? { from, to: this.#at })
  }

  #member(steps: readonly string[] | null, name: string): Range | null {
    this.#take(SPACE)
    this.#expect(':')
    this.#take(SPACE)
    return this.#value(after(steps, name))
  }

  /** Members of an object (each after its name) or elements of an array. The last of equal names counts, as in JSON. */
  #list(end: '}' | ']', item: (index: number, name: string) => Range | null): Range | null {
    let found: Range | null = null
    this.#at++
    this.#take(SPACE)
    if (this.#text[this.#at] === end) {
      this.#at++
      return null
    }
    for (let index = 0; ; index++) {
      const name = end === '}' ? (JSON.parse(this.#take(STRING, true)) as string) : ''
      found = item(index, name) ?? found
      this.#take(SPACE)
      if (this.#text[this.#at] === end) break
      this.#expect(',')
      this.#take(SPACE)
    }
    this.#at++
    return found
  }

  #take(pattern: RegExp, needed = false): string {
    pattern.lastIndex = this.#at
    const text = pattern.exec(this.#text)?.[0] ?? ''
    if (needed && text === '') throw new Stumble(this.#at)
    this.#at += text.length
    return text
  }

  #expect(character: string): void {
    if (this.#text[this.#at] !== character) throw new Stumble(this.#at)
    this.#at++
  }
}

/** The steps that are left once `step` is taken; null when it leads elsewhere. */
function after(steps: readonly string[] | null, step: string): readonly string[] | null {
  return steps !== null && steps.length > 0 && steps[0] === step ? steps.slice(1) : null
}
