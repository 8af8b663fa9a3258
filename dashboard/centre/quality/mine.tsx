import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import type { AuditRow } from '../../../server/contract/quality.ts'
import { ownAuditsQuery } from '../../api/quality-queries.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { navigate } from '../../router.ts'
import { shortId } from '../../ui/formats.ts'
import { EmptyState } from '../../ui/states.tsx'
import { CursorTable, FIRST } from '../../watch/cursor-table.tsx'
import { Moment } from '../../watch/parts.tsx'
import { centrePath } from '../routes.ts'
import { StateTag } from './audit-tags.tsx'
import { monthText } from './words.ts'

/** One's own audits, once they are completed. */
export function Mine() {
  const { t } = useTexts()
  const [cursors, setCursors] = useState(FIRST)
  const query = useQuery(ownAuditsQuery(cursors.at(-1) ?? null))
  return (
    <section data-testid="quality-mine">
      <p className="office-lead">{t('quality.mineLead')}</p>
      <CursorTable<AuditRow>
        query={query}
        cursors={cursors}
        onTurn={setCursors}
        rowKey="auditId"
        empty={<EmptyState calm title={t('quality.mineNone')} text={t('quality.mineNoneText')} />}
        columns={[
          { title: t('quality.month'), dataIndex: 'month', width: 140, render: (month: string) => monthText(month, t) },
          {
            title: t('quality.kind'),
            key: 'case',
            render: (_, row) => (
              <span className="quality-case">
                <b>{t(`kind.${row.kind}`)}</b>
                <span className="muted figures">{shortId(row.caseId)}</span>
              </span>
            ),
          },
          { title: t('quality.score'), key: 'score', width: 220, render: (_, row) => <StateTag of={row} /> },
          { title: t('quality.at'), dataIndex: 'completedAt', width: 150, render: (at) => <Moment at={at} /> },
          {
            title: t('quality.comments'),
            key: 'said',
            width: 150,
            render: (_, { answered }) => (answered ? t('quality.saidSomething') : '—'),
          },
          {
            title: '',
            key: 'look',
            width: 100,
            render: (_, { auditId }) => (
              <Button size="small" onClick={() => navigate(centrePath('quality', auditId))} data-testid="quality-open">
                {t('quality.look')}
              </Button>
            ),
          },
        ]}
      />
    </section>
  )
}
