import { setImmediate as pause } from 'node:timers/promises'
import { parse } from 'csv-parse'
import { unreadable } from './unreadable.ts'
import { readXlsx } from './xlsx.ts'

/** A list as people keep it: CSV or XLSX, whatever the file calls itself. */

/** Cells of each row, trimmed; the first row is the heading. */
export type Sheet = string[][]

const ZIP = Buffer.from('PK\x03\x04')
/** A compound file: Excel's format before 2007. */
const OLE2 = Buffer.from('d0cf11e0a1b11ae1', 'hex')

/**
 * @param maxRows rows at most, the heading included
 * @throws DomainError invalid_request when the file can't be read or is longer
 */
export async function readSheet(file: Buffer, maxRows: number): Promise<Sheet> {
  if (startsWith(file, OLE2)) throw unreadable('This is the format of Excel before 2007. Save it as .xlsx or CSV.')
  const rows = startsWith(file, ZIP) ? await readXlsx(file) : await readCsv(decodeText(file), maxRows)
  if (rows.length > maxRows) throw unreadable(`At most ${maxRows - 1} devices at a time. Cut the list into several.`)
  return rows.map((row) => row.map((cell) => cell.trim()))
}

const startsWith = (file: Buffer, magic: Buffer): boolean => file.subarray(0, magic.length).equals(magic)

/** Excel writes CSV as UTF-8 with a mark, as UTF-16 ("Unicode text"), or in China as GB 18030. */
export function decodeText(file: Buffer): string {
  if (file[0] === 0xff && file[1] === 0xfe) return new TextDecoder('utf-16le').decode(file)
  for (const encoding of ['utf-8', 'gb18030']) {
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(file)
    } catch (error) {
      if (!(error instanceof TypeError)) throw error
    }
  }
  throw unreadable('The text is neither UTF-8 nor GB 18030. Save it as "CSV UTF-8".')
}

/** Characters at a time: alarms must not wait until a long list is read (64 KB took up to 36 ms, this a few). */
const AT_ONCE = 16_384

/** A row here is a row of the spreadsheet: empty lines stay, and a cell may hold line breaks. */
async function readCsv(text: string, maxRows: number): Promise<Sheet> {
  const parser = parse({ delimiter: delimiterOf(text), relax_column_count: true, relax_quotes: true, to: maxRows + 1 })
  const rows: Sheet = []
  parser.on('data', (row: string[]) => rows.push(row))
  const done = new Promise<void>((resolve, reject) => parser.once('end', resolve).once('error', reject))
  // Awaited below, after the last piece: until then a failure must not count as one that nobody looks at.
  done.catch(() => undefined)
  for (let at = 0; at < text.length && parser.writable && rows.length <= maxRows; at += AT_ONCE) {
    parser.write(text.slice(at, at + AT_ONCE))
    await pause()
  }
  parser.end()
  try {
    await done
  } catch {
    throw unreadable(`The CSV can't be read from row ${rows.length + 1} on: is a quotation mark not closed?`)
  }
  return rows
}

/** The one that stands most often in the heading, outside of quotes. */
function delimiterOf(text: string): string {
  const heading = (/^[^\r\n]*/.exec(text)?.[0] ?? '').replace(/"[^"]*"/g, '')
  const counted = [',', ';', '\t'].map((mark) => ({ mark, n: heading.split(mark).length }))
  return counted.reduce((best, one) => (one.n > best.n ? one : best)).mark
}
