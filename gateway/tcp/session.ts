import type { Socket } from 'node:net'
import { Answers } from '../answers.ts'
import { FULL } from '../limits.ts'
import type { TcpFrame, TcpProtocol } from '../protocols/protocol.ts'

/** One TCP connection of a device. */
export interface TcpSession {
  readonly socket: Socket
  readonly protocol: TcpProtocol
  /** Source key, see sources.ts, and the address itself, for source rules. */
  readonly source: string
  readonly address: string
  readonly answers: Answers
  /** Bytes of a frame that is not complete. */
  rest: Buffer
  /** The id it gave in its first frame, as sent, and the registered device that is. */
  name: string | null
  deviceId: string | null
  /** Its newest frame, which downlinks take their header from. */
  last: TcpFrame | null
  /** Rate limiter state of its frames, see limits.ts. */
  frames: number
  /** Frames that wait for their device to be looked up; they go on in order. */
  looking: Promise<void> | null
  closed: boolean
}

export function newSession(socket: Socket, protocol: TcpProtocol, source: string): TcpSession {
  return {
    socket,
    protocol,
    source,
    address: socket.remoteAddress ?? '',
    answers: new Answers(),
    rest: EMPTY,
    name: null,
    deviceId: null,
    last: null,
    frames: FULL,
    looking: null,
    closed: false,
  }
}

export const EMPTY: Buffer = Buffer.alloc(0)
