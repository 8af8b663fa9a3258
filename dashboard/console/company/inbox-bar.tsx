import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { useEffect } from 'react'
import type { Session } from '../../../server/contract/api.ts'
import type { CaseSummary } from '../../../server/contract/case.ts'
import { openCasesQuery } from '../../api/queries.ts'
import { inboxQuery, readMessages } from '../../api/shift-queries.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { navigate } from '../../router.ts'
import { whoText } from '../words.ts'
import { useSecondAnswer } from './use-second-answer.ts'
import './company.css'

/** Changes when something in the queue changes that a handover or a supervisor's move may have done. */
function concerning(items: readonly CaseSummary[], userId: string): string {
  return items
    .filter(({ owner, handover }) => owner?.userId === userId || handover !== null)
    .map(({ caseId, version, handover }) => `${caseId} ${version} ${handover?.handoverId ?? ''}`)
    .join()
}

interface Props {
  session: Pick<Session, 'userId'>
  onOpen(item: CaseSummary): void
}

/** What waits for this operator besides alarms: a colleague's question, cases to sign for or moved by a supervisor. Quiet. */
export function InboxBar({ session, onOpen }: Props) {
  const { t } = useTexts()
  const client = useQueryClient()
  const { data, refetch } = useQuery(inboxQuery)
  // Cases offered to or moved from or to her change in the queue: then there may be something here, too.
  const { data: own } = useQuery({
    ...openCasesQuery,
    enabled: false,
    select: ({ items }) => concerning(items, session.userId),
  })
  const { data: asked = [] } = useQuery({
    ...openCasesQuery,
    enabled: false,
    select: ({ items }) => items.filter((one) => one.secondAskedAt !== null && one.owner?.userId !== session.userId),
  })
  useSecondAnswer(session.userId)
  useEffect(() => {
    if (own !== undefined) void refetch()
  }, [own, refetch])
  const read = useMutation({
    mutationFn: readMessages,
    onSuccess: (inbox) => client.setQueryData(inboxQuery.queryKey, inbox),
  })
  if (!data) return null
  const offered = data.offered.reduce((sum, sheet) => sum + sheet.cases.length, 0)
  const moved = data.messages.flatMap((one) => (one.kind === 'whisper' ? [] : [{ ...one, kind: one.kind }]))
  return (
    <>
      {asked.slice(0, 3).map((item) => (
        <div className="inbox-bar" role="status" key={item.caseId} data-testid="inbox-second">
          <span>{t('second.asked', { name: item.owner?.displayName ?? '', who: whoText(item, t) })}</span>
          <Button size="small" onClick={() => onOpen(item)}>
            {t('second.look')}
          </Button>
        </div>
      ))}
      {offered > 0 ? (
        <div className="inbox-bar" role="status" data-testid="inbox-offered">
          <span>⇄ {t('handover.bar', { n: offered })}</span>
          <Button size="small" onClick={() => navigate('/centre/handover')}>
            {t('handover.look')}
          </Button>
        </div>
      ) : null}
      {moved.slice(0, 3).map(({ messageId, kind, from, text }) => (
        <div className="inbox-bar" role="status" key={messageId} data-testid="inbox-moved">
          <span>⇄ {t(`handover.${kind}`, { from, text })}</span>
          <Button size="small" loading={read.isPending} onClick={() => read.mutate([messageId])}>
            {t('handover.read')}
          </Button>
        </div>
      ))}
    </>
  )
}
