import { useQuery } from '@tanstack/react-query'
import { Collapse, Table } from 'antd'
import { rosterHistoryQuery } from '../../api/shift-queries.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { Moment } from '../../watch/parts.tsx'

/** Who changed what in this week. */
export function History({ monday }: { monday: string }) {
  const { t } = useTexts()
  const { data } = useQuery(rosterHistoryQuery(monday))
  return (
    <Collapse
      className="roster-part"
      items={[
        {
          key: 'history',
          label: t('roster.history'),
          children: (
            <Table
              size="small"
              rowKey="version"
              pagination={{ pageSize: 20, hideOnSinglePage: true }}
              dataSource={data?.items ?? []}
              locale={{ emptyText: t('roster.noHistory') }}
              columns={[
                { title: t('roster.at'), dataIndex: 'at', width: 160, render: (at: string) => <Moment at={at} /> },
                { title: t('roster.by'), dataIndex: 'by', width: 120 },
                {
                  title: t('roster.change'),
                  key: 'change',
                  render: (_, { added, removed, accepted, note }) => (
                    <>
                      {[
                        ...removed.map((one) => t('roster.removed', { ...one, name: one.displayName })),
                        ...added.map((one) => t('roster.added', { ...one, name: one.displayName })),
                      ].map((line) => (
                        <div key={line}>{line}</div>
                      ))}
                      {accepted > 0 ? <div>{t('roster.accepted', { n: accepted })}</div> : null}
                      {note === null ? null : <div className="muted">{note}</div>}
                    </>
                  ),
                },
              ]}
            />
          ),
        },
      ]}
    />
  )
}
