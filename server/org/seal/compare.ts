import type { ChainFault } from '../../contract/audit.ts'

/** A row as it is now. */
export interface RowNow {
  id: string
  /** Four bytes of its content's hash. */
  print: Buffer
}

/**
 * What has happened to rows that no longer fit their seal: the first that is another, and how.
 * @param sealed the prints of the seal, four bytes a row
 * @param rows the rows as they are now, in order
 */
export function compare(sealed: Buffer, rows: readonly RowNow[]): { fault: ChainFault; entry: string | null } {
  const count = sealed.length / 4
  const before = (n: number) => sealed.subarray(n * 4, n * 4 + 4).toString('hex')
  const now = rows.map(({ print }) => print.toString('hex'))
  let at = 0
  while (at < count && at < rows.length && before(at) === now[at]) at++
  const entry = rows[at]?.id ?? rows[at - 1]?.id ?? null
  // Their content is the same: an id was changed.
  if (at === count && at === rows.length) return { fault: 'changed', entry: null }
  if (rows.length < count) return { fault: 'missing', entry: rows[at - 1]?.id ?? null }
  if (rows.length > count) return { fault: 'inserted', entry }
  const all = Array.from({ length: count }, (_, n) => before(n))
  const same = all.toSorted().join() === now.toSorted().join()
  return { fault: same ? 'reordered' : 'changed', entry }
}
