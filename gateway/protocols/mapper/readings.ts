import type { DecodedItem } from '../../../server/contract/ports.ts'
import { TELEMETRY_FIELD } from '../../../server/contract/signal.ts'
import { storableText, toNumber } from '../json.ts'
import type { Circumstances } from './circumstances.ts'
import type { CompiledReading } from './compile.ts'
import type { Scope } from './path.ts'

/** Telemetry, presence and facts that a rule finds. Null: there are none. */

const MAX_FACT = 64

export function telemetryOf({ rule, scope, deviceTs }: Circumstances): DecodedItem[] | null {
  const fields: Record<string, number> = {}
  let count = 0
  let isSomething = false
  for (const reading of rule.telemetry) {
    const raw = rawOf(reading, scope)
    if (raw === null) continue
    isSomething = true
    const number = raw * reading.factor + reading.offset
    const name = reading.unknown.includes(raw) || !Number.isFinite(number) ? null : fieldOf(reading, scope)
    if (name === null) continue
    fields[name] = number
    count++
  }
  if (!isSomething) return null
  const kept = count === 0 ? fields : withoutHalfPosition(fields)
  return Object.keys(kept).length === 0 ? [] : [{ kind: 'telemetry', sample: { deviceTs, fields: kept } }]
}

/** The number as it came; null: there is none. */
function rawOf({ get }: CompiledReading, scope: Scope): number | null {
  const value = get(scope)
  return toNumber(Array.isArray(value) ? value[0] : value)
}

function fieldOf({ name, isFixed }: CompiledReading, { captures }: Scope): string | null {
  const text = name(captures)
  if (text === null || isFixed) return text
  const field = text.replaceAll(/[^a-zA-Z0-9_]/g, '_').slice(0, 40)
  return TELEMETRY_FIELD.test(field) ? field : null
}

/** A position is a pair, and 0,0 is none. */
function withoutHalfPosition(fields: Record<string, number>): Record<string, number> {
  if (fields.lat === undefined && fields.lon === undefined) return fields
  const { lat, lon, ...rest } = fields
  if (lat === undefined || lon === undefined || (lat === 0 && lon === 0)) return rest
  return Math.abs(lat) <= 90 && Math.abs(lon) <= 180 ? fields : rest
}

export function presenceOf({ rule, scope }: Circumstances): DecodedItem[] | null {
  const { presence } = rule
  if (presence === null) return null
  const [word] = presence.words(scope)
  if (typeof word !== 'string') return null
  if (presence.online.has(word)) return [{ kind: 'presence', online: true }]
  return presence.offline.has(word) ? [{ kind: 'presence', online: false }] : null
}

export function factsOf({ rule, scope }: Circumstances): DecodedItem[] | null {
  const facts: { firmware?: string; hardware?: string } = {}
  for (const { name, get } of rule.facts) {
    const value = get(scope)
    if ((typeof value === 'string' && value !== '') || typeof value === 'number') {
      facts[name] = storableText(String(value).slice(0, MAX_FACT))
    }
  }
  return Object.keys(facts).length === 0 ? null : [{ kind: 'facts', facts }]
}
