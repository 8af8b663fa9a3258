import {
  type Path,
  parsePath,
  parseTopic,
  plainWord,
  type TopicLevel,
} from '../../../server/contract/mapping-syntax.ts'
import type {
  EventRule,
  LevelRule,
  Mapping,
  MappingCommand,
  MappingRule,
  PresenceRule,
} from '../../../server/contract/mapping-types.ts'
import type { EventType } from '../../../server/contract/signal.ts'
import { type Getter, getter, type Scope, template } from './path.ts'
import { condition, type Words, words } from './values.ts'

/** A mapping made ready for use, once per login (once and for all for the presets). */
export interface CompiledMapping {
  rules: readonly CompiledRule[]
  commands: ReadonlyMap<string, MappingCommand>
  /** No rule names a device behind the login. */
  isAlone: boolean
}

interface TopicPattern {
  levels: readonly TopicLevel[]
  /** What it captures, and at which level of the topic. */
  captures: readonly { at: number; name: string }[]
}

export interface CompiledRule {
  /** As `checkMapping` names it, for explanations. */
  place: string
  topics: readonly TopicPattern[]
  isText: boolean
  each: Path | null
  /** Conditions that need only the topic, and those that need the payload. */
  onTopic: readonly ((scope: Scope) => boolean)[]
  onPayload: readonly ((scope: Scope) => boolean)[]
  address: Getter | null
  ts: Getter | null
  id: { kind: 'unique' | 'packet' | 'counter'; get: Getter } | null
  events: readonly CompiledEvent[]
  levels: readonly CompiledLevel[]
  telemetry: readonly CompiledReading[]
  presence: { words: Words; online: ReadonlySet<string>; offline: ReadonlySet<string> } | null
  facts: readonly { name: 'firmware' | 'hardware'; get: Getter }[]
  ignore: boolean
  goesOn: boolean
  /** It may tell of an alarm. */
  canAlarm: boolean
  /** It tells of nothing but what may be an alarm. */
  alarmsOnly: boolean
}

/** What a word stands for; `type` null: nothing to tell. */
export interface Meaning {
  type: EventType | null
  press: string | null
}

export interface CompiledEvent {
  place: string
  /** Null: every message is the event. */
  words: Words | null
  meanings: ReadonlyMap<string, Meaning>
  /** Of words that aren't in `meanings`; null: they can't be read. */
  otherwise: Meaning | null
  detail: readonly { name: string; get: Getter }[]
}

export interface CompiledLevel extends CompiledEvent {
  words: Words
  name: (captures: ReadonlyMap<string, string>) => string | null
  calm: ReadonlySet<string>
}

export interface CompiledReading {
  name: (captures: ReadonlyMap<string, string>) => string | null
  /** The name needs no captures, so it is as the mapping's check has seen it. */
  isFixed: boolean
  get: Getter
  factor: number
  offset: number
  unknown: readonly number[]
}

/** Makes a mapping that `checkMapping` has found right ready for use. */
export function compile(mapping: Mapping): CompiledMapping {
  return {
    rules: mapping.rules.map((rule, at) => compileRule(rule, `rules[${at}]`)),
    commands: new Map(Object.entries(mapping.commands ?? {})),
    isAlone: mapping.rules.every(({ address }) => address === undefined),
  }
}

function compileRule(rule: MappingRule, place: string): CompiledRule {
  const { events = [], levels = [], telemetry, presence, facts } = rule
  const conditions = (rule.when ?? []).map(condition)
  const canAlarm = events.length + levels.length > 0
  const each = rule.each === undefined ? null : parsePath(rule.each, true)
  return {
    place,
    topics: [rule.topic].flat().map(patternOf),
    isText: rule.payload === 'text',
    each: each?.ok ? each.value : null,
    onTopic: conditions.filter(({ needsPayload }) => !needsPayload).map(({ holds }) => holds),
    onPayload: conditions.filter(({ needsPayload }) => needsPayload).map(({ holds }) => holds),
    address: rule.address === undefined ? null : getter(rule.address),
    ts: rule.ts === undefined ? null : getter(rule.ts),
    id: idOf(rule),
    events: events.map((event, at) => compileEvent(event, `${place}.events[${at}]`)),
    levels: levels.map((level, at) => compileLevel(level, `${place}.levels[${at}]`)),
    telemetry: Object.entries(telemetry ?? {}).map(([name, reading]) => compileReading(name, reading)),
    presence: presence === undefined ? null : compilePresence(presence),
    facts: (['firmware', 'hardware'] as const).flatMap((name) => {
      const source = facts?.[name]
      return source === undefined ? [] : [{ name, get: getter(source) }]
    }),
    ignore: rule.ignore === true,
    goesOn: rule.continue === true,
    canAlarm,
    alarmsOnly: canAlarm && telemetry === undefined && presence === undefined && facts === undefined,
  }
}

function patternOf(topic: string): TopicPattern {
  const parsed = parseTopic(topic)
  const levels = parsed.ok ? parsed.value : []
  const captures = levels.flatMap((level, at) => (level.kind === 'capture' ? [{ at, name: level.name }] : []))
  return { levels, captures }
}

function idOf({ id }: MappingRule): CompiledRule['id'] {
  if (id === undefined) return null
  if (typeof id === 'string') return { kind: 'unique', get: getter(id) }
  for (const kind of ['unique', 'packet', 'counter'] as const) {
    const source = id[kind]
    if (source !== undefined) return { kind, get: getter(source) }
  }
  return null
}

/** Stands for any word that isn't named. */
const ANY_WORD = '*'
const NOTHING: Meaning = { type: null, press: null }

function meaningsOf({ words: types, press }: EventRule): Map<string, Meaning> {
  const meanings = new Map<string, Meaning>()
  for (const [word, type] of Object.entries(types ?? {})) meanings.set(plainWord(word), { type, press: null })
  for (const [word, name] of Object.entries(press ?? {})) {
    meanings.set(plainWord(word), name === null ? NOTHING : { type: 'button', press: name })
  }
  return meanings
}

function compileEvent(event: EventRule, place: string): CompiledEvent {
  const meanings = meaningsOf(event)
  const fixed = event.type === undefined ? null : { type: event.type, press: null }
  return {
    place,
    words: fixed === null ? words(event) : null,
    meanings,
    otherwise: fixed ?? meanings.get(ANY_WORD) ?? null,
    detail: Object.entries(event.detail ?? {}).map(([name, source]) => ({ name, get: getter(source) })),
  }
}

function compileLevel({ level, calm, ...rest }: LevelRule, place: string): CompiledLevel {
  return {
    ...compileEvent(rest, place),
    words: words(rest),
    name: template(level),
    calm: new Set((calm ?? []).map(plainWord)),
  }
}

function compileReading(name: string, reading: NonNullable<MappingRule['telemetry']>[string]): CompiledReading {
  const { value, factor = 1, offset = 0, unknown = [] } = typeof reading === 'string' ? { value: reading } : reading
  return { name: template(name), isFixed: !name.includes('{'), get: getter(value), factor, offset, unknown }
}

function compilePresence({ value, online, offline }: PresenceRule): CompiledRule['presence'] {
  return {
    words: words(value === undefined ? {} : { value }),
    online: new Set(online.map(plainWord)),
    offline: new Set(offline.map(plainWord)),
  }
}

/** A rule whose topic pattern matches, and what the pattern has captured. */
export interface TopicMatch {
  rule: CompiledRule
  captures: ReadonlyMap<string, string>
}

const NO_CAPTURES: ReadonlyMap<string, string> = new Map()

/** The rules whose topic pattern matches a topic, in order. MQTT 3.1.1, 4.7: `#` also matches the level above it. */
export function matchesOf({ rules }: CompiledMapping, topic: string): TopicMatch[] {
  const words = topic.split('/')
  const matches: TopicMatch[] = []
  for (const rule of rules) {
    for (const pattern of rule.topics) {
      if (!matchesTopic(pattern.levels, words)) continue
      matches.push({ rule, captures: capturesOf(pattern, words) })
      break
    }
  }
  return matches
}

function matchesTopic(pattern: readonly TopicLevel[], words: readonly string[]): boolean {
  for (let at = 0; at < pattern.length; at++) {
    const level = pattern[at]
    if (level?.kind === 'rest') return true
    if (at >= words.length || (level?.kind === 'word' && level.word !== words[at])) return false
  }
  return pattern.length === words.length
}

function capturesOf(pattern: TopicPattern, words: readonly string[]): ReadonlyMap<string, string> {
  if (pattern.captures.length === 0) return NO_CAPTURES
  const captures = new Map<string, string>()
  for (const { at, name } of pattern.captures) captures.set(name, words[at] ?? '')
  return captures
}
