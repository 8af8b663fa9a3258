import type { SignalType } from '../../server/contract/signal.ts'
import type { Entry } from '../journal.ts'

/** A signal as the platform has recorded it. */
export interface Recorded {
  deviceId: string
  messageId: string
  type: SignalType
  /** Ms since the epoch. */
  receivedAt: number
}

export interface Matching {
  matched: ReadonlyMap<Entry, Recorded>
  /** Recorded, and told by nobody. */
  extra: readonly Recorded[]
}

/** Answers to commands are recorded as signals as well; they are not what devices tell by themselves. */
const ANSWERS: ReadonlySet<string> = new Set(['command_reply'])

/**
 * Finds for each thing told the signal that was recorded of it, one each: by the id where the protocol has one, else by
 * device, type and time of receipt. As many as possible of what is due are matched, and then as much as possible of what
 * was recorded.
 * @param slackMs by which the two clocks may differ, and by which a busy platform may be late
 */
export function match(told: readonly Entry[], recorded: readonly Recorded[], slackMs: number): Matching {
  const matched = new Map<Entry, Recorded>()
  const rest = new Set(recorded.filter(({ type }) => !ANSWERS.has(type)))
  const byId = new Map([...rest].map((signal) => [`${signal.deviceId}\n${signal.messageId}`, signal]))
  for (const entry of told) {
    if (entry.messageId === null) continue
    const signal = byId.get(`${entry.deviceId}\n${entry.messageId}`)
    if (signal?.type !== entry.type || !rest.delete(signal)) continue
    matched.set(entry, signal)
  }
  const groups = groupBy([...rest], key)
  for (const [name, entries] of groupBy(
    told.filter(({ messageId }) => messageId === null),
    key,
  )) {
    const signals = groups.get(name) ?? []
    for (const [entry, signal] of matchByTime(entries, signals, slackMs)) {
      matched.set(entry, signal)
      rest.delete(signal)
    }
  }
  return { matched, extra: [...rest] }
}

const key = ({ deviceId, type }: { deviceId: string; type: SignalType }): string => `${deviceId}\n${type}`

function groupBy<T>(items: readonly T[], name: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const group = groups.get(name(item))
    if (group) group.push(item)
    else groups.set(name(item), [item])
  }
  return groups
}

/**
 * A maximum matching by augmenting paths (Kuhn): what is matched once stays matched, so doing first what is due and then
 * what was recorded gives the most of both (Mendelsohn and Dulmage).
 */
function matchByTime(entries: readonly Entry[], signals: readonly Recorded[], slackMs: number): Map<Entry, Recorded> {
  const inTime = signals.toSorted((a, b) => a.receivedAt - b.receivedAt)
  const ofEntry = new Map<Entry, Recorded>()
  const ofSignal = new Map<Recorded, Entry>()
  const fits = ({ from, until }: Entry, { receivedAt }: Recorded) =>
    receivedAt >= from - slackMs && receivedAt <= until + slackMs
  const pair = (entry: Entry, signal: Recorded) => {
    ofEntry.set(entry, signal)
    ofSignal.set(signal, entry)
  }
  /** Finds the entry a signal, moving others where needed. */
  const place = (entry: Entry, tried: Set<Recorded>): boolean => {
    for (const signal of inTime) {
      if (tried.has(signal) || !fits(entry, signal)) continue
      tried.add(signal)
      const holder = ofSignal.get(signal)
      if (holder && !place(holder, tried)) continue
      pair(entry, signal)
      return true
    }
    return false
  }
  /** Finds the signal an entry, the same way from the other side. */
  const explain = (signal: Recorded, tried: Set<Entry>): boolean => {
    for (const entry of byTime) {
      if (tried.has(entry) || !fits(entry, signal)) continue
      tried.add(entry)
      const held = ofEntry.get(entry)
      if (held && !explain(held, tried)) continue
      pair(entry, signal)
      return true
    }
    return false
  }
  const byTime = entries.toSorted((a, b) => a.from - b.from)
  // The usual case needs no search: each in its turn.
  const due = byTime.filter(({ fate }) => fate === 'due')
  for (const entry of due) {
    const free = inTime.find((signal) => !ofSignal.has(signal) && fits(entry, signal))
    if (free) pair(entry, free)
  }
  for (const entry of due) if (!ofEntry.has(entry)) place(entry, new Set())
  for (const signal of inTime) if (!ofSignal.has(signal)) explain(signal, new Set())
  return ofEntry
}
