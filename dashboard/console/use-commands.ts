import { useMutation } from '@tanstack/react-query'
import { App } from 'antd'
import { useCallback, useRef, useState } from 'react'
import type { CaseSummary } from '../../server/contract/case.ts'
import { ApiError, hasCode } from '../api/client.ts'
import { answerStep, askSecond, confirmSecond, sendCommand } from '../api/command.ts'
import { useTexts } from '../i18n/i18n.ts'
import type { DialogRequest, DialogValues, StepRef } from './case-dialog.tsx'
import type { DeskAction } from './permitted.ts'
import { useSettleClaim } from './settle-claim.ts'
import { errorText } from './words.ts'

interface Command {
  item: CaseSummary
  /** `step`: an answer of the protocol that asks for nothing more. */
  action: DeskAction | 'step'
  values: DialogValues
  /** The answer of the protocol that leads to this action: both are sent as one. */
  step?: StepRef | undefined
}

function send({ item, action, values, step }: Command): Promise<CaseSummary> {
  if (step) return answerStep(item, { ...step, ...followUp(action, values) })
  switch (action) {
    case 'step':
      throw new TypeError('an answer without its step')
    case 'second':
      return confirmSecond(item, { reason: values.reason ?? '' })
    case 'claim':
    case 'resume':
      return sendCommand(item, 'claim', {})
    case 'takeover':
      return sendCommand(item, 'claim', { takeover: true, reason: values.reason ?? '' })
    case 'note':
      return sendCommand(item, 'note', { text: values.text ?? '', ...contact(values) })
    case 'resolve':
      return sendCommand(item, 'resolve', {
        outcome: values.outcome ?? 'other',
        reason: values.reason ?? '',
        ...contact(values),
      })
    case 'reopen':
      return sendCommand(item, 'reopen', { reason: values.reason ?? '' })
    case 'hold':
      return sendCommand(item, 'hold', {
        ...(values.seconds === undefined ? {} : { seconds: values.seconds }),
        ...(values.reason === undefined ? {} : { reason: values.reason }),
      })
    case 'dispatch':
      return sendCommand(item, 'dispatch', {
        ...(values.to === undefined ? {} : { to: values.to }),
        ...(values.text === undefined ? {} : { text: values.text }),
      })
    case 'arrive':
    case 'close':
      return sendCommand(item, action, values.text === undefined ? {} : { text: values.text })
  }
}

const contact = (values: DialogValues) => (values.contact === undefined ? {} : { contact: values.contact })

/** What an answer's dialog says of the action that it leads to. */
function followUp(action: DeskAction | 'step', { to, text, outcome, reason, ...rest }: DialogValues) {
  if (action === 'dispatch') {
    return { dispatch: { ...(to === undefined ? {} : { to }), ...(text === undefined ? {} : { text }) } }
  }
  if (action !== 'resolve') return {}
  return {
    resolve: {
      ...(outcome === undefined ? {} : { outcome }),
      ...(reason === undefined ? {} : { reason }),
      ...contact(rest),
    },
  }
}

/** A dialog keeps the case as it was when it was opened, so that a stale version is refused rather than guessed. */
export interface OpenDialog {
  request: DialogRequest
  item: CaseSummary
  /** Why the last try was refused. */
  refusal?: string
  /** It was refused for want of a second person. */
  needsSecond?: boolean
}

/** Carries out what the operator chose: at once, or after the one question that it needs. */
export function useCommands(userId: string) {
  const { t } = useTexts()
  const { notification } = App.useApp()
  const settleClaim = useSettleClaim(userId)
  const [dialog, setDialog] = useState<OpenDialog | null>(null)
  // What was written of an end that waits for a second person, by case.
  const drafts = useRef(new Map<string, DialogValues>())
  const mutation = useMutation({
    mutationFn: send,
    // No message: the case itself shows what was done.
    onSuccess: (_, { item, action }) => {
      if (action === 'resolve') drafts.current.delete(item.caseId)
      setDialog(null)
    },
    onError: (error, { item, action }) => {
      const refusal = errorText(error, t)
      if (action !== 'claim' && action !== 'resume' && action !== 'step') {
        // What was typed stays. The operator has been told what changed: confirming again counts for the case as it is now.
        const version = error instanceof ApiError ? error.problem?.version : undefined
        const now = version === undefined ? item : { ...item, version }
        const needsSecond = hasCode(error, 'second_person_needed')
        setDialog((open) => open && { ...open, item: now, refusal, needsSecond })
        return
      }
      if (error instanceof ApiError && error.unreachable) {
        settleClaim(item)
        return
      }
      // The action row and the name stay uncovered.
      notification.warning({ title: t('refused.title'), description: refusal, duration: 8 })
    },
  })
  const { mutate, isPending } = mutation

  const act = useCallback(
    (item: CaseSummary, action: DeskAction, start: Omit<DialogRequest, 'action'> = {}) => {
      if (action === 'claim' || action === 'resume') mutate({ item, action, values: {} })
      else
        setDialog({ request: { action, ...(action === 'resolve' && drafts.current.get(item.caseId)), ...start }, item })
    },
    [mutate],
  )
  const submit = (values: DialogValues) => {
    if (dialog) mutate({ item: dialog.item, action: dialog.request.action, values, step: dialog.request.step })
  }
  const answer = useCallback(
    (item: CaseSummary, step: StepRef) => mutate({ item, action: 'step', values: {}, step }),
    [mutate],
  )
  const asking = useMutation({
    mutationFn: ({ item }: { item: CaseSummary; values: DialogValues }) => askSecond(item),
    onSuccess: (_, { item, values }) => {
      drafts.current.set(item.caseId, values)
      setDialog(null)
    },
    onError: (error, { item }) => {
      const version = error instanceof ApiError ? error.problem?.version : undefined
      const now = version === undefined ? item : { ...item, version }
      setDialog((open) => open && { ...open, item: now, refusal: errorText(error, t) })
    },
  })
  const ask = (values: DialogValues) => {
    if (dialog) asking.mutate({ item: dialog.item, values })
  }
  const closeDialog = () => setDialog(null)
  return { act, answer, submit, ask, dialog, closeDialog, busy: isPending || asking.isPending }
}
