import { App } from 'antd'
import { useCallback, useEffect, useRef } from 'react'
import type { CaseDetail, CaseSummary } from '../../server/contract/case.ts'
import { request } from '../api/client.ts'
import { queryClient } from '../api/queries.ts'
import { useTexts } from '../i18n/i18n.ts'
import { settledAs } from './claim-outcome.ts'
import { whoText } from './words.ts'

const ASK_EVERY_MS = 1000

/**
 * A claim without an answer may have been carried out or not. The operator is told so at once, and what it was as soon as
 * the server answers again: a rescue must not hang on a guess.
 */
export function useSettleClaim(userId: string): (item: CaseSummary) => void {
  const { t } = useTexts()
  const { notification } = App.useApp()
  const asking = useRef(new Map<string, ReturnType<typeof setTimeout>>())
  useEffect(() => {
    const timers = asking.current
    return () => {
      for (const timer of timers.values()) clearTimeout(timer)
      timers.clear()
    }
  }, [])
  return useCallback(
    (item: CaseSummary) => {
      const { caseId } = item
      if (asking.current.has(caseId)) return
      const key = `claim ${caseId}`
      const who = whoText(item, t)
      notification.warning({
        key,
        title: t('offer.unsure'),
        description: t('offer.unsureText', { who }),
        duration: false,
      })
      const ask = async () => {
        try {
          const detail = await request<CaseDetail>('GET', `/cases/${encodeURIComponent(caseId)}`)
          asking.current.delete(caseId)
          const settled = settledAs(detail.case, userId)
          const name = detail.case.owner?.displayName ?? ''
          notification[settled === 'mine' ? 'success' : 'warning']({
            key,
            title: t(`offer.settled.${settled}`),
            description: t(`offer.settledText.${settled}`, { who, name }),
            duration: settled === 'mine' ? 8 : false,
          })
          void queryClient.invalidateQueries({ queryKey: ['cases'] })
          void queryClient.invalidateQueries({ queryKey: ['case', caseId] })
        } catch {
          // Still no answer: what is not known is asked again.
          asking.current.set(
            caseId,
            setTimeout(() => void ask(), ASK_EVERY_MS),
          )
        }
      }
      asking.current.set(
        caseId,
        setTimeout(() => void ask(), ASK_EVERY_MS),
      )
    },
    [notification, t, userId],
  )
}
