import { useQuery } from '@tanstack/react-query'
import { useLayoutEffect, useMemo, useRef } from 'react'
import type { CaseSummary } from '../../server/contract/case.ts'
import { openCasesQuery } from '../api/queries.ts'
import { useTexts } from '../i18n/i18n.ts'
import { compareCases, countByTab, holdPlaces, inTab, matches, waitingElsewhere } from './queue-order.ts'
import type { Selection } from './selection.ts'

const NONE: readonly CaseSummary[] = []

/** The list as it is shown: filtered, sorted, with the selected row and the one under the pointer held in place. */
export function useQueue(selection: Selection) {
  const { t } = useTexts()
  const query = useQuery(openCasesQuery)
  const all = query.data?.items ?? NONE
  const pointer = useRef<string | null>(null)
  const shown = useRef<{ view: string; order: readonly string[] }>({ view: '', order: [] })
  const view = `${selection.tab} ${selection.find ?? ''}`

  const rows = useMemo(() => {
    // While searching, the text is looked for in every category.
    const inView = all.filter((item) =>
      selection.find ? matches(item, selection.find, t(`kind.${item.kind}`)) : inTab(item, selection.tab),
    )
    const byId = new Map(inView.map((item) => [item.caseId, item]))
    const sorted = inView.toSorted(compareCases).map((item) => item.caseId)
    const before = shown.current.view === view ? shown.current.order : []
    const pinned = [selection.caseId, pointer.current].filter((id) => id !== null)
    return holdPlaces(sorted, before, pinned).flatMap((id) => byId.get(id) ?? [])
  }, [all, selection.tab, selection.caseId, selection.find, view, t])
  useLayoutEffect(() => {
    shown.current = { view, order: rows.map((item) => item.caseId) }
  }, [view, rows])

  const counts = useMemo(() => countByTab(all), [all])
  const elsewhere = useMemo(() => waitingElsewhere(all, rows), [all, rows])
  return { query, all, rows, counts, elsewhere, pointer }
}
