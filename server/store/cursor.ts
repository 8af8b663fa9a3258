import { DomainError } from '../contract/errors.ts'

/** Opaque page marks: the sort key of the last row, so that a page stays right while rows come in before it. */
export function encodeCursor(key: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url')
}

/** @throws DomainError invalid_request when the mark is not one of ours with `length` parts */
export function decodeCursor(cursor: string, length: number): (string | number)[] {
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    if (Array.isArray(key) && key.length === length && key.every((part) => ['string', 'number'].includes(typeof part)))
      return key
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  throw new DomainError('invalid_request', 'The page mark is not valid.', {
    errors: [{ field: 'cursor', message: 'use nextCursor of the page before' }],
  })
}

/** Cuts a result that was asked for with one row more than the page holds. */
export function page<Row, Item>(
  rows: readonly Row[],
  limit: number,
  key: (row: Row) => (string | number)[],
  item: (row: Row) => Item,
): { items: Item[]; nextCursor: string | null } {
  const shown = rows.slice(0, limit)
  const last = rows.length > limit ? shown.at(-1) : undefined
  return { items: shown.map(item), nextCursor: last === undefined ? null : encodeCursor(key(last)) }
}
