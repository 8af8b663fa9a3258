import { useQuery, useQueryClient } from '@tanstack/react-query'
import { App } from 'antd'
import { useEffect, useRef } from 'react'
import { caseQuery, openCasesQuery } from '../../api/queries.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { whoText } from '../words.ts'

/** Tells an operator who asked for a second person that somebody has agreed: she may be on another case by now. */
export function useSecondAnswer(userId: string): void {
  const { t } = useTexts()
  const client = useQueryClient()
  const { notification } = App.useApp()
  const asked = useRef<ReadonlySet<string>>(new Set())
  const { data: own } = useQuery({
    ...openCasesQuery,
    enabled: false,
    select: ({ items }) => items.filter(({ owner }) => owner?.userId === userId),
  })
  useEffect(() => {
    if (!own) return
    const answered = own.filter(({ caseId, secondAskedAt }) => secondAskedAt === null && asked.current.has(caseId))
    asked.current = new Set(own.filter(({ secondAskedAt }) => secondAskedAt !== null).map(({ caseId }) => caseId))
    for (const item of answered) {
      client
        .fetchQuery({ ...caseQuery(item.caseId), staleTime: 0 })
        .then(({ protocol }) => {
          // Without a word it was she herself who went on otherwise.
          if (protocol.second === null) return
          notification.success({
            title: t('second.agreed', { name: protocol.second.by }),
            description: t('second.agreedText', { who: whoText(item, t) }),
            duration: 15,
          })
        })
        // The case says so, too, as soon as it can be fetched.
        .catch(() => undefined)
    }
  }, [own, client, notification, t])
}
