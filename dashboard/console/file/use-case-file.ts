import { useMutation } from '@tanstack/react-query'
import { App } from 'antd'
import { useEffect, useState } from 'react'
import { callOrder } from '../../../server/contract/availability.ts'
import type { CaseDetail, CaseSummary } from '../../../server/contract/case.ts'
import type { CallOutcome, CaseNotice } from '../../../server/contract/case-file.ts'
import { confirmNotice, logCall, revealCode, revealPhone } from '../../api/file-queries.ts'
import { useTexts } from '../../i18n/i18n.ts'
import type { DeskAction } from '../permitted.ts'
import { errorText } from '../words.ts'

/** What is asked for: a contact's number, or the code. */
export type Hidden = { what: 'phone'; position: number } | { what: 'code' }
type FileDialog = { kind: 'map' } | { kind: 'notes' } | { kind: 'reason'; hidden: Hidden }

interface Shown {
  caseId: string | null
  phones: Readonly<Record<number, string>>
  code: string | null
  dialog: FileDialog | null
}

export interface CaseFile {
  /** The case is the operator's own and in hand: reason enough to see what is hidden. */
  own: boolean
  /** The notices may be confirmed by this operator now. */
  mayRead: boolean
  unread: readonly CaseNotice[]
  phones: Shown['phones']
  code: string | null
  dialog: FileDialog | null
  reading: boolean
  calling: boolean
  open(dialog: FileDialog): void
  close(): void
  /** Confirms the notice on top. */
  readNext(): void
  /** Shows one hidden thing, or hides it again. */
  toggle(hidden: Hidden): void
  /** Shows the next number in the order of calling. */
  nextPhone(): void
  reveal(hidden: Hidden, reason: string): Promise<void>
  called(position: number, outcome: CallOutcome): void
  /** Refuses what the server would refuse while notices are unread; says so. */
  holdsBack(action: DeskAction): boolean
  keys: readonly (readonly [string, () => void])[]
}

const NOTHING: Omit<Shown, 'caseId'> = { phones: {}, code: null, dialog: null }
/** Shown so long, then hidden again: a screen is seen by others too. */
const SHOWN_MS = 60_000
/** One message at a time, gone as soon as it is heeded. */
const UNREAD_KEY = 'notices-unread'
const IN_HAND: ReadonlySet<CaseSummary['state']> = new Set(['claimed', 'dispatched', 'on_scene'])

/** What the operator sees and does with the resident's file in the case that is open. Another case shows nothing yet. */
export function useCaseFile(
  item: CaseSummary | undefined,
  detail: CaseDetail | undefined,
  userId: string,
  disabled: boolean,
): CaseFile {
  const { t } = useTexts()
  const { notification } = App.useApp()
  const caseId = item?.caseId ?? null
  const [kept, setKept] = useState<Shown>({ caseId: null, ...NOTHING })
  const shown = kept.caseId === caseId ? kept : { caseId, ...NOTHING }
  const change = (part: Partial<Shown>) =>
    setKept((before) => ({ ...(before.caseId === caseId ? before : NOTHING), ...part, caseId }))
  const { phones, code } = shown
  useEffect(() => {
    // Each thing that is shown starts the time anew.
    if (code === null && Object.keys(phones).length === 0) return
    const timer = setTimeout(() => setKept((before) => ({ ...before, phones: {}, code: null })), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [phones, code])

  const mine = item?.owner?.userId === userId
  const own = item !== undefined && mine && IN_HAND.has(item.state)
  const resident = detail?.resident ?? null
  const unread = detail?.notices.filter(({ read }) => read === null) ?? []
  const mayRead = !disabled && (own || item?.state === 'resolved')
  const failed = (title: string) => (error: unknown) => {
    notification.warning({ title, description: errorText(error, t), duration: 8 })
  }

  const read = useMutation({
    mutationFn: (of: { caseId: string; noticeId: string }) => confirmNotice(of.caseId, of.noticeId),
    onError: failed(t('file.notice.failed')),
  })
  const call = useMutation({
    mutationFn: (of: { caseId: string; position: number; outcome: CallOutcome }) =>
      logCall(of.caseId, of.position, of.outcome),
    onError: failed(t('refused.title')),
  })

  const reveal = async (hidden: Hidden, reason: string | null) => {
    if (!resident || caseId === null) return
    const grounds = reason === null ? { caseId } : { reason, ...(own ? { caseId } : {}) }
    if (hidden.what === 'code') {
      const code = await revealCode(resident.residentId, grounds)
      change({ code, dialog: null })
    } else {
      const phone = await revealPhone(resident.residentId, hidden.position, grounds)
      setKept((before) => ({
        ...(before.caseId === caseId ? before : NOTHING),
        caseId,
        phones: { ...(before.caseId === caseId ? before.phones : {}), [hidden.position]: phone },
        dialog: null,
      }))
    }
  }
  const toggle = (hidden: Hidden) => {
    if (hidden.what === 'code' && shown.code !== null) return change({ code: null })
    if (hidden.what === 'phone' && shown.phones[hidden.position] !== undefined) {
      const { [hidden.position]: _, ...phones } = shown.phones
      return change({ phones })
    }
    if (disabled) return
    if (own) void reveal(hidden, null).catch(failed(t('file.reason.failed')))
    else change({ dialog: { kind: 'reason', hidden } })
  }
  const nextPhone = () => {
    const next = callOrder(resident?.contacts ?? []).find(({ position }) => shown.phones[position] === undefined)
    if (next) toggle({ what: 'phone', position: next.position })
  }
  const readNext = () => {
    const [first] = unread
    if (!first || caseId === null || !mayRead || read.isPending) return
    notification.destroy(UNREAD_KEY)
    read.mutate({ caseId, noticeId: first.noticeId })
  }
  const open = (dialog: FileDialog) => change({ dialog })
  return {
    own,
    mayRead,
    unread,
    phones: shown.phones,
    code: shown.code,
    dialog: shown.dialog,
    reading: read.isPending,
    calling: call.isPending,
    open,
    close: () => change({ dialog: null }),
    readNext,
    toggle,
    nextPhone,
    reveal,
    called: (position, outcome) => {
      if (caseId !== null && !disabled) call.mutate({ caseId, position, outcome })
    },
    holdsBack: (action) => {
      if (unread.length === 0 || (action !== 'resolve' && action !== 'close')) return false
      notification.warning({
        key: UNREAD_KEY,
        title: t('file.notice.unreadTitle'),
        description: t('file.notice.unread', { n: unread.length }),
        duration: 8,
      })
      return true
    },
    keys: [
      ['V', readNext],
      ['P', nextPhone],
      ['K', () => (resident?.home?.hasCode ? toggle({ what: 'code' }) : undefined)],
      ['G', () => (resident ? open({ kind: 'map' }) : undefined)],
      ['B', () => (resident ? open({ kind: 'notes' }) : undefined)],
    ],
  }
}
