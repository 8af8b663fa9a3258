import { setTimeout as sleep } from 'node:timers/promises'
import { createPushedRows, withRows } from '../../dashboard/api/case-list.ts'
import { createCoalescer, type Timer } from '../../dashboard/api/coalesce.ts'
import { createQueueKeeper } from '../../dashboard/api/queue-keeper.ts'
import { placeInSequence } from '../../dashboard/api/sequence.ts'
import type { CasePage } from '../../dashboard/api/types.ts'
import type { CaseSummary } from '../../server/contract/case.ts'
import type { ApiClient } from '../support/app.ts'

const nodeTimer: Timer = { now: () => performance.now(), after: (ms, run) => void setTimeout(run, ms) }

/**
 * An operator's desk without a browser: the session, the socket and the requests of the console page, and the list kept by
 * the page's own code.
 */
export interface DeskClient {
  /** `caseId` → version, of the list as it stands. */
  list(): Map<string, number>
  /** When a case was first in the list, ms since the epoch. */
  since(): ReadonlyMap<string, number>
  /** When a case's first event came, ms since the epoch. */
  told(): ReadonlyMap<string, number>
  /** How often the whole list was fetched. */
  fetches(): number
  stop(): void
}

/** @param ready signs on for duty, so that cases are offered to this desk */
export async function openDesk(api: ApiClient, ready: boolean): Promise<DeskClient> {
  let items: CaseSummary[] | null = null
  const since = new Map<string, number>()
  const told = new Map<string, number>()
  const pushed = createPushedRows()
  let fetches = 0
  let last: number | null = null

  let stopped = false
  /** As the page does: what fails is asked again at its next time. After the end nothing answers any more. */
  const failed = (error: unknown) => {
    if (!stopped) process.stderr.write(`a desk's request failed: ${error}\n`)
    return false
  }

  const show = (next: CaseSummary[], changed: Iterable<string>) => {
    items = next
    const now = Date.now()
    for (const caseId of changed) if (!since.has(caseId)) since.set(caseId, now)
  }
  const fetchList = async () => {
    fetches++
    const begun = performance.now()
    const found: CaseSummary[] = []
    let cursor: string | null = null
    do {
      const after: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`
      const { status, body } = await api.get<CasePage>(`/cases?state=open&limit=500${after}`)
      if (status !== 200) return false
      found.push(...body.items)
      cursor = body.nextCursor
    } while (cursor !== null)
    const byId = new Map(found.map((one) => [one.caseId, one]))
    show(pushed.over([...byId.values()], begun), byId.keys())
    return true
  }
  const list = createCoalescer(() => fetchList().catch(failed), 100, nodeTimer)
  const stats = createCoalescer(() => api.get('/stats').then(({ status }) => status === 200, failed), 5_000, nodeTimer)
  const keeper = createQueueKeeper({
    pushed,
    apply: (changes) => items && show(withRows(items, changes), changes.keys()),
    ready: () => items !== null,
    fetchAll: list,
    hidden: () => false,
    timer: nodeTimer,
  })

  const socket = await api.desk()
  // `hello` has come already.
  socket.emit('follow')
  socket.on('rows', keeper.rows)
  socket.on('case', (event, acknowledge) => {
    const place = placeInSequence(event.seq, last ?? event.seq - 1)
    last = Math.max(last ?? 0, event.seq)
    if (!told.has(event.caseId)) told.set(event.caseId, Date.now())
    void stats()
    void (place === 'gap' ? list() : keeper.changed(event)).then((ok) => {
      if (ok) acknowledge()
    })
  })
  socket.on('offer', (_offer, acknowledge) => acknowledge())
  await list()
  if (ready) await api.post('/desk/status', { status: 'ready' })

  // The page's regular requests, each desk at its own time.
  const every = (ms: number, run: () => Promise<unknown>) => {
    let timer = setTimeout(async function again() {
      await run().catch(failed)
      if (!stopped) timer = setTimeout(again, ms)
    }, Math.random() * ms)
    return () => clearTimeout(timer)
  }
  const stops = [
    every(20_000, list),
    every(10_000, stats),
    every(10_000, () => api.get('/desk/duty')),
    every(5_000, () => api.get('/handovers/inbox')),
    every(60_000, () => api.get('/desk/settings')),
  ]
  return {
    list: () => new Map(items?.map(({ caseId, version }) => [caseId, version])),
    since: () => since,
    told: () => told,
    fetches: () => fetches,
    stop: () => {
      stopped = true
      for (const stop of stops) stop()
      socket.disconnect()
    },
  }
}

/** Accounts of operators, each signed in. */
export async function openAccounts(admin: ApiClient, count: number): Promise<{ username: string; password: string }[]> {
  const made: { username: string; password: string }[] = []
  for (let n = 0; n < count; n++) {
    const username = `desk-${String(n).padStart(2, '0')}`
    const { status, body } = await admin.post<{ password: string }>('/users', {
      username,
      displayName: `坐席 ${n}`,
      role: 'operator',
    })
    if (status !== 201) throw new Error(`account ${username}: ${status} ${JSON.stringify(body)}`)
    made.push({ username, password: body.password })
    await sleep(0)
  }
  return made
}
