import { useCallback, useEffect, useRef, useState } from 'react'
import type { CaseSummary } from '../../server/contract/case.ts'
import { connection } from '../api/connection.ts'
import { useTexts } from '../i18n/i18n.ts'
import { setTone } from '../ui/sound.ts'
import { useStore } from '../ui/store.ts'
import { compareCases, isWaiting } from './queue-order.ts'
import { soundFor } from './tone.ts'
import { whereText, whoText } from './words.ts'

/** Rings while something waits or the line is down. */
export function useSound(items: readonly CaseSummary[], offered: boolean): void {
  const lost = useStore(connection).state === 'lost'
  const tone = soundFor(items, lost, offered)
  useEffect(() => {
    setTone(tone)
  }, [tone])
  useEffect(() => () => setTone('none'), [])
}

/** `(2) 安护 · 呼叫中心`, flashing while an emergency waits: seen in the row of tabs. */
export function useTitle(items: readonly CaseSummary[]): void {
  const { t } = useTexts()
  const waiting = items.filter(isWaiting).length
  const emergency = items.some((item) => isWaiting(item) && item.category === 'emergency')
  useEffect(() => {
    const calm = waiting > 0 ? `(${waiting}) ${t('app.title')}` : t('app.title')
    document.title = calm
    if (!emergency) return
    let loud = false
    const timer = setInterval(() => {
      loud = !loud
      document.title = loud ? `(${waiting}) ● ${t('category.emergency')}` : calm
    }, 1000)
    return () => clearInterval(timer)
  }, [waiting, emergency, t])
}

const FRESH_MS = 8000
/** Marks go together, so that a storm's do not redraw the desk once for each alarm. */
const SWEEP_MS = 1000

/**
 * Alarms that arrived since the list was first shown: marked for a few seconds and read out by screen readers.
 * @param items undefined while the list has never been fetched
 */
export function useNewAlarms(items: readonly CaseSummary[] | undefined): {
  fresh: ReadonlySet<string>
  /** The most urgent of the last that arrived, for as long as it is fresh. */
  newest: CaseSummary | null
  announcement: string
} {
  const { t } = useTexts()
  const known = useRef<Set<string> | null>(null)
  const [fresh, setFresh] = useState<ReadonlySet<string>>(new Set())
  const since = useRef(new Map<string, number>())
  const sweep = useRef<ReturnType<typeof setInterval>>(undefined)
  const stopSweep = useCallback(() => {
    clearInterval(sweep.current)
    sweep.current = undefined
  }, [])
  useEffect(() => stopSweep, [stopSweep])
  const [newest, setNewest] = useState<CaseSummary | null>(null)
  const [announcement, setAnnouncement] = useState('')
  useEffect(() => {
    if (!items) return
    const before = known.current
    // What was suppressed or on hold and waits again, is news.
    known.current = new Set(items.filter(isWaiting).map((item) => item.caseId))
    if (!before) return
    const arrived = items.filter((item) => isWaiting(item) && !before.has(item.caseId))
    if (arrived.length === 0) return
    const ids = arrived.map((item) => item.caseId)
    const now = Date.now()
    for (const id of ids) since.current.set(id, now)
    setFresh(new Set(since.current.keys()))
    sweep.current ??= setInterval(() => {
      const over = [...since.current].filter(([, at]) => Date.now() - at >= FRESH_MS)
      if (over.length === 0) return
      for (const [id] of over) since.current.delete(id)
      setFresh(new Set(since.current.keys()))
      if (since.current.size === 0) stopSweep()
    }, SWEEP_MS)
    setNewest(arrived.toSorted(compareCases)[0] ?? null)
    setAnnouncement(
      arrived
        .slice(0, 3)
        .map((item) =>
          t('queue.announce', {
            category: t(`category.${item.category}`),
            kind: t(`kind.${item.kind}`),
            who: whoText(item, t),
            place: whereText(item),
          }),
        )
        .join(' '),
    )
  }, [items, t, stopSweep])
  // Taken by somebody meanwhile: no longer news.
  const stillNew =
    newest !== null &&
    fresh.has(newest.caseId) &&
    items?.some((item) => item.caseId === newest.caseId && isWaiting(item))
  return { fresh, newest: stillNew ? newest : null, announcement }
}
