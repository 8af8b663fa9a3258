import type { Server as HttpServer } from 'node:http'
import type { Logger } from 'pino'
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import { Server } from 'socket.io'
import type { Clock } from '../contract/clock.ts'
import type {
  CaseEvent,
  ClientToServerEvents,
  DeskLines,
  GapBoard,
  OfferBoard,
  QueueRows,
  ServerToClientEvents,
} from '../contract/push.ts'
import type { VoiceAnswer } from '../contract/voice.ts'
import { createDesk } from './desk.ts'
import { createOfferDesks, type OfferSocket } from './offers.ts'
import { createRowPublisher } from './rows.ts'

/** A desk that has not taken a word about its call by then is told again, ms. */
const SAY_MS = 3_000
/** The room of the desks that follow the queue. */
const QUEUE = 'queue'

export interface PushDeps {
  server: HttpServer
  /** The session of a handshake's cookie header, or null; the same as for HTTP. */
  authorize: (cookieHeader: string | undefined) => Promise<{ userId: string; expiresAt: number } | null>
  /** Whether a handshake comes from our own pages (or not from a browser). */
  allowOrigin: (headers: NodeJS.Dict<string | string[]>) => boolean
  seq: () => number
  /** A desk says something about its call. Never rejects. */
  heard: (word: unknown, by: { userId: string; deskId: string }) => Promise<VoiceAnswer>
  /** An operator's first desk of this node came, or her last one went. */
  presence: (userId: string, here: boolean) => void
  /** A desk says that it shows an offer. */
  offerShown: (offerId: string) => void
  /** Rows of the queue; cases that are in it no more are left out. */
  readRows: (caseIds: readonly string[]) => Promise<QueueRows['items']>
  /** Notes that somebody follows the queue. What can't be noted is not shown: after a rejection no rows are sent. */
  noteFollowing: (userId: string) => Promise<void>
  clock: Clock
  log: Logger
  registry: Registry
}

export interface Push {
  emit(events: readonly CaseEvent[]): void
  /** What is offered to whom now; desks are told what changed. */
  offers(board: OfferBoard): void
  /** How many gaps the roster has now. */
  gaps(board: GapBoard): void
  desks(): number
  lines: DeskLines
  /** Operators with a desk here. */
  users(): string[]
  /** Cuts desks off whose session was ended or whose account was disabled. Called every half minute. */
  recheck(): Promise<void>
  stop(): Promise<void>
}

/** For so long a stop waits for the answers that are under way. */
const REQUESTS_END_MS = 2_000

/** Socket.IO on the HTTP server: tells every desk of every case event, at least once. */
export function startPush(deps: PushDeps): Push {
  const { server, authorize, allowOrigin, seq, heard, presence, offerShown, readRows, noteFollowing } = deps
  const { clock, log, registry } = deps
  const metrics = createMetrics(registry)
  const io = new Server<ClientToServerEvents, ServerToClientEvents>(server, {
    serveClient: false,
    // A desk sends little; the longest is how its browser describes a call.
    maxHttpBufferSize: 16_384,
    pingInterval: 5_000,
    pingTimeout: 5_000,
    // MQTT over WebSocket lives on the same server.
    destroyUpgrade: false,
    allowRequest: (request, done) => done(null, allowOrigin(request.headers)),
  })
  const desks = new Set<ReturnType<typeof createDesk>>()
  /** How many desks each operator has here. */
  const present = new Map<string, number>()
  const offers = createOfferDesks(offerShown)
  const rows = createRowPublisher({
    read: readRows,
    send: (changed) => io.to(QUEUE).emit('rows', changed),
    wanted: () => (io.of('/').adapter.rooms.get(QUEUE)?.size ?? 0) > 0,
    log,
  })
  const userOf = (socket: { data: unknown }) => (socket.data as { userId: string }).userId

  io.use((socket, next) => {
    authorize(socket.request.headers.cookie).then(
      (session) => {
        socket.data = session
        next(session ? undefined : new Error('not_signed_in'))
      },
      (error: unknown) => {
        log.warn({ err: error }, 'desk not let in: sessions could not be read')
        next(new Error('store_unavailable'))
      },
    )
  })

  io.on('connection', (socket) => {
    const { userId, expiresAt } = socket.data as { userId: string; expiresAt: number }
    const desk = createDesk(
      {
        send: (event, timeoutMs, answered) =>
          socket.timeout(timeoutMs).emit('case', event, (error: Error | null) => answered(error)),
        connected: () => socket.connected,
      },
      {
        repeated: () => metrics.repeated.inc(),
        acknowledged: (afterMs) => metrics.acknowledged.observe(afterMs / 1000),
        silent: (event) => {
          metrics.silent.inc()
          log.warn({ userId, caseId: event.caseId, seq: event.seq }, 'desk did not acknowledge an event')
        },
      },
      () => clock.now(),
    )
    desks.add(desk)
    present.set(userId, (present.get(userId) ?? 0) + 1)
    presence(userId, true)
    const offered: OfferSocket = {
      offer: (event, timeoutMs, answered) =>
        socket.timeout(timeoutMs).emit('offer', event, (error: Error | null) => answered(error)),
      over: (event) => socket.emit('offer_over', event),
      board: (board) => socket.emit('offers', board),
      connected: () => socket.connected,
    }
    // A session that ends takes its socket with it.
    const expiry = setTimeout(() => socket.disconnect(true), Math.min(expiresAt - clock.now(), 2 ** 31 - 1))
    socket.on('voice', (word, answer) => {
      void heard(word, { userId, deskId: socket.id }).then((said) => typeof answer === 'function' && answer(said))
    })
    socket.on('follow', () => {
      noteFollowing(userId).then(
        () => socket.join(QUEUE),
        (error: unknown) =>
          log.warn({ err: error, userId }, 'not noted that a desk follows the queue: it has to fetch'),
      )
    })
    socket.on('disconnect', () => {
      clearTimeout(expiry)
      desks.delete(desk)
      offers.leave(userId, offered)
      const left = (present.get(userId) ?? 1) - 1
      if (left > 0) present.set(userId, left)
      else {
        present.delete(userId)
        presence(userId, false)
      }
      metrics.desks.set(desks.size)
    })
    metrics.desks.set(desks.size)
    socket.emit('hello', { seq: seq(), now: clock.now() })
    offers.join(userId, offered)
  })

  return {
    emit: (events) => {
      for (const event of events) for (const desk of desks) desk.push(event)
      rows.add(events)
    },
    offers: offers.show,
    gaps: (board) => {
      io.emit('gaps', board)
    },
    desks: () => desks.size,
    lines: {
      ids: () => [...io.of('/').sockets.keys()],
      say: async (deskId, word) => {
        const socket = io.of('/').sockets.get(deskId)
        if (socket === undefined) return false
        return new Promise((resolve) => {
          socket.timeout(SAY_MS).emit('voice', word, (error: Error | null) => resolve(error === null))
        })
      },
    },
    users: () => [...present.keys()],
    recheck: async () => {
      for (const socket of io.of('/').sockets.values()) {
        if ((await authorize(socket.request.headers.cookie)) === null) socket.disconnect(true)
        else if (socket.rooms.has(QUEUE)) await noteFollowing(userOf(socket))
      }
    },
    stop: async () => {
      await rows.stop()
      // Socket.IO closes the HTTP server too, which waits for whoever downloads, and for connections that never asked anything.
      const cut = setTimeout(() => server.closeAllConnections(), REQUESTS_END_MS)
      await io.close()
      clearTimeout(cut)
    },
  }
}

function createMetrics(registry: Registry) {
  const registers = [registry]
  return {
    desks: new Gauge({ name: 'anhu_desks', help: 'Connected desks', registers }),
    repeated: new Counter({
      name: 'anhu_desk_repeats_total',
      help: 'Events sent again to a desk that did not answer',
      registers,
    }),
    silent: new Counter({ name: 'anhu_desk_silent_total', help: 'Events that a desk never acknowledged', registers }),
    acknowledged: new Histogram({
      name: 'anhu_desk_acknowledge_seconds',
      help: 'From the push of an event to the desk’s acknowledgement',
      buckets: [0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 20],
      registers,
    }),
  }
}
