import { sql } from 'kysely'
import type { WordToDesk, WordToTerminal } from '../contract/voice.ts'
import type { VoiceDeps } from './deps.ts'
import { iceServers } from './ice.ts'

/** Words taken up at a time. */
const BATCH = 200
/** The last words of a call that nobody has fetched by then are of no more use, ms. */
const KEPT_MS = 120_000

export interface Relay {
  /** Delivers what waits for terminals and desks of this node. Returns at once. */
  wake(): void
  /** The same; resolves when all of it is on its way. */
  deliverDue(): Promise<void>
  /** Drops what nobody has fetched. */
  dropOld(): Promise<void>
  stop(): Promise<void>
}

interface WaitingWord {
  message_id: number
  call_id: string
  side: 'terminal' | 'desk'
  /** Device or socket. */
  to: string
  body: Record<string, unknown>
}

/**
 * Brings words to the other side, at least once and in their order: from the table, because terminal and desk may be
 * connected to different nodes. Each listener has a lane of its own, so that one that hangs holds up no other.
 */
export function createRelay({ db, clock, log, node, links, desks, ice }: VoiceDeps): Relay {
  const lanes = new Map<string, Promise<void>>()
  let round: Promise<void> | null = null
  let again = false
  let stopped = false

  /** What waits for this node's listeners; a terminal belongs to the node that holds its connection, or held it last. */
  async function waiting(): Promise<WaitingWord[]> {
    const busy = [...lanes.keys()]
    const { rows } = await sql<WaitingWord>`
      select m.message_id, m.call_id, m.side, m.body, case m.side when 'terminal' then c.device_id else c.desk_id end as "to"
      from voice_message m join voice_call c using (call_id)
      left join device_state s on s.device_id = c.device_id
      where (m.side = 'desk' and c.desk_id = any(${desks().ids()}) and c.desk_id <> all(${busy}))
        or (m.side = 'terminal' and c.device_id <> all(${busy}) and (s.node is null or s.node = ${node} or not s.online))
      order by m.message_id limit ${BATCH}`.execute(db)
    return rows
  }

  function say(word: WaitingWord): Promise<boolean> {
    if (word.side === 'desk') return desks().say(word.to, word.body as WordToDesk)
    // Logins for the way are made when they are needed, and are not stored.
    const servers = word.body.type === 'offer' ? { iceServers: iceServers(ice, word.call_id, clock.now()) } : {}
    return links().say(word.to, { ...word.body, ...servers } as WordToTerminal)
  }

  async function deliver(words: readonly WaitingWord[]): Promise<void> {
    for (const word of words) {
      if (stopped || !(await say(word))) return
      await db.deleteFrom('voice_message').where('message_id', '=', word.message_id).execute()
    }
    // More may have come while the lane was taken.
    again = true
  }

  async function look(): Promise<void> {
    const byListener = new Map<string, WaitingWord[]>()
    for (const word of await waiting()) byListener.set(word.to, [...(byListener.get(word.to) ?? []), word])
    for (const [to, words] of byListener) {
      const lane = deliver(words)
        .catch((error: unknown) => log.warn({ err: error }, 'words of a call not delivered, trying again'))
        .finally(() => {
          lanes.delete(to)
          if (again) wake()
        })
      lanes.set(to, lane)
    }
  }

  async function run(): Promise<void> {
    do {
      again = false
      await look()
    } while (again && !stopped)
  }

  function wake(): void {
    if (stopped) return
    again = true
    round ??= run()
      .catch((error: unknown) => log.warn({ err: error }, 'words of calls not read, trying again'))
      .finally(() => {
        round = null
        // Woken between the last look and this moment.
        if (again) wake()
      })
  }

  return {
    wake,
    deliverDue: async () => {
      wake()
      // Not for the lanes: somebody who hangs must not keep this node from looking for the others' words.
      await round
    },
    dropOld: async () => {
      const before = new Date(clock.now() - KEPT_MS)
      await db.deleteFrom('voice_message').where('created_at', '<=', before).execute()
    },
    stop: async () => {
      stopped = true
      while (round !== null || lanes.size > 0) await Promise.all([round, ...lanes.values()])
    },
  }
}
