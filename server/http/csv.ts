import { CSV_MARK, csvLine } from '../contract/csv.ts'

/** RFC 4180, with the mark by which Excel knows UTF-8. */
export function csvOf(lines: readonly (readonly (string | number | null)[])[]): string {
  return CSV_MARK + lines.map(csvLine).join('')
}

/** The same, written while its rows are read. */
export async function* csvPages(
  heading: readonly string[],
  pages: AsyncIterable<(string | number | null)[][]>,
): AsyncGenerator<string> {
  yield CSV_MARK + csvLine(heading)
  for await (const rows of pages) yield rows.map(csvLine).join('')
}
