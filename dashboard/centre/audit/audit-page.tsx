import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, DatePicker, Input, Select, type TableColumnsType } from 'antd'
import { useMemo, useState } from 'react'
import type { AuditEntryView } from '../../../server/contract/audit.ts'
import { type AuditFilter, auditFiltersQuery, auditQuery, exportAudit } from '../../api/audit-queries.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { zhCN } from '../../i18n/zh-CN.ts'
import { clockTime, dayText } from '../../ui/formats.ts'
import { EmptyState } from '../../ui/states.tsx'
import { CursorTable, FIRST } from '../../watch/cursor-table.tsx'
import { ChainPanel } from './chain-panel.tsx'
import '../../watch/watch.css'
import './audit.css'

/** Who saw and did what, and whether the record is still as it was written. */
export default function AuditPage() {
  const { t } = useTexts()
  const client = useQueryClient()
  const [filter, setFilter] = useState<AuditFilter>({})
  const [cursors, setCursors] = useState(FIRST)
  const query = useQuery(auditQuery(filter, cursors.at(-1) ?? null))
  const columns = useColumns()
  const download = useMutation({
    mutationFn: () => exportAudit(filter),
    onSettled: () => client.invalidateQueries({ queryKey: ['audit', 'list'] }),
  })
  const change = (part: AuditFilter) => {
    setFilter(clean({ ...filter, ...part }))
    setCursors(FIRST)
  }
  return (
    <section data-testid="audit">
      <ChainPanel />
      <p className="office-lead">{t('audit.lead')}</p>
      <div className="office-tools">
        <Filters filter={filter} onChange={change} />
        <span className="office-space" />
        <Button loading={download.isPending} onClick={() => download.mutate()} data-testid="audit-export">
          {t('audit.export')}
        </Button>
      </div>
      {download.error ? <Alert type="error" showIcon title={t('audit.exportFailed')} /> : null}
      <CursorTable<AuditEntryView>
        query={query}
        cursors={cursors}
        onTurn={setCursors}
        rowKey="auditId"
        columns={columns}
        empty={<EmptyState title={t('audit.none')} />}
      />
    </section>
  )
}

/** Without what was emptied: an empty text is no filter. */
function clean(filter: AuditFilter): AuditFilter {
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined && value !== ''))
}

function Filters({ filter, onChange }: { filter: AuditFilter; onChange(part: AuditFilter): void }) {
  const { t } = useTexts()
  const { data } = useQuery(auditFiltersQuery)
  const actionText = useActionText()
  const whole = (value: string | undefined) => ({ ...(value === undefined ? { userId: '' } : { userId: value }) })
  return (
    <>
      <Select
        className="audit-filter"
        aria-label={t('audit.user')}
        placeholder={t('audit.user')}
        allowClear
        showSearch={{ optionFilterProp: 'label' }}
        value={filter.userId ?? null}
        onChange={(value: string | undefined) => onChange(whole(value))}
        options={(data?.users ?? []).map((one) => ({ value: one.userId, label: one.displayName }))}
        data-testid="audit-user"
      />
      <Select
        className="audit-filter"
        aria-label={t('audit.action')}
        placeholder={t('audit.action')}
        allowClear
        showSearch={{ optionFilterProp: 'label' }}
        value={filter.action ?? null}
        onChange={(value: string | undefined) => onChange({ action: value ?? '' })}
        options={(data?.actions ?? []).map((value) => ({ value, label: actionText(value) }))}
        data-testid="audit-action"
      />
      <Input.Search
        className="audit-filter"
        aria-label={t('audit.subject')}
        placeholder={t('audit.subjectHint')}
        allowClear
        maxLength={100}
        onSearch={(value) => onChange({ subject: value.trim() })}
        data-testid="audit-subject"
      />
      <DatePicker.RangePicker
        showTime={{ format: 'HH:mm' }}
        format="MM-DD HH:mm"
        aria-label={t('audit.time')}
        onChange={(range) => onChange({ from: range?.[0]?.toISOString() ?? '', to: range?.[1]?.toISOString() ?? '' })}
      />
    </>
  )
}

/** An action in words; one that has none yet as it is written. */
function useActionText() {
  const { t } = useTexts()
  return (action: string): string => {
    const key = action.replaceAll('.', '_')
    return key in zhCN.audit.actions ? t(`audit.actions.${key as keyof typeof zhCN.audit.actions}`) : action
  }
}

/** What else was noted, by its name in words. */
function useDetailText() {
  const { t } = useTexts()
  return (name: string): string =>
    name in zhCN.audit.details ? t(`audit.details.${name as keyof typeof zhCN.audit.details}`) : name
}

function useColumns(): TableColumnsType<AuditEntryView> {
  const { t, language } = useTexts()
  const actionText = useActionText()
  const detailText = useDetailText()
  return useMemo(
    (): TableColumnsType<AuditEntryView> => [
      {
        title: t('audit.time'),
        dataIndex: 'at',
        width: 160,
        render: (at: string) => (
          <span className="figures">
            {dayText(at, language)} {clockTime(at)}
          </span>
        ),
      },
      {
        title: t('audit.user'),
        dataIndex: 'user',
        width: 140,
        render: (user: string | null) => user ?? t('audit.nobody'),
      },
      { title: t('audit.action'), dataIndex: 'action', width: 240, render: actionText },
      {
        title: t('audit.subject'),
        dataIndex: 'subject',
        render: (subject: string | null) => <code className="audit-id">{subject ?? '—'}</code>,
      },
      {
        title: t('audit.detail'),
        dataIndex: 'detail',
        render: (detail: AuditEntryView['detail']) =>
          Object.entries(detail).map(([key, value]) => (
            <span key={key} className="audit-detail">
              <span className="muted">{detailText(key)}</span>{' '}
              {typeof value === 'object' ? JSON.stringify(value) : String(value)}
            </span>
          )),
      },
    ],
    [t, language, actionText, detailText],
  )
}
