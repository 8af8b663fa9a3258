import { useQuery } from '@tanstack/react-query'
import type { TableColumnsType } from 'antd'
import { useMemo, useState } from 'react'
import type { RunningEscalation } from '../../../server/contract/escalation.ts'
import { runningQuery } from '../../api/escalation-queries.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { shortId } from '../../ui/formats.ts'
import { EmptyState } from '../../ui/states.tsx'
import { Age, Countdown } from '../../ui/ticking.tsx'
import { CursorTable, FIRST } from '../../watch/cursor-table.tsx'

const TONES = { pending: 'risk', acknowledged: 'good', exhausted: 'bad', ended: 'none' } as const

/** Escalations that have not ended. */
export function Running() {
  const { t } = useTexts()
  const [cursors, setCursors] = useState(FIRST)
  const query = useQuery(runningQuery(cursors.at(-1) ?? null))
  const columns = useColumns()
  return (
    <section data-testid="running">
      <p className="office-lead">{t('escalation.running.lead')}</p>
      <CursorTable<RunningEscalation>
        query={query}
        cursors={cursors}
        onTurn={setCursors}
        rowKey="caseId"
        columns={columns}
        empty={<EmptyState calm title={t('escalation.running.none')} text={t('escalation.running.noneText')} />}
      />
    </section>
  )
}

function useColumns(): TableColumnsType<RunningEscalation> {
  const { t } = useTexts()
  return useMemo(
    () => [
      {
        title: t('escalation.running.case'),
        key: 'case',
        render: (_, row) => (
          <span className="watch-person">
            <b>{t(`kind.${row.kind}`)}</b>
            <span className="muted figures">{shortId(row.caseId)}</span>
          </span>
        ),
      },
      { title: t('escalation.running.place'), dataIndex: 'place', render: (place: string | null) => place ?? '—' },
      {
        title: t('escalation.running.opened'),
        dataIndex: 'openedAt',
        width: 110,
        render: (at: string) => <Age since={at} />,
      },
      {
        title: t('escalation.running.state'),
        key: 'state',
        width: 250,
        render: (_, row) => (
          <span className="watch-person">
            <span className="watch-tag" data-tone={TONES[row.state]}>
              {t(`escalation.running.states.${row.state}`)}
            </span>
            <Taker row={row} />
            {row.expired > 0 ? <b data-level="late">{t('escalation.running.expired', { n: row.expired })}</b> : null}
          </span>
        ),
      },
      {
        title: t('escalation.running.level'),
        dataIndex: 'level',
        width: 110,
        render: (n: number) => (n === 0 ? t('escalation.running.levelNone') : t('escalation.running.levelText', { n })),
      },
      {
        title: t('escalation.running.progress'),
        key: 'next',
        width: 190,
        render: (_, { state, step, steps, round, rounds }) => (
          <span className="figures">
            {state === 'pending' ? t('escalation.running.progressText', { step, steps, round, rounds }) : '—'}
          </span>
        ),
      },
      {
        title: t('escalation.running.due'),
        dataIndex: 'dueAt',
        width: 100,
        render: (at: string | null) => (at === null ? '—' : <Countdown until={at} className="figures" />),
      },
    ],
    [t],
  )
}

function Taker({ row }: { row: RunningEscalation }) {
  const { t } = useTexts()
  if (row.acknowledgedBy === null) return null
  const text =
    row.acknowledgedBy === ''
      ? t('escalation.running.byContact')
      : t('escalation.running.by', { name: row.acknowledgedBy })
  return <span className="muted">{text}</span>
}
