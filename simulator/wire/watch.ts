/**
 * The "watch" protocol from the watch's side: `[VV*ID*LLLL*CONTENT]`, or with a running number
 * `[VV*ID*INDEX*LLLL*CONTENT]`. Source: the Beesure/SeTracker server protocol and captured frames.
 */
export interface WatchIdentity {
  /** 3G, SG, ZJ… */
  manufacturer: string
  /** 10 digits, or an IMEI. */
  id: string
  /** Some makes number their frames. */
  hasIndex: boolean
}

const OPEN = 0x5b
const CLOSE = 0x5d

/** A running number as frames have it. */
export const indexText = (index: number): string => (index & 0xffff).toString(16).toUpperCase().padStart(4, '0')

/** @param index running number, for makes that have one */
export function watchFrame({ manufacturer, id, hasIndex }: WatchIdentity, index: number, content: string): Buffer {
  const body = Buffer.from(content, 'utf8')
  const length = body.length.toString(16).toUpperCase().padStart(4, '0')
  const numbered = hasIndex ? `*${indexText(index)}` : ''
  return Buffer.concat([Buffer.from(`[${manufacturer}*${id}${numbered}*${length}*`), body, Buffer.from([CLOSE])])
}

/** Bits of the status word: state in the low half, alarms in the high one (Appendix I). */
export const STATUS = {
  lowBattery: 1 << 0,
  outOfFence: 1 << 1,
  worn: 1 << 3,
  still: 1 << 4,
  sos: 1 << 16,
  batteryAlarm: 1 << 17,
  fenceExit: 1 << 18,
  fenceEntry: 1 << 19,
  takenOff: 1 << 20,
  fall: 1 << 21,
  heartRate: 1 << 22,
} as const

export interface WatchPosition {
  /** Ms since the epoch; frames carry whole seconds, UTC. */
  ts: number
  /** WGS-84 degrees; null: no fix. */
  place: { lat: number; lon: number } | null
  /** km/h, degrees, m, m. */
  speed: number
  course: number
  alt: number
  acc: number
  sats: number
  /** Of 100. */
  gsm: number
  battery: number
  steps: number
  tumbles: number
  status: number
}

/** The content of UD, UD2, AL and their like: position, state, one mobile cell, no Wi-Fi. */
export function positionContent(word: string, p: WatchPosition): string {
  const time = new Date(p.ts).toISOString()
  const date = `${time.slice(8, 10)}${time.slice(5, 7)}${time.slice(2, 4)}`
  const { lat, lon } = p.place ?? { lat: 0, lon: 0 }
  const values = [
    date,
    time.slice(11, 19).replaceAll(':', ''),
    p.place === null ? 'V' : 'A',
    Math.abs(lat).toFixed(6),
    lat < 0 ? 'S' : 'N',
    Math.abs(lon).toFixed(7),
    lon < 0 ? 'W' : 'E',
    p.speed.toFixed(2),
    p.course.toFixed(1),
    p.alt.toFixed(1),
    p.sats,
    p.gsm,
    Math.round(p.battery),
    p.steps,
    p.tumbles,
    (p.status >>> 0).toString(16).padStart(8, '0'),
  ]
  const cells = ['1', '255', '460', '0', '9360', '4082', '131']
  return [word, ...values, ...cells, '0', p.acc.toFixed(1)].join(',')
}

export interface WatchReply {
  frame: Buffer
  manufacturer: string
  id: string
  index: string | null
  length: number
  content: string
}

const HEAD = /^\[([0-9A-Za-z]{2})\*([0-9]{1,20})\*(?:([0-9A-Fa-f]{4})\*)?([0-9A-Fa-f]{4})\*/

/** Cuts whole frames off what the platform has sent; what is none is returned as `broken`. */
export function cutReplies(buffer: Buffer): { replies: WatchReply[]; rest: Buffer; broken: number } {
  const replies: WatchReply[] = []
  let broken = 0
  let at = 0
  for (;;) {
    const end = buffer.indexOf(CLOSE, at)
    if (end < 0) return { replies, rest: buffer.subarray(at), broken }
    const frame = buffer.subarray(at, end + 1)
    const head = HEAD.exec(frame.toString('latin1'))
    const [all = '', manufacturer = '', id = '', index, length = ''] = head ?? []
    if (head === null || frame[0] !== OPEN) broken++
    else {
      const content = frame.toString('utf8', all.length, frame.length - 1)
      replies.push({ frame, manufacturer, id, index: index ?? null, length: Number.parseInt(length, 16), content })
    }
    at = end + 1
  }
}

/** The text of `MESSAGE,<UTF-16BE in hexadecimal digits>`. */
export function messageText(hex: string): string {
  return Buffer.from(hex, 'hex').swap16().toString('utf16le')
}
