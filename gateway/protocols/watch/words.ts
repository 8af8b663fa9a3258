import type { CommandType } from '../../../server/contract/command.ts'
import type { DeviceFacts } from '../../../server/contract/ports.ts'
import { storableText } from '../json.ts'
import { put } from './position.ts'

/**
 * What each word of the protocol means, but for positions. Words are compared without regard to case: makes differ
 * (heart, HEART).
 */
export interface Word {
  channel: 'heartbeat' | 'health' | 'service' | 'reply'
  /** What the watch waits for; `same`: its own word. */
  reply?: string
  /** Telemetry in the values after the word. */
  readings?: (values: readonly string[]) => Record<string, number>
  facts?: (values: readonly string[]) => DeviceFacts
  /** It answers a command of this type. */
  answers?: CommandType
}

export const SAME = 'same'

/** [name, lowest, highest] of each value in turn; null: not kept. What is outside is unknown, as 0 is. */
type Values = readonly (readonly [string, number, number] | null)[]

function inTurn(values: Values): (texts: readonly string[]) => Record<string, number> {
  return (texts) => {
    const readings: Record<string, number> = {}
    values.forEach((value, index) => {
      if (value !== null) put(readings, value[0], texts[index], value[1], value[2])
    })
    return readings
  }
}

/** Limits of what a wrist can measure: mmHg, beats per minute, °C, %. */
const SYS = ['sys', 30, 300] as const
const DIA = ['dia', 20, 250] as const
const HR = ['hr', 20, 300] as const
const BODY_TEMP = ['body_temp', 25, 45] as const
const SPO2 = ['spo2', 40, 100] as const

/** `LK,steps,tumbles,battery`; a shorter one tells nothing that is sure. */
function heartbeat(texts: readonly string[]): Record<string, number> {
  return texts.length < 3 ? {} : readHeartbeat(texts)
}
const readHeartbeat = inTurn([
  ['steps', 0, 1e8],
  ['tumbles', 0, 1e8],
  ['battery', 0, 100],
])

/** `CONFIG,TY:G75,UL:600,VER:…`: type of the device and its firmware. */
function configFacts(texts: readonly string[]): DeviceFacts {
  return { ...fact('hardware', named(texts, 'TY:')), ...fact('firmware', named(texts, 'VER:')) }
}

function named(texts: readonly string[], name: string): string | undefined {
  return texts.find((text) => text.toUpperCase().startsWith(name))?.slice(name.length)
}

function fact(name: 'firmware' | 'hardware', text: string | undefined): DeviceFacts {
  const value = storableText((text ?? '').trim().slice(0, 64))
  return value === '' ? {} : { [name]: value }
}

const service = (reply?: string): Word => (reply === undefined ? { channel: 'service' } : { channel: 'service', reply })
const answer = (answers: CommandType): Word => ({ channel: 'reply', answers })
/** An answer to a word that the platform never sends, or nothing to keep. */
const ignored: Word = { channel: 'service' }

/** Sources: Beesure/SeTracker server protocol; replies also as Traccar sends them. */
export const WORDS: ReadonlyMap<string, Word> = new Map<string, Word>([
  ['LK', { channel: 'heartbeat', reply: 'LK', readings: heartbeat }],
  ['INIT', service('INIT,1')],
  ['CONFIG', { ...service('CONFIG,1'), facts: configFacts }],
  ['TKQ', service(SAME)],
  ['TKQ2', service(SAME)],
  // Voice messages are taken from the watch, or it would send them for ever, and not kept.
  ['TK', service('TK,1')],
  ['JXTK', service('JXTKR,1')],
  // Holds the password of the home's Wi-Fi: never kept.
  ['WIFIINFOUP', service('WIFIINFOUP,1')],
  ['BPHRT', { channel: 'health', reply: SAME, readings: inTurn([SYS, DIA, HR]) }],
  ['BTEMP2', { channel: 'health', reply: SAME, readings: inTurn([null, BODY_TEMP]) }],
  ['OXYGEN', { channel: 'health', reply: 'oxygen,1', readings: inTurn([null, SPO2]) }],
  ['HEART', { channel: 'health', readings: inTurn([HR]) }],
  ['PULSE', { channel: 'health', readings: inTurn([HR]) }],
  ['BLOOD', { channel: 'health', readings: inTurn([SYS, DIA]) }],
  ['TEMP', { channel: 'health', readings: inTurn([BODY_TEMP]) }],
  ['VERNO', { channel: 'service', facts: (texts) => fact('firmware', texts.join(',')) }],
  ['TS', { channel: 'service', facts: (texts) => fact('firmware', /ver:\s*([^;]+)/i.exec(texts.join(','))?.[1]) }],
  ['CR', answer('locate')],
  ['FIND', answer('sound')],
  ['MESSAGE', answer('message')],
  ...['UPLOAD', 'SOS', 'SOS1', 'SOS2', 'SOS3', 'FALLDOWN', 'LSSET', 'REMOVE'].map((word): [string, Word] => [
    word,
    answer('config'),
  ]),
  ...['ICCID', 'RYIMEI', 'RESET', 'PW', 'CENTER', 'LZ', 'SOSSMS', 'LOWBAT', 'REMOVESMS', 'PROFILE', 'PHB', 'PHB2'].map(
    (word): [string, Word] => [word, ignored],
  ),
  ...['WALKTIME', 'SLEEPTIME', 'SILENCETIME', 'SILENCETIME2', 'REMIND', 'FLOWER', 'HRTSTART', 'HEALTHAUTOSET'].map(
    (word): [string, Word] => [word, ignored],
  ),
  ...['BODYTEMP', 'BODYTEMP2', 'APPLOCK', 'RCAPTURE', 'IMG'].map((word): [string, Word] => [word, ignored]),
])
