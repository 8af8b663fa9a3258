import type { VirtualDevice as Identity } from '../../server/contract/ports.ts'
import { Link, type LinkOptions } from '../link.ts'
import type { Random } from '../random.ts'
import { TcpConnection } from '../tcp-connection.ts'
import type { PeerContext } from './peer.ts'

export interface TcpHandlers extends Pick<LinkOptions<TcpConnection>, 'onUp' | 'onDown' | 'farewell' | 'farewellMs'> {
  onData: (chunk: Buffer) => void
}

/**
 * Opens TCP connections of one device, one after the other.
 * @param splits share of frames that arrive in pieces, 0 to 1
 */
export function tcpLink(
  identity: Identity,
  { places: { host }, backoff, log, random }: PeerContext,
  { port, splits, random: own }: { port: number; splits: number; random: Random },
  { onData, ...handlers }: TcpHandlers,
): Link<TcpConnection> {
  return new Link<TcpConnection>({
    ...{ deviceId: identity.deviceId, backoff, log, random: random('link', identity) },
    dial: (events) => new TcpConnection({ host, port, splits, random: own, events, onData }),
    ...handlers,
  })
}
