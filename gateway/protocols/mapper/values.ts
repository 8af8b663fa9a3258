import { plainWord } from '../../../server/contract/mapping-syntax.ts'
import type { Condition, ValueRule } from '../../../server/contract/mapping-types.ts'
import { storableText, toNumber } from '../json.ts'
import { type Getter, getter, type Scope } from './path.ts'

/** What is taken of a value before it is compared: words, bits, hexadecimal bytes. */

/** A scalar as the text that words are compared with; null: not a scalar. */
export function wordOf(value: unknown): string | null {
  switch (typeof value) {
    case 'string':
      return plainWord(value)
    case 'number':
      return String(value)
    case 'boolean':
      return value ? '1' : '0'
    default:
      return null
  }
}

const MAX_WORD = 64

/** A word as it may be stored. */
export const storableWord = (word: string): string => storableText(word.slice(0, MAX_WORD))

/** The values of a rule's output: null one that is there but can't be read. Unknown values (null, not there) are none. */
export type Words = (scope: Scope) => readonly (string | null)[]

const MAX_VALUES = 50
const NO_VALUES: readonly string[] = []

/** Makes a value rule ready for use. */
export function words(rule: ValueRule): Words {
  const get = getter(rule.value ?? '@')
  const convert = conversion(rule)
  return (scope) => {
    const value = get(scope)
    if (value === undefined || value === null) return NO_VALUES
    return Array.isArray(value) ? value.slice(0, MAX_VALUES).map(convert) : [convert(value)]
  }
}

function conversion({ hex, bits, above }: ValueRule): (value: unknown) => string | null {
  const read = hex === undefined ? toNumber : (value: unknown) => fromHex(value, hex.at ?? 0, hex.bytes ?? 1)
  const isNumeric = hex !== undefined || bits !== undefined || above !== undefined
  if (!isNumeric) return wordOf
  return (value) => {
    const number = read(value)
    if (number === null) return null
    if (bits !== undefined) return anyBit(number, bits) ? '1' : '0'
    return above === undefined ? String(number) : number > above ? '1' : '0'
  }
}

/** Bits 0 to 31 of a whole number. */
const anyBit = (number: number, bits: readonly number[]): boolean =>
  bits.some((bit) => Math.floor(number / 2 ** bit) % 2 === 1)

/** The number in some bytes of a hexadecimal text, low byte first; null when they aren't there. */
function fromHex(value: unknown, at: number, bytes: number): number | null {
  if (typeof value !== 'string') return null
  const digits = value.replace(/^0x/i, '').slice(at * 2, (at + bytes) * 2)
  if (digits.length < bytes * 2 || !/^[0-9a-f]+$/i.test(digits)) return null
  return Buffer.from(digits, 'hex').readUIntLE(0, bytes)
}

/** Makes a condition ready for use. */
export function condition(test: Condition): { holds: (scope: Scope) => boolean; needsPayload: boolean } {
  const get = getter(test.of)
  const tests = testsOf(test)
  return { holds: (scope) => passes(get, scope, tests), needsPayload: !test.of.startsWith('{') }
}

function passes(get: Getter, scope: Scope, tests: readonly ((value: unknown) => boolean)[]): boolean {
  const value = get(scope)
  return tests.every((holds) => holds(value))
}

function testsOf(test: Condition): ((value: unknown) => boolean)[] {
  const tests: ((value: unknown) => boolean)[] = []
  const { exists, contains, word, above, below, bits } = test
  if (exists !== undefined) tests.push((value) => (value !== undefined && value !== null) === exists)
  const wanted = [test.equals === undefined ? [] : [test.equals], test.in ?? []].map(
    (list) => new Set(list.map(wordOf)),
  )
  for (const set of wanted) if (set.size > 0) tests.push((value) => isIn(set, wordOf(value)))
  if (contains !== undefined) {
    const parts = contains.map(plainWord)
    tests.push((value) => parts.some((part) => wordOf(value)?.includes(part)))
  }
  if (word !== undefined) {
    const known = new Set<string | null>(word.map(plainWord))
    tests.push((value) => (wordOf(value) ?? '').split(/[^\p{L}\p{N}]+/u).some((one) => known.has(one)))
  }
  if (above !== undefined) tests.push((value) => (toNumber(value) ?? Number.NEGATIVE_INFINITY) > above)
  if (below !== undefined) tests.push((value) => (toNumber(value) ?? Number.POSITIVE_INFINITY) < below)
  if (bits !== undefined) tests.push((value) => anyBit(toNumber(value) ?? 0, bits))
  return tests
}

const isIn = (set: ReadonlySet<string | null>, word: string | null): boolean => word !== null && set.has(word)
