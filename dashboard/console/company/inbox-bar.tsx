import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { useEffect } from 'react'
import { openCasesQuery } from '../../api/queries.ts'
import { inboxQuery, readMessages } from '../../api/shift-queries.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { navigate } from '../../router.ts'
import './company.css'

/** What waits for this operator besides alarms: cases to sign for, and cases that a supervisor moved. Quiet. */
export function InboxBar() {
  const { t } = useTexts()
  const client = useQueryClient()
  const { data, refetch } = useQuery(inboxQuery)
  // The queue is fetched when something changes: then there may be something here, too.
  const { dataUpdatedAt } = useQuery({ ...openCasesQuery, enabled: false })
  useEffect(() => {
    if (dataUpdatedAt > 0) void refetch()
  }, [dataUpdatedAt, refetch])
  const read = useMutation({
    mutationFn: readMessages,
    onSuccess: (inbox) => client.setQueryData(inboxQuery.queryKey, inbox),
  })
  if (!data) return null
  const offered = data.offered.reduce((sum, sheet) => sum + sheet.cases.length, 0)
  const moved = data.messages.flatMap((one) => (one.kind === 'whisper' ? [] : [{ ...one, kind: one.kind }]))
  return (
    <>
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
