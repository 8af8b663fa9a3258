import { useQuery } from '@tanstack/react-query'
import { Segmented, type TableColumnsType } from 'antd'
import { useMemo, useState } from 'react'
import type { Session } from '../../../server/contract/api.ts'
import type { ExchangeCallView } from '../../../server/contract/exchange.ts'
import { exchangeCallsQuery } from '../../api/voice-queries.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { durationText } from '../../ui/formats.ts'
import { EmptyState } from '../../ui/states.tsx'
import { CursorTable, FIRST } from '../../watch/cursor-table.tsx'
import { Moment, OpenCase } from '../../watch/parts.tsx'
import { RecordingSettings } from './recording-settings.tsx'

type Which = 'unmatched' | 'matched' | 'all'
const MATCHED: Record<Which, boolean | undefined> = { unmatched: false, matched: true, all: undefined }

/** What the telephone exchange reported, those of no case first, and whether calls are recorded. */
export default function CallsPage({ session }: { session: Session }) {
  const { t } = useTexts()
  const [which, setWhich] = useState<Which>('unmatched')
  const [cursors, setCursors] = useState(FIRST)
  const query = useQuery(exchangeCallsQuery(MATCHED[which], cursors.at(-1) ?? null))
  const columns = useColumns()
  return (
    <section data-testid="calls-page">
      <RecordingSettings mayChange={session.role === 'admin'} />
      <h2>{t('calls.exchange')}</h2>
      <p className="office-lead">{t('calls.lead')}</p>
      <div className="office-tools">
        <Segmented<Which>
          value={which}
          onChange={(chosen) => {
            setWhich(chosen)
            setCursors(FIRST)
          }}
          options={(['unmatched', 'matched', 'all'] as const).map((value) => ({ value, label: t(`calls.${value}`) }))}
        />
      </div>
      <CursorTable<ExchangeCallView>
        query={query}
        cursors={cursors}
        onTurn={setCursors}
        rowKey="externalId"
        columns={columns}
        empty={<EmptyState calm title={t('calls.none')} text={t('calls.noneText')} />}
      />
    </section>
  )
}

function useColumns(): TableColumnsType<ExchangeCallView> {
  const { t, language } = useTexts()
  return useMemo(
    () => [
      { title: t('calls.startedAt'), dataIndex: 'startedAt', width: 160, render: (at: string) => <Moment at={at} /> },
      { title: t('calls.direction'), key: 'direction', width: 90, render: (_, row) => t(`calls.${row.direction}`) },
      { title: t('calls.from'), dataIndex: 'from', width: 160, className: 'figures' },
      { title: t('calls.to'), dataIndex: 'to', width: 160, className: 'figures' },
      {
        title: t('calls.length'),
        key: 'length',
        width: 130,
        render: (_, { answeredAt, endedAt }) =>
          answeredAt === null
            ? t('calls.notAnswered')
            : endedAt === null
              ? '—'
              : durationText((Date.parse(endedAt) - Date.parse(answeredAt)) / 1000, language),
      },
      {
        title: t('calls.case'),
        key: 'case',
        render: (_, row) => (row.caseId ? <OpenCase caseId={row.caseId} /> : '—'),
      },
    ],
    [t, language],
  )
}
