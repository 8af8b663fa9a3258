import type { TFunction } from 'i18next'
import { coordinateText, figureText, type Language } from '../ui/formats.ts'

/** Figures that have a word and a unit, in the order in which they are read. */
const NAMED = [
  'hr',
  'spo2',
  'sys',
  'dia',
  'body_temp',
  'steps',
  'temperature',
  'humidity',
  'speed',
  'acc',
  'battery',
  'rssi',
] as const
type Named = (typeof NAMED)[number]
const isNamed = (field: string): field is Named => (NAMED as readonly string[]).includes(field)

/**
 * What a reading says, in words with units: the position first, then what has a word; a figure that has none stays under
 * its own name, for it may be what somebody has to know.
 */
export function sampleText(fields: Readonly<Record<string, number>>, t: TFunction, language: Language): string {
  const { lat, lon, ...others } = fields
  const parts = lat === undefined || lon === undefined ? [] : [coordinateText(lat, lon)]
  for (const field of NAMED) {
    const value = others[field]
    if (value !== undefined) parts.push(t(`alerts.field.${field}`, { value: figureText(value, language) }))
  }
  for (const [name, value] of Object.entries(others)) {
    if (!isNamed(name)) parts.push(`${name} ${figureText(value, language)}`)
  }
  return parts.join(' · ')
}
