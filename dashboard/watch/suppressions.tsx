import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Modal, Segmented, type TableColumnsType } from 'antd'
import { useMemo, useState } from 'react'
import type { Role } from '../../server/contract/api.ts'
import type { SuppressionView } from '../../server/contract/watch.ts'
import { residentSearchQuery } from '../api/device-queries.ts'
import { endSuppression, SUPPRESSIONS_KEY, suppressionsQuery } from '../api/watch-queries.ts'
import { errorText } from '../console/words.ts'
import { useTexts } from '../i18n/i18n.ts'
import { useReturnFocus } from '../ui/return-focus.ts'
import { EmptyState } from '../ui/states.tsx'
import { Countdown } from '../ui/ticking.tsx'
import { CursorTable, FIRST } from './cursor-table.tsx'
import { NewSuppressionDialog } from './new-suppression.tsx'
import { DeviceId, Moment } from './parts.tsx'

/** What is on test or in maintenance, and what was. */
export function Suppressions({ role }: { role: Role }) {
  const { t } = useTexts()
  const [active, setActive] = useState(true)
  const [cursors, setCursors] = useState(FIRST)
  const [dialog, setDialog] = useState<'new' | SuppressionView | null>(null)
  const query = useQuery(suppressionsQuery(active, cursors.at(-1) ?? null))
  const columns = useColumns(active, role, setDialog)
  return (
    <section data-testid="suppressions">
      <p className="office-lead">{t('watch.suppression.lead')}</p>
      <div className="office-tools">
        <Segmented
          value={active ? 'active' : 'past'}
          onChange={(chosen) => {
            setActive(chosen === 'active')
            setCursors(FIRST)
          }}
          options={(['active', 'past'] as const).map((value) => ({ value, label: t(`watch.suppression.${value}`) }))}
        />
        <span className="office-space" />
        <Button type="primary" onClick={() => setDialog('new')} data-testid="suppression-add">
          {t('watch.suppression.add')}
        </Button>
      </div>
      <CursorTable<SuppressionView>
        query={query}
        cursors={cursors}
        onTurn={setCursors}
        rowKey="suppressionId"
        columns={columns}
        empty={
          active ? (
            <EmptyState calm title={t('watch.suppression.none')} text={t('watch.suppression.noneText')} />
          ) : (
            <EmptyState title={t('watch.suppression.nonePast')} />
          )
        }
      />
      {dialog === 'new' ? <NewSuppressionDialog onClose={() => setDialog(null)} /> : null}
      {dialog !== null && dialog !== 'new' ? <ConfirmEnd one={dialog} onClose={() => setDialog(null)} /> : null}
    </section>
  )
}

function ConfirmEnd({ one, onClose }: { one: SuppressionView; onClose(): void }) {
  const { t } = useTexts()
  useReturnFocus()
  const client = useQueryClient()
  const end = useMutation({
    mutationFn: () => endSuppression(one.suppressionId),
    onSuccess: onClose,
    onSettled: () => client.invalidateQueries({ queryKey: SUPPRESSIONS_KEY }),
  })
  return (
    <Modal
      open
      width={480}
      title={t('watch.suppression.endTitle')}
      okText={t('watch.suppression.end')}
      okButtonProps={{ danger: true, autoFocus: true }}
      mask={{ closable: false }}
      confirmLoading={end.isPending}
      onOk={() => end.mutate()}
      onCancel={onClose}
    >
      <p className="dialog-lead" data-testid="suppression-confirm">
        {t('watch.suppression.endText', { n: one.cases })}
      </p>
      {end.error ? <Alert type="error" showIcon title={errorText(end.error, t)} /> : null}
    </Modal>
  )
}

/** What it is about; a resident by name, whom the server finds by id. */
function Scope({ of: { scope, scopeId }, role }: { of: SuppressionView; role: Role }) {
  const { t } = useTexts()
  const { data } = useQuery({ ...residentSearchQuery(scopeId), enabled: scope === 'resident' })
  const name = data?.items.find((one) => one.residentId === scopeId)?.name
  return (
    <span className="watch-person">
      <span className="watch-tag">{t(`watch.suppression.scopes.${scope}`)}</span>
      {scope === 'device' ? <DeviceId deviceId={scopeId} role={role} /> : <span>{name ?? scopeId}</span>}
    </span>
  )
}

function useColumns(active: boolean, role: Role, open: (one: SuppressionView) => void) {
  const { t } = useTexts()
  return useMemo((): TableColumnsType<SuppressionView> => {
    const tail: TableColumnsType<SuppressionView> = active
      ? [
          {
            title: t('watch.suppression.left'),
            key: 'left',
            width: 110,
            render: (_, { until }) => <Countdown until={until} className="figures" />,
          },
          {
            title: t('watch.suppression.cases'),
            dataIndex: 'cases',
            width: 110,
            align: 'right',
            render: (n: number) => <span className="figures">{n}</span>,
          },
          {
            title: '',
            key: 'end',
            width: 120,
            render: (_, row) => (
              <Button size="small" onClick={() => open(row)} data-testid="suppression-end">
                {t('watch.suppression.end')}
              </Button>
            ),
          },
        ]
      : [
          {
            title: t('watch.suppression.ended'),
            key: 'ended',
            width: 240,
            render: (_, row) => (
              <>
                <Moment at={row.endedAt ?? row.until} />{' '}
                <span className="muted">
                  {row.endedBy === null
                    ? t('watch.suppression.endedAlone')
                    : t('watch.suppression.endedBy', { name: row.endedBy })}
                </span>
              </>
            ),
          },
        ]
    return [
      { title: t('watch.suppression.scope'), key: 'scope', render: (_, row) => <Scope of={row} role={role} /> },
      {
        title: t('watch.suppression.kind'),
        dataIndex: 'kind',
        width: 120,
        render: (kind: SuppressionView['kind']) => t(`watch.suppression.kinds.${kind}`),
      },
      { title: t('watch.reason'), dataIndex: 'reason', className: 'watch-note' },
      { title: t('watch.suppression.by'), dataIndex: 'by', width: 120 },
      {
        title: t('watch.suppression.from'),
        dataIndex: 'from',
        width: 130,
        render: (at: string) => <Moment at={at} />,
      },
      {
        title: t('watch.suppression.until'),
        dataIndex: 'until',
        width: 130,
        render: (at: string) => <Moment at={at} />,
      },
      ...tail,
    ]
  }, [t, active, role, open])
}
