import { Readable } from 'node:stream'
import { ZipFile } from 'yazl'

/**
 * One sheet as XLSX (ECMA-376), written while its rows are read. `write-excel-file` makes files of a few thousand rows
 * elsewhere; it holds all of a sheet in memory, and blocks the process that takes alarms while it packs it.
 */
export interface Sheet {
  name: string
  heading: readonly string[]
  /** Characters. */
  widths: readonly number[]
  pages(): AsyncIterable<(string | number | null)[][]>
}

const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006'
const TYPES = 'application/vnd.openxmlformats-officedocument.spreadsheetml'

export const XLSX_TYPE = `${TYPES}.sheet`

/** The file, packed by zlib's threads while it is read. Whoever stops reading ends the reading of the pages as well. */
export function xlsxOf(sheet: Sheet): Readable {
  const zip = new ZipFile()
  const rows = Readable.from(sheetText(sheet))
  for (const [name, text] of partsOf(sheet.name)) zip.addBuffer(Buffer.from(HEAD + text), name)
  zip.addReadStream(rows, 'xl/worksheets/sheet1.xml')
  zip.end()
  const file = Readable.from(zip.outputStream, { objectMode: false })
  zip.on('error', (error) => file.destroy(error))
  file.once('close', () => rows.destroy())
  return file
}

const partsOf = (sheetName: string): [name: string, text: string][] => [
  [
    '[Content_Types].xml',
    `<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${TYPES}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${TYPES}.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="${TYPES}.styles+xml"/></Types>`,
  ],
  [
    '_rels/.rels',
    `<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
  ],
  [
    'xl/workbook.xml',
    `<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}"><sheets><sheet name="${escaped(sheetName)}" sheetId="1" r:id="rId1"/></sheets></workbook>`,
  ],
  [
    'xl/_rels/workbook.xml.rels',
    `<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="${RELATIONS}/styles" Target="styles.xml"/></Relationships>`,
  ],
  [
    'xl/styles.xml',
    `<styleSheet xmlns="${MAIN}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf xfId="0"/><xf fontId="1" applyFont="1" xfId="0"/></cellXfs></styleSheet>`,
  ],
]

async function* sheetText({ heading, widths, pages }: Sheet): AsyncGenerator<string> {
  const columns = widths.map((width, n) => `<col min="${n + 1}" max="${n + 1}" width="${width}" customWidth="1"/>`)
  // The heading stays in sight.
  yield `${HEAD}<worksheet xmlns="${MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>${columns.join('')}</cols><sheetData>`
  yield rowText(heading, 1, ' s="1"')
  let row = 1
  for await (const rows of pages()) {
    for (let from = 0; from < rows.length; from += AT_ONCE) {
      const some = rows.slice(from, from + AT_ONCE)
      yield some.map((cells, n) => rowText(cells, row + n + 1, '')).join('')
      row += some.length
    }
  }
  yield '</sheetData></worksheet>'
}

/** Rows put together without a pause: about 1 ms. */
const AT_ONCE = 100

/** Excel counts for itself; other readers want each cell's place. */
function rowText(cells: readonly (string | number | null)[], row: number, style: string): string {
  return `<row r="${row}">${cells.map((cell, n) => cellText(cell, `${columnName(n)}${row}`, style)).join('')}</row>`
}

/** A…Z, AA… */
const columnName = (n: number): string =>
  n < 26 ? String.fromCharCode(65 + n) : columnName(Math.floor(n / 26) - 1) + columnName(n % 26)

/** A text is one, whatever it begins with: nothing in a sheet is a formula that is not written as one. */
function cellText(value: string | number | null, place: string, style: string): string {
  if (value === null) return ''
  return typeof value === 'number'
    ? `<c r="${place}"${style}><v>${value}</v></c>`
    : `<c r="${place}"${style} t="inlineStr"><is><t xml:space="preserve">${escaped(value)}</t></is></c>`
}

const NAMES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** Without what XML 1.0 has no way to write: control characters, halves of pairs, and two that are none. */
function escaped(text: string): string {
  return text
    .replaceAll(/\p{Cc}|\p{Cs}|[\uFFFE\uFFFF]/gu, (one) => ('\t\n\r'.includes(one) ? one : ''))
    .replaceAll(/[&<>"]/g, (one) => NAMES[one] ?? '')
}
