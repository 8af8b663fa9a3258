import { memo, type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { CaseSummary } from '../../server/contract/case.ts'
import { useTexts } from '../i18n/i18n.ts'
import { Age, Countdown } from '../ui/ticking.tsx'
import { CertaintyMark, RowMarks } from './certainty.tsx'
import { isWaiting } from './queue-order.ts'
import { urgencyOf } from './tone.ts'
import { scrollToRow, windowRows } from './window-rows.ts'
import { rowText, titleText, whoText } from './words.ts'

export const ROW_HEIGHT = 82

/** Whose turn it is; null: everybody's. */
export interface Offered {
  to: string | null
}

interface RowProps {
  item: CaseSummary
  index: number
  selected: boolean
  fresh: boolean
  /** To whom it is offered, or that it is open to all. */
  offered: Offered | undefined
}

/** One alarm. Redrawn only when its own data changes; its age counts without React. */
const QueueRow = memo(function QueueRow({ item, index, selected, fresh, offered }: RowProps) {
  const { t } = useTexts()
  const urgency = urgencyOf(item)
  const age = item.residentAge === null ? '' : `, ${item.residentAge}`
  return (
    <div
      id={`case-${item.caseId}`}
      role="option"
      tabIndex={-1}
      aria-selected={selected}
      className="queue-row"
      data-testid="queue-row"
      data-case-id={item.caseId}
      data-state={item.state}
      data-urgency={urgency}
      data-fresh={fresh || undefined}
      data-quiet={item.suppressed ? true : undefined}
      style={{ transform: `translateY(${index * ROW_HEIGHT}px)`, height: ROW_HEIGHT }}
    >
      <div className="queue-row-head">
        <span className="queue-title">
          <span className="queue-title-text">{titleText(item, t)}</span>
          {item.state === 'new' && item.certainty === 'possible' ? <CertaintyMark certainty="possible" /> : null}
          {item.holdUntil ? <Countdown until={item.holdUntil} className="queue-hold" /> : null}
          {item.signalCount > 1 && item.state === 'new' ? (
            <span className="queue-times">{t('queue.times', { n: item.signalCount })}</span>
          ) : null}
        </span>
        {isWaiting(item) ? <Age since={item.openedAt} waiting={item.category} /> : <Age since={item.openedAt} />}
      </div>
      <div className="queue-who">
        <span className="queue-who-text">
          {whoText(item, t)}
          {age}
          {item.state === 'new' ? null : <span className="queue-kind"> · {t(`kind.${item.kind}`)}</span>}
        </span>
        {item.state !== 'new' && item.certainty === 'possible' ? <CertaintyMark certainty="possible" /> : null}
        <RowMarks item={item} />
      </div>
      <div className="queue-where">
        {offered ? (
          <span className="queue-offered" data-testid="queue-offered" data-open={offered.to === null || undefined}>
            {offered.to === null ? t('offer.openToAll') : t('offer.to', { name: offered.to })}
          </span>
        ) : null}
        {rowText(item, t)}
      </div>
    </div>
  )
})

interface QueueProps {
  items: readonly CaseSummary[]
  selectedId: string | null
  fresh: ReadonlySet<string>
  offered: ReadonlyMap<string, Offered>
  listRef: RefObject<HTMLDivElement | null>
  onSelect(caseId: string): void
  onPointer(caseId: string | null): void
}

/** The list: only the rows in view exist, so that 500 open cases cost no more than ten. */
export function Queue({ items, selectedId, fresh, offered, listRef, onSelect, onPointer }: QueueProps) {
  const { t } = useTexts()
  const [view, setView] = useState({ top: 0, height: 800 })
  const frame = useRef(0)
  const measure = useCallback(() => {
    cancelAnimationFrame(frame.current)
    frame.current = requestAnimationFrame(() => {
      const list = listRef.current
      if (list) setView({ top: list.scrollTop, height: list.clientHeight })
    })
  }, [listRef])
  useLayoutEffect(() => {
    const list = listRef.current
    if (!list) return
    setView({ top: list.scrollTop, height: list.clientHeight })
    const observer = new ResizeObserver(measure)
    observer.observe(list)
    return () => observer.disconnect()
  }, [listRef, measure])

  const at = selectedId === null ? -1 : items.findIndex((item) => item.caseId === selectedId)
  const follow = useRef(selectedId)
  useEffect(() => {
    // Scrolls only after the operator chose another row, never because the list changed.
    if (follow.current === selectedId || at < 0) return
    follow.current = selectedId
    const list = listRef.current
    const top = list && scrollToRow(at, ROW_HEIGHT, list.scrollTop, list.clientHeight)
    if (list && top !== null) list.scrollTop = top
  }, [selectedId, at, listRef])

  const idOf = (target: EventTarget) =>
    target instanceof Element ? (target.closest<HTMLElement>('[data-case-id]')?.dataset.caseId ?? null) : null
  const { first, last } = windowRows(items.length, ROW_HEIGHT, view.top, view.height)
  return (
    <div
      ref={listRef}
      className="queue-list"
      role="listbox"
      tabIndex={0}
      aria-label={t('queue.label')}
      aria-activedescendant={at >= first && at < last ? `case-${selectedId}` : undefined}
      onScroll={measure}
      onClick={(event) => {
        const id = idOf(event.target)
        if (id) onSelect(id)
      }}
      onKeyDown={(event) => {
        const edge = event.key === 'Home' ? items[0] : event.key === 'End' ? items.at(-1) : undefined
        if (edge) onSelect(edge.caseId)
      }}
      onPointerOver={(event) => onPointer(idOf(event.target))}
      onPointerLeave={() => onPointer(null)}
    >
      <div className="queue-space" style={{ height: items.length * ROW_HEIGHT }}>
        {items.slice(first, last).map((item, offset) => (
          <QueueRow
            key={item.caseId}
            item={item}
            index={first + offset}
            selected={item.caseId === selectedId}
            fresh={fresh.has(item.caseId)}
            offered={offered.get(item.caseId)}
          />
        ))}
      </div>
    </div>
  )
}
