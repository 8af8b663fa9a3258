import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button, Segmented } from 'antd'
import { useState } from 'react'
import type { DeviceModelView, UnknownDeviceView } from '../../../server/contract/device.ts'
import { request } from '../../api/client.ts'
import { DEVICE_KEYS, modelsQuery, unknownDevicesQuery } from '../../api/device-queries.ts'
import { errorText } from '../../console/words.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { countText } from '../../ui/formats.ts'
import { Link } from '../../ui/link.tsx'
import { EmptyState, ErrorState, LateSkeleton } from '../../ui/states.tsx'
import { devicePage } from '../routes.ts'
import { AdoptDialog } from './adopt-dialog.tsx'
import { Ago } from './moments.tsx'
import { deviceErrorText, protocolText, roleText, suggestionText } from './terms.ts'

/** Who knocks without being registered. */
export function UnknownDevices() {
  const { t } = useTexts()
  const [dismissed, setDismissed] = useState(false)
  const query = useInfiniteQuery(unknownDevicesQuery(dismissed))
  const items = query.data?.pages.flatMap((page) => page.items) ?? []
  const [adopting, setAdopting] = useState<UnknownDeviceView | null>(null)
  return (
    <section>
      <div className="office-tools">
        <Segmented
          value={dismissed ? 'dismissed' : 'open'}
          onChange={(value) => setDismissed(value === 'dismissed')}
          options={[
            { value: 'open', label: t('devices.unknown.open') },
            { value: 'dismissed', label: t('devices.unknown.dismissed') },
          ]}
        />
        <span className="muted">{t('devices.unknown.lead')}</span>
      </div>
      {query.isError && !query.data ? (
        <ErrorState title={t('admin.failed')} text={errorText(query.error, t)} onRetry={() => void query.refetch()} />
      ) : !query.data ? (
        <LateSkeleton rows={8} />
      ) : items.length === 0 ? (
        <EmptyState
          calm={!dismissed}
          title={t(dismissed ? 'devices.unknown.noneDismissed' : 'devices.unknown.none')}
          text={dismissed ? '' : t('devices.unknown.noneText')}
        />
      ) : (
        <Knocks items={items} onAdopt={setAdopting} />
      )}
      {query.hasNextPage ? (
        <p className="page-actions">
          <Button loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {t('devices.unknown.more')}
          </Button>
        </p>
      ) : null}
      {adopting ? <AdoptDialog knock={adopting} onClose={() => setAdopting(null)} /> : null}
    </section>
  )
}

function Knocks(props: { items: readonly UnknownDeviceView[]; onAdopt(knock: UnknownDeviceView): void }) {
  const { t, language } = useTexts()
  const client = useQueryClient()
  const { message } = App.useApp()
  const models = useQuery(modelsQuery).data ?? []
  const put = useMutation({
    mutationFn: ({ knock, away }: { knock: UnknownDeviceView; away: boolean }) =>
      request('POST', `/unknown-devices/${encodeURIComponent(knock.knockId)}/${away ? 'dismiss' : 'restore'}`),
    onSuccess: (_, { knock, away }) => {
      if (!away) return
      const what = `${suggestionText(knock, models, t, language)} ${knock.address}`
      void message.open({
        key: knock.knockId,
        type: 'info',
        duration: 8,
        content: (
          <>
            {t('devices.unknown.wasDismissed', { what })}{' '}
            <Button
              size="small"
              data-testid="undo-dismiss"
              onClick={() => {
                message.destroy(knock.knockId)
                put.mutate({ knock, away: false })
              }}
            >
              {t('devices.unknown.undo')}
            </Button>
          </>
        ),
      })
    },
    onError: (error) => void message.error(deviceErrorText(error, t)),
    onSettled: () => client.invalidateQueries({ queryKey: DEVICE_KEYS.unknown }),
  })
  return (
    <ul className="knocks">
      {props.items.map((knock) => (
        <Knock
          key={knock.knockId}
          knock={knock}
          models={models}
          busy={put.isPending && put.variables.knock.knockId === knock.knockId}
          onAdopt={() => props.onAdopt(knock)}
          onPut={(away) => put.mutate({ knock, away })}
        />
      ))}
    </ul>
  )
}

interface KnockProps {
  knock: UnknownDeviceView
  models: readonly DeviceModelView[]
  busy: boolean
  onAdopt(): void
  onPut(away: boolean): void
}

function Knock({ knock, models, busy, onAdopt, onPut }: KnockProps) {
  const { t, language } = useTexts()
  return (
    <li className="knock" data-testid="knock">
      <div className="knock-what">
        <b>{suggestionText(knock, models, t, language)}</b>
        {knock.suggestedRole ? <span className="stage">{roleText(knock.suggestedRole, t)}</span> : null}
        {knock.description ? <p className="soft">{knock.description}</p> : null}
        <code>{knock.address}</code>
      </div>
      <div className="knock-where">
        <span>
          {knock.hubId === null
            ? t('devices.unknown.direct')
            : knock.hubResidentName
              ? t('devices.unknown.homeOf', { name: knock.hubResidentName })
              : t('devices.unknown.noHome')}
        </span>
        <small className="muted">
          {protocolText(knock.protocol, t)}
          {knock.hubId === null ? null : (
            <>
              {' · '}
              <Link to={devicePage(knock.hubId)}>{knock.hubId}</Link>
            </>
          )}
        </small>
      </div>
      <div className="knock-heard">
        <span className="figures">
          {knock.messages === 0
            ? t('devices.unknown.announced')
            : t('devices.unknown.heard', { n: countText(knock.messages) as never })}
        </span>
        <small className="muted">
          <Ago at={knock.lastSeenAt} />
        </small>
      </div>
      <div className="knock-actions">
        {knock.dismissed ? (
          <Button loading={busy} onClick={() => onPut(false)}>
            {t('devices.unknown.restore')}
          </Button>
        ) : (
          <>
            <Button type="primary" onClick={onAdopt} data-testid="adopt">
              {t('devices.unknown.adopt')}
            </Button>
            <Button loading={busy} onClick={() => onPut(true)} data-testid="dismiss">
              {t('devices.unknown.dismiss')}
            </Button>
          </>
        )}
      </div>
      {/* As text, never as markup: it came from a device that nobody knows. */}
      {knock.lastMessage === '' ? null : (
        <figure className="knock-message">
          <figcaption className="visually-hidden">{t('devices.unknown.lastMessage')}</figcaption>
          <pre>{knock.lastMessage}</pre>
        </figure>
      )}
    </li>
  )
}
