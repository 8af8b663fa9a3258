import { io, type Socket } from 'socket.io-client'
import type { CaseEvent, ClientToServerEvents, QueueRows, ServerToClientEvents } from '../../server/contract/push.ts'
import { setServerNow } from '../ui/server-clock.ts'
import { connection, countAttempt, markLost, markOnline } from './connection.ts'
import { endOffer, forgetOffers, showBoard, showOffer } from './offers.ts'
import { placeInSequence } from './sequence.ts'
import { bindVoiceLine } from './voice-line.ts'

const RETRY_MS = 1000

export interface LiveHandlers {
  /** Fetch everything again: connected, reconnected, or events were missed. */
  resync(): Promise<boolean>
  /** A case changed. Answers true once the list on this desk holds the change. */
  changed(event: CaseEvent): Promise<boolean>
  /** Rows of the queue have changed. */
  rows(rows: QueueRows): void
  /** A case is offered to this desk. Answers true once the list on this desk holds it. */
  offered(caseId: string): Promise<boolean>
  /** Somebody is missing, or no more. */
  gaps(): void
  /** The server refuses this session. */
  refused(): void
}

export interface LiveLine {
  /** Try to connect now. */
  retry(): void
  stop(): void
}

/** Keeps the push line up until it is stopped. */
export function startLive(handlers: LiveHandlers): LiveLine {
  let last: number | null = null
  let retry: ReturnType<typeof setTimeout> | undefined
  // Socket.IO's own reconnection waits before its first attempt and backs off; a desk tries at once, then each second.
  // WebSocket first: polling would add a round trip to each alarm; it stays for networks that block WebSocket.
  const socket: Socket<ServerToClientEvents, ClientToServerEvents> = io({
    reconnection: false,
    transports: ['websocket', 'polling'],
    tryAllTransports: true,
    timeout: 5000,
  })

  const attempt = () => {
    clearTimeout(retry)
    countAttempt()
    socket.connect()
  }
  const retryLater = () => {
    clearTimeout(retry)
    retry = setTimeout(attempt, RETRY_MS)
  }
  const lost = () => markLost(Date.now())
  const wentOffline = () => {
    // The browser knows before the socket's ping time-out does.
    lost()
    socket.disconnect()
  }

  bindVoiceLine(socket)
  socket.on('connect', markOnline)
  socket.on('hello', (hello) => {
    setServerNow(hello.now)
    last = hello.seq
    forgetOffers()
    socket.emit('follow')
    void handlers.resync()
  })
  socket.on('case', (event, acknowledge) => {
    const place = placeInSequence(event.seq, last)
    last = Math.max(last ?? 0, event.seq)
    // Acknowledged only when the change is in the list that the operator sees: a desk that could not fetch it has not
    // shown it, and the server must go on to the next desk.
    const shown = place === 'gap' ? handlers.resync() : handlers.changed(event)
    void shown.then((ok) => {
      if (ok) acknowledge()
    })
  })
  socket.on('rows', handlers.rows)
  socket.on('offers', showBoard)
  socket.on('offer_over', ({ offerId }) => endOffer(offerId))
  socket.on('offer', (offer, acknowledge) => {
    showOffer(offer)
    void handlers.offered(offer.caseId).then((ok) => {
      if (ok) acknowledge()
    })
  })
  socket.on('gaps', () => handlers.gaps())
  socket.on('disconnect', (reason) => {
    if (reason === 'io client disconnect') {
      if (connection.get().state === 'lost') retryLater()
      return
    }
    lost()
    attempt()
  })
  socket.on('connect_error', (error) => {
    lost()
    if (
      /not_signed_in|unauthori[sz]ed/i.test(`${error.message} ${JSON.stringify('data' in error ? error.data : null)}`)
    ) {
      handlers.refused()
    }
    retryLater()
  })
  window.addEventListener('offline', wentOffline)
  window.addEventListener('online', attempt)

  return {
    retry: attempt,
    stop: () => {
      clearTimeout(retry)
      window.removeEventListener('offline', wentOffline)
      window.removeEventListener('online', attempt)
      socket.removeAllListeners()
      socket.disconnect()
    },
  }
}
