import { type QueryKey, useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import type { CheckState, OutageResident } from '../../server/contract/watch.ts'
import { checkResident, OUTAGES_KEY, type PageOf } from '../api/watch-queries.ts'
import { errorText } from '../console/words.ts'
import { useTexts } from '../i18n/i18n.ts'
import { type KeyMap, useKeys } from '../ui/keys.ts'

/** What may be recorded, by its key. */
export const RESULTS = ['reached', 'unreachable', 'not_needed'] as const satisfies readonly CheckState[]
export type Result = (typeof RESULTS)[number]

interface Failure {
  residentId: string
  name: string
  why: string
}

export interface Checks {
  selected: string | null
  failed: readonly Failure[]
  /** Being recorded. */
  busy: ReadonlySet<string>
  select(residentId: string): void
  noteOf(residentId: string): string
  setNote(residentId: string, text: string): void
  record(residentId: string, state: Result): void
}

/** The element of a resident's note, for the key that leads to it. */
export const noteId = (residentId: string): string => `check-note-${residentId}`

/**
 * Recording of results: shown at once, taken back with the reason when the server did not take it. The row stays where it
 * is and the next one is chosen.
 */
export function useChecks(outageId: number, queryKey: QueryKey, rows: readonly OutageResident[]): Checks {
  const { t } = useTexts()
  const client = useQueryClient()
  const [selected, select] = useState<string | null>(null)
  const [failed, setFailed] = useState<readonly Failure[]>([])
  const [notes, setNotes] = useState<Readonly<Record<string, string>>>({})
  const [busy, setBusy] = useState<ReadonlySet<string>>(new Set())
  const running = useRef(new Set<string>())

  const put = (row: OutageResident) =>
    client.setQueryData<PageOf<OutageResident>>(queryKey, (page) =>
      page === undefined
        ? page
        : { ...page, items: page.items.map((one) => (one.residentId === row.residentId ? row : one)) },
    )
  const move = (by: 1 | -1, from = selected) => {
    const at = rows.findIndex((row) => row.residentId === from)
    const next = rows[at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + by))]
    if (next === undefined) return
    select(next.residentId)
    document.querySelector(`[data-row-key="${CSS.escape(next.residentId)}"]`)?.scrollIntoView({ block: 'nearest' })
  }
  const record = (residentId: string, state: Result) => {
    const before = rows.find((row) => row.residentId === residentId)
    if (before === undefined || running.current.has(residentId)) return
    running.current.add(residentId)
    setBusy(new Set(running.current))
    setFailed((all) => all.filter((one) => one.residentId !== residentId))
    const note = (notes[residentId] ?? '').trim()
    put({ ...before, state, note: note === '' ? null : note, by: null, at: null })
    move(1, residentId)
    checkResident(outageId, residentId, { state, ...(note === '' ? {} : { note }) })
      .then((row) => {
        put(row)
        setNotes(({ [residentId]: _, ...others }) => others)
      })
      .catch((error: unknown) => {
        put(before)
        setFailed((all) => [...all, { residentId, name: before.name, why: errorText(error, t) }])
      })
      .finally(() => {
        running.current.delete(residentId)
        setBusy(new Set(running.current))
        void client.invalidateQueries({ queryKey: OUTAGES_KEY })
      })
  }
  const keys: KeyMap = new Map<string, () => void>([
    ['ArrowDown', () => move(1)],
    ['ArrowUp', () => move(-1)],
    ['M', () => selected !== null && document.getElementById(noteId(selected))?.focus()],
    ...RESULTS.map((state, n): [string, () => void] => [
      `${n + 1}`,
      () => {
        if (selected !== null) record(selected, state)
      },
    ]),
  ])
  useKeys(keys, true)
  return {
    selected,
    failed,
    busy,
    select,
    noteOf: (residentId) => notes[residentId] ?? '',
    setNote: (residentId, text) => setNotes((all) => ({ ...all, [residentId]: text })),
    record,
  }
}
