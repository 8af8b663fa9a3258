import { Table, type TableColumnsType } from 'antd'
import { useMemo } from 'react'
import type { DrillCase, DrillDetail, DrillOperator } from '../../../server/contract/drill.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { durationText } from '../../ui/formats.ts'
import { EmptyState } from '../../ui/states.tsx'
import { Moment } from '../../watch/parts.tsx'

/** Times of each case and operator, against the targets. */
export function DrillReport({ detail: { cases, operators, targets } }: { detail: DrillDetail }) {
  const { t } = useTexts()
  const caseColumns = useCaseColumns(targets)
  const operatorColumns = useOperatorColumns(targets)
  if (cases.length === 0) return <EmptyState title={t('drills.noCases')} text={t('drills.noCasesText')} />
  return (
    <>
      <h3 className="drill-heading">{t('drills.byCase')}</h3>
      <Table<DrillCase> rowKey="caseId" size="small" columns={caseColumns} dataSource={cases} pagination={false} />
      <h3 className="drill-heading">{t('drills.byOperator')}</h3>
      <Table<DrillOperator>
        rowKey="operator"
        size="small"
        columns={operatorColumns}
        dataSource={operators}
        pagination={false}
        locale={{ emptyText: t('drills.noOperators') }}
      />
    </>
  )
}

type Targets = DrillDetail['targets']

/** A time, with a sign when it misses its target. */
function Took({ seconds, target }: { seconds: number | null; target?: number }) {
  const { t, language } = useTexts()
  if (seconds === null) return <span className="muted">—</span>
  const late = target !== undefined && seconds > target
  return (
    <span className="figures drill-took" data-late={late || undefined}>
      {late ? <span title={t('drills.late', { n: target })}>▲ </span> : null}
      {durationText(seconds, language)}
    </span>
  )
}

function useCaseColumns(targets: Targets): TableColumnsType<DrillCase> {
  const { t } = useTexts()
  return useMemo(
    (): TableColumnsType<DrillCase> => [
      { title: t('drills.raisedAt'), dataIndex: 'raisedAt', render: (at: string) => <Moment at={at} /> },
      { title: t('drills.who'), dataIndex: 'residentName' },
      { title: t('drills.kind'), dataIndex: 'kind', render: (kind: DrillCase['kind']) => t(`kind.${kind}`) },
      {
        title: t('drills.operator'),
        key: 'operator',
        render: (_, row) => (row.upgraded ? <b>{t('drills.upgraded')}</b> : (row.operator ?? '—')),
      },
      {
        title: t('drills.answer', { n: targets.answerS }),
        dataIndex: 'answerS',
        align: 'right',
        render: (seconds: number | null) => <Took seconds={seconds} target={targets.answerS} />,
      },
      {
        title: t('drills.dispatch', { n: targets.dispatchS }),
        dataIndex: 'dispatchS',
        align: 'right',
        render: (seconds: number | null) => <Took seconds={seconds} target={targets.dispatchS} />,
      },
      {
        title: t('drills.arrive'),
        dataIndex: 'arriveS',
        align: 'right',
        render: (seconds: number | null) => <Took seconds={seconds} />,
      },
      {
        title: t('drills.resolve'),
        dataIndex: 'resolveS',
        align: 'right',
        render: (seconds: number | null) => <Took seconds={seconds} />,
      },
      { title: t('drills.caseState'), dataIndex: 'state', render: (state: DrillCase['state']) => t(`state.${state}`) },
    ],
    [t, targets],
  )
}

function useOperatorColumns(targets: Targets): TableColumnsType<DrillOperator> {
  const { t } = useTexts()
  return useMemo(
    (): TableColumnsType<DrillOperator> => [
      { title: t('drills.operator'), dataIndex: 'operator' },
      { title: t('drills.cases'), dataIndex: 'cases', align: 'right', className: 'figures' },
      {
        title: t('drills.meanAnswer'),
        dataIndex: 'meanAnswerS',
        align: 'right',
        render: (seconds: number) => <Took seconds={seconds} target={targets.answerS} />,
      },
      {
        title: t('drills.answeredInTime'),
        key: 'answered',
        align: 'right',
        className: 'figures',
        render: (_, row) => `${row.answeredInTime} / ${row.cases}`,
      },
      {
        title: t('drills.dispatchedInTime'),
        key: 'dispatched',
        align: 'right',
        className: 'figures',
        render: (_, row) => `${row.dispatchedInTime} / ${row.dispatched}`,
      },
    ],
    [t, targets],
  )
}
