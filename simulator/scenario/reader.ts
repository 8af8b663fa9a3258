import { isObject } from '../json.ts'

/** A value that is not as it should be: where, and why. */
export interface ScenarioProblem {
  place: string
  reason: string
}

/**
 * Reads the fields of one object, and notes every problem instead of stopping at the first. What is wrong is read as the
 * fallback, so that the rest can be looked at as well.
 */
export class Fields {
  readonly place: string
  readonly #fields: Record<string, unknown>
  #problems: ScenarioProblem[]
  readonly #known = new Set<string>()

  constructor(value: unknown, place: string, problems: ScenarioProblem[]) {
    this.place = place
    this.#problems = problems
    this.#fields = isObject(value) ? value : {}
    if (isObject(value)) return
    problems.push({ place, reason: `must be an object, not ${shown(value)}` })
    this.sayNoMore()
  }

  /** What follows from a problem that was told is not told as well. */
  sayNoMore(): void {
    this.#problems = []
  }

  refuse(name: string, reason: string): void {
    this.#problems.push({ place: this.#at(name), reason })
  }

  has(name: string): boolean {
    return this.#fields[name] !== undefined
  }

  text(name: string, fallback = ''): string {
    return this.#read(name, fallback, 'a text that is not empty', (value) =>
      typeof value === 'string' && value.trim() !== '' ? value : undefined,
    )
  }

  optionalText(name: string): string | null {
    return this.#optional(name, null, () => this.text(name))
  }

  /** One of some words. */
  word<W extends string>(name: string, words: readonly W[], fallback: W): W {
    return this.knownWord(name, words) ?? fallback
  }

  /** The same where nothing can stand for a wrong one, which is read as null. */
  knownWord<W extends string>(name: string, words: readonly W[]): W | null {
    const take = (value: unknown) => words.find((word) => word === value)
    return this.#read<W | null>(name, null, `one of ${words.join(', ')}`, take)
  }

  flag(name: string): boolean {
    return this.#optional(name, false, () =>
      this.#read(name, false, 'true or false', (value) => (typeof value === 'boolean' ? value : undefined)),
    )
  }

  number(name: string, [min, max]: readonly [number, number], fallback: number): number {
    return this.#read(name, fallback, `a number from ${min} to ${max}`, (value) =>
      typeof value === 'number' && value >= min && value <= max ? value : undefined,
    )
  }

  optionalNumber(name: string, range: readonly [number, number]): number | null {
    return this.#optional(name, null, () => this.number(name, range, range[0]))
  }

  whole(name: string, [min, max]: readonly [number, number], fallback: number): number {
    return this.#read(name, fallback, `a whole number from ${min} to ${max}`, (value) =>
      typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max ? value : undefined,
    )
  }

  optionalWhole(name: string, range: readonly [number, number]): number | null {
    return this.#optional(name, null, () => this.whole(name, range, range[0]))
  }

  /** `hh:mm:ss` as ms. */
  time(name: string): number {
    return this.#read(name, 0, 'a time as hh:mm:ss', readTime)
  }

  list<T>(name: string, read: (fields: Fields) => T): T[] {
    this.#known.add(name)
    const value = this.#fields[name]
    if (!Array.isArray(value) || value.length === 0) {
      this.refuse(name, `must be a list that is not empty, not ${shown(value)}`)
      return []
    }
    return value.map((item: unknown, at) => {
      const fields = new Fields(item, `${this.#at(name)}[${at}]`, this.#problems)
      const done = read(fields)
      fields.refuseOthers()
      return done
    })
  }

  /** A misspelt name would otherwise do nothing, silently. */
  refuseOthers(): void {
    const others = Object.keys(this.#fields).filter((name) => !this.#known.has(name))
    for (const name of others) this.refuse(name, `is not known here; there are ${[...this.#known].join(', ')}`)
  }

  #optional<T>(name: string, absent: T, read: () => T): T {
    this.#known.add(name)
    return this.#fields[name] === undefined || this.#fields[name] === null ? absent : read()
  }

  #read<T>(name: string, fallback: T, wanted: string, take: (value: unknown) => T | undefined): T {
    this.#known.add(name)
    const value = this.#fields[name]
    const taken = take(value)
    if (taken !== undefined) return taken
    this.refuse(
      name,
      value === undefined ? `is missing; it must be ${wanted}` : `must be ${wanted}, not ${shown(value)}`,
    )
    return fallback
  }

  #at(name: string): string {
    return this.place === '' ? name : `${this.place}.${name}`
  }
}

const TIME = /^(\d{2}):([0-5]\d):([0-5]\d)$/

function readTime(value: unknown): number | undefined {
  const [, hours, minutes, seconds] = (typeof value === 'string' && TIME.exec(value)) || []
  if (hours === undefined) return undefined
  return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000
}

function shown(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}
