import { useQuery } from '@tanstack/react-query'
import { Button, Select, Table, type TableColumnsType } from 'antd'
import { useMemo, useState } from 'react'
import { addMonths } from '../../../server/contract/month.ts'
import { AUDITS_PER_OPERATOR, type OperatorMonth, type QualityMonth } from '../../../server/contract/quality.ts'
import { qualityMonthQuery, thisMonth } from '../../api/quality-queries.ts'
import { errorText } from '../../console/words.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { navigate } from '../../router.ts'
import { countText, shortId } from '../../ui/formats.ts'
import { EmptyState, ErrorState, LateSkeleton } from '../../ui/states.tsx'
import { centrePath } from '../routes.ts'
import { OriginTag, StateTag } from './audit-tags.tsx'
import { PickDialog } from './pick-dialog.tsx'
import { dueText, momentText, monthText } from './words.ts'

/** A month's draw: what is done and due of each operator. */
export function Months({ me }: { me: string }) {
  const { t, language } = useTexts()
  const running = thisMonth()
  const [month, setMonth] = useState(addMonths(running, -1))
  const [picking, setPicking] = useState<OperatorMonth | null>(null)
  const query = useQuery(qualityMonthQuery(month))
  const { data } = query
  const columns = useColumns(data?.draw !== null, me, setPicking)
  if (query.isError && !data) {
    return (
      <ErrorState title={t('admin.failed')} text={errorText(query.error, t)} onRetry={() => void query.refetch()} />
    )
  }
  if (!data) return <LateSkeleton rows={8} />
  return (
    <>
      <p className="office-lead">{t('quality.lead')}</p>
      <div className="office-tools">
        <Select<string>
          className="quality-month"
          aria-label={t('quality.month')}
          value={month}
          onChange={setMonth}
          options={monthOptions(data, running).map(({ value, overdue }) => {
            const name = monthText(value, t)
            if (value === running) return { value, label: t('quality.monthRunning', { month: name }) }
            return { value, label: overdue > 0 ? t('quality.monthOverdue', { month: name, n: overdue }) : name }
          })}
          data-testid="quality-month"
        />
        {data.draw === null ? (
          <span className="muted">{t(data.ended ? 'quality.notDrawnEnded' : 'quality.notDrawn')}</span>
        ) : (
          <span className="muted figures" data-testid="quality-draw">
            {t('quality.drawnAt', { time: momentText(data.draw.at, language), node: data.draw.node })}
            {' · '}
            <span title={t('quality.seedHint')}>{t('quality.seed', { seed: data.draw.seed })}</span>
          </span>
        )}
      </div>
      {data.draw === null ? null : <Tiles of={data} />}
      {data.operators.length === 0 ? (
        <EmptyState calm title={t('quality.noOperators')} text={t('quality.noOperatorsText')} />
      ) : (
        <Table<OperatorMonth>
          rowKey="userId"
          size="middle"
          columns={columns}
          dataSource={data.operators}
          scroll={{ x: 900 }}
          aria-busy={query.isPlaceholderData}
          pagination={{ pageSize: 30, hideOnSinglePage: true, showSizeChanger: false }}
          data-testid="quality-operators"
        />
      )}
      {picking === null ? null : <PickDialog month={month} operator={picking} onClose={() => setPicking(null)} />}
    </>
  )
}

/** The running month, the one before it, and all that were drawn. */
function monthOptions({ month, months }: QualityMonth, running: string): { value: string; overdue: number }[] {
  const overdue = new Map(months.map((one) => [one.month, one.overdue]))
  const values = new Set([running, addMonths(running, -1), month, ...overdue.keys()])
  return [...values]
    .toSorted()
    .toReversed()
    .map((value) => ({ value, overdue: overdue.get(value) ?? 0 }))
}

function Tiles({ of: { operators, dueAt } }: { of: QualityMonth }) {
  const { t, language } = useTexts()
  const drawn = operators.flatMap(({ audits }) => audits.filter(({ origin }) => origin === 'drawn'))
  const done = drawn.filter(({ state }) => state === 'completed').length
  const overdue = drawn.filter((one) => one.overdue).length
  const short = operators.filter(({ due }) => due < AUDITS_PER_OPERATOR).length
  return (
    <div className="quality-tiles">
      <article className="levels-tile" data-testid="quality-done">
        <h3>{t('quality.done')}</h3>
        <p className="levels-figure figures">{t('quality.doneOf', { done, due: drawn.length })}</p>
        <p className="muted levels-small">{t('quality.dueAt', { time: dueText(dueAt, language) })}</p>
      </article>
      <article className="levels-tile" data-verdict={overdue > 0 ? 'missed' : undefined}>
        <h3>{t('quality.overdueCount')}</h3>
        <p className="levels-figure figures">
          {overdue > 0 ? <span aria-hidden="true">▲ </span> : null}
          {overdue}
        </p>
      </article>
      <article className="levels-tile">
        <h3>{t('quality.short')}</h3>
        <p className="levels-figure figures">{short}</p>
      </article>
    </div>
  )
}

function useColumns(
  isDrawn: boolean,
  me: string,
  pick: (operator: OperatorMonth) => void,
): TableColumnsType<OperatorMonth> {
  const { t } = useTexts()
  return useMemo(
    (): TableColumnsType<OperatorMonth> => [
      { title: t('quality.operator'), dataIndex: 'displayName', width: 150, render: (name: string) => <b>{name}</b> },
      {
        title: t('quality.cases'),
        dataIndex: 'cases',
        width: 110,
        align: 'right',
        render: (n: number) => <span className="figures">{countText(n)}</span>,
      },
      {
        title: t('quality.audits'),
        key: 'audits',
        render: (_, row) => <Audits of={row} isDrawn={isDrawn} isOwn={row.userId === me} />,
      },
      {
        title: '',
        key: 'pick',
        width: 130,
        align: 'right',
        render: (_, row) => (
          <Button size="small" onClick={() => pick(row)} data-testid="quality-pick">
            {t('quality.pick')}
          </Button>
        ),
      },
    ],
    [t, isDrawn, me, pick],
  )
}

function Audits({ of, isDrawn, isOwn }: { of: OperatorMonth; isDrawn: boolean; isOwn: boolean }) {
  const { t } = useTexts()
  return (
    <>
      <ul className="quality-audits">
        {of.audits.map((audit) => (
          <li key={audit.auditId} data-testid="quality-audit">
            <span className="quality-case">
              <b>{t(`kind.${audit.kind}`)}</b>
              <span className="muted figures">{shortId(audit.caseId)}</span>
            </span>
            <OriginTag of={audit} />
            <StateTag of={audit} />
            <span className="muted">
              {[audit.auditor, audit.answered ? t('quality.saidSomething') : null].filter(Boolean).join(' · ')}
            </span>
            <Button
              size="small"
              type={audit.state === 'open' && !isOwn ? 'primary' : 'default'}
              onClick={() => navigate(centrePath('quality', audit.auditId))}
              data-testid="quality-open"
            >
              {t(audit.state === 'open' && !isOwn ? 'quality.open' : 'quality.look')}
            </Button>
          </li>
        ))}
      </ul>
      <span className="muted">
        {!isDrawn
          ? t('quality.waiting')
          : of.due === 0
            ? t('quality.none')
            : of.due < AUDITS_PER_OPERATOR
              ? t('quality.shortage', { n: of.due })
              : null}
      </span>
    </>
  )
}
