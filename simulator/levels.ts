import type { Protocol } from '../server/contract/device.ts'
import type { EventType } from '../server/contract/signal.ts'
import type { Entry, Journal } from './journal.ts'

/** What is sent less than so long before a connection is lost, without an acknowledgement, may or may not arrive. */
export const DOUBT_MS = 5_000

/** One value of a condition that a device repeats, and what the platform is to record when it is entered. */
export interface LevelValue {
  value: string
  type: EventType | null
}

interface Sent {
  at: number
  value: string
  entry: Entry | null
}

interface LevelState {
  /** What the platform may hold without what is in `recent`; null: nothing is known of that. */
  known: ReadonlySet<string> | null
  /** Changes that went out on this connection and are not beyond doubt, oldest first. */
  recent: Sent[]
  /** What was in doubt when the last connection was lost. */
  doubtful: readonly Sent[]
}

/**
 * What goes out without an acknowledgement. Messages arrive in order while a connection lives, so only those just before
 * its loss are in doubt. For conditions that are repeated in every message it keeps count of what the platform may hold,
 * and so of what will be news to it.
 */
export class Unconfirmed {
  readonly #protocol: Protocol
  readonly #journal: Journal
  readonly #levels = new Map<string, LevelState>()
  #events: Entry[] = []

  constructor(protocol: Protocol, journal: Journal) {
    this.#protocol = protocol
    this.#journal = journal
  }

  /** An occurrence goes out now. */
  event(deviceId: string, type: EventType, at: number): Entry {
    const entry = this.#journal.tell({ deviceId, protocol: this.#protocol, type, at })
    this.#events = this.#events.filter((earlier) => isInDoubt(earlier, at))
    this.#events.push(entry)
    return entry
  }

  /** A condition goes out now, for the first time or again. @returns the entry if it may be news */
  level(deviceId: string, level: string, { value, type }: LevelValue, at: number): Entry | null {
    const key = `${deviceId}\n${level}`
    const state = this.#levels.get(key) ?? { known: null, recent: [], doubtful: [] }
    this.#levels.set(key, state)
    settle(state, at)
    const newest = state.recent.at(-1)
    if (newest ? newest.value === value : state.known?.size === 1 && state.known.has(value)) return null
    const entry = this.#again(state, value, newest, at) ?? this.#news(deviceId, state, { value, type }, newest, at)
    state.recent.push({ at, value, entry })
    state.doubtful = []
    return entry
  }

  /** A will: told by the broker when the connection ends. `isSure` false: it may have had no time for that. */
  will(deviceId: string, level: string, value: LevelValue, at: number, isSure: boolean): void {
    this.level(deviceId, level, value, at)
    if (!isSure) this.lost(at)
  }

  /** The connection was lost: what went out just before is in doubt. */
  lost(at: number): void {
    for (const entry of this.#events) if (isInDoubt(entry, at)) doubt(entry)
    this.#events = []
    for (const state of this.#levels.values()) {
      settle(state, at)
      if (state.recent.length === 0) continue
      for (const { entry } of state.recent) if (entry) doubt(entry)
      if (state.known !== null) state.known = new Set([...state.known, ...state.recent.map(({ value }) => value)])
      state.doubtful = state.recent
      state.recent = []
    }
  }

  /** Told just before the loss and again now: one of the two arrives, and it is recorded once. */
  #again(state: LevelState, value: string, newest: Sent | undefined, at: number): Entry | null {
    const [only, ...others] = state.doubtful
    if (newest || !only?.entry || others.length > 0 || only.value !== value || only.entry.fate !== 'doubtful')
      return null
    only.entry.fate = 'due'
    only.entry.until = at
    return only.entry
  }

  #news(deviceId: string, { known }: LevelState, { value, type }: LevelValue, newest: Sent | undefined, at: number) {
    if (type === null) return null
    const isCertain = newest !== undefined || (known !== null && !known.has(value))
    const fate = isCertain ? 'due' : 'possible'
    return this.#journal.tell({ deviceId, protocol: this.#protocol, type, at, fate })
  }
}

const isInDoubt = ({ acknowledged, until }: Entry, now: number): boolean => !acknowledged && until > now - DOUBT_MS

function doubt(entry: Entry): void {
  if (entry.fate === 'due') entry.fate = 'doubtful'
}

/** What is beyond doubt by now is what the platform holds. */
function settle(state: LevelState, now: number): void {
  const isSettled = ({ at, entry }: Sent) => (entry ? !isInDoubt(entry, now) : at <= now - DOUBT_MS)
  const last = state.recent.findLastIndex(isSettled)
  const settled = state.recent[last]
  if (!settled) return
  state.known = new Set([settled.value])
  state.recent.splice(0, last + 1)
}
