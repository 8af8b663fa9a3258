import { useQuery } from '@tanstack/react-query'
import { Button, Table, type TableColumnsType } from 'antd'
import { useMemo, useState } from 'react'
import { deadLettersQuery } from '../api/queries.ts'
import type { DeadLetter } from '../api/types.ts'
import { errorText } from '../console/words.ts'
import { useTexts } from '../i18n/i18n.ts'
import { zhCN } from '../i18n/zh-CN.ts'
import { countText, timeText } from '../ui/formats.ts'
import { serverNow } from '../ui/server-clock.ts'
import { EmptyState, ErrorState, LateSkeleton } from '../ui/states.tsx'

/** Messages that nobody could read: why, and what they were. */
export function DeadLetters() {
  const { t } = useTexts()
  // Cursors of the pages read so far: the API goes forward only, going back is remembering.
  const [cursors, setCursors] = useState<(string | null)[]>([null])
  const query = useQuery(deadLettersQuery(cursors.at(-1) ?? null))
  const columns = useColumns()
  const next = query.data?.nextCursor ?? null
  if (query.isError && !query.data) {
    return (
      <ErrorState title={t('admin.failed')} text={errorText(query.error, t)} onRetry={() => void query.refetch()} />
    )
  }
  return (
    <section>
      <p className="office-lead">{t('admin.dead.lead')}</p>
      {!query.data ? (
        <LateSkeleton rows={8} />
      ) : query.data.items.length === 0 && cursors.length === 1 ? (
        <EmptyState calm title={t('admin.dead.none')} text={t('admin.dead.noneText')} />
      ) : (
        <Table<DeadLetter>
          rowKey="deadLetterId"
          size="middle"
          columns={columns}
          dataSource={query.data.items}
          pagination={false}
          scroll={{ x: 900 }}
          expandable={{ expandedRowRender: (letter) => <Payload letter={letter} />, expandRowByClick: true }}
        />
      )}
      {cursors.length > 1 || next ? (
        <div className="office-pages">
          <Button disabled={cursors.length === 1} onClick={() => setCursors(cursors.slice(0, -1))}>
            {t('admin.dead.newer')}
          </Button>
          <span className="muted">{t('admin.dead.page', { n: cursors.length })}</span>
          <Button disabled={!next} onClick={() => setCursors([...cursors, next])}>
            {t('admin.dead.older')}
          </Button>
        </div>
      ) : null}
    </section>
  )
}

/** As text, never as markup: it came from a device. */
function Payload({ letter }: { letter: DeadLetter }) {
  const { t } = useTexts()
  return (
    <div className="payload">
      <p className="muted">
        {t('admin.dead.payload')} · {letter.topic}
      </p>
      <pre data-testid="dead-letter-text">{letter.text}</pre>
    </div>
  )
}

function useColumns(): TableColumnsType<DeadLetter> {
  const { t, language } = useTexts()
  return useMemo(
    () => [
      {
        title: t('admin.dead.received'),
        dataIndex: 'receivedAt',
        width: 150,
        render: (at: string) => <span className="figures">{timeText(at, serverNow(), language)}</span>,
      },
      { title: t('admin.dead.device'), dataIndex: 'deviceId', width: 180 },
      {
        title: t('admin.dead.reason'),
        dataIndex: 'reason',
        width: 170,
        render: (reason: string) => reasonText(reason, t),
      },
      { title: t('admin.dead.explanation'), dataIndex: 'explanation' },
      {
        title: t('admin.dead.size'),
        dataIndex: 'bytes',
        width: 120,
        align: 'right',
        render: (bytes: number) => (
          <span className="figures">{t('admin.dead.bytes', { n: countText(bytes) as never })}</span>
        ),
      },
    ],
    [t, language],
  )
}

function reasonText(reason: string, t: ReturnType<typeof useTexts>['t']): string {
  return reason in zhCN.admin.dead.reasons
    ? t(`admin.dead.reasons.${reason as keyof typeof zhCN.admin.dead.reasons}`)
    : reason
}
