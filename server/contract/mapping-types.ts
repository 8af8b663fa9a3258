import type { CommandType } from './command.ts'
import type { EventType } from './signal.ts'

/**
 * A mapping says in JSON what a device's MQTT messages mean, so that a device that speaks its own way needs no code.
 * docs/mapping.md explains it with examples; `checkMapping` names everything that is wrong with one.
 *
 * A *source* is a JSON path or `{name}`, what the topic has captured (mapping-syntax.ts). A *word* is a value as text; case
 * does not matter, and `true` is `1`, `false` is `0`.
 */
export interface Mapping {
  name?: string
  /** Tried in order; the first that fits ends it, unless it says `continue`. */
  rules: MappingRule[]
  commands?: Partial<Record<CommandType, MappingCommand>>
}

export interface MappingRule {
  /** MQTT wildcards, and `{name}` for a level that is wanted later. Several patterns must capture the same names. */
  topic: string | string[]
  payload?: 'json' | 'text'
  /** The parts of the message that the rule is about, one after the other: a path with `*` or `{name}`. */
  each?: string
  /** All must hold. */
  when?: Condition[]
  /** The address of the device behind this login; without it the message is about the login's own device. */
  address?: string
  /** Device time: epoch s or ms, or ISO 8601. */
  ts?: string
  /** What makes an occurrence the same one when it comes again. */
  id?: string | MessageId
  events?: EventRule[]
  levels?: LevelRule[]
  /** Field name (may hold `{name}`) to source or reading. */
  telemetry?: Record<string, string | Reading>
  presence?: PresenceRule
  facts?: { firmware?: string; hardware?: string }
  /** Known, and nothing to keep. */
  ignore?: true
  /** Further rules are tried although this one fits. */
  continue?: true
  comment?: string
}

/** One of the three, see docs/mapping.md. */
export interface MessageId {
  /** Never used again by the device. */
  unique?: string
  /** A small number that is soon used again: the same one within about ten minutes is a repetition. */
  packet?: string
  /** Goes up by each occurrence while the device keeps repeating the newest one: only a change counts. */
  counter?: string
}

export interface Condition {
  of: string
  exists?: boolean
  equals?: string | number | boolean
  in?: (string | number | boolean)[]
  /** The text holds one of these. */
  contains?: string[]
  /** One of the text's words (divided by anything but letters and digits) is one of these. */
  word?: string[]
  above?: number
  below?: number
  /** At least one of these bits is set, counted from 0. */
  bits?: number[]
}

/** A value and what is taken of it. */
export interface ValueRule {
  /** Default: `@`, for a text payload the text. A list counts as several values. */
  value?: string
  /** The value is bytes in hexadecimal: the number in `bytes` (default 1) from byte `at` (default 0) on, low byte first. */
  hex?: { at?: number; bytes?: number }
  /** 1 when at least one of these bits is set, else 0. */
  bits?: number[]
  /** 1 when the number is greater, else 0. */
  above?: number
}

/** Something that happened. One of `type`, `words` and `press`. */
export interface EventRule extends ValueRule {
  /** Every message is this event. */
  type?: EventType
  /** Which event a word is; null: none; `*`: any other word. */
  words?: Record<string, EventType | null>
  /** A key: which press a word is; null: none; `*`: any other word. */
  press?: Record<string, string | null>
  /** What an operator should see besides. */
  detail?: Record<string, string>
}

/** A condition that is told again and again; only its changes count. */
export interface LevelRule extends ValueRule {
  /** Its name; may hold `{name}`. */
  level: string
  words: Record<string, EventType | null>
  /** The words of rest, which are nothing to tell when they are the first ever heard. */
  calm?: string[]
  detail?: Record<string, string>
}

export interface Reading {
  value: string
  factor?: number
  offset?: number
  /** Numbers by which the device says that it doesn't know. */
  unknown?: number[]
}

export interface PresenceRule {
  value?: string
  online: string[]
  offline: string[]
}

export interface MappingCommand {
  topic: string
  /** Text or JSON in which `{name}` stands for arguments, `commandId`, `deviceId`, `address` and what topics captured. */
  payload: unknown
}
