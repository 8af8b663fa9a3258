import { Compile } from 'typebox/compile'
import { NewDevice, PROTOCOLS } from '../../contract/device.ts'
import {
  fieldOfHeading,
  headingOf,
  IMPORT_FIELDS,
  type ImportField,
  kindOfWord,
  protocolOfWord,
  roleOfWord,
} from './import-columns.ts'
import type { Sheet } from './sheet.ts'

/** From cells to devices, before anything is looked up. Pure. */

export interface ImportProblem {
  row: number
  column: string | null
  message: string
}

export interface ImportRow {
  /** As a spreadsheet counts: the heading is row 1. */
  row: number
  device: NewDevice
}

/** Which column holds which field. */
export type Columns = ReadonlyMap<ImportField, { at: number; heading: string }>

/** How the list calls a field's column; the template's word where it has none. */
export const columnOf = (columns: Columns, field: string): string | null => {
  const known = IMPORT_FIELDS.find((one) => one === field)
  return known === undefined ? null : (columns.get(known)?.heading ?? headingOf(known))
}

const REQUIRED: readonly ImportField[] = ['deviceId', 'kind', 'protocol']

/** Reads the heading. A column that nobody knows is a problem: its contents would be lost without a word. */
export function readHeading(sheet: Sheet): { columns: Columns; problems: ImportProblem[] } {
  const columns = new Map<ImportField, { at: number; heading: string }>()
  const problems: ImportProblem[] = []
  const wrong = (column: string, message: string) => problems.push({ row: 1, column, message })
  for (const [at, heading] of (sheet[0] ?? []).entries()) {
    if (heading === '') continue
    const field = fieldOfHeading(heading)
    if (field === undefined) wrong(heading, 'unknown column; take the headings of GET /devices/import-template')
    else if (columns.has(field)) wrong(heading, 'this column is there twice')
    else columns.set(field, { at, heading })
  }
  for (const field of REQUIRED) if (!columns.has(field)) wrong(headingOf(field), 'this column is missing')
  return { columns, problems }
}

const isNewDevice = Compile(NewDevice)
/** How Excel shows (and saves) a number that is too long for it. */
const ROUNDED = /^\d(\.\d+)?e\+?\d+$/i
const EXACT: readonly ImportField[] = ['deviceId', 'hubId', 'address', 'residentId']
const CONTROL = /[^\P{Cc}\t\r\n]/u

/** Reads one row of the list. @returns `device` null when the row is empty or can't be understood */
export function readRow(
  columns: Columns,
  cells: readonly string[],
  row: number,
): { device: NewDevice | null; problems: ImportProblem[] } {
  const cellOf = (field: ImportField) => cells[columns.get(field)?.at ?? -1] ?? ''
  const problems: ImportProblem[] = []
  const wrong = (field: string, message: string) => problems.push({ row, column: columnOf(columns, field), message })
  if (cells.every((cell) => cell === '')) return { device: null, problems }

  for (const field of IMPORT_FIELDS) {
    if (CONTROL.test(cellOf(field))) wrong(field, 'holds a control character')
    if (EXACT.includes(field) && ROUNDED.test(cellOf(field))) {
      wrong(field, 'Excel has rounded this number: format the column as text and enter it again')
    }
  }
  /** A word that stands for something; nothing for an empty cell. */
  const meaning = <T>(field: ImportField, of: (word: string) => T | undefined): T | undefined => {
    const word = cellOf(field)
    const found = of(word)
    if (word !== '' && found === undefined) wrong(field, 'is not known')
    return found
  }
  const given = (field: ImportField) => (cellOf(field) === '' ? {} : { [field]: cellOf(field) })
  const role = meaning('role', roleOfWord)
  const behindHub = cellOf('hubId') !== ''
  const device: Record<string, unknown> = {
    ...Object.assign({}, ...IMPORT_FIELDS.map(given)),
    kind: meaning('kind', kindOfWord),
    // Behind a hub it is the hub's, see `planDevice`.
    protocol: meaning('protocol', protocolOfWord) ?? (behindHub ? PROTOCOLS[0] : undefined),
    role,
  }
  if (role === undefined) delete device.role
  for (const field of REQUIRED) {
    if (cellOf(field) === '' && !(field === 'protocol' && behindHub)) wrong(field, 'is missing')
  }
  if (problems.length > 0) return { device: null, problems }
  if (isNewDevice.Check(device)) return { device, problems }
  const named = new Set<string>()
  for (const { instancePath, message } of isNewDevice.Errors(device)) {
    const field = instancePath.slice(1)
    // What may be null as well is told three times: too long, not null, neither of both.
    if (!named.has(field)) wrong(field, field === 'deviceId' ? 'letters, digits, and _ . : - ; at most 64' : message)
    named.add(field)
  }
  return { device: null, problems }
}
