/** The header of a watch's frame and the frames that answer it. */

export interface WatchHeader {
  /** Two characters: 3G, SG, CS, ZJ… */
  manufacturer: string
  /** As sent: 10 digits or an IMEI. */
  id: string
  /** A running number that some makes send; the answer repeats it. */
  index: string | null
}

export interface WatchFrame {
  header: WatchHeader
  /** What kind of content, as sent: LK, UD_LTE, bphrt… Empty when there is none. */
  word: string
  /** Word and values, without the closing bracket; bytes of the frame. */
  content: Buffer
}

const WHO = /^\[([0-9A-Za-z]{1,8})\*([0-9A-Za-z]{1,32})\*/
// `len` stands for the length in the vendor's own example of CONFIG.
const LENGTH = /(?:([0-9A-Fa-f]{1,8})\*)?(?:[0-9A-Fa-f]{0,8}|len)\*/y
const WORD = /^[A-Za-z0-9_]*/
const LONGEST_HEAD = 128
const CLOSE = 0x5d

/**
 * Takes a frame apart. The length is not looked at: it is often wrong. Null: it doesn't say who sends.
 * @param frame as `cutFrames` gives it; the closing bracket may be missing
 */
export function parseFrame(frame: Buffer): WatchFrame | null {
  const head = frame.toString('latin1', 0, Math.min(LONGEST_HEAD, frame.length))
  const who = WHO.exec(head)
  if (who === null) return null
  LENGTH.lastIndex = who[0].length
  const length = LENGTH.exec(head)
  const contentAt = length === null ? afterLastStar(head) : who[0].length + length[0].length
  const isClosed = frame[frame.length - 1] === CLOSE
  const content = frame.subarray(contentAt, Math.max(contentAt, isClosed ? frame.length - 1 : frame.length))
  const word = WORD.exec(head.slice(contentAt))?.[0] ?? ''
  return { header: { manufacturer: who[1] ?? '', id: who[2] ?? '', index: length?.[1] ?? null }, word, content }
}

/** A length that can't be read stands before the word all the same. */
function afterLastStar(head: string): number {
  const comma = head.indexOf(',')
  return head.lastIndexOf('*', comma < 0 ? head.length : comma) + 1
}

/** Four lower-case hex digits: the vendor writes both cases, the watches take both. */
export function frameOf({ manufacturer, id, index }: WatchHeader, content: string): Buffer {
  const length = content.length.toString(16).padStart(4, '0')
  const running = index === null ? '' : `${index}*`
  return Buffer.from(`[${manufacturer}*${id}*${running}${length}*${content}]`, 'latin1')
}
