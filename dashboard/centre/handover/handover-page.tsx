import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useEffect, useState } from 'react'
import type { HandoverLine } from '../../../server/contract/handover.ts'
import { useLive } from '../../api/live.ts'
import { openCasesQuery } from '../../api/queries.ts'
import { inboxQuery, sheetsQuery } from '../../api/shift-queries.ts'
import { errorText } from '../../console/words.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { navigate } from '../../router.ts'
import { EmptyState, ErrorState, LateSkeleton } from '../../ui/states.tsx'
import { CursorTable, FIRST } from '../../watch/cursor-table.tsx'
import { Moment } from '../../watch/parts.tsx'
import type { CentrePageProps } from '../page-props.ts'
import { centrePath } from '../routes.ts'
import { GiveForm } from './give-form.tsx'
import { Sheet } from './sheet.tsx'
import { ToSign } from './to-sign.tsx'
import './handover.css'

/** Handing over at the end of a shift, signing at its beginning, and the sheets. */
export default function HandoverPage({ session, id }: CentrePageProps) {
  const { t } = useTexts()
  const inbox = useQuery(inboxQuery)
  const cases = useQuery(openCasesQuery)
  // Whoever hands over is at her desk: without the line she would count as away. It also brings what others have signed.
  useLive()
  const { dataUpdatedAt: changedAt } = cases
  const { refetch: refetchInbox } = inbox
  useEffect(() => {
    if (changedAt > 0) void refetchInbox()
  }, [changedAt, refetchInbox])
  if (id !== null) return <Sheet key={id} handoverId={id} />
  const failed = inbox.error ?? cases.error
  if (failed && (!inbox.data || !cases.data)) {
    return (
      <ErrorState
        title={t('admin.failed')}
        text={errorText(failed, t)}
        onRetry={() => {
          void inbox.refetch()
          void cases.refetch()
        }}
      />
    )
  }
  if (!inbox.data || !cases.data) return <LateSkeleton rows={8} />
  const mine = cases.data.items.filter(({ owner }) => owner?.userId === session.userId)
  return (
    <section data-testid="handover">
      <p className="office-lead">{t('handover.lead')}</p>
      <ToSign offered={inbox.data.offered} />
      <GiveForm mine={mine} given={inbox.data.given} me={session.userId} />
      <Sheets />
    </section>
  )
}

function Sheets() {
  const { t } = useTexts()
  const [cursors, setCursors] = useState(FIRST)
  const query = useQuery(sheetsQuery(cursors.at(-1) ?? null))
  return (
    <>
      <h2 className="handover-title">{t('handover.sheets')}</h2>
      <CursorTable<HandoverLine>
        query={query}
        cursors={cursors}
        onTurn={setCursors}
        rowKey="handoverId"
        empty={<EmptyState calm title={t('handover.noSheets')} />}
        columns={[
          { title: t('handover.at'), dataIndex: 'at', width: 180, render: (at: string) => <Moment at={at} /> },
          { title: t('handover.giver'), key: 'giver', render: (_, row) => row.giver.displayName },
          {
            title: t('handover.cases'),
            dataIndex: 'cases',
            width: 100,
            align: 'right',
            render: (n: number) => <span className="figures">{n}</span>,
          },
          {
            title: t('handover.open'),
            dataIndex: 'offered',
            width: 100,
            align: 'right',
            render: (n: number) => (n === 0 ? '—' : <b className="figures handover-open">{n}</b>),
          },
          {
            title: '',
            key: 'look',
            width: 110,
            render: (_, { handoverId }) => (
              <Button size="small" onClick={() => navigate(centrePath('handover', handoverId))}>
                {t('handover.look')}
              </Button>
            ),
          },
        ]}
      />
    </>
  )
}
