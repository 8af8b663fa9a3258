import { useQuery } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useReducer, useRef, useState } from 'react'
import type { Session } from '../../server/contract/api.ts'
import type { CaseSummary } from '../../server/contract/case.ts'
import { connection } from '../api/connection.ts'
import { useLive } from '../api/live.ts'
import { caseQuery, queryClient } from '../api/queries.ts'
import { useTexts } from '../i18n/i18n.ts'
import { ChangePassword } from '../ui/change-password.tsx'
import { useKeys } from '../ui/keys.ts'
import { EmptyState } from '../ui/states.tsx'
import { useStore } from '../ui/store.ts'
import { ConnectionBar, SoundBar } from './bars.tsx'
import { CaseDialog } from './case-dialog.tsx'
import { CaseView } from './case-view.tsx'
import { InboxBar } from './company/inbox-bar.tsx'
import { KeysOverlay } from './keys-overlay.tsx'
import { type DeskAction, permittedActions } from './permitted.ts'
import { type Answer, protocolOf } from './protocol-steps.ts'
import { isWaiting, nextWaiting } from './queue-order.ts'
import { QueuePanel } from './queue-panel.tsx'
import { initialSelection, keepTab, keptTab, reduceSelection, tabBeside } from './selection.ts'
import { Side } from './side.tsx'
import { TopBar } from './top-bar.tsx'
import { useNewAlarms, useSound, useTitle } from './use-alarm.ts'
import { useCommands } from './use-commands.ts'
import { useQueue } from './use-queue.ts'
import './console.css'

const NO_ACTIONS: ReadonlySet<DeskAction> = new Set()

/** The operator's console. */
export function ConsolePage({ session }: { session: Session }) {
  const { t } = useTexts()
  const live = useLive()
  const [selection, dispatch] = useReducer(reduceSelection, initialSelection, (start) => ({
    ...start,
    tab: keptTab(localStorage),
  }))
  const { query, all, rows, counts, elsewhere, pointer } = useQueue(selection)
  const { act, submit, dialog, closeDialog, busy } = useCommands()
  const [overlay, setOverlay] = useState<'keys' | 'password' | null>(null)
  const listRef = useRef<HTMLDivElement>(null)
  const findRef = useRef<HTMLInputElement>(null)
  const { fresh, newest, announcement } = useNewAlarms(query.data?.items)
  useSound(all)
  useTitle(all)
  useEffect(() => keepTab(localStorage, selection.tab), [selection.tab])

  const lost = useStore(connection).state === 'lost'
  const inList = all.find((item) => item.caseId === selection.caseId)
  const { data: detail } = useQuery({ ...caseQuery(selection.caseId ?? ''), enabled: selection.caseId !== null })
  const item = newer(inList, detail?.case)
  const permitted = useMemo(() => (item ? permittedActions(item, session.userId) : NO_ACTIONS), [item, session.userId])
  const disabled = lost || busy

  const select = useCallback((caseId: string) => dispatch({ type: 'select', caseId }), [])
  const onPointer = useCallback(
    (caseId: string | null) => {
      pointer.current = caseId
    },
    [pointer],
  )
  const open = useCallback(
    (item: CaseSummary) => dispatch({ type: 'open', caseId: item.caseId, category: item.category }),
    [],
  )
  const openKeys = useCallback(() => setOverlay('keys'), [])
  const openPassword = useCallback(() => setOverlay('password'), [])
  const closeOverlay = () => setOverlay(null)
  const onAction = (action: DeskAction) => {
    if (item && !disabled && permitted.has(action)) act(item, action)
  }
  const onAnswer = ({ action, outcome, noAnswer }: Answer) => {
    if (!item || disabled || !permitted.has(action)) return
    act(item, action, { ...(outcome ? { outcome } : {}), ...(noAnswer ? { text: t('protocol.presetNoAnswer') } : {}) })
  }
  const focusList = () => listRef.current?.focus({ preventScroll: true })
  const order = () => rows.map((row) => row.caseId)
  const beside = (by: number) => dispatch({ type: 'tab', tab: tabBeside(selection.tab, by) })
  const next = () => {
    const found = nextWaiting(all, selection.caseId)
    if (found) open(found)
    focusList()
  }
  const move = (by: 1 | -1) => {
    dispatch({ type: 'move', by, order: order() })
    focusList()
  }
  const first = (...actions: DeskAction[]) => {
    const action = actions.find((candidate) => permitted.has(candidate))
    if (action) onAction(action)
  }
  const answers = item && detail ? protocolOf(item, detail.log).answers.filter((a) => permitted.has(a.action)) : []
  const openFind = () => {
    dispatch({ type: 'find', text: '' })
    requestAnimationFrame(() => findRef.current?.focus())
  }
  const keys = new Map<string, () => void>([
    ['ArrowDown', () => move(1)],
    ['ArrowUp', () => move(-1)],
    ['ArrowRight', () => beside(1)],
    ['ArrowLeft', () => beside(-1)],
    // With nothing open the first press shows the most urgent one, the second claims it.
    [' ', () => (item ? first('claim', 'resume') : next())],
    ['N', next],
    ['D', () => first('dispatch')],
    ['A', () => first('arrive')],
    ['M', () => first('note')],
    ['H', () => first('hold')],
    ['T', () => first('takeover')],
    ['R', () => first('reopen')],
    ['E', () => first('resolve', 'close')],
    ['/', openFind],
    ['?', openKeys],
    ['Escape', () => dispatch({ type: 'find', text: null })],
    ...answers.map((answer, index) => [String(index + 1), () => onAnswer(answer)] as const),
  ])
  useKeys(keys, dialog === null && overlay === null)

  const waiting = query.data ? all.filter(isWaiting).length : null
  const quiet = all.filter((item) => item.suppressed).length
  return (
    <div className="console" data-lost={lost || undefined}>
      <TopBar
        session={session}
        waiting={waiting}
        inHand={waiting === null ? null : all.length - waiting - quiet}
        onPassword={openPassword}
        onKeys={openKeys}
      />
      <div className="bars">
        <ConnectionBar onRetry={live.retry} />
        <SoundBar />
        <InboxBar />
      </div>
      <div className="console-body">
        <QueuePanel
          selection={selection}
          dispatch={dispatch}
          items={rows}
          counts={counts}
          fresh={fresh}
          elsewhere={elsewhere}
          newest={newest}
          truncated={query.data?.nextCursor != null}
          loading={query.isPending}
          error={query.error}
          listRef={listRef}
          findRef={findRef}
          onSelect={select}
          onOpen={open}
          onPointer={onPointer}
          onRetry={() => void query.refetch()}
        />
        {item ? (
          <CaseView
            key={item.caseId}
            item={item}
            detail={detail}
            permitted={permitted}
            disabled={disabled}
            me={session}
            onAction={onAction}
            onAnswer={onAnswer}
          />
        ) : (
          <main className="case case-empty">
            {waiting === null ? null : waiting === 0 ? (
              <EmptyState calm title={t('empty.calm')} text={t('empty.calmText')} />
            ) : (
              <EmptyState title={t('empty.title')} text={t('empty.text')} />
            )}
          </main>
        )}
        <Side detail={detail} />
      </div>
      <div className="visually-hidden" aria-live="assertive" data-testid="announcement">
        {announcement}
      </div>
      {dialog ? (
        <CaseDialog
          request={dialog.request}
          item={dialog.item}
          detail={queryClient.getQueryData(caseQuery(dialog.item.caseId).queryKey)}
          refusal={dialog.refusal}
          busy={busy}
          onSubmit={submit}
          onCancel={closeDialog}
        />
      ) : null}
      {overlay === 'keys' ? <KeysOverlay onClose={closeOverlay} /> : null}
      {overlay === 'password' ? <ChangePassword username={session.username} onClose={closeOverlay} /> : null}
    </div>
  )
}

/** The row of the list and the file are fetched apart; what is newer counts. */
function newer(row: CaseSummary | undefined, file: CaseSummary | undefined): CaseSummary | undefined {
  if (!row || !file) return row ?? file
  return row.version > file.version ? row : file
}
