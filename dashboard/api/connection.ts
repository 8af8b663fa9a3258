import { createStore } from '../ui/store.ts'

/** What the desk knows about its line to the server. */
export interface Connection {
  state: 'connecting' | 'online' | 'lost'
  /** Ms since the epoch on the desk's clock (the server's can't be asked now), when it was lost. */
  lostAt: number | null
  /** Attempts since it was lost. */
  attempts: number
}

export const connection = createStore<Connection>({
  state: 'connecting',
  lostAt: null,
  attempts: 0,
})

/** The push line is up. */
export function markOnline(): void {
  connection.set({ ...connection.get(), state: 'online', lostAt: null, attempts: 0 })
}

/** The push line is down; keeps the time of the first loss. */
export function markLost(now: number): void {
  const current = connection.get()
  connection.set({ ...current, state: 'lost', lostAt: current.lostAt ?? now })
}

export function countAttempt(): void {
  const current = connection.get()
  connection.set({ ...current, attempts: current.attempts + 1 })
}
