import { useQuery } from '@tanstack/react-query'
import { Button, Segmented, Table } from 'antd'
import { useState } from 'react'
import {
  isOverloaded,
  type LoadFigures,
  type LoadOperator,
  type LoadView,
} from '../../../server/contract/quality-figures.ts'
import { loadFile, loadQuery } from '../../api/quality-queries.ts'
import { errorText } from '../../console/words.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { countText } from '../../ui/formats.ts'
import { EmptyState, ErrorState, LateSkeleton } from '../../ui/states.tsx'
import { Heat } from './heat.tsx'
import { momentText } from './words.ts'

const SPANS = { d7: 7, d28: 28, d90: 90 } as const
type Span = keyof typeof SPANS

const perHourText = (perHour: number | null): string => (perHour === null ? '—' : perHour.toFixed(1))

/** Alarms per operator and hour on duty: now, over the week, of each operator, and the worst hours. */
export default function Load() {
  const { t } = useTexts()
  const [span, setSpan] = useState<Span>('d28')
  const query = useQuery(loadQuery(SPANS[span]))
  const { data } = query
  return (
    <section data-testid="quality-load">
      <p className="office-lead">{t('quality.load.lead')}</p>
      <div className="office-tools">
        <Segmented<Span>
          aria-label={t('quality.load.span')}
          value={span}
          onChange={setSpan}
          options={(Object.keys(SPANS) as Span[]).map((value) => ({ value, label: t(`quality.load.spans.${value}`) }))}
        />
        <span className="office-space" />
        <Button href={loadFile(SPANS[span], 'operators')} download data-testid="load-operators-csv">
          {t('quality.load.byOperator')}
        </Button>
        <Button href={loadFile(SPANS[span], 'hours')} download data-testid="load-hours-csv">
          {t('quality.load.byHour')}
        </Button>
      </div>
      {query.isError && !data ? (
        <ErrorState title={t('admin.failed')} text={errorText(query.error, t)} onRetry={() => void query.refetch()} />
      ) : !data ? (
        <LateSkeleton rows={10} />
      ) : (
        <>
          <Tiles of={data} />
          {data.total.alarms === 0 && data.total.hours === 0 ? (
            <EmptyState calm title={t('quality.load.none')} />
          ) : (
            <>
              <Heat cells={data.cells} />
              <Operators of={data.operators} />
              <Worst of={data} />
            </>
          )}
        </>
      )}
    </section>
  )
}

function Tiles({ of }: { of: LoadView }) {
  const { t } = useTexts()
  return (
    <div className="quality-tiles">
      <LoadTile
        title={t('quality.load.live')}
        of={of.live}
        target={of.target}
        text={t('quality.load.liveText', { alarms: of.live.alarms, n: of.live.onDuty })}
        testId="load-live"
      />
      <LoadTile
        title={t('quality.load.total')}
        of={of.total}
        target={of.target}
        text={`${t('quality.load.alarms')} ${countText(of.total.alarms)} · ${t('quality.load.hours')} ${countText(Math.round(of.total.hours))}`}
        testId="load-total"
      />
      <article className="levels-tile" data-verdict={of.hoursOver > 0 ? 'missed' : undefined} data-testid="load-over">
        <h3>{t('quality.load.hoursOver')}</h3>
        <p className="levels-figure figures">
          {of.hoursOver > 0 ? <span aria-hidden="true">▲ </span> : null}
          {countText(of.hoursOver)}
        </p>
        <p className="muted figures levels-small">{t('quality.load.hoursOverOf', { n: countText(of.hoursOf) })}</p>
      </article>
    </div>
  )
}

function LoadTile(props: { title: string; of: LoadFigures; target: number; text: string; testId: string }) {
  const { t } = useTexts()
  const { alarms, hours, perHour } = props.of
  const isOver = isOverloaded(alarms, hours)
  return (
    <article className="levels-tile" data-verdict={isOver ? 'missed' : undefined} data-testid={props.testId}>
      <h3>{props.title}</h3>
      <p className="levels-figure figures">{perHourText(perHour)}</p>
      <p data-level={isOver ? 'late' : perHour === null ? undefined : 'good'}>
        <b>
          <span aria-hidden="true">{isOver ? '▲' : perHour === null ? '' : '✓'}</span>{' '}
          {t(isOver ? 'quality.load.over' : perHour === null ? 'quality.load.nobody' : 'quality.load.fine')}
        </b>{' '}
        <span className="muted">
          {t('quality.load.perHour')}, {t('quality.load.target', { n: props.target })}
        </span>
      </p>
      <p className="muted figures levels-small">{props.text}</p>
    </article>
  )
}

function Operators({ of }: { of: readonly LoadOperator[] }) {
  const { t } = useTexts()
  return (
    <>
      <h3 className="centre-part">{t('quality.load.operators')}</h3>
      <Table<LoadOperator>
        rowKey="userId"
        size="middle"
        dataSource={[...of]}
        pagination={{ pageSize: 30, hideOnSinglePage: true, showSizeChanger: false }}
        data-testid="load-operators"
        columns={[
          { title: t('quality.operator'), dataIndex: 'displayName', render: (name: string) => <b>{name}</b> },
          {
            title: t('quality.load.alarms'),
            dataIndex: 'alarms',
            align: 'right',
            sorter: (a, b) => a.alarms - b.alarms,
            render: (n: number) => <span className="figures">{countText(n)}</span>,
          },
          {
            title: t('quality.load.hours'),
            dataIndex: 'hours',
            align: 'right',
            sorter: (a, b) => a.hours - b.hours,
            render: (n: number) => <span className="figures">{n.toFixed(1)}</span>,
          },
          {
            title: t('quality.load.perHour'),
            dataIndex: 'perHour',
            align: 'right',
            sorter: (a, b) => (a.perHour ?? 0) - (b.perHour ?? 0),
            render: (n: number | null) => <span className="figures">{perHourText(n)}</span>,
          },
          {
            title: t('quality.load.hoursOver'),
            dataIndex: 'hoursOver',
            align: 'right',
            sorter: (a, b) => a.hoursOver - b.hoursOver,
            render: (n: number) => (
              <span className="figures" data-level={n > 0 ? 'late' : undefined}>
                {n > 0 ? <span aria-hidden="true">▲ </span> : null}
                {n}
              </span>
            ),
          },
          {
            title: t('quality.load.most'),
            dataIndex: 'most',
            align: 'right',
            sorter: (a, b) => a.most - b.most,
            render: (n: number) => <span className="figures">{n}</span>,
          },
        ]}
      />
    </>
  )
}

function Worst({ of: { worst } }: { of: LoadView }) {
  const { t, language } = useTexts()
  return (
    <>
      <h3 className="centre-part">{t('quality.load.worst')}</h3>
      {worst.length === 0 ? (
        <p className="muted">{t('quality.load.worstNone')}</p>
      ) : (
        <ol className="load-worst" data-testid="load-worst">
          {worst.map(({ at, alarms, hours, perHour }) => (
            <li key={at} className="figures">
              <b>{momentText(at, language)}</b>
              <span>
                {t('quality.load.alarms')} {alarms}
              </span>
              <span>
                {t('quality.load.hours')} {hours.toFixed(1)}
              </span>
              <span data-level="late">
                ▲ {perHour === null ? t('quality.load.nobody') : `${perHourText(perHour)} ${t('quality.load.perHour')}`}
              </span>
            </li>
          ))}
        </ol>
      )}
    </>
  )
}
