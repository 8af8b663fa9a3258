import type { DecodedItem } from '../../../server/contract/ports.ts'
import { storableText, toTime } from '../json.ts'
import type { RawMessage } from '../protocol.ts'
import type { Circumstances, Sequence } from './circumstances.ts'
import type { CompiledRule } from './compile.ts'
import { eventsOf, levelOf } from './occurrences.ts'
import type { Scope } from './path.ts'
import { factsOf, presenceOf, telemetryOf } from './readings.ts'

const MAX_ADDRESS = 128

/** The items; null: there is nothing here of what the rule gives. */
export function outcomeOf(
  rule: CompiledRule,
  scope: Scope,
  message: RawMessage,
  sequence: Sequence,
): DecodedItem[] | null {
  const from = addressOf(rule, scope)
  const deviceTs = rule.ts === null ? null : toTime(rule.ts(scope))
  const here: Circumstances = { rule, scope, message, sequence, from, deviceTs }
  const items: DecodedItem[] = []
  let isSomething = false
  const keep = (found: readonly DecodedItem[] | null): void => {
    if (found === null) return
    isSomething = true
    // They were made for this message, so they can be given their device as they are.
    for (const item of found) {
      if (from !== null) item.from = from
      items.push(item)
    }
  }
  for (const event of rule.events) keep(eventsOf(event, here))
  for (const level of rule.levels) keep(levelOf(level, here))
  if (rule.telemetry.length > 0) keep(telemetryOf(here))
  if (rule.presence !== null) keep(presenceOf(here))
  if (rule.facts.length > 0) keep(factsOf(here))
  return isSomething ? items : null
}

function addressOf({ address }: CompiledRule, scope: Scope): string | null {
  const value = address?.(scope)
  if (typeof value !== 'string' && typeof value !== 'number') return null
  const text = storableText(String(value).trim())
  return text === '' || text.length > MAX_ADDRESS ? null : text
}
