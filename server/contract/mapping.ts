import { COMMAND_TYPES } from './command.ts'
import {
  type Check,
  checkInteger,
  checkList,
  checkNumber,
  checkObject,
  checkOneOf,
  checkRecord,
  checkText,
  either,
  type Fields,
  type MappingProblem,
  type Report,
} from './mapping-check.ts'
import { checkMeaning } from './mapping-meaning.ts'
import { parsePath, parseSource, parseTopic } from './mapping-syntax.ts'
import type {
  Condition,
  EventRule,
  LevelRule,
  Mapping,
  MappingCommand,
  MappingRule,
  MessageId,
  PresenceRule,
  Reading,
  ValueRule,
} from './mapping-types.ts'
import { EVENT_TYPES, TELEMETRY_FIELD } from './signal.ts'

export type { Mapping } from './mapping-types.ts'

export type MappingCheck = { ok: true; mapping: Mapping } | { ok: false; problems: MappingProblem[] }

const MAX_PROBLEMS = 200
/** The part of a mapping that a place belongs to. */
const PART = /^(?:rules\[\d+\]|\w+)/

/** Whether a value is a mapping; else everything that is wrong with it, each with its place (`rules[2].topic`). */
export function checkMapping(value: unknown): MappingCheck {
  const problems: MappingProblem[] = []
  const faulty = new Set<string>()
  const report: Report = (path, message) => {
    faulty.add(PART.exec(path)?.[0] ?? path)
    if (problems.length < MAX_PROBLEMS) problems.push({ path, message })
  }
  MAPPING(value, '', report)
  // What a part means can only be judged once its form is right.
  const unsound = new Set(faulty)
  if (!unsound.has('') && !unsound.has('rules')) checkMeaning(value as Mapping, (part) => !unsound.has(part), report)
  return problems.length === 0 ? { ok: true, mapping: value as Mapping } : { ok: false, problems }
}

const parsed =
  (parse: (text: string) => { ok: true } | { ok: false; message: string }): Check =>
  (value, place, report) => {
    checkText(200)(value, place, report)
    if (typeof value !== 'string' || value === '' || value.length > 200) return
    const result = parse(value)
    if (!result.ok) report(place, result.message)
  }

const topic = parsed(parseTopic)
const source = parsed(parseSource)
const word: Check = (value, place, report) => {
  if (typeof value !== 'string') report(place, 'must be text')
  else if (value.length > 64) report(place, 'may have 64 characters')
}
const words = checkList(word, 1, 50)
const scalar: Check = (value, place, report) => {
  if (!['string', 'number', 'boolean'].includes(typeof value)) report(place, 'must be text, a number, true or false')
}
const bits = checkList(checkInteger(0, 31), 1, 32)
const onlyTrue: Check = (value, place, report) => {
  if (value !== true) report(place, 'must be true, or left out')
}
const orNull =
  (check: Check): Check =>
  (value, place, report) => {
    if (value !== null) check(value, place, report)
  }
const eventType = checkOneOf(EVENT_TYPES, 'an event type')
const eventWords = checkRecord(word, orNull(eventType), 50)
const detailName: Check = (value, place, report) => {
  if (typeof value !== 'string' || !TELEMETRY_FIELD.test(value)) {
    report(place, 'a name is a letter, then letters, digits and _, 40 characters at most')
  }
}
/** Telemetry names may hold `{name}`; what comes of them is made fit when it is known. */
const fieldName: Check = (value, place, report) => {
  detailName(
    typeof value === 'string' ? value.replaceAll(/\{[a-zA-Z][a-zA-Z0-9_]{0,29}\}/g, 'x') : value,
    place,
    report,
  )
}
const detail = checkRecord(detailName, source, 50)

const VALUE: Fields<ValueRule> = {
  value: source,
  hex: checkObject<{ at?: number; bytes?: number }>({ at: checkInteger(0, 255), bytes: checkInteger(1, 4) }, []),
  bits,
  above: checkNumber,
}

const RULE = checkObject<MappingRule>(
  {
    topic: either(topic, checkList(topic, 1, 10)),
    payload: checkOneOf(['json', 'text'], 'a payload form'),
    each: parsed((text) => parsePath(text, true)),
    when: checkList(
      checkObject<Condition>(
        {
          of: source,
          exists: checkOneOf([true, false], 'an answer'),
          equals: scalar,
          in: checkList(scalar, 1, 50),
          contains: words,
          word: words,
          above: checkNumber,
          below: checkNumber,
          bits,
        },
        ['of'],
      ),
      1,
      10,
    ),
    address: source,
    ts: source,
    id: either(source, checkObject<MessageId>({ unique: source, packet: source, counter: source }, [])),
    events: checkList(
      checkObject<EventRule>(
        { ...VALUE, type: eventType, words: eventWords, press: checkRecord(word, orNull(checkText(40)), 50), detail },
        [],
      ),
      1,
      20,
    ),
    levels: checkList(
      checkObject<LevelRule>({ ...VALUE, level: checkText(40), words: eventWords, calm: words, detail }, [
        'level',
        'words',
      ]),
      1,
      20,
    ),
    telemetry: checkRecord(
      fieldName,
      either(
        source,
        checkObject<Reading>(
          { value: source, factor: checkNumber, offset: checkNumber, unknown: checkList(checkNumber, 1, 10) },
          ['value'],
        ),
      ),
      50,
    ),
    presence: checkObject<PresenceRule>({ value: source, online: words, offline: words }, ['online', 'offline']),
    facts: checkObject<NonNullable<MappingRule['facts']>>({ firmware: source, hardware: source }, []),
    ignore: onlyTrue,
    continue: onlyTrue,
    comment: checkText(500),
  },
  ['topic'],
)

const COMMAND = checkObject<MappingCommand>({ topic, payload: commandPayload }, ['topic', 'payload'])

function commandPayload(value: unknown, place: string, report: Report): void {
  if (typeof value !== 'string' && (typeof value !== 'object' || value === null)) report(place, 'must be text or JSON')
  else if (JSON.stringify(value).length > 4_000) report(place, 'may have 4,000 characters')
}

const MAPPING = checkObject<Mapping>(
  {
    name: checkText(100),
    rules: checkList(RULE, 1, 100),
    commands: checkRecord(checkOneOf(COMMAND_TYPES, 'a command type'), COMMAND, COMMAND_TYPES.length),
  },
  ['rules'],
)
