import { useQuery } from '@tanstack/react-query'
import { Table } from 'antd'
import type { TFunction } from 'i18next'
import type { CaseCategory } from '../../../server/contract/case.ts'
import { DESK_DEFAULTS, type DeskSettingsLine } from '../../../server/contract/desk-settings.ts'
import { settingsHistoryQuery } from '../../api/desk-queries.ts'
import { errorText } from '../../console/words.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { zhCN } from '../../i18n/zh-CN.ts'
import { timeText } from '../../ui/formats.ts'
import { serverNow } from '../../ui/server-clock.ts'
import { EmptyState, ErrorState } from '../../ui/states.tsx'
import { type Change, changesBetween } from './changes.ts'

/** Who changed which rule when, newest first. */
export function SettingsHistory() {
  const { t, language } = useTexts()
  const { data, error, isPending, refetch } = useQuery(settingsHistoryQuery)
  if (error && !data)
    return <ErrorState title={t('shift.failed')} text={errorText(error, t)} onRetry={() => void refetch()} />
  if (data?.length === 0) return <EmptyState calm title={t('distribution.noHistory')} />
  const rows = data?.map((line, index) => ({
    ...line,
    changes: changesBetween(data[index + 1]?.settings ?? DESK_DEFAULTS, line.settings),
  }))
  return (
    <Table<DeskSettingsLine & { changes: Change[] }>
      size="small"
      rowKey="version"
      loading={isPending}
      dataSource={rows ?? []}
      pagination={{ pageSize: 10, hideOnSinglePage: true }}
      data-testid="settings-history"
      columns={[
        {
          title: t('distribution.at'),
          key: 'at',
          width: 170,
          render: (_, { at }) => <span className="figures">{timeText(at, serverNow(), language)}</span>,
        },
        { title: t('distribution.by'), dataIndex: 'by', width: 120 },
        {
          title: t('distribution.what'),
          key: 'what',
          render: (_, { changes }) => changes.map((one) => <div key={one.path.join('.')}>{changeText(one, t)}</div>),
        },
        { title: t('distribution.note'), dataIndex: 'note' },
      ]}
    />
  )
}

/** `分派 · 多少秒没有反应就转下一位 15 → 20` */
function changeText({ path, from, to }: Change, t: TFunction): string {
  const names = path.flatMap((part) => {
    if (part in zhCN.category) return [t(`category.${part as CaseCategory}`)]
    if (part === 'againSeconds') return [t('distribution.again')]
    if (part in zhCN.distribution) return [t(`distribution.${part as keyof typeof zhCN.distribution}`)]
    return []
  })
  return `${names.join(' · ')} ${from} → ${to}`
}
