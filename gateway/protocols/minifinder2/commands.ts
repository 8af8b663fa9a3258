import type { CommandArguments, CommandType, DeviceCommand } from '../../../server/contract/command.ts'
import { frameOf, TYPE } from './frames.ts'

/**
 * What EView's documents and server example give bytes for: asking for a position, and the numbers that the pendant dials.
 * Ringing, messages and other settings are not documented in public: those commands are refused, not guessed.
 */

const LOCATE = Buffer.from([TYPE.data, 0x01, 0x12])
const NUMBER_KEY = 0x30
const NUMBER_ENABLED = 0x80
const NUMBER_CALLED = 0x20
const PHONE_NUMBER = /^\+?[0-9]{3,20}$/
const MOST_NUMBERS = 10

/** The pendant's answer repeats the running number, so it tells which command was answered. */
const INDEX = { locate: 1, config: 2 } as const
const TYPE_OF_INDEX: ReadonlyMap<number, CommandType> = new Map([
  [INDEX.locate, 'locate'],
  [INDEX.config, 'config'],
])

/** The frame that carries out a command; null: this pendant can't be told. */
export function encodeCommand({ type, args }: DeviceCommand): Buffer | null {
  switch (type) {
    case 'locate':
      return frameOf(INDEX.locate, LOCATE, true)
    case 'config':
      return numbers(args)
    default:
      return null
  }
}

/** The type of the command that had this running number; null: none of ours. */
export function commandOf(index: number): CommandType | null {
  return TYPE_OF_INDEX.get(index) ?? null
}

/** Records of flags and place in the list, then the number; only when nothing else is asked for. */
function numbers({ sosNumbers, ...others }: CommandArguments): Buffer | null {
  if (sosNumbers === undefined || sosNumbers.length === 0 || sosNumbers.length > MOST_NUMBERS) return null
  if (Object.values(others).some((value) => value !== undefined)) return null
  if (!sosNumbers.every((number) => PHONE_NUMBER.test(number))) return null
  const records = sosNumbers.map((number, place) => {
    const value = Buffer.from(number, 'latin1')
    return Buffer.concat([Buffer.from([value.length + 2, NUMBER_KEY, NUMBER_ENABLED | NUMBER_CALLED | place]), value])
  })
  return frameOf(INDEX.config, Buffer.concat([Buffer.from([TYPE.config]), ...records]), true)
}
