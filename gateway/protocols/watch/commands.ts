import type { CommandArguments, DeviceCommand, FeedbackType } from '../../../server/contract/command.ts'
import { storableText } from '../json.ts'
import type { TcpFrame } from '../protocol.ts'
import { frameOf, type WatchHeader } from './header.ts'

/**
 * Every word that may be sent to a watch (Beesure/SeTracker server protocol). The protocol has words that let somebody
 * listen to a room unnoticed or make the watch call or answer by itself; they are not in this list, and nothing else can
 * be sent: values are made of digits, hexadecimal letters and `+` only.
 */
type Word = 'CR' | 'FIND' | 'MESSAGE' | 'UPLOAD' | 'SOS1' | 'SOS2' | 'SOS3' | 'FALLDOWN' | 'LSSET' | 'REMOVE'
type Content = readonly [Word, ...string[]]

const SAFE_VALUE = /^[0-9A-F+]{1,1600}$/
const PHONE_NUMBER = /^\+?[0-9]{3,20}$/
const SOS_WORDS = ['SOS1', 'SOS2', 'SOS3'] as const
/** The vendor allows 60 to 65,535 s. */
const SHORTEST_INTERVAL = 60
const LONGEST_INTERVAL = 65_535
const MOST_SENSITIVE = 8

/** Shown on the watch. */
const FEEDBACK: Record<FeedbackType, string> = {
  received: '已收到您的求救',
  answered: '值班人员正在处理',
  dispatched: '已派人前往您处',
  arrived: '救援人员已到达',
  closed: '本次求助已处理完毕',
}

/**
 * The frames that carry out a command, joined; null when the watch can't carry out all of it (it has no way to be told a
 * fence, say). `last` tells make and id; an answer to `sound` can't be limited in time, the watch rings for a minute.
 */
export function encodeCommand(command: DeviceCommand, last: TcpFrame): Buffer | null {
  const header = headerOf(last)
  const contents = contentsOf(command)
  if (header === null || contents === null || contents.length === 0) return null
  if (!contents.every(([, ...values]) => values.every((value) => SAFE_VALUE.test(value)))) return null
  return Buffer.concat(contents.map((content) => frameOf(header, content.join(','))))
}

function headerOf({ header: { manufacturer, id, index } }: TcpFrame): WatchHeader | null {
  if (manufacturer === undefined || !/^[0-9A-Za-z]{2}$/.test(manufacturer)) return null
  if (id === undefined || !/^[0-9]{1,20}$/.test(id)) return null
  return { manufacturer, id, index: index !== undefined && /^[0-9A-Fa-f]{1,8}$/.test(index) ? index : null }
}

function contentsOf({ type, args }: DeviceCommand): readonly Content[] | null {
  switch (type) {
    case 'locate':
      return [['CR']]
    case 'sound':
      return [['FIND']]
    case 'message':
      return args.text === undefined ? null : [message(args.text)]
    case 'config':
      return configContents(args)
    default:
      return [message(FEEDBACK[type])]
  }
}

/** UTF-16, big endian, as hexadecimal digits. */
function message(text: string): Content {
  return ['MESSAGE', Buffer.from(storableText(text), 'utf16le').swap16().toString('hex').toUpperCase()]
}

function configContents(args: CommandArguments): readonly Content[] | null {
  const { intervalSeconds, sosNumbers, fallDetection, fallSensitivity, removalAlarm, fence } = args
  if (fence !== undefined) return null
  if (fallSensitivity !== undefined && !(fallSensitivity >= 1 && fallSensitivity <= MOST_SENSITIVE)) return null
  const contents: Content[] = []
  if (intervalSeconds !== undefined) contents.push(['UPLOAD', String(within(intervalSeconds))])
  if (sosNumbers !== undefined) {
    if (sosNumbers.length > SOS_WORDS.length || !sosNumbers.every((number) => PHONE_NUMBER.test(number))) return null
    SOS_WORDS.forEach((word, index) => {
      const number = sosNumbers[index]
      if (number !== undefined) contents.push([word, number])
    })
  }
  // The second value: whether the watch itself calls its centre number after a fall.
  if (fallDetection !== undefined) contents.push(['FALLDOWN', ...(fallDetection ? ['1', '1'] : ['0', '0'])])
  // `LSSET,level+levels`, where 1 is the most sensitive; ours counts the other way.
  if (fallSensitivity !== undefined)
    contents.push(['LSSET', `${MOST_SENSITIVE + 1 - fallSensitivity}+${MOST_SENSITIVE}`])
  if (removalAlarm !== undefined) contents.push(['REMOVE', removalAlarm ? '1' : '0'])
  return contents
}

function within(seconds: number): number {
  return Math.min(Math.max(Math.round(seconds), SHORTEST_INTERVAL), LONGEST_INTERVAL)
}
