/**
 * Frames of the "watch" protocol: `[VV*ID*LLLL*CONTENT]` or `[VV*ID*INDEX*LLLL*CONTENT]`, VV two characters, ID digits,
 * LLLL the length of CONTENT as four hex digits (Beesure/SeTracker server protocol). Real watches often declare a wrong
 * length, and Wi-Fi names bring brackets into the content, so a frame ends where its brackets are balanced.
 */

const OPEN = 0x5b
const CLOSE = 0x5d
const STAR = 0x2a
const MAX_ID_DIGITS = 20

/**
 * Bytes. LLLL can declare 65,535; the longest real content is a voice message (TK) of 15 s, some 25 kB of AMR. The rest
 * is room for the header.
 */
export const MAX_FRAME_BYTES = 0xffff + 64

/**
 * Cuts whole frames off the front of a stream. What holds for every input: a frame that begins with a whole header and
 * has balanced brackets comes out byte for byte, whatever came before it and however the stream was split. (One exception:
 * with a declared length that is too short and a bracketed Wi-Fi name at whose very end TCP has split the stream, the rest
 * of the Wi-Fi list is lost.) A new header ends a frame that is still open, so a broken frame never swallows the one
 * behind it; the broken one comes out as well, as far as it goes, because it may be an alarm.
 */
export function cutFrames(buffer: Buffer): { frames: Buffer[]; rest: Buffer; skipped: number } {
  const frames: Buffer[] = []
  let skipped = 0
  let at = 0
  while (at < buffer.length) {
    const start = buffer.indexOf(OPEN, at)
    if (start < 0) return { frames, rest: buffer.subarray(buffer.length), skipped: skipped + buffer.length - at }
    skipped += start - at
    const piece = nextPiece(buffer, start)
    if (piece === null) return { frames, rest: buffer.subarray(start), skipped }
    if (piece.isFrame) frames.push(buffer.subarray(start, piece.end))
    else skipped += piece.end - start
    at = piece.end
  }
  return { frames, rest: buffer.subarray(buffer.length), skipped }
}

/** What begins at the bracket at `start`: where it ends, and whether it is worth keeping. Null: it isn't whole yet. */
function nextPiece(buffer: Buffer, start: number): { end: number; isFrame: boolean } | null {
  const hasHeader = isHeader(buffer, start)
  const declared = hasHeader ? declaredEnd(buffer, start) : null
  let depth = 0
  let lastClose = -1
  let open = buffer.indexOf(OPEN, start + 1)
  let close = buffer.indexOf(CLOSE, start + 1)
  while (open >= 0 || close >= 0) {
    if (open >= 0 && (close < 0 || open < close)) {
      if (isHeader(buffer, open)) return brokenOff(hasHeader, lastClose, open)
      depth++
      open = buffer.indexOf(OPEN, open + 1)
    } else if (depth === 0) {
      return { end: reachesFurther(buffer, close, declared) ?? close + 1, isFrame: true }
    } else {
      depth--
      lastClose = close
      close = buffer.indexOf(CLOSE, close + 1)
    }
  }
  const end = endOfUnbalanced(buffer, declared)
  return end === null ? null : { end, isFrame: true }
}

/** A header at `open` ends what is before it. Its last bracket is its end; without one, all of it is taken. */
function brokenOff(hasHeader: boolean, lastClose: number, open: number): { end: number; isFrame: boolean } {
  return { end: hasHeader && lastClose >= 0 ? lastClose + 1 : open, isFrame: hasHeader }
}

/**
 * A lone `]` in a Wi-Fi name closes a frame too early. When something that isn't a frame follows, and the declared length
 * points exactly at a later end with no header in between, the declared length is right.
 */
function reachesFurther(buffer: Buffer, close: number, declared: number | null): number | null {
  if (declared === null || declared <= close) return null
  if (close + 1 === buffer.length || buffer[close + 1] === OPEN || !isEnd(buffer, declared)) return null
  let open = buffer.indexOf(OPEN, close + 1)
  while (open >= 0 && open < declared) {
    if (isHeader(buffer, open)) return null
    open = buffer.indexOf(OPEN, open + 1)
  }
  return declared + 1
}

/**
 * A lone `[` in a Wi-Fi name leaves a frame open. It ends where the declared length says, if there is a bracket; and when
 * the declared length is used up (it was too short), at the bracket that is the last byte received.
 */
function endOfUnbalanced(buffer: Buffer, declared: number | null): number | null {
  if (declared === null) return null
  if (isEnd(buffer, declared)) return declared + 1
  return declared < buffer.length && buffer[buffer.length - 1] === CLOSE ? buffer.length : null
}

function isEnd(buffer: Buffer, at: number): boolean {
  return buffer[at] === CLOSE && (at + 1 === buffer.length || buffer[at + 1] === OPEN)
}

/** `[VV*digits*`: no text that a watch sends looks like it. */
function isHeader(buffer: Buffer, at: number): boolean {
  if (!isAlphanumeric(buffer[at + 1]) || !isAlphanumeric(buffer[at + 2]) || buffer[at + 3] !== STAR) return false
  let end = at + 4
  while (isDigit(buffer[end]) && end < at + 4 + MAX_ID_DIGITS) end++
  return end > at + 4 && buffer[end] === STAR
}

/** Where the closing bracket of the frame at `start` should be by its declared length; null: it declares none. */
function declaredEnd(buffer: Buffer, start: number): number | null {
  const head = buffer.toString('latin1', start, Math.min(start + 64, buffer.length))
  const match = /^\[..\*\d+\*(?:[0-9A-Fa-f]{1,8}\*)?([0-9A-Fa-f]{4})\*/.exec(head)
  return match === null ? null : start + match[0].length + Number.parseInt(match[1] ?? '', 16)
}

function isDigit(code: number | undefined): boolean {
  return code !== undefined && code >= 0x30 && code <= 0x39
}

function isAlphanumeric(code: number | undefined): boolean {
  if (code === undefined) return false
  const upper = code & 0xdf
  return isDigit(code) || (upper >= 0x41 && upper <= 0x5a)
}
