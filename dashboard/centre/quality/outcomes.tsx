import { useQuery } from '@tanstack/react-query'
import { Button, Segmented, Select, Table, type TableColumnsType } from 'antd'
import { useMemo, useState } from 'react'
import { OUTCOMES } from '../../../server/contract/case.ts'
import type { AlertKind } from '../../../server/contract/kinds.ts'
import { addMonths } from '../../../server/contract/month.ts'
import {
  QUALITY_GROUPS,
  type QualityFigures,
  type QualityGroup,
  type QualityRow,
  type QualityStatistics,
} from '../../../server/contract/quality-figures.ts'
import { qualityFile, qualityStatisticsQuery, thisMonth } from '../../api/quality-queries.ts'
import { deviceKindText, errorText } from '../../console/words.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { countText, percentText } from '../../ui/formats.ts'
import { EmptyState, ErrorState, LateSkeleton } from '../../ui/states.tsx'
import { monthText } from './words.ts'

const MONTHS_SHOWN = 24

/** How closed cases ended, how many were false, and how their handling was judged. */
export default function Outcomes() {
  const { t } = useTexts()
  const running = thisMonth()
  const [from, setFrom] = useState(running)
  const [to, setTo] = useState(running)
  const [by, setBy] = useState<QualityGroup>('operator')
  const asked = { from, to, by }
  const query = useQuery(qualityStatisticsQuery(asked))
  const { data } = query
  const months = Array.from({ length: MONTHS_SHOWN }, (_, n) => addMonths(running, -n)).map((value) => ({
    value,
    label: monthText(value, t),
  }))
  return (
    <section data-testid="quality-outcomes">
      <p className="office-lead">{t('quality.figures.lead')}</p>
      <div className="office-tools">
        <Select<string>
          className="quality-month"
          aria-label={t('quality.from')}
          prefix={t('quality.from')}
          value={from}
          onChange={(chosen) => {
            setFrom(chosen)
            if (chosen > to) setTo(chosen)
          }}
          options={months}
        />
        <Select<string>
          className="quality-month"
          aria-label={t('quality.to')}
          prefix={t('quality.to')}
          value={to}
          onChange={(chosen) => {
            setTo(chosen)
            if (chosen < from) setFrom(chosen)
          }}
          options={months}
        />
        {data?.running ? <span className="muted">{t('quality.figures.running')}</span> : null}
        <span className="office-space" />
        <Button href={qualityFile(asked)} download data-testid="quality-csv">
          {t('quality.csv')}
        </Button>
      </div>
      {query.isError && !data ? (
        <ErrorState title={t('admin.failed')} text={errorText(query.error, t)} onRetry={() => void query.refetch()} />
      ) : !data ? (
        <LateSkeleton rows={10} />
      ) : (
        <>
          <Tiles of={data.total} />
          {data.rows.length === 0 ? (
            <EmptyState title={t('quality.figures.none')} text={t('quality.figures.noneText')} />
          ) : (
            <>
              <Ends of={data.total} />
              <div className="office-tools centre-part">
                <Segmented<QualityGroup>
                  aria-label={t('quality.by')}
                  value={by}
                  onChange={setBy}
                  options={QUALITY_GROUPS.map((value) => ({ value, label: t(`quality.groups.${value}`) }))}
                />
              </div>
              <Rows of={data} />
            </>
          )}
        </>
      )}
    </section>
  )
}

function Tiles({ of }: { of: QualityFigures }) {
  const { t } = useTexts()
  return (
    <div className="quality-tiles" data-testid="quality-tiles">
      <article className="levels-tile">
        <h3>{t('quality.figures.closed')}</h3>
        <p className="levels-figure figures">{countText(of.closed)}</p>
      </article>
      <article className="levels-tile">
        <h3>{t('quality.figures.falseRate')}</h3>
        <p className="levels-figure figures">{percentText(of.falseRate)}</p>
        <p className="muted levels-small">{t('quality.figures.falseHint')}</p>
      </article>
      <article className="levels-tile" data-verdict={of.overdue > 0 ? 'missed' : undefined}>
        <h3>{t('quality.figures.audits')}</h3>
        <p className="levels-figure figures">{t('quality.doneOf', { done: of.completed, due: of.due })}</p>
        <p className="muted levels-small">
          {t('quality.figures.auditsHint', { overdue: of.overdue, picked: of.picked })}
        </p>
      </article>
      <article className="levels-tile">
        <h3>{t('quality.figures.meanScore')}</h3>
        <p className="levels-figure figures">{of.meanScore ?? '—'}</p>
      </article>
      <article className="levels-tile" data-verdict={of.criticalFailures > 0 ? 'missed' : undefined}>
        <h3>{t('quality.figures.criticalFailures')}</h3>
        <p className="levels-figure figures">
          {of.criticalFailures > 0 ? <span aria-hidden="true">✕ </span> : null}
          {of.criticalFailures}
        </p>
      </article>
    </div>
  )
}

/** Each outcome with its share as a bar. */
function Ends({ of }: { of: QualityFigures }) {
  const { t } = useTexts()
  const most = Math.max(1, ...OUTCOMES.map((outcome) => of.outcomes[outcome]))
  return (
    <>
      <h3 className="centre-part">{t('quality.figures.outcomes')}</h3>
      <ul className="quality-ends">
        {OUTCOMES.map((outcome) => {
          const n = of.outcomes[outcome]
          return (
            <li key={outcome}>
              <span>{t(`outcome.${outcome}`)}</span>
              <i aria-hidden="true">
                <b style={{ width: `${(n / most) * 100}%` }} />
              </i>
              <span className="figures">
                {countText(n)} <span className="muted">{percentText(of.closed === 0 ? null : n / of.closed)}</span>
              </span>
            </li>
          )
        })}
      </ul>
    </>
  )
}

function Rows({ of: { rows, by } }: { of: QualityStatistics }) {
  const columns = useColumns(by)
  return (
    <Table<QualityRow>
      rowKey="key"
      size="middle"
      columns={columns}
      dataSource={[...rows]}
      scroll={{ x: 1000 }}
      pagination={{ pageSize: 30, hideOnSinglePage: true, showSizeChanger: false }}
      data-testid="quality-rows"
    />
  )
}

function useColumns(by: QualityGroup): TableColumnsType<QualityRow> {
  const { t } = useTexts()
  return useMemo((): TableColumnsType<QualityRow> => {
    const nameOf = ({ key, name }: QualityRow): string => {
      if (key === '') return t(`quality.noGroup.${by}`)
      if (by === 'kind') return t(`kind.${key as AlertKind}`)
      if (by === 'month') return monthText(key, t)
      if (by !== 'device') return name ?? key
      const [kind = '', model = ''] = key.split('|')
      return `${deviceKindText(kind, t)} · ${model === '' ? t('quality.noGroup.device') : model}`
    }
    const figure = (
      title: string,
      dataIndex: 'closed' | 'falseCases' | 'criticalFailures' | 'below' | 'overdue',
    ): TableColumnsType<QualityRow>[number] => ({
      title,
      dataIndex,
      width: 110,
      align: 'right',
      sorter: (a, b) => a[dataIndex] - b[dataIndex],
      render: (n: number) => <span className="figures">{countText(n)}</span>,
    })
    return [
      { title: t(`quality.groups.${by}`), key: 'name', render: (_, row) => <b>{nameOf(row)}</b> },
      figure(t('quality.figures.closed'), 'closed'),
      figure(t('quality.figures.falseCases'), 'falseCases'),
      {
        title: t('quality.figures.falseRate'),
        dataIndex: 'falseRate',
        width: 110,
        align: 'right',
        sorter: (a, b) => (a.falseRate ?? -1) - (b.falseRate ?? -1),
        render: (share: number | null) => <span className="figures">{percentText(share)}</span>,
      },
      {
        title: t('quality.figures.audits'),
        key: 'audits',
        width: 120,
        align: 'right',
        render: (_, row) => (
          <span className="figures">{t('quality.doneOf', { done: row.completed, due: row.due })}</span>
        ),
      },
      figure(t('quality.overdueCount'), 'overdue'),
      {
        title: t('quality.figures.meanScore'),
        dataIndex: 'meanScore',
        width: 110,
        align: 'right',
        sorter: (a, b) => (a.meanScore ?? -1) - (b.meanScore ?? -1),
        render: (score: number | null) => <span className="figures">{score ?? '—'}</span>,
      },
      figure(t('quality.figures.below'), 'below'),
      figure(t('quality.figures.criticalFailures'), 'criticalFailures'),
    ]
  }, [t, by])
}
