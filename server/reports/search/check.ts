import type { CaseFilter } from '../../contract/case-search.ts'
import { DomainError } from '../../contract/errors.ts'

const SHORT = /^[0-9a-f]{6}$/
const WHOLE = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** A case's number as somebody reads it out: `#3f 9A01` is `3f9a01`. The whole id stays what it is. */
export const numberOf = (text: string): string => text.toLowerCase().replaceAll(/[\s#]/g, '')

/** What is looked for, each by itself, in small letters. A single character would be in every case. */
export const termsOf = (words: string): string[] =>
  words
    .toLowerCase()
    .split(/\s+/)
    .filter((term) => term !== '')

/**
 * What the schema can't say of a filter. Pure.
 * @throws DomainError invalid_request naming each field
 */
export function checkFilter({ from, to, number, words }: CaseFilter): void {
  const errors: { field: string; message: string }[] = []
  if (from !== undefined && to !== undefined && Date.parse(from) >= Date.parse(to)) {
    errors.push({ field: 'from', message: 'must be before to' })
  }
  if (number !== undefined && !SHORT.test(numberOf(number)) && !WHOLE.test(numberOf(number))) {
    errors.push({
      field: 'number',
      message: 'must be the six characters that the desk shows: digits and letters a to f',
    })
  }
  if (words !== undefined && termsOf(words).some((term) => [...term].length < 2)) {
    errors.push({ field: 'words', message: 'each word must have two characters at least' })
  }
  if (errors.length > 0) throw new DomainError('invalid_request', 'Some fields are not right; see errors.', { errors })
}
