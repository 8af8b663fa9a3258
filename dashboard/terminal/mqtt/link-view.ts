/** What the person has to know of the connection. */
export type LinkState = 'connecting' | 'online' | 'no_network' | 'unreachable' | 'refused'

export interface LinkView {
  state: LinkState
  /** Ms since the epoch: connected, or without connection, since then. Failed attempts don't begin anew. */
  since: number
}

/** The view after the link has told its state. */
export function linkAfter(before: LinkView, state: LinkState, now: number): LinkView {
  if (state === before.state) return before
  const isSameOutage = state !== 'online' && before.state !== 'online'
  return { state, since: isSameOutage ? before.since : now }
}
