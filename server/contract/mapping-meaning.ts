import { CommandArguments } from './command.ts'
import { type Report, within } from './mapping-check.ts'
import {
  capturedBy,
  covers,
  namesIn,
  parsePath,
  parseSource,
  parseTemplate,
  parseTopic,
  plainWord,
  type TopicLevel,
} from './mapping-syntax.ts'
import type { EventRule, Mapping, MappingCommand, MappingRule, ValueRule } from './mapping-types.ts'

/**
 * Whether the parts of a mapping make sense, each alone and together.
 * @param isSound whether the part at a place (`rules[2]`, `commands`) has its right form; others are left alone
 */
export function checkMeaning(mapping: Mapping, isSound: (place: string) => boolean, report: Report): void {
  const earlier: { place: string; levels: TopicLevel[] }[] = []
  for (const [at, rule] of mapping.rules.entries()) {
    const place = `rules[${at}]`
    if (!isSound(place)) continue
    const topics = topicsOf(rule)
    checkGives(rule, place, report)
    checkCaptures(rule, topics, place, report)
    checkOutputs(rule, place, report)
    if (rule.payload === 'text') checkTextOnly(rule, place, report)
    for (const levels of topics) {
      const taken = earlier.find((other) => covers(other.levels, levels))
      if (taken) report(`${place}.topic`, `is never reached: ${taken.place} takes every message of it`)
    }
    if (takesAll(rule)) for (const levels of topics) earlier.push({ place, levels })
  }
  if (!isSound('commands')) return
  const captured = mapping.rules
    .filter((_, at) => isSound(`rules[${at}]`))
    .flatMap((rule) => topicsOf(rule).flatMap(capturedBy))
  for (const [type, command] of Object.entries(mapping.commands ?? {})) {
    checkCommand(command, `commands.${type}`, new Set([...SENT_WITH_COMMANDS, ...captured]), report)
  }
}

const SENT_WITH_COMMANDS = ['deviceId', 'address', 'commandId', 'type', ...Object.keys(CommandArguments.properties)]

function checkCommand(
  { topic, payload }: MappingCommand,
  place: string,
  known: ReadonlySet<string>,
  report: Report,
): void {
  const parsed = parseTopic(topic)
  if (parsed.ok && parsed.value.some(({ kind }) => kind === 'any' || kind === 'rest')) {
    report(`${place}.topic`, 'is sent to, so it must hold no wildcards')
  }
  const check = (text: string, at: string) => {
    for (const name of namesIn(parseTemplate(text))) {
      if (!known.has(name))
        report(at, `'{${name}}' is neither captured by a topic nor one of ${SENT_WITH_COMMANDS.join(', ')}`)
    }
  }
  check(topic, `${place}.topic`)
  check(typeof payload === 'string' ? payload : JSON.stringify(payload), `${place}.payload`)
}

function topicsOf({ topic }: MappingRule): TopicLevel[][] {
  return [topic].flat().flatMap((text) => {
    const parsed = parseTopic(text)
    return parsed.ok ? [parsed.value] : []
  })
}

const OUTPUTS = ['events', 'levels', 'telemetry', 'presence', 'facts'] as const

/** A rule that passes no message of its topics on: see `docs/mapping.md`, "Which rule". */
function takesAll(rule: MappingRule): boolean {
  if (rule.when !== undefined || rule.each !== undefined || rule.continue === true) return false
  return rule.ignore === true || isAlarmOnly(rule)
}

const isAlarmOnly = ({ telemetry, presence, facts }: MappingRule): boolean =>
  telemetry === undefined && presence === undefined && facts === undefined

function checkGives(rule: MappingRule, place: string, report: Report): void {
  const given = OUTPUTS.filter((name) => rule[name] !== undefined)
  if (rule.ignore !== true) {
    if (given.length === 0) report(place, `gives nothing; it needs one of ${OUTPUTS.join(', ')}, or ignore`)
    return
  }
  for (const name of given) report(within(place, name), 'does not go with ignore')
  if (rule.continue === true) report(`${place}.continue`, 'does not go with ignore')
}

/** Every source of a rule with its place. */
function* sourcesOf(rule: MappingRule, place: string): Iterable<[place: string, text: string]> {
  for (const [at, { of }] of (rule.when ?? []).entries()) yield [`${place}.when[${at}].of`, of]
  for (const name of ['address', 'ts'] as const) if (rule[name] !== undefined) yield [`${place}.${name}`, rule[name]]
  if (typeof rule.id === 'string') yield [`${place}.id`, rule.id]
  else yield* entriesOf(rule.id, `${place}.id`)
  for (const list of ['events', 'levels'] as const) {
    for (const [at, output] of (rule[list] ?? []).entries()) {
      if (output.value !== undefined) yield [`${place}.${list}[${at}].value`, output.value]
      yield* entriesOf(output.detail, `${place}.${list}[${at}].detail`)
    }
  }
  for (const [field, reading] of Object.entries(rule.telemetry ?? {})) {
    const inside = within(`${place}.telemetry`, field)
    yield typeof reading === 'string' ? [inside, reading] : [`${inside}.value`, reading.value]
  }
  if (rule.presence?.value !== undefined) yield [`${place}.presence.value`, rule.presence.value]
  yield* entriesOf(rule.facts, `${place}.facts`)
}

function* entriesOf(record: object | undefined, place: string): Iterable<[place: string, text: string]> {
  for (const [key, text] of Object.entries(record ?? {})) if (typeof text === 'string') yield [within(place, key), text]
}

function checkCaptures(rule: MappingRule, topics: readonly TopicLevel[][], place: string, report: Report): void {
  const each = rule.each === undefined ? null : parsePath(rule.each, true)
  const found = each?.ok ? each.value.steps.flatMap((step) => (step.kind === 'capture' ? [step.name] : [])) : []
  const always = topics.map((levels) => new Set([...capturedBy(levels), ...found]))
  const check = (name: string, at: string) => {
    if (!always.every((names) => names.has(name)))
      report(at, `'{${name}}' is captured neither by the topic nor by each`)
  }
  for (const [at, text] of sourcesOf(rule, place)) {
    const source = parseSource(text)
    if (source.ok && source.value.kind === 'capture') check(source.value.name, at)
  }
  for (const [at, { level }] of (rule.levels ?? []).entries()) {
    for (const name of namesIn(parseTemplate(level))) check(name, `${place}.levels[${at}].level`)
  }
  for (const field of Object.keys(rule.telemetry ?? {})) {
    for (const name of namesIn(parseTemplate(field))) check(name, within(`${place}.telemetry`, field))
  }
}

function checkOutputs(rule: MappingRule, place: string, report: Report): void {
  for (const [at, event] of (rule.events ?? []).entries()) checkEvent(event, `${place}.events[${at}]`, report)
  for (const [at, { words, calm = [], ...value }] of (rule.levels ?? []).entries()) {
    const inside = `${place}.levels[${at}]`
    checkValue(value, inside, report)
    const known = new Set(Object.keys(words).map(plainWord))
    for (const [index, word] of calm.entries()) {
      if (!known.has(plainWord(word))) report(`${inside}.calm[${index}]`, `'${word}' is not one of the words`)
    }
  }
  for (const [at, condition] of (rule.when ?? []).entries()) {
    if (Object.keys(condition).length < 2)
      report(`${place}.when[${at}]`, 'tests nothing; it needs exists, equals, in …')
  }
  if (typeof rule.id === 'object') {
    const kinds = Object.keys(rule.id)
    if (kinds.length !== 1) report(`${place}.id`, 'needs one of unique, packet, counter')
    if (rule.id.counter !== undefined && rule.events === undefined) {
      report(`${place}.id.counter`, 'counts events, and this rule gives none')
    }
  }
  const both = (rule.presence?.online ?? []).filter((word) => rule.presence?.offline.includes(word))
  for (const word of both) report(`${place}.presence`, `'${word}' can't be both online and offline`)
}

const KINDS = ['type', 'words', 'press'] as const

function checkEvent(event: EventRule, place: string, report: Report): void {
  const kinds = KINDS.filter((kind) => event[kind] !== undefined)
  if (kinds.length !== 1) report(place, `needs one of ${KINDS.join(', ')}${kinds.length > 1 ? ', not several' : ''}`)
  checkValue(event, place, report)
  if (event.type !== undefined && (event.value ?? event.hex ?? event.bits ?? event.above) !== undefined) {
    report(place, 'a value has no meaning beside type; use words')
  }
}

function checkValue({ bits, above, hex }: ValueRule, place: string, report: Report): void {
  if (bits !== undefined && above !== undefined) report(place, 'bits and above exclude each other')
  if (hex !== undefined && bits !== undefined && Math.max(...bits) >= (hex.bytes ?? 1) * 8) {
    report(`${place}.bits`, `bit ${Math.max(...bits)} is not in ${hex.bytes ?? 1} byte(s)`)
  }
}

/** Text has no keys: `$` and captures are all there is. */
function checkTextOnly(rule: MappingRule, place: string, report: Report): void {
  if (rule.each !== undefined) report(`${place}.each`, 'a text payload has no parts')
  for (const [at, text] of sourcesOf(rule, place)) {
    const source = parseSource(text)
    if (source.ok && source.value.kind === 'path' && source.value.path.steps.length > 0) {
      report(at, "a text payload has no keys; '$' is the text")
    }
  }
}
