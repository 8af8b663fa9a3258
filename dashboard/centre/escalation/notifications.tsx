import { useQuery } from '@tanstack/react-query'
import { Segmented, type TableColumnsType } from 'antd'
import { useMemo, useState } from 'react'
import { NOTIFICATION_STATES, type NotificationState, type NotificationView } from '../../../server/contract/notify.ts'
import { notificationsQuery } from '../../api/escalation-queries.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { shortId } from '../../ui/formats.ts'
import { EmptyState } from '../../ui/states.tsx'
import { CursorTable, FIRST } from '../../watch/cursor-table.tsx'
import { Moment } from '../../watch/parts.tsx'

const TONES = { queued: 'none', sent: 'good', delivered: 'good', failed: 'bad', cancelled: 'none' } as const
const SIGNS = { queued: '…', sent: '✓', delivered: '✓✓', failed: '✕', cancelled: '–' } as const

/** Every message and what became of it. */
export function Notifications() {
  const { t } = useTexts()
  const [state, setState] = useState<NotificationState | 'all'>('all')
  const [cursors, setCursors] = useState(FIRST)
  const query = useQuery(notificationsQuery(state === 'all' ? undefined : state, cursors.at(-1) ?? null))
  const columns = useColumns()
  return (
    <section data-testid="notifications">
      <p className="office-lead">{t('escalation.notifications.lead')}</p>
      <div className="office-tools">
        <Segmented<NotificationState | 'all'>
          aria-label={t('escalation.notifications.state')}
          value={state}
          onChange={(chosen) => {
            setState(chosen)
            setCursors(FIRST)
          }}
          options={[
            { value: 'all', label: t('escalation.notifications.all') },
            ...NOTIFICATION_STATES.map((value) => ({ value, label: t(`escalation.notifications.states.${value}`) })),
          ]}
        />
      </div>
      <CursorTable<NotificationView>
        query={query}
        cursors={cursors}
        onTurn={setCursors}
        rowKey="notificationId"
        columns={columns}
        empty={
          state === 'all' ? (
            <EmptyState calm title={t('escalation.notifications.none')} text={t('escalation.notifications.noneText')} />
          ) : (
            <EmptyState title={t('escalation.notifications.noneFilter')} />
          )
        }
      />
    </section>
  )
}

function useColumns(): TableColumnsType<NotificationView> {
  const { t } = useTexts()
  return useMemo(
    () => [
      {
        title: t('escalation.notifications.at'),
        dataIndex: 'createdAt',
        width: 150,
        render: (at) => <Moment at={at} />,
      },
      {
        title: t('escalation.notifications.case'),
        dataIndex: 'caseId',
        width: 110,
        render: (caseId: string) => <span className="figures">{shortId(caseId)}</span>,
      },
      {
        title: t('escalation.notifications.channel'),
        dataIndex: 'channel',
        width: 120,
        render: (channel: NotificationView['channel']) => t(`channel.${channel}`),
      },
      {
        title: t('escalation.notifications.recipient'),
        key: 'to',
        render: (_, { recipient }) => <Recipient of={recipient} />,
      },
      {
        title: t('escalation.notifications.step'),
        key: 'step',
        width: 150,
        render: (_, { step, round }) => (
          <span className="figures">{t('escalation.notifications.stepText', { step, round })}</span>
        ),
      },
      {
        title: t('escalation.notifications.state'),
        key: 'state',
        width: 260,
        render: (_, { state, error }) => (
          <span className="watch-person">
            <span className="watch-tag" data-tone={TONES[state]}>
              <span aria-hidden="true">{SIGNS[state]}</span> {t(`escalation.notifications.states.${state}`)}
            </span>
            {error === null ? null : <span className="muted">{t(`escalation.notifications.errors.${error}`)}</span>}
          </span>
        ),
      },
      {
        title: t('escalation.notifications.attempts'),
        dataIndex: 'attempts',
        width: 90,
        align: 'right',
        render: (n: number) => <span className="figures">{n}</span>,
      },
    ],
    [t],
  )
}

function Recipient({ of: { kind, name } }: { of: NotificationView['recipient'] }) {
  const { t } = useTexts()
  if (kind === 'contact') return <>{t('escalation.notifications.recipients.contact', { n: Number(name) })}</>
  return <>{name ?? t(`escalation.notifications.recipients.${kind}`, { n: 0 })}</>
}
