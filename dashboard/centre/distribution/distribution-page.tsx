import { useQuery } from '@tanstack/react-query'
import { Button, Table, type TableColumnsType } from 'antd'
import { useMemo, useState } from 'react'
import type { DutyStatus, DutyView, ProfileView } from '../../../server/contract/desk.ts'
import { deskSettingsQuery, dutyQuery, profilesQuery } from '../../api/desk-queries.ts'
import { errorText } from '../../console/words.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { sinceText } from '../../ui/formats.ts'
import { serverNow } from '../../ui/server-clock.ts'
import { ErrorState, LateSkeleton } from '../../ui/states.tsx'
import { ProfileDialog } from './profile-dialog.tsx'
import { ProfileText } from './profile-text.tsx'
import { SettingsForm } from './settings-form.tsx'
import { SettingsHistory } from './settings-history.tsx'
import './desk.css'

/** Supervisors: who is there, what is offered to whom, and by which rules. */
export default function DistributionPage() {
  const { t } = useTexts()
  const settings = useQuery(deskSettingsQuery)
  return (
    <section className="desk-page" data-testid="distribution-page">
      <p className="office-lead">{t('distribution.lead')}</p>
      <h2>{t('distribution.people')}</h2>
      <People />
      <h2>{t('distribution.rules')}</h2>
      {settings.data ? (
        <SettingsForm key={settings.data.version} view={settings.data} />
      ) : settings.error ? (
        <ErrorState
          title={t('shift.failed')}
          text={errorText(settings.error, t)}
          onRetry={() => void settings.refetch()}
        />
      ) : (
        <LateSkeleton rows={6} />
      )}
      <h2>{t('distribution.history')}</h2>
      <SettingsHistory />
    </section>
  )
}

const LEVELS: Record<DutyStatus, string> = { ready: 'good', busy: 'soon', break: 'soon', off: 'none' }

type Person = ProfileView & { duty: DutyView | undefined }

function People() {
  const { t, language } = useTexts()
  const duty = useQuery(dutyQuery)
  const profiles = useQuery(profilesQuery)
  const [edited, setEdited] = useState<ProfileView | null>(null)
  const rows = useMemo((): Person[] => {
    const byId = new Map(duty.data?.map((row) => [row.userId, row]))
    const order = new Map(duty.data?.map((row, index) => [row.userId, index]))
    return (profiles.data ?? [])
      .map((profile) => ({ ...profile, duty: byId.get(profile.userId) }))
      .toSorted((a, b) => (order.get(a.userId) ?? 0) - (order.get(b.userId) ?? 0))
  }, [duty.data, profiles.data])
  const columns = useMemo(
    (): TableColumnsType<Person> => [
      { title: t('distribution.name'), dataIndex: 'displayName', width: 140 },
      {
        title: t('distribution.state'),
        key: 'status',
        width: 190,
        render: (_, { duty: row }) =>
          row ? (
            <>
              <b data-level={row.away ? 'late' : LEVELS[row.status]}>{t(`duty.status.${row.status}`)}</b>
              {row.away ? <b data-level="late"> · {t('duty.away')}</b> : null}
              {row.since && row.status !== 'off' ? (
                <span className="muted figures"> {sinceText(row.since, serverNow(), language)}</span>
              ) : null}
            </>
          ) : null,
      },
      {
        title: t('distribution.sound'),
        key: 'muted',
        width: 110,
        render: (_, { duty: row }) =>
          row === undefined || row.status === 'off' ? null : (
            <b data-level={row.muted ? 'late' : 'none'}>{row.muted ? `⚠ ${t('duty.muted')}` : t('duty.rings')}</b>
          ),
      },
      {
        title: t('distribution.inHand'),
        key: 'inHand',
        width: 80,
        align: 'right',
        render: (_, { duty: row }) => <span className="figures">{row?.inHand ?? 0}</span>,
      },
      { title: t('distribution.profile'), key: 'profile', render: (_, row) => <ProfileText of={row} /> },
      {
        title: '',
        key: 'edit',
        width: 90,
        render: (_, row) => (
          <Button size="small" onClick={() => setEdited(row)} data-testid={`edit-${row.displayName}`}>
            {t('distribution.edit')}
          </Button>
        ),
      },
    ],
    [t, language],
  )
  const error = duty.error ?? profiles.error
  if (error && rows.length === 0) {
    return <ErrorState title={t('shift.failed')} text={errorText(error, t)} onRetry={() => void profiles.refetch()} />
  }
  return (
    <>
      <Table<Person>
        size="small"
        rowKey="userId"
        dataSource={rows}
        columns={columns}
        loading={profiles.isPending}
        pagination={{ pageSize: 20, hideOnSinglePage: true }}
        data-testid="people"
      />
      {edited ? <ProfileDialog of={edited} onClose={() => setEdited(null)} /> : null}
    </>
  )
}
