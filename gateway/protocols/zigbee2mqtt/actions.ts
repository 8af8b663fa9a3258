import { storableText } from '../json.ts'

/**
 * The words of `action` (zigbee-herdsman-converters, exposes of each device): each occurrence is a press. What a press
 * means is the role's to say, except for the words that call for help by themselves.
 */
export const ACTION_ATTRIBUTES: ReadonlySet<string> = new Set(['action', 'click'])

export interface Press {
  type: 'sos' | 'button'
  detail: { action: string } | { press: string; key?: string }
}

const MAX_WORD = 64

/** Calls for help; IAS ACE has the three commands Emergency, Fire and Panic (ZCL 8.3.2.3). */
const HELP_WORDS = new Set(['emergency', 'sos', 'panic', 'fire'])
const RELEASE_WORDS = new Set(['release', 'released'])
/** What happens to a sensor or a cube; `drop` and `fall` are the thing's own fall, never a person's. */
const MOVEMENT_WORDS = new Set(
  'vibration vibrate tilt drop fall strike slide throw wakeup flip90 flip180 region motion movement'.split(' '),
)
const TURN_WORDS = new Set('brightness rotate rotation rotating dial color hue saturation move step level'.split(' '))
const PRESS_WORDS = new Set(
  'single double triple quadruple quintuple many hold held long short initial click press pressed push tap'.split(' '),
)
const PRESS_SUFFIXES = new Set(['click', 'press', 'pressed', 'push'])
const KEY_FILLERS = new Set(['button', 'btn', 'key'])

/** What the registered role and the device's definition say about its keys. */
export interface KeyUse {
  /** Role sos or help: whatever is done with such a key calls somebody. */
  calls: boolean
  /** `off` is only the end of a press (a device that says single, double or hold, but never on). */
  offIsRelease: boolean
}

/** The word of an action, trimmed and in lower case; null: no action (`""` and `null` follow a press and are none). */
export function actionWord(value: string | number): string | null {
  const text = String(value).trim().replaceAll(/^"|"$/g, '')
  const word = storableText(text.slice(0, MAX_WORD).toLowerCase().slice(0, MAX_WORD))
  return word === '' || word === 'none' || word === 'null' ? null : word
}

/** What a word tells; null for what is no press: letting go, turning a knob, a thing that was moved. */
export function pressOf(word: string, { calls, offIsRelease }: KeyUse): Press | null {
  const parts = word.split(/[^\p{L}\p{N}]+/u)
  if (parts.some((part) => RELEASE_WORDS.has(part))) return null
  if (parts.some((part) => HELP_WORDS.has(part))) return { type: 'sos', detail: { action: word } }
  if (parts.some((part) => MOVEMENT_WORDS.has(part))) return null
  if (word === 'off' && offIsRelease) return null
  // Held down, some keys only send a dimmer's words; the end of it (`…_stop`) is a release.
  if (parts.some((part) => TURN_WORDS.has(part)) && (!calls || parts.includes('stop'))) return null
  return { type: 'button', detail: pressAndKey(word, parts) }
}

/** `1_single` is a single press of key 1, `arrow_left_click` a click of arrow_left, `long_press` a long one. */
function pressAndKey(word: string, parts: readonly string[]): { press: string; key?: string } {
  const presses = parts.filter((part) => PRESS_WORDS.has(part))
  if (presses.length === 0) return { press: word }
  const [first = word] = presses
  const press = presses.length === 2 && PRESS_SUFFIXES.has(presses[1] ?? '') ? first : presses.join('_')
  const key = parts.filter((part) => part !== '' && !PRESS_WORDS.has(part) && !KEY_FILLERS.has(part)).join('_')
  return key === '' ? { press } : { press, key }
}

/** True for a word that is a press of a key: what makes a device a button. */
export function isKeyWord(word: string): boolean {
  const press = pressOf(word.toLowerCase(), { calls: true, offIsRelease: false })
  return press !== null
}

/** True for a word that calls for help by itself. */
export const isHelpWord = (word: string): boolean =>
  pressOf(word.toLowerCase(), { calls: false, offIsRelease: false })?.type === 'sos'
