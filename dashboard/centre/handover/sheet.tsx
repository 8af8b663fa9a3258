import { useQuery } from '@tanstack/react-query'
import { Button, Table } from 'antd'
import { sheetQuery } from '../../api/shift-queries.ts'
import { caseNumber, errorText } from '../../console/words.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { navigate } from '../../router.ts'
import { ErrorState, LateSkeleton } from '../../ui/states.tsx'
import { Moment } from '../../watch/parts.tsx'
import { centrePath } from '../routes.ts'

/** One handover, as it was signed. */
export function Sheet({ handoverId }: { handoverId: string }) {
  const { t } = useTexts()
  const { data, error, refetch } = useQuery(sheetQuery(handoverId))
  if (!data) {
    return error ? (
      <ErrorState title={t('admin.failed')} text={errorText(error, t)} onRetry={() => void refetch()} />
    ) : (
      <LateSkeleton rows={6} />
    )
  }
  return (
    <section data-testid="sheet">
      <div className="office-tools">
        <Button onClick={() => navigate(centrePath('handover'))}>{t('handover.back')}</Button>
        <h2 className="handover-title">
          {t('handover.sheet')} · {data.giver.displayName} · <Moment at={data.at} />
        </h2>
      </div>
      {data.note === null ? null : <p className="office-lead">{data.note}</p>}
      <Table
        size="middle"
        pagination={false}
        rowKey="caseId"
        dataSource={data.cases}
        columns={[
          {
            title: t('handover.case'),
            key: 'case',
            render: (_, one) => (
              <span className="handover-case">
                <b>{one.residentName ?? caseNumber(one, t)}</b>
                <span className="muted">
                  {t(`kind.${one.kind}`)} · {caseNumber(one, t)}
                </span>
              </span>
            ),
          },
          { title: t('handover.to'), key: 'to', render: (_, one) => one.to?.displayName ?? t('handover.queue') },
          { title: t('handover.note'), dataIndex: 'note', className: 'watch-note' },
          {
            title: t('handover.signature'),
            key: 'signature',
            width: 280,
            render: (_, one) => (
              <>
                <b>{t(`handover.state.${one.handover}`)}</b> {one.decidedBy?.displayName}{' '}
                {one.decidedAt === null ? null : <Moment at={one.decidedAt} />}
                {one.handover === 'declined' ? <div className="muted">{one.reason}</div> : null}
              </>
            ),
          },
        ]}
      />
    </section>
  )
}
