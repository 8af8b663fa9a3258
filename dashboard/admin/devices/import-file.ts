import type { NewDeviceAnswer } from '../../../server/contract/device.ts'

/** Files of the import, before and after. Pure. */

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

/** The content type to send a file with, by its first bytes: an XLSX is a ZIP, whatever its name says. */
export function contentTypeOf(bytes: Uint8Array): string {
  return bytes[0] === 0x50 && bytes[1] === 0x4b ? XLSX : 'text/csv'
}

/** The secrets of new devices as CSV (RFC 4180), for a spreadsheet that takes UTF-8 by its byte order mark. */
export function secretsCsv(created: readonly NewDeviceAnswer[]): string {
  const rows = created.flatMap(({ deviceId, secret }) => (secret === null ? [] : [[deviceId, secret]]))
  return `\uFEFF${[['deviceId', 'secret'], ...rows].map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`
}

const cell = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
