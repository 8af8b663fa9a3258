import { checkedMeasurement } from './rows.ts'
import type { TelemetryRow } from './telemetry.ts'

/**
 * InfluxDB line protocol, the same in 1.x and 2.x. Written by hand: the libraries' points cost three times the CPU.
 * Source: InfluxDB documentation, "Line protocol reference", special characters.
 */

/**
 * A device id as it is kept in the tag `device`. Line protocol has no way to end a tag value with a backslash, so the
 * backslash (and, to stay reversible, the percent sign) is percent-encoded; ordinary ids stay as they are.
 */
export function tagValue(deviceId: string): string {
  return /[\\%]/.test(deviceId) ? deviceId.replaceAll('%', '%25').replaceAll('\\', '%5C') : deviceId
}

function escapedTag(deviceId: string): string {
  return /[\\%,= ]/.test(deviceId) ? tagValue(deviceId).replace(/[,= ]/g, '\\$&') : deviceId
}

/**
 * Rows that passed `assertStorable` as lines with times in ms: one per measurement, the tag `device`, numbers as
 * floats (a field's type is fixed by its first value, so a whole number must not become an integer).
 */
export function toLineProtocol(rows: readonly TelemetryRow[]): string {
  let lines = ''
  for (const { deviceId, ts, fields } of rows) {
    let vitals = ''
    let position = ''
    let device = ''
    for (const field in fields) {
      const pair = `${field}=${fields[field]}`
      const measurement = checkedMeasurement(field)
      if (measurement === 'vitals') vitals = vitals === '' ? pair : `${vitals},${pair}`
      else if (measurement === 'position') position = position === '' ? pair : `${position},${pair}`
      else if (measurement === 'device') device = device === '' ? pair : `${device},${pair}`
    }
    const tag = escapedTag(deviceId)
    if (vitals !== '') lines += `vitals,device=${tag} ${vitals} ${ts}\n`
    if (position !== '') lines += `position,device=${tag} ${position} ${ts}\n`
    if (device !== '') lines += `device,device=${tag} ${device} ${ts}\n`
  }
  return lines
}

/** Why InfluxDB refused, without its text: that repeats lines, which hold a resident's values. */
export function refusalReason(status: number, text: string): string {
  for (const [pattern, reason] of REASONS) if (pattern.test(text)) return `InfluxDB ${status}: ${reason}`
  return `InfluxDB ${status}: refused`
}

const REASONS: readonly [RegExp, string][] = [
  [/retention policy|retention period|outside retention/i, 'outside the retention'],
  [/field type conflict|unexpected type/i, 'field type conflict'],
  [/max-values-per-tag|max-series-per-database/i, 'series limit reached (max-values-per-tag, max-series-per-database)'],
  [/max key length/i, 'key too long'],
  [/unable to parse|invalid/i, 'line protocol not understood'],
  [/too large|exceeds/i, 'too large'],
]
