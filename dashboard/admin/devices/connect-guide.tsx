import { type UseQueryResult, useQuery } from '@tanstack/react-query'
import { App, Button, QRCode } from 'antd'
import type { ConnectionView } from '../../../server/contract/api.ts'
import type { DeviceView, Protocol } from '../../../server/contract/device.ts'
import { connectionQuery } from '../../api/device-queries.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { LateSkeleton } from '../../ui/states.tsx'
import { wayOf } from './connection.ts'
import { type Code, type Fact, guideOf } from './guide.ts'
import { isThisMachine, serverAt } from './guide-code.ts'

type Known = Pick<DeviceView, 'deviceId' | 'kind' | 'protocol' | 'hubId' | 'address'>

/** How this device is told where to connect, with everything ready to be copied. @param secret null: not known now */
export function ConnectGuide({ device, secret }: { device: Known; secret: string | null }) {
  const query = useQuery(connectionQuery)
  // An error ends the waiting as well: a secret that is shown once must not hang on another request.
  return query.isPending ? <LateSkeleton rows={6} /> : <Guide device={device} secret={secret} query={query} />
}

function Guide(props: { device: Known; secret: string | null; query: UseQueryResult<ConnectionView> }) {
  const { device, secret, query } = props
  const { t } = useTexts()
  const way = wayOf(device)
  const server = serverAt(location.hostname, query.data)
  const guide = guideOf({
    protocol: device.protocol as Protocol,
    way,
    deviceId: device.deviceId,
    secret,
    hiddenSecret: t('connect.hiddenSecret'),
    address: device.address,
    kind: device.kind,
    server,
    origin: location.origin,
  })
  const hasHost = guide.facts.some(({ key }) => key === 'host')
  return (
    <div className="guide">
      <ol className="guide-steps">
        {guide.steps.map((step) => (
          <li key={step}>{t(`connect.step.${step}`)}</li>
        ))}
      </ol>
      {guide.phoneLink === null ? null : (
        <div className="guide-phone">
          <QRCode
            type="svg"
            value={guide.phoneLink}
            size={220}
            marginSize={2}
            errorLevel="L"
            color="#000"
            bgColor="#fff"
          />
          <p className="muted">{t(device.kind === 'terminal' ? 'connect.scanTerminal' : 'connect.scanPhone')}</p>
        </div>
      )}
      {guide.facts.length === 0 ? null : (
        <dl className="guide-facts">
          {guide.facts.map((fact) => (
            <GuideFact key={fact.key} fact={fact} copyable={fact.key !== 'password' || secret !== null} />
          ))}
        </dl>
      )}
      {guide.code.map((code) => (
        <GuideCode key={code.key} code={code} />
      ))}
      {hasHost && !query.data ? (
        <p className="guide-note" role="alert" data-testid="connection-unknown">
          {t('connect.portsUnknown')}{' '}
          <Button size="small" loading={query.isFetching} onClick={() => void query.refetch()}>
            {t('common.retry')}
          </Button>
        </p>
      ) : null}
      {hasHost && isThisMachine(server.host) ? (
        <p className="guide-note muted" data-testid="local-host">
          {t('connect.localHost', { host: server.host })}
        </p>
      ) : null}
    </div>
  )
}

function useCopy() {
  const { t } = useTexts()
  const { message } = App.useApp()
  return async (text: string) => {
    // Browsers give the clipboard to pages on HTTPS or on this machine only.
    if (!window.isSecureContext) return void message.warning(t('admin.copyByHand'))
    await navigator.clipboard.writeText(text)
    return void message.success(t('common.copied'))
  }
}

function GuideFact({ fact, copyable }: { fact: Fact; copyable: boolean }) {
  const { t } = useTexts()
  const copy = useCopy()
  const name = t(`connect.fact.${fact.key}`)
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <code data-testid={fact.key === 'password' && copyable ? 'device-secret' : undefined}>{fact.value}</code>
        {copyable ? (
          <Button
            type="link"
            size="small"
            aria-label={`${t('connect.copy')} ${name}`}
            onClick={() => void copy(fact.value)}
          >
            {t('connect.copy')}
          </Button>
        ) : null}
      </dd>
    </div>
  )
}

function GuideCode({ code }: { code: Code }) {
  const { t } = useTexts()
  const copy = useCopy()
  return (
    <figure className="guide-code">
      <figcaption>
        <span>{t(`connect.code.${code.key}`)}</span>
        <Button size="small" onClick={() => void copy(code.text)}>
          {t('connect.copyAll')}
        </Button>
      </figcaption>
      <pre>{code.text}</pre>
    </figure>
  )
}
