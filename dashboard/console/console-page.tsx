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
import { MAIN, SkipLink } from '../ui/skip-link.tsx'
import { EmptyState } from '../ui/states.tsx'
import { useStore } from '../ui/store.ts'
import { ConnectionBar, SoundBar } from './bars.tsx'
import { CaseDialog } from './case-dialog.tsx'
import { CaseView } from './case-view.tsx'
import { InboxBar } from './company/inbox-bar.tsx'
import { DutyBar, DutyMenu, useDuty, useMutedReport } from './duty-status.tsx'
import { FileDialogs } from './file/file-dialogs.tsx'
import { useCaseFile } from './file/use-case-file.ts'
import { KeysOverlay } from './keys-overlay.tsx'
import { OfferSlot } from './offer-slot.tsx'
import { type DeskAction, permittedActions } from './permitted.ts'
import { isWaiting, nextWaiting } from './queue-order.ts'
import { QueuePanel } from './queue-panel.tsx'
import { initialSelection, keepTab, keptTab, reduceSelection, tabBeside } from './selection.ts'
import { Side } from './side.tsx'
import { TopBar } from './top-bar.tsx'
import { useNewAlarms, useSound, useTitle } from './use-alarm.ts'
import { useAnswers } from './use-answers.ts'
import { useCommands } from './use-commands.ts'
import { useAgeLimits, useOffers } from './use-offers.ts'
import { usePrefetch } from './use-prefetch.ts'
import { useQueue } from './use-queue.ts'
import { wantedCase } from './wanted-case.ts'
import './console.css'

const NO_ACTIONS: ReadonlySet<DeskAction> = new Set()

/** The operator's console. */
export function ConsolePage({ session }: { session: Session }) {
  const { t } = useTexts()
  const live = useLive()
  const [selection, dispatch] = useReducer(reduceSelection, initialSelection, (start) => ({
    ...start,
    tab: keptTab(localStorage),
    caseId: wantedCase.get(),
  }))
  useEffect(() => wantedCase.set(null), [])
  const { query, all, rows, counts, elsewhere, pointer } = useQueue(selection)
  const { act, answer, submit, ask, dialog, closeDialog, busy } = useCommands(session.userId)
  const duty = useDuty(session)
  const [dutyOpen, setDutyOpen] = useState(false)
  const { offer, offered } = useOffers(all)
  useMutedReport(duty)
  useAgeLimits()
  const [overlay, setOverlay] = useState<'keys' | 'password' | null>(null)
  const listRef = useRef<HTMLDivElement>(null)
  const findRef = useRef<HTMLInputElement>(null)
  const { fresh, newest, announcement } = useNewAlarms(query.data?.items)
  useSound(all, offer.item !== undefined)
  useTitle(all)
  useEffect(() => keepTab(localStorage, selection.tab), [selection.tab])

  const lost = useStore(connection).state === 'lost'
  const inList = all.find((item) => item.caseId === selection.caseId)
  const { data: detail } = useQuery({ ...caseQuery(selection.caseId ?? ''), enabled: selection.caseId !== null })
  const item = newer(inList, detail?.case)
  const protocol = detail?.protocol
  const permitted = useMemo(
    () => (item ? permittedActions(item, session.userId, protocol) : NO_ACTIONS),
    [item, session.userId, protocol],
  )
  const disabled = lost || busy
  const file = useCaseFile(item, detail, session.userId, lost)
  const steps = useAnswers({ item, detail, permitted, disabled, act, answer, holdsBack: file.holdsBack })
  const shownAt = rows.findIndex((row) => row.caseId === selection.caseId)
  const likely = [offer.item, rows[shownAt + 1], rows[shownAt - 1], nextWaiting(all, selection.caseId)]
  const pointedAt = usePrefetch(likely.map((row) => row?.caseId))

  const select = useCallback((caseId: string) => dispatch({ type: 'select', caseId }), [])
  const onPointer = useCallback(
    (caseId: string | null) => {
      pointer.current = caseId
      pointedAt(caseId)
    },
    [pointer, pointedAt],
  )
  const open = useCallback(
    (item: CaseSummary) => dispatch({ type: 'open', caseId: item.caseId, category: item.category }),
    [],
  )
  const openKeys = useCallback(() => setOverlay('keys'), [])
  const openPassword = useCallback(() => setOverlay('password'), [])
  const closeOverlay = () => setOverlay(null)
  const onAction = (action: DeskAction) => {
    if (item && !disabled && permitted.has(action) && !file.holdsBack(action)) act(item, action)
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
  const claimOffer = (target: CaseSummary) => {
    if (disabled) return
    open(target)
    act(target, permittedActions(target, session.userId).has('resume') ? 'resume' : 'claim')
  }
  const spacePressed = () => {
    if (permitted.has('claim') || permitted.has('resume')) return first('claim', 'resume')
    if (offer.item) return claimOffer(offer.item)
    if (!item) next()
  }
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
    [' ', () => spacePressed()],
    ['N', next],
    ['D', () => steps.byAction('dispatch') || first('dispatch')],
    ['A', () => steps.byAction('arrive') || first('arrive')],
    ['M', () => first('note')],
    ['H', () => first('hold')],
    ['T', () => first('takeover')],
    ['R', () => first('reopen')],
    ['Y', () => first('second')],
    ['Backspace', steps.redoLast],
    ['Z', () => setDutyOpen(true)],
    ['E', () => first('resolve', 'close')],
    ['/', openFind],
    ['?', openKeys],
    ['Escape', () => (steps.redo === null ? dispatch({ type: 'find', text: null }) : steps.setRedo(null))],
    ...file.keys,
    ...steps.answers.map((one) => [String(one.key), () => steps.give(one)] as const),
  ])
  useKeys(keys, dialog === null && overlay === null && file.dialog === null && !dutyOpen)

  const waiting = query.data ? all.filter(isWaiting).length : null
  const quiet = all.filter((item) => item.suppressed).length
  return (
    <div className="console" data-lost={lost || undefined}>
      <SkipLink />
      <TopBar
        session={session}
        waiting={waiting}
        inHand={waiting === null ? null : all.length - waiting - quiet}
        onPassword={openPassword}
        onKeys={openKeys}
      >
        <DutyMenu duty={duty} open={dutyOpen} onOpen={setDutyOpen} />
      </TopBar>
      <div className="bars">
        <ConnectionBar onRetry={live.retry} />
        <DutyBar duty={duty} />
        <SoundBar />
        <InboxBar session={session} onOpen={open} />
      </div>
      <div className="console-body">
        <QueuePanel
          selection={selection}
          dispatch={dispatch}
          items={rows}
          counts={counts}
          fresh={fresh}
          offered={offered}
          offer={
            duty.mine && duty.mine.status !== 'off' ? (
              <OfferSlot status={duty.mine.status} {...offer} disabled={disabled} onClaim={claimOffer} />
            ) : null
          }
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
            answers={steps.answers}
            redo={steps.redo}
            onRedo={steps.setRedo}
            file={file}
            onAction={onAction}
            onAnswer={steps.give}
          />
        ) : (
          <main className="case case-empty" {...MAIN}>
            {waiting === null ? null : waiting === 0 ? (
              <EmptyState calm title={t('empty.calm')} text={t('empty.calmText')} />
            ) : (
              <EmptyState title={t('empty.title')} text={t('empty.text')} />
            )}
          </main>
        )}
        <Side detail={detail} file={file} />
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
          needsSecond={dialog.needsSecond ?? false}
          busy={busy}
          onSubmit={submit}
          onAsk={ask}
          onCancel={closeDialog}
        />
      ) : null}
      <FileDialogs detail={detail} file={file} />
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
