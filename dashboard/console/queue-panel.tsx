import { Button } from 'antd'
import type { ReactNode, RefObject } from 'react'
import type { CaseSummary } from '../../server/contract/case.ts'
import { MOST_OPEN } from '../api/queries.ts'
import { useTexts } from '../i18n/i18n.ts'
import { Key } from '../ui/key.tsx'
import { EmptyState, ErrorState, LateSkeleton } from '../ui/states.tsx'
import { type Offered, Queue } from './queue.tsx'
import { TABS, type Tab, type TabCount } from './queue-order.ts'
import type { Selection, SelectionAction } from './selection.ts'
import { urgencyOf } from './tone.ts'
import { errorText, whereText, whoText } from './words.ts'

interface Props {
  selection: Selection
  dispatch(action: SelectionAction): void
  items: readonly CaseSummary[]
  counts: Record<Tab, TabCount>
  /** Emergencies that wait and that the list does not show. */
  elsewhere: readonly CaseSummary[]
  fresh: ReadonlySet<string>
  offered: ReadonlyMap<string, Offered>
  /** What is offered to this desk, over the list. */
  offer: ReactNode
  newest: CaseSummary | null
  truncated: boolean
  loading: boolean
  error: Error | null
  listRef: RefObject<HTMLDivElement | null>
  findRef: RefObject<HTMLInputElement | null>
  onSelect(caseId: string): void
  onOpen(item: CaseSummary): void
  onPointer(caseId: string | null): void
  onRetry(): void
}

/** Left column: categories, find, the queue, the keys that matter here. */
export function QueuePanel(props: Props) {
  const { t } = useTexts()
  const { selection, dispatch, items } = props
  return (
    <nav className="queue" aria-label={t('queue.label')}>
      <div className="queue-tabs" role="tablist" aria-label={t('queue.label')}>
        {TABS.map((tab) => (
          <TabButton
            key={tab}
            tab={tab}
            count={props.counts[tab]}
            active={tab === selection.tab}
            onChoose={() => dispatch({ type: 'tab', tab })}
          />
        ))}
      </div>
      {props.offer}
      {selection.find === null ? null : (
        <input
          ref={props.findRef}
          className="queue-find"
          data-testid="queue-find"
          type="search"
          aria-label={t('queue.findLabel')}
          placeholder={t('queue.findLabel')}
          value={selection.find}
          onChange={(event) => dispatch({ type: 'find', text: event.target.value })}
          onKeyDown={(event) => {
            if (event.key === 'Escape') dispatch({ type: 'find', text: null })
            if (event.key !== 'Enter' && event.key !== 'ArrowDown') return
            event.preventDefault()
            const first = items[0]
            if (first) props.onSelect(first.caseId)
            props.listRef.current?.focus()
          }}
        />
      )}
      {props.truncated ? <p className="queue-more">{t('queue.more', { n: MOST_OPEN })}</p> : null}
      <div className="queue-body">
        <Body {...props} />
      </div>
      <Foot {...props} />
    </nav>
  )
}

/** One strip at the foot, so that no row is covered or moved. An emergency that the list hides comes before all else. */
function Foot({ elsewhere, newest, onOpen }: Props) {
  const [first] = elsewhere
  if (first) return <Elsewhere first={first} count={elsewhere.length} onOpen={onOpen} />
  return newest ? <NewAlarm item={newest} onOpen={onOpen} /> : <KeyHints />
}

/** Stays until somebody has them or the list shows them; a press goes to the most urgent one. */
function Elsewhere(props: { first: CaseSummary; count: number; onOpen(item: CaseSummary): void }) {
  const { t } = useTexts()
  const { first, count } = props
  return (
    <button
      type="button"
      className="queue-new"
      data-testid="emergency-elsewhere"
      data-urgency="emergency"
      onClick={() => props.onOpen(first)}
    >
      <span className="queue-new-kind">⚠ {t('queue.elsewhere', { n: count })}</span>
      <span className="queue-new-who">
        {t(`kind.${first.kind}`)} · {whoText(first, t)}
      </span>
      <Key name="N" />
    </button>
  )
}

function KeyHints() {
  const { t } = useTexts()
  return (
    <div className="queue-keys">
      <span>
        <Key name="↑" />
        <Key name="↓" /> {t('queue.select')}
      </span>
      <span>
        <Key name={t('keys.space')} /> {t('queue.claim')}
      </span>
      <span>
        <Key name="N" /> {t('queue.next')}
      </span>
      <span>
        <Key name="/" /> {t('queue.find')}
      </span>
    </div>
  )
}

/** What just came in, wherever in the list it stands: in a flood a new alarm may be far below or in another category. */
function NewAlarm({ item, onOpen }: { item: CaseSummary; onOpen(item: CaseSummary): void }) {
  const { t } = useTexts()
  return (
    <button
      type="button"
      className="queue-new"
      data-testid="new-alarm"
      data-case-id={item.caseId}
      data-urgency={urgencyOf(item)}
      onClick={() => onOpen(item)}
    >
      <span className="queue-new-kind">
        {t('common.new')} · {t(`kind.${item.kind}`)}
      </span>
      <span className="queue-new-who">
        {whoText(item, t)} · {whereText(item)}
      </span>
    </button>
  )
}

function TabButton(props: { tab: Tab; count: TabCount; active: boolean; onChoose(): void }) {
  const { t } = useTexts()
  const { tab, count, active } = props
  const waiting = count.waiting > 0
  return (
    <button
      type="button"
      role="tab"
      aria-selected={active}
      className="queue-tab"
      data-category={tab}
      data-waiting={waiting || undefined}
      data-testid={`queue-tab-${tab}`}
      title={waiting ? t('queue.waitingIn', { category: t(`queue.tab.${tab}`), n: count.waiting }) : undefined}
      onClick={props.onChoose}
    >
      {t(`queue.tab.${tab}`)}
      <span className="queue-tab-figures">
        <b>{count.total}</b>
        {waiting ? <small>{t('queue.waitingShort', { n: count.waiting })}</small> : null}
      </span>
    </button>
  )
}

function Body(props: Props) {
  const { t } = useTexts()
  const { selection, items } = props
  if (props.error && items.length === 0) {
    return (
      <ErrorState
        title={t('queue.failed')}
        text={t('queue.failedText', { what: errorText(props.error, t) })}
        onRetry={props.onRetry}
      />
    )
  }
  if (props.loading) return <LateSkeleton rows={6} />
  if (items.length === 0 && selection.find) {
    return (
      <EmptyState title={t('queue.noMatch', { text: selection.find })}>
        <Button onClick={() => props.dispatch({ type: 'find', text: null })}>{t('queue.clearFind')}</Button>
      </EmptyState>
    )
  }
  if (items.length === 0) {
    return (
      <EmptyState
        title={
          selection.tab === 'all'
            ? t('queue.noneAtAll')
            : t('queue.none', { category: t(`queue.tab.${selection.tab}`) })
        }
        text={t('queue.noneText')}
      />
    )
  }
  return (
    <Queue
      items={items}
      selectedId={selection.caseId}
      fresh={props.fresh}
      offered={props.offered}
      listRef={props.listRef}
      onSelect={props.onSelect}
      onPointer={props.onPointer}
    />
  )
}
