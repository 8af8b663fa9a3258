import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { inboxQuery, readMessages } from '../../api/shift-queries.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { clockTime } from '../../ui/formats.ts'
import './company.css'

/** A supervisor's words on this case, above its time line: the buttons keep their places. */
export function Whispers({ caseId }: { caseId: string }) {
  const { t } = useTexts()
  const client = useQueryClient()
  const { data } = useQuery(inboxQuery)
  const read = useMutation({
    mutationFn: readMessages,
    onSuccess: (inbox) => client.setQueryData(inboxQuery.queryKey, inbox),
  })
  const words = data?.messages.filter((one) => one.kind === 'whisper' && one.caseId === caseId) ?? []
  if (words.length === 0) return null
  return (
    <section className="whispers" aria-live="polite" data-testid="whispers">
      <ul>
        {words.map(({ messageId, from, text, at }) => (
          <li key={messageId}>
            <b>{t('company.from', { from })}</b> <time className="figures muted">{clockTime(at)}</time> {text}
          </li>
        ))}
      </ul>
      <Button
        size="small"
        loading={read.isPending}
        onClick={() => read.mutate(words.map(({ messageId }) => messageId))}
        data-testid="whisper-read"
      >
        {t('handover.read')}
      </Button>
    </section>
  )
}
