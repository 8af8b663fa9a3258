import { useQuery } from '@tanstack/react-query'
import { Table } from 'antd'
import { ownShiftsQuery } from '../../api/shift-queries.ts'
import { errorText } from '../../console/words.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { clockTime, dayText } from '../../ui/formats.ts'
import { EmptyState, ErrorState, LateSkeleton } from '../../ui/states.tsx'

/** An operator's own shifts. */
export function OwnShifts() {
  const { t, language } = useTexts()
  const { data, error, refetch } = useQuery(ownShiftsQuery)
  if (!data) {
    return error ? (
      <ErrorState title={t('admin.failed')} text={errorText(error, t)} onRetry={() => void refetch()} />
    ) : (
      <LateSkeleton rows={6} />
    )
  }
  const end = (startAt: string, endAt: string) =>
    dayText(startAt, language) === dayText(endAt, language)
      ? clockTime(endAt).slice(0, 5)
      : `${t('roster.nextDay')} ${clockTime(endAt).slice(0, 5)}`
  return (
    <section data-testid="own-shifts">
      <p className="office-lead">{t('roster.mineLead')}</p>
      {data.items.length === 0 ? (
        <EmptyState calm title={t('roster.mineNone')} />
      ) : (
        <Table
          size="middle"
          rowKey="entryId"
          pagination={false}
          dataSource={data.items}
          columns={[
            {
              title: t('roster.day'),
              dataIndex: 'startAt',
              render: (at: string) => <b className="figures">{dayText(at, language)}</b>,
            },
            { title: t('roster.pattern'), dataIndex: 'pattern' },
            {
              title: t('roster.time'),
              key: 'time',
              render: (_, { startAt, endAt }) => (
                <span className="figures">
                  {clockTime(startAt).slice(0, 5)} – {end(startAt, endAt)}
                </span>
              ),
            },
          ]}
        />
      )}
    </section>
  )
}
